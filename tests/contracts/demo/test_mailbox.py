"""The demo's mailbox page: its own files, newest first, links that can be followed."""

import stat
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from pytest_django import Settings

from contracts.demo import mailbox


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = str(tmp_path / "mailbox")
    return tmp_path / "mailbox"


def send(to: str, subject: str, text: str) -> None:
    backend = get_connection("workflows.outbox.mailbox.Mailbox")
    mail = EmailMultiAlternatives(subject, text, to=[to], connection=backend)
    mail.attach_alternative(f"<p>{text}</p>", "text/html")
    mail.send()


LINK = "Please sign.\n\nhttp://127.0.0.1:8017/vendor/a1_b-2/\n\n<b>Dee</b>"


def test_the_newest_mail_stands_first_and_a_person_can_be_chosen(
    client: Client, folder: Path
) -> None:
    send("dee@vendor.example", "First", "one")
    send("ada@junipermesa.example", "Second: “quoted”", "two")

    everybody = client.get("/demo/mail/").content.decode()
    hers = client.get("/demo/mail/?to=ada@junipermesa.example").content.decode()

    assert everybody.index("Second: “quoted”") < everybody.index("First")
    assert "First" not in hers.split("</form>")[1]
    assert "1 mail." in hers


def test_mails_with_a_personal_link_can_be_shown_alone(client: Client, folder: Path) -> None:
    send("dee@vendor.example", "Please sign", LINK)
    send("ada@junipermesa.example", "Overdue", "No link here.")

    page = client.get("/demo/mail/?links=1").content.decode()

    assert "Please sign" in page
    assert "Overdue" not in page


def test_a_mail_shows_its_words_and_its_link_leads_here(client: Client, folder: Path) -> None:
    send("dee@vendor.example", "Please sign", LINK)
    (head,) = mailbox.heads(folder)

    page = client.get(f"/demo/mail/{head.name}/").content.decode()

    assert 'href="http://testserver/vendor/a1_b-2/"' in page
    assert "&lt;b&gt;Dee&lt;/b&gt;" in page


def test_a_mail_is_a_whole_file_that_only_its_owner_reads(folder: Path) -> None:
    send("dee@vendor.example", "Please sign", LINK)

    (path,) = folder.iterdir()
    assert path.suffix == ".eml"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("path", ["/demo/mail/", "/demo/mail/unknown/"])
def test_outside_the_demo_there_is_no_such_page(
    client: Client, folder: Path, settings: Settings, path: str
) -> None:
    send("dee@vendor.example", "Please sign", LINK)
    settings.DEMO = False

    answer = client.get(path)

    assert answer.status_code == 404
    assert b"Please sign" not in answer.content


@pytest.mark.parametrize("name", ["unknown", "..", "%2e%2e%2fsecret-key"])
def test_a_name_that_is_no_mail_is_not_found(client: Client, folder: Path, name: str) -> None:
    (folder.parent / "secret-key").write_text("secret")

    assert client.get(f"/demo/mail/{name}/").status_code == 404


def test_an_empty_mailbox_says_what_to_do(client: Client, folder: Path) -> None:
    assert "No mail yet." in client.get("/demo/mail/").content.decode()


def test_no_session_is_touched(client: Client, folder: Path) -> None:
    assert not client.get("/demo/mail/").cookies


@pytest.mark.django_db
def test_where_a_mail_server_has_the_mails_there_is_no_mailbox_and_no_link_to_it(
    client: Client, settings: Settings
) -> None:
    settings.DEMO = True
    del settings.EMAIL_FILE_PATH
    assert client.get("/demo/mail/").status_code == 404
    assert client.get("/demo/mail/?q=x").status_code == 404
    page = client.get("/sign-in/").content.decode()
    assert "Nothing here is real." in page
    assert "mailbox" not in page
