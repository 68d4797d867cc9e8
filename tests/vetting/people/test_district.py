"""What a district says of itself: on its page, in its mails, on its public list."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.factories import people
from tests.factories import pictures as make
from vetting.people import commands, rules
from vetting.people.models import District, SettingChange
from vetting.people.queries import actor_of, changes_of
from vetting.people.sentences import tell_changes
from vetting.vault.models import StoredFile
from workflows.actors import system
from workflows.engine import Refused
from workflows.outbox import commands as outbox
from workflows.outbox.drain import drain
from workflows.outbox.letterhead import letterhead_of

pytestmark = pytest.mark.django_db
PAGE = "/settings/about/"
TYPED = {
    "name": "Juniper School District 12",
    "address": " 1  School Road \r\n\r\nJuniper, CO 80000",
    "website": "https://juniper.example",
    "contact_name": "Ada Park",
    "contact_email": "privacy@juniper.example",
    "contact_phone": "303-555-0100",
    "color": "#1A4480",
}


@pytest.fixture(autouse=True)
def own_vault(settings: Any, tmp_path: Path) -> None:
    settings.VAULT_DIR = tmp_path


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(people.max().user)
    return client


def picture(data: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def everything() -> tuple[Any, ...]:
    rows = (District, SettingChange, StoredFile)
    return tuple(list(model.objects.order_by("pk").values()) for model in rows)


def test_an_administrator_sets_it_and_the_record_tells_what_changed(boss: Client) -> None:
    answer = boss.post(PAGE, TYPED | {"logo": picture(make.png(64, 32))})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    here = District.objects.get()
    assert (here.name, here.address, here.color, here.contact_phone) == (
        "Juniper School District 12",
        "1 School Road\nJuniper, CO 80000",
        "#1a4480",
        "303-555-0100",
    )
    assert here.logo is not None
    assert here.logo.content_type == "image/png"
    told = tell_changes(changes_of(actor_of(people.max())))[0]
    assert told == (
        "Max Webb changed the district's postal address, color, e-mail address for notices, "
        "contact for notices, telephone, logo, name, web address."
    )
    row = SettingChange.objects.get()
    boss.post(PAGE, TYPED)
    assert SettingChange.objects.get() == row


def test_the_page_shows_it_with_its_color_and_logo(boss: Client) -> None:
    boss.post(PAGE, TYPED | {"logo": picture(make.png(64, 32))})
    here = District.objects.get()
    page = boss.get(PAGE).content.decode()
    assert f'<link rel="stylesheet" href="{here.color_url}">' in page
    assert page.count(f'src="{here.logo_url}"') == 2
    stranger = Client()
    style = stranger.get(here.color_url)
    assert style.content == b":root { --brand: #1a4480; }\n"
    assert style["Content-Type"] == "text/css"
    logo = stranger.get(here.logo_url)
    assert (logo["Content-Type"], logo.content[:8]) == ("image/png", make.PNG)
    assert logo["X-Content-Type-Options"] == "nosniff"
    assert not style.cookies
    assert not logo.cookies
    assert here.color_url in stranger.get("/registry/").content.decode()


@pytest.mark.parametrize(
    "address", ["/brand/juniper/ffffff.css", "/brand/juniper/99.png", "/brand/mesa/1a4480.css"]
)
def test_another_color_or_logo_is_nothing(boss: Client, address: str) -> None:
    boss.post(PAGE, TYPED)
    assert Client().get(address).status_code == 404


def test_the_logo_is_taken_away_again(boss: Client) -> None:
    boss.post(PAGE, TYPED | {"logo": picture(make.jpeg(), "logo.jpg")})
    address = District.objects.get().logo_url
    boss.post(PAGE, TYPED | {"drop_logo": "on"})
    assert District.objects.get().logo_id is None
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"color": "#ffcc00"}, "The color #ffcc00 is too light: its contrast with white is 1.5"),
        ({"color": "blue"}, "Write the color as # and six digits"),
        ({"name": "  "}, "Write something here."),
        ({"contact_email": "nobody"}, "“nobody” is no e-mail address."),
        ({"contact_phone": "abc"}, "“abc” is no telephone number."),
        ({"address": "1 School Road 🙂"}, "Take “🙂” out of “1 School Road 🙂”"),
        ({"website": "javascript:alert(1)"}, "“javascript:alert(1)” is no web address."),
        ({"logo": picture(b"<svg onload='x'></svg>", "logo.svg")}, "save it as a PNG"),
        ({"logo": picture(b"MZ", "logo.png")}, "neither a PNG nor a JPEG"),
        ({"logo": picture(b"x" * 1_100_000, "logo.png")}, "larger than 1 MB"),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_written(
    boss: Client, typed: dict[str, Any], says: str
) -> None:
    before = everything()
    answer = boss.post(PAGE, TYPED | typed)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert everything() == before


def test_it_is_for_administrators_of_this_very_district() -> None:
    here = people.district()
    before = everything()
    for who in (people.ada, people.ben):
        client = Client()
        client.force_login(who().user)
        assert client.get(PAGE).status_code == client.post(PAGE, TYPED).status_code == 403
        with pytest.raises(Refused, match="This is for: Administrator"):
            commands.describe_district(district=here, by=actor_of(who()), name="Other")
    with pytest.raises(Refused, match="nothing here"):
        commands.describe_district(district=here, by=actor_of(people.eve()), name="Other")
    assert Client().get(PAGE)["Location"] == f"/sign-in/?next={PAGE}"
    assert everything()[1:] == before[1:]
    assert District.objects.get(pk=here.pk).name == here.name


def test_mails_carry_the_letterhead(mailoutbox: list[Any]) -> None:
    here = people.district()
    logo = make.png(64, 32)
    here = commands.describe_district(district=here, by=system("tests"), logo=logo, **TYPED)
    row = outbox.message(
        channel="mail", topic="x", tenant=here.tenant, to="a@b.example", subject="Hello",
        body="Good morning.", dedupe_key="x",
    )  # fmt: skip
    outbox.post([row])
    drain()
    html = mailoutbox[0].alternatives[0][0]
    for part in (
        f'src="http://127.0.0.1:8000{here.logo_url}"',
        'color="#1a4480"',
        "1 School Road",
        "https://juniper.example",
        "303-555-0100",
    ):
        assert part in html
    assert letterhead_of(None)["logo"] == ""


@pytest.mark.parametrize(
    ("color", "contrast"), [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54)]
)
def test_contrast_is_reckoned_as_wcag_does(color: str, contrast: float) -> None:
    assert round(rules.contrast_with_white(color), 2) == contrast
    assert (rules.reasons_against_color(color) == []) == (contrast >= 4.5)


def test_the_command_sets_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people.district()
    file = tmp_path / "logo.png"
    file.write_bytes(make.png(64, 32))
    call_command("people", "describe-district", "juniper", "--color", "#1a4480", logo=file)
    here = District.objects.get()
    assert (here.color, here.logo_id is not None) == ("#1a4480", True)
    assert "saved" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no district “birch”"):
        call_command("people", "describe-district", "birch")
    with pytest.raises(CommandError, match="too light"):
        call_command("people", "describe-district", "juniper", "--color", "#ffffff")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("people", "describe-district", "juniper", logo=tmp_path / "none.png")


def test_every_setting_has_its_entry_in_the_navigation(boss: Client) -> None:
    assert f'href="{reverse("people:district")}"' in boss.get("/settings/people/").content.decode()
