"""`manage.py papers verify`: what another program, or a lawyer, gets to see."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from contracts.agreements.models import Agreement, AgreementVersion
from contracts.signing.models import SignatureEvent, SignatureRequest
from tests.factories import people
from vetting.catalog.models import Contact, Vendor
from vetting.people.queries import actor_of
from vetting.vault.commands import store
from vetting.vault.models import StoredFile
from workflows import engine

from .conftest import DEE, ZOE

pytestmark = pytest.mark.django_db
Verdict = Callable[..., tuple[int, str, str]]
NOW = datetime(2026, 11, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.S3_BUCKET, settings.VAULT_DIR = "", tmp_path / "vault"
    return tmp_path


def kept(pdf: bytes) -> StoredFile:
    return store(pdf, name="agreement.pdf", content_type="application/pdf")


@pytest.fixture
def verdict_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> Verdict:
    """The exit code and both streams of the command on a file."""

    def run(pdf: bytes, *options: str) -> tuple[int, str, str]:
        (folder / "given.pdf").write_bytes(pdf)
        code = 0
        try:
            call_command("papers", "verify", str(folder / "given.pdf"), *options)
        except SystemExit as end:
            code = int(end.code or 0)
        return code, *capsys.readouterr()

    return run


def agreement_with(sealed: StoredFile) -> Agreement:
    """An agreement whose current version was signed by dee and Zoë."""
    gwen = people.gwen()
    district = gwen.district
    vendor = Vendor.objects.create(name="Brightleaf Learning", key="brightleaf learning")
    dee = Contact.objects.create(vendor=vendor, name="Dee Okafor", email="dee@brightleaf.example")
    agreement = engine.open_case(
        Agreement,
        tenant=district.tenant,
        by=actor_of(people.ada()),
        district=district,
        vendor=vendor,
        title="Data privacy agreement",
    )
    version = AgreementVersion.objects.create(
        agreement=agreement, number=1, document=sealed, pdf=sealed, sealed=sealed, made_at=NOW
    )
    for position, (slot, signer) in enumerate({"vendor": DEE, "district": ZOE}.items()):
        request = SignatureRequest.objects.create(
            agreement=agreement,
            version=version,
            slot=slot,
            position=position,
            contact=dee if slot == "vendor" else None,
            membership=gwen if slot == "district" else None,
            status=SignatureRequest.SEALED,
            opened_at=NOW,
        )
        SignatureEvent.objects.create(
            request=request, kind="signed", at=NOW, typed_name=signer.name
        )
    return agreement


def test_a_kept_file_is_valid_and_json_stands_alone(verdict_of: Verdict, executed: bytes) -> None:
    stored = kept(executed)
    code, out, err = verdict_of(executed, "--json")
    said = json.loads(out)
    assert (code, err, said["status"], said["sha256"]) == (0, "", "valid", stored.sha256)
    assert [signature["signer"] for signature in said["signatures"]][1:] == [DEE.name, ZOE.name]


def test_a_file_that_is_not_kept_exits_with_one(verdict_of: Verdict, executed: bytes) -> None:
    code, out, _ = verdict_of(executed, "--json")
    assert (code, json.loads(out)["status"]) == (1, "unknown_here")


def test_the_words_for_people_name_the_reason(
    verdict_of: Verdict, executed: bytes, by_vendor: bytes
) -> None:
    kept(by_vendor)
    code, out, _ = verdict_of(by_vendor)
    assert code == 1
    assert out.splitlines()[:2] == [
        "Not valid: the signers are not those who should have signed.",
        "- The district has not signed this copy.",
    ]
    assert "vendor: Dee Okafor, " in out
    assert "(intact, trusted, timestamped, unchanged since)" in out


def test_an_agreement_knows_its_file_and_its_signers(verdict_of: Verdict, executed: bytes) -> None:
    agreement = agreement_with(kept(executed))
    code, out, _ = verdict_of(executed, "--agreement", agreement.code, "--json")
    assert (code, json.loads(out)["status"]) == (0, "valid")


def test_a_valid_file_of_another_agreement_is_not_this_ones(
    verdict_of: Verdict, executed: bytes, by_vendor: bytes
) -> None:
    agreement = agreement_with(kept(by_vendor))
    kept(executed)
    code, out, _ = verdict_of(executed, "--agreement", agreement.code, "--json")
    assert (code, json.loads(out)["status"]) == (1, "unknown_here")


def test_an_unknown_agreement_and_a_missing_file_are_sentences(
    folder: Path, verdict_of: Verdict, executed: bytes
) -> None:
    with pytest.raises(CommandError, match="There is no agreement nothing"):
        verdict_of(executed, "--agreement", "nothing")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("papers", "verify", str(folder / "absent.pdf"))
