"""The public check of a file: a verdict in words, nothing kept."""

import time
import zlib

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contracts.agreements.models import Agreement
from contracts.papers.pdf_guard import pdf_problems
from contracts.signing import verifying
from contracts.signing.verifying import CheckStopped, verify_apart
from tests.factories import agreements
from vetting.vault.models import StoredFile
from vetting.vault.queries import read
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
# What a process does with a hostile file has nothing to do with the database it is called from.
reads_a_file_alone = pytest.mark.database("sqlite")


@pytest.fixture(autouse=True)
def nobody_came_before() -> None:
    cache.clear()


def check(data: bytes, name: str = "file.pdf") -> str:
    stored, entries = StoredFile.objects.count(), Entry.objects.count()
    upload = SimpleUploadedFile(name, data, content_type="application/pdf")
    answer = Client(enforce_csrf_checks=True).post("/verify/", {"file": upload})
    assert (StoredFile.objects.count(), Entry.objects.count()) == (stored, entries)
    assert dict(answer.cookies) == {}
    assert answer["Cache-Control"] == "no-store"
    return answer.text


def branching(depth: int) -> bytes:
    """A small sound PDF whose form is a field with two children, who are one, and so on down."""
    bodies = [
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        *(f"<</T(f{n})/Kids[{n} 0 R {n} 0 R]>>" for n in range(5, 5 + depth)),
        "<</T(x)/FT/Tx>>",
    ]
    text, places = "%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    size = len(bodies) + 1
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    text += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Root 1 0 R/Size {size}>>\n"
    start = text.index("xref\n")
    return f"{text}startxref\n{start}\n%%EOF\n".encode()


def unfolding(megabytes: int) -> bytes:
    """A PDF whose table of objects unpacks to this size."""
    packer = zlib.compressobj(9)
    table = b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()
    head = f"/Type/XRef/W[1 4 2]/Size 9/Root 2 0 R/Filter/FlateDecode/Length {len(table)}"
    body = f"1 0 obj\n<<{head}>>\nstream\n".encode() + table + b"\nendstream\nendobj\n"
    return b"%PDF-1.7\n" + body + b"startxref\n9\n%%EOF\n"


def signed(agreement: Agreement) -> bytes:
    assert agreement.current is not None
    assert agreement.current.sealed is not None
    return read(agreement.current.sealed)


def test_the_signed_file_its_certificate_and_three_ways_to_be_wrong() -> None:
    agreement = agreements.executed()
    good = signed(agreement)

    page = check(good)
    assert "Valid: sealed here, unchanged, signed by everybody who should have." in page
    assert f"It is the signed file of agreement {agreement.code}" in page
    assert "The agreement is now: In effect." in page
    assert "usa-alert--success" in page
    assert page.count("It matches the file, was made here, and nothing was changed after it.") == 3
    assert (page.count(">Signed "), page.count(">Sealed ")) == (2, 3)
    assert "Dee Vance" in page
    assert "Gwen Hart" in page

    version = agreement.current
    assert version is not None
    assert version.certificate is not None
    page = check(read(version.certificate))
    assert "Valid:" in page
    assert f"certificate of signature of agreement {agreement.code}" in page

    page = check(read(version.pdf))
    assert "Known here, and not signed." in page
    assert f"a text of agreement {agreement.code} as it stood before anybody signed" in page

    page = check(good + b"\n% something more\n")
    assert "Not valid: the file was altered after it was signed." in page
    assert "usa-alert--error" in page
    assert page.count("The file was changed after it.") == 3
    assert ("nothing was changed after it" in page, ">Holds<" in page) == (False, False)
    assert 'href="/registry/contracts/"' in page
    assert agreement.code not in page.split("Fingerprint")[0]

    at = good.index(b"/Contents <") + 600
    broken = good[:at] + (b"0" if good[at : at + 1] != b"0" else b"1") + good[at + 1 :]
    page = check(broken)
    assert "Not valid: a signature is broken." in page
    assert "It does not match the file: the file was changed, or it is damaged." in page
    assert ("“seal”" in page, "its bytes" in page, "nothing was changed" in page) == (False,) * 3


def test_a_copy_from_before_the_last_signature_says_so() -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())

    page = check(signed(agreement))

    assert "Not valid: the signers are not those who should have signed." in page
    assert f"an earlier copy of agreement {agreement.code}" in page


@reads_a_file_alone
def test_a_file_that_keeps_a_reader_busy_for_ever_is_stopped_with_a_sentence() -> None:
    """Forty levels of fields, each with two children: a walk of a million million steps."""
    hostile = branching(40)
    assert pdf_problems(hostile) == []
    began = time.monotonic()
    with pytest.raises(CheckStopped, match="Checking this file was stopped after 2 seconds"):
        verify_apart(hostile, seconds=2)
    assert time.monotonic() - began < 5
    assert verify_apart(branching(3)).reasons == ["This PDF carries no signature."]


def test_the_page_says_that_it_took_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "LONGEST_SECONDS", 1.0)
    page = check(branching(40))
    assert "Checking this file was stopped after 1 seconds." in page
    assert "What is in the file" not in page


@reads_a_file_alone
def test_a_file_that_wants_all_the_memory_ends_its_own_process_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verifying, "MEMORY_MB", 512)
    bomb = unfolding(600)
    assert (pdf_problems(bomb), len(bomb) < 700_000) == ([], True)
    assert "This file is not a PDF that can be read" in check(bomb)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"hello", "This is not a PDF, or it is damaged."),
        (b"", "This file is empty. Choose the PDF that you want to check."),
        (b"%PDF-1.7 /JavaScript (x) %%EOF", "The PDF holds a script."),
    ],
)
def test_what_is_no_sound_pdf_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    assert sentence in check(data)


def test_no_file_and_too_large_a_file_are_refused() -> None:
    nothing = Client().post("/verify/", {})
    assert nothing.status_code == 422
    assert "Choose the PDF that you want to check." in nothing.text

    large = Client().post("/verify/", {}, headers={"Content-Length": str(30 * 1024 * 1024)})
    assert large.status_code == 413
    assert "The file is larger than 25 MB." in large.text


def test_too_many_checks_are_slowed_down() -> None:
    answers = [Client().post("/verify/", {}).status_code for _ in range(13)]

    assert answers == [422] * 12 + [429]


def test_it_can_be_found_from_the_public_list() -> None:
    agreements.district_with_letterhead()

    assert 'href="/verify/"' in Client().get("/registry/").text
    assert Client().get("/verify/").status_code == 200
