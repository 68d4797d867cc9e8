"""The public check of a file: a verdict in words, nothing kept."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contracts.agreements.models import Agreement
from tests.factories import agreements
from vetting.vault.models import StoredFile
from vetting.vault.queries import read
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db


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
    assert "Dee Vance" in page
    assert "Gwen Hart" in page

    version = agreement.current
    assert version is not None
    assert version.certificate is not None
    page = check(read(version.certificate))
    assert "Valid:" in page
    assert f"certificate of signature of agreement {agreement.code}" in page

    page = check(read(version.pdf))
    assert "Not known here" in page
    assert f"a text of agreement {agreement.code} as it stood before anybody signed" in page

    page = check(good + b"\n% something more\n")
    assert "Not valid: the file was altered after it was signed." in page
    assert agreement.code not in page.split("Fingerprint")[0]

    at = good.index(b"/Contents <") + 600
    broken = good[:at] + (b"0" if good[at : at + 1] != b"0" else b"1") + good[at + 1 :]
    assert "Not valid" in check(broken)


def test_a_copy_from_before_the_last_signature_says_so() -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())

    page = check(signed(agreement))

    assert "Not valid: the signers are not those who should have signed." in page
    assert f"an earlier copy of agreement {agreement.code}" in page


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
