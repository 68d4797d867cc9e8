"""Each page of the settings in a browser, wide and on a phone, empty and full and with errors."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.browser import PHONE, WIDE, OpenPage, assert_clean
from tests.factories import people
from tests.factories import pictures as make
from vetting.people import commands, queries
from vetting.people.models import Membership
from workflows.actors import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    *("about", "people", "people/add", "schools", "closures", "authority", "record", "list"),
    "away",
]


def full() -> Membership:
    """A district with something on every page; the administrator, who also works for mesa."""
    boss, ada, pat = people.max(), people.ada(), people.pat()
    people.school()
    by, today = queries.actor_of(boss), queries.today_in(boss.district)
    commands.set_away(
        membership=ada, delegate=pat, away_from=today, away_until=today + timedelta(days=5), by=by
    )
    commands.add_closure(
        district=boss.district, day=today + timedelta(days=9), name="Winter break", by=by
    )
    commands.add_signing_authority(membership=people.gwen(), delegated_on=today, by=by)
    commands.deactivate(membership=people.cora(), by=by)
    logo = make.png(320, 90)
    commands.describe_district(district=boss.district, by=by, color="#7a1f5c", logo=logo)
    people.person("Max Webb", Role.ADMIN, at=people.district("mesa"))
    return boss


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_the_empty_settings_are_clean(browser_page: OpenPage, width: int) -> None:
    page = browser_page(width, user=people.max().user)
    for name in PAGES:
        page.goto(f"/settings/{name}/")
        assert_clean(page, f"settings-empty-{name.replace('/', '-')}")


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_the_full_settings_are_clean(browser_page: OpenPage, width: int) -> None:
    boss = full()
    ada, cora = people.ada(), people.cora()
    page = browser_page(width, user=boss.user)
    pages = [*PAGES, f"people/{ada.code}", f"people/{cora.code}", "schools/aspen", "district"]
    for name in pages:
        page.goto(f"/settings/{name}/")
        for folded in page.locator("details.confirm summary").all():
            folded.click()
        assert_clean(page, f"settings-{name.split('/')[0]}-{pages.index(name)}")


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_settings_sent_back_are_clean(browser_page: OpenPage, width: int, tmp_path: Path) -> None:
    page = browser_page(width, user=people.max().user)
    page.goto("/settings/people/add/")
    page.get_by_role("button", name="Add and write to them").click()
    assert_clean(page, "settings-person-errors", allow=("status of 422",))
    file = tmp_path / "tools.csv"
    file.write_text("Tool,Ends,Room\nPlum,3/4/2026,1\n")
    page.goto("/settings/list/")
    page.get_by_label("Your list as a CSV file").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    assert_clean(page, "settings-list-errors", allow=("status of 422",))
    page.get_by_label("What is 3/4/2025?").select_option("mdy")
    page.get_by_role("button", name="Read it again so").click()
    assert_clean(page, "settings-list-ready", allow=("status of 422",))
    page.get_by_role("button", name="Take it over").click()
    page.get_by_text("tools.csv: 1 tool new, 0 changed, 0 the same.").wait_for()
