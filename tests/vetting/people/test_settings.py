from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import people
from vetting.people import commands, queries
from vetting.people.models import (
    District,
    Membership,
    RoleGrant,
    School,
    SettingChange,
    SigningAuthority,
    User,
)
from workflows.actors import Role
from workflows.clock.models import Closure
from workflows.outbox.drain import drain

pytestmark = pytest.mark.django_db
Who = Callable[[], Membership]


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(people.max().user)
    return client


def as_(who: Who) -> Client:
    client = Client()
    client.force_login(who().user)
    return client


def everything() -> list[Any]:
    models = (User, District, School, Membership, RoleGrant, SigningAuthority, SettingChange)
    return [list(model.objects.order_by("pk").values()) for model in (*models, Closure)]


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_somebody_without_a_district_is_told_so(client: Client) -> None:
    client.force_login(User.objects.create_user("zed@fox.example", name="Zed"))
    answer = client.get(reverse("people:my_absence"))
    assert answer.status_code == 403
    assert "You belong to no district here" in answer.content.decode()


def test_a_fragment_sends_the_whole_page_to_the_sign_in() -> None:
    answer = Client().get(reverse("people:people"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/sign-in/?next=/")


def test_what_somebody_typed_before_they_were_signed_out_is_not_thrown_away() -> None:
    answer = Client().post(reverse("people:schools"), {"name": "Aspen"})
    assert answer.status_code == 401
    assert "back button" in answer.text
    assert not School.objects.filter(name="Aspen").exists()


def test_eve_takes_no_line_out_of_anothers_authority_table() -> None:
    commands.add_signing_authority(
        membership=people.gwen(),
        delegated_on=queries.today_in(people.district()),
        by=queries.actor_of(people.max()),
    )
    row, eve = SigningAuthority.objects.get(), as_(people.eve)
    before = everything()
    remove = reverse("people:remove_authority")
    assert eve.post(remove, {"authority": row.pk}).status_code == 404
    assert eve.post(remove, {"authority": "x"}).status_code == 404
    assert everything() == before


@pytest.mark.parametrize(
    ("page", "more"),
    [
        ("people", lambda n: people.person(f"p{n} Person", Role.LEGAL, Role.REQUESTER)),
        ("schools", lambda n: people.school(f"school-{n}")),
        (
            "closures",
            lambda n: Closure.objects.create(
                tenant=people.district().tenant,
                day=queries.today_in(people.district()) + timedelta(days=n + 1),
                name="Snow",
            ),
        ),
        (
            "authority",
            lambda n: SigningAuthority.objects.create(
                district=people.district(),
                membership=people.gwen(),
                amount_over=n,
                delegated_on="2026-01-05",
            ),
        ),
        ("record", lambda n: _three_changes(n)),
    ],
)
def test_a_list_costs_the_same_for_one_row_and_for_three(
    boss: Client, page: str, more: Callable[[int], object]
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as ran:
            assert boss.get(reverse(f"people:{page}")).status_code == 200
        return len(ran)

    more(0)
    cost()
    first = cost()
    more(1)
    more(2)
    assert cost() == first <= 12


def _three_changes(number: int) -> None:
    by = queries.actor_of(people.max())
    commands.add_school(district=people.district(), name=f"School {number}", by=by)
    commands.grant_role(membership=people.ben(), role=list(Role)[number], by=by)


def test_a_person_is_added_changed_and_ended(boss: Client) -> None:
    school = people.school()
    given = {"name": "Nia Cole", "email": "nia@juniper.example", "roles": ["school_leader"]}
    answer = boss.post(reverse("people:add_person"), given | {"school": school.pk})
    assert answer["Location"] == reverse("people:people")
    nia = Membership.objects.get(user__email="nia@juniper.example")
    assert queries.leaders_of([school]) == [nia]
    page = reverse("people:person", args=[nia.code])
    changed = {"title": "Counsel", "roles": ["legal", "signatory"], "trained_on": "2026-08-12"}
    assert boss.post(page, changed).status_code == 302
    nia.refresh_from_db()
    assert (nia.title, str(nia.trained_on), nia.school) == ("Counsel", "2026-08-12", None)
    assert queries.actor_of(nia).roles == {Role.LEGAL, Role.SIGNATORY}
    boss.post(reverse("people:end", args=[nia.code]))
    assert not Membership.objects.get(pk=nia.pk).active
    assert "cannot sign in here any more" in boss.get(page).content.decode()
    boss.post(reverse("people:restore", args=[nia.code]))
    assert queries.memberships_of(nia.user) == [nia]


def test_what_is_refused_comes_back_with_what_was_typed(boss: Client) -> None:
    people.ben()
    before = everything()
    given = {"name": "Ben Two", "email": "ben@juniper.example", "roles": ["legal"]}
    answer = boss.post(reverse("people:add_person"), given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ben Ortiz (ben@juniper.example) is among your people already." in page
    assert 'value="Ben Two"' in page
    assert everything() == before


def test_an_address_longer_than_any_mailbox_is_refused_at_the_field(boss: Client) -> None:
    before = everything()
    email = f"{'n' * 64}@{'.'.join(['b' * 60] * 3)}.foxy.ex"
    given = {"name": "Nia Cole", "email": email, "roles": ["legal"]}
    answer = boss.post(reverse("people:add_person"), given)
    assert answer.status_code == 422
    assert "Write at most 254 characters: these are 255." in answer.text
    assert everything() == before


def test_a_refused_role_leaves_everything_else_as_it_was(boss: Client) -> None:
    only = people.max()
    before = everything()
    page = reverse("people:person", args=[only.code])
    answer = boss.post(page, {"title": "Chief", "roles": ["legal"]})
    assert answer.status_code == 422
    assert "Max Webb is the only administrator." in answer.content.decode()
    assert everything() == before


def test_an_absence_is_noted_and_ended_by_the_administrator(boss: Client) -> None:
    ada, pat = people.ada(), people.pat()
    today = queries.today_in(ada.district)
    address = reverse("people:away", args=[ada.code])
    given = {"away_from": today, "away_until": today + timedelta(days=3), "delegate": pat.pk}
    assert boss.post(address, given).status_code == 302
    assert "Pat Quill stands in" in boss.get(reverse("people:people")).content.decode()
    assert queries.actor_of(pat).has(Role.PRIVACY_LEAD)
    wrong = boss.post(address, given | {"away_until": today - timedelta(days=1)})
    assert wrong.status_code == 422
    assert "The last day away is before the first." in wrong.content.decode()
    boss.post(address, {"back": "1"})
    assert not queries.actor_of(pat).has(Role.PRIVACY_LEAD)


def test_everybody_may_note_their_own_absence() -> None:
    ada, pat, eve = people.ada(), people.pat(), people.eve()
    client, address = as_(people.ada), reverse("people:my_absence")
    today = queries.today_in(ada.district)
    given = {"away_from": today, "away_until": today}
    assert client.post(address, given | {"delegate": eve.pk}).status_code == 422
    assert client.post(address, given | {"delegate": pat.pk}).status_code == 302
    assert "Pat Quill stands in" in client.get(address).content.decode()
    assert client.post(address, {"back": "1"}).status_code == 302
    assert not queries.actor_of(pat).has(Role.PRIVACY_LEAD)


def test_schools_are_added_changed_closed_and_gated(boss: Client) -> None:
    assert "No school yet." in boss.get(reverse("people:schools")).content.decode()
    given = {"name": "Pine Ridge", "grades": ["6", "7"], "students": "610"}
    boss.post(reverse("people:schools"), given)
    school = School.objects.get()
    page = reverse("people:school", args=[school.code])
    boss.post(page, given | {"students": "600"})
    boss.post(reverse("people:close", args=[school.code]))
    school.refresh_from_db()
    assert (school.students, school.closed) == (600, True)
    assert "Open this school again" in boss.get(page).content.decode()
    boss.post(reverse("people:reopen", args=[school.code]))
    assert boss.post(reverse("people:schools"), given).status_code == 422
    for on in (True, False):
        boss.post(reverse("people:gate"), {"on": "1" if on else ""})
        assert District.objects.get().school_gate is on


def test_a_closure_and_its_record_are_one_commit() -> None:
    """Whatever ends it between the two leaves neither."""
    home = people.district()
    day = queries.today_in(home) + timedelta(days=20)
    nameless = replace(queries.actor_of(people.max()), ref=None)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), transaction.atomic():
        commands.add_closure(district=home, day=day, name="Snow", by=nameless)
    assert (Closure.objects.count(), SettingChange.objects.count()) == (0, 0)
    assert District.objects.get(pk=home.pk).tenant.calendar_version == ""
    commands.add_closure(district=home, day=day, name="Snow", by=queries.actor_of(people.max()))
    with pytest.raises(IntegrityError), transaction.atomic():
        commands.remove_closure(district=home, day=day, by=nameless)
    assert (Closure.objects.count(), SettingChange.objects.count()) == (1, 1)


def test_a_closure_long_ago_is_refused_on_its_page(boss: Client) -> None:
    refused = boss.post(reverse("people:closures"), {"name": "Snow", "day": "1990-12-20"})
    assert refused.status_code == 422
    assert "Thu, Dec 20, 1990 changes no date: choose days from " in refused.text
    assert (Closure.objects.count(), SettingChange.objects.count()) == (0, 0)


def test_closures_are_added_and_removed(boss: Client) -> None:
    address = reverse("people:closures")
    assert "No closure is noted from today on." in boss.get(address).content.decode()
    day = queries.today_in(people.district()) + timedelta(days=20)
    until = day + timedelta(days=2)
    boss.post(address, {"name": "Winter break", "day": day, "until": until})
    assert Closure.objects.count() == 3
    again = boss.post(address, {"name": "Snow", "day": until})
    assert again.status_code == 422
    assert "Already closed" in again.content.decode()
    boss.post(reverse("people:remove_closure"), {"day": day.isoformat()})
    assert Closure.objects.count() == 2
    gone = boss.post(reverse("people:remove_closure"), {"day": day.isoformat()})
    assert "is not one of your closures" in said(gone)[-1]
    assert boss.post(reverse("people:remove_closure"), {"day": "soon"}).status_code == 404
    assert District.objects.get().tenant.calendar_version


def test_the_authority_table_is_kept(boss: Client) -> None:
    gwen, address = people.gwen(), reverse("people:authority")
    assert "Nobody may sign yet." in boss.get(address).content.decode()
    given = {
        "membership": gwen.pk,
        "kind": "dpa",
        "amount_over": "50000",
        "term_months_over": "36",
        "delegated_on": "2026-01-05",
        "board_first": "on",
    }
    boss.post(address, given)
    page = boss.get(address).content.decode()
    assert "Gwen Hart" in page
    assert "$50,000" in page
    assert boss.post(address, given | {"membership": people.cora().pk}).status_code == 422
    boss.post(reverse("people:remove_authority"), {"authority": SigningAuthority.objects.get().pk})
    assert "Nobody may sign yet." in boss.get(address).content.decode()
    assert SigningAuthority.objects.get().ended_on is not None


def test_the_record_tells_every_change_in_a_sentence(boss: Client) -> None:
    ben, pat, where = people.ben(), people.pat(), people.district()
    by, today = queries.actor_of(people.max()), queries.today_in(where)
    commands.grant_role(membership=ben, role=Role.LEGAL, by=by)
    commands.revoke_role(membership=ben, role=Role.LEGAL, by=by)
    commands.set_away(
        membership=ben, delegate=pat, away_from=today, away_until=today, by=queries.actor_of(ben)
    )
    commands.end_absence(membership=ben, by=by)
    commands.close_school(school=people.school(), by=by)
    commands.set_school_gate(district=where, on=True, by=by)
    commands.add_closure(district=where, day=today, name="Snow", by=by)
    page = boss.get(reverse("people:record")).content.decode()
    for sentence in [
        "Max Webb gave Ben Ortiz the role Legal reviewer.",
        "Max Webb took the role Legal reviewer from Ben Ortiz.",
        f"Ben Ortiz noted that Ben Ortiz is away from {today} to {today}; stand-in: Pat Quill.",
        "Max Webb noted that Ben Ortiz is back.",
        "Max Webb closed Aspen Elementary.",
        "Max Webb switched the school gate on.",
        f"Max Webb closed {today} to {today}.",
    ]:
        assert sentence in page
    assert "Max Webb" not in as_(people.eve).get(reverse("people:record")).content.decode()


def test_a_person_of_two_districts_chooses_where_to_work() -> None:
    eve = people.eve()
    commands.add_person(
        district=people.district(),
        name="",
        email=eve.user.email,
        roles=[],
        by=queries.actor_of(people.max()),
    )
    client, where = as_(people.eve), reverse("people:districts")
    page = client.get(where)
    assert page.wsgi_request.district.code == "juniper"  # type: ignore[attr-defined]
    assert client.get(reverse("people:people")).status_code == 403
    client.post(reverse("people:choose_district"), {"code": eve.code})
    page = client.get(where)
    assert page.wsgi_request.district.code == "mesa"  # type: ignore[attr-defined]
    assert client.get(reverse("people:people")).status_code == 200
    other = people.ada().code
    assert client.post(reverse("people:choose_district"), {"code": other}).status_code == 404
    Membership.objects.filter(pk=eve.pk).update(active=False)
    assert client.get(where).wsgi_request.district.code == "juniper"  # type: ignore[attr-defined]


def test_a_password_opens_the_door_and_nobody_signs_up(client: Client) -> None:
    ada = people.ada()
    ada.user.set_password("a long enough phrase")
    ada.user.save()
    closed = client.post("/sign-up/", {"email": "x@fox.example", "password1": "a long phrase 99"})
    assert "Nobody signs up here." in closed.content.decode()
    assert User.objects.count() == 1
    wrong = client.post("/sign-in/", {"login": ada.user.email, "password": "guess"})
    assert wrong.wsgi_request.user.is_anonymous
    right = client.post(
        "/sign-in/", {"login": "ADA@juniper.example", "password": "a long enough phrase"}
    )
    assert (right.status_code, right["Location"]) == (302, "/")
    assert client.get(reverse("people:my_absence")).status_code == 200
    client.post("/sign-out/")
    assert client.get(reverse("people:my_absence")).status_code == 302


def test_a_new_person_chooses_a_password_by_mail(client: Client, mailoutbox: list[Any]) -> None:
    nia = commands.add_person(
        district=people.district(),
        name="Nia Cole",
        email="nia@juniper.example",
        roles=[],
        by=queries.actor_of(people.max()),
    )
    drain()
    mailoutbox.clear()
    client.post("/password/reset/", {"email": nia.user.email})
    assert mailoutbox == []
    drain()
    (mail,) = mailoutbox
    link = next(word for word in mail.body.split() if "/password/reset/" in word)
    page = client.get(link[link.index("/password") :], follow=True)
    new = {"password1": "a long enough phrase", "password2": "a long enough phrase"}
    answer = client.post(page.request["PATH_INFO"], new)
    assert answer.status_code == 302
    assert client.login(email=nia.user.email, password="a long enough phrase")
