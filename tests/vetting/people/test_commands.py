from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

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
from workflows.actors import Actor, Role, system
from workflows.cases import Tenant
from workflows.engine import Refused
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


@pytest.fixture
def boss() -> Actor:
    return queries.actor_of(people.max())


def record() -> list[str]:
    return [change.what for change in SettingChange.objects.order_by("pk")]


def everything() -> list[Any]:
    """All rows of the room, to see that nothing was written."""
    models = (User, District, School, Membership, RoleGrant, SigningAuthority, SettingChange)
    return [list(model.objects.order_by("pk").values()) for model in (*models, Message)]


def refused(verb: Callable[[], object]) -> list[str]:
    before = everything()
    with pytest.raises(Refused) as told:
        verb()
    assert everything() == before
    return told.value.reasons


def test_a_new_person_is_written_to_and_chooses_the_password(boss: Actor) -> None:
    nia = commands.add_person(
        district=people.district(),
        name="  Nia  Cole ",
        email="Nia@Juniper.example",
        roles=[Role.LEGAL, Role.REQUESTER],
        trained_on=TODAY,
        by=boss,
    )
    assert (nia.user.name, nia.user.email) == ("Nia Cole", "nia@juniper.example")
    assert not nia.user.has_usable_password()
    assert queries.actor_of(nia).roles == {Role.LEGAL, Role.REQUESTER}
    mail = Message.objects.get()
    assert (mail.to, mail.topic, mail.tenant) == (nia.user.email, "welcome", nia.district.tenant)
    assert mail.subject == "Welcome to Countersign at Juniper School District"
    assert "/sign-in/" in mail.body
    change = SettingChange.objects.get()
    assert (change.what, change.actor_ref) == ("person_added", boss.ref)
    assert change.facts == {"person": nia.pk, "roles": ["legal", "requester"]}


def test_somebody_of_another_district_joins_with_the_same_sign_in(boss: Actor) -> None:
    eve = people.eve()
    here = commands.add_person(
        district=people.district(), name="", email=eve.user.email, roles=[], by=boss
    )
    assert here.user == eve.user
    assert queries.actor_of(here).roles == frozenset()
    assert [m.district.code for m in queries.memberships_of(eve.user)] == ["juniper", "mesa"]


def test_whoever_left_comes_back_with_new_roles_only(boss: Actor) -> None:
    ada = people.ada()
    commands.deactivate(membership=ada, by=boss)
    assert queries.memberships_of(ada.user) == []
    back = commands.add_person(
        district=ada.district, name="", email=ada.user.email, roles=[Role.PRIVACY], by=boss
    )
    assert back == ada
    assert queries.actor_of(back).roles == {Role.PRIVACY}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"email": "nia at juniper"}, "“nia at juniper” is no e-mail address."),
        ({"name": " "}, "Write the name of the person."),
        ({"roles": [Role.VENDOR, Role.SYSTEM]}, "Staff cannot be: Countersign, Vendor."),
        (
            {"email": "ben@juniper.example"},
            "Ben Ortiz (ben@juniper.example) is among your people already.",
        ),
    ],
)
def test_a_person_who_cannot_be_added_is_not(
    boss: Actor, fields: dict[str, Any], reason: str
) -> None:
    people.ben()
    given: dict[str, Any] = {"name": "Nia Cole", "email": "nia@juniper.example", "roles": []}
    where = people.district()
    assert refused(lambda: commands.add_person(district=where, by=boss, **given | fields)) == [
        reason
    ]


def test_roles_come_and_go_with_their_record(boss: Actor) -> None:
    ben = people.ben()
    commands.grant_role(membership=ben, role=Role.SOURCING, by=boss)
    commands.grant_role(membership=ben, role=Role.SOURCING, by=boss)
    commands.revoke_role(membership=ben, role=Role.REQUESTER, by=boss)
    commands.revoke_role(membership=ben, role=Role.REQUESTER, by=boss)
    assert queries.actor_of(ben).roles == {Role.SOURCING}
    assert record() == ["role_granted", "role_revoked"]


def test_the_last_administrator_stays(boss: Actor) -> None:
    only = people.max()
    assert refused(lambda: commands.revoke_role(membership=only, role=Role.ADMIN, by=boss)) == [
        "Max Webb is the only administrator. Name another one first."
    ]
    assert refused(lambda: commands.deactivate(membership=only, by=boss)) == [
        "You cannot end your own access. Ask another administrator."
    ]
    commands.grant_role(membership=people.ada(), role=Role.ADMIN, by=boss)
    assert refused(lambda: commands.revoke_role(membership=only, role=Role.ADMIN, by=boss)) == [
        "No other administrator has signed in yet, so nobody could give you the role back. "
        "Wait until one has."
    ]
    User.objects.filter(pk=people.ada().user_id).update(last_login=timezone.now())
    commands.revoke_role(membership=only, role=Role.ADMIN, by=boss)
    assert not queries.actor_of(only).has(Role.ADMIN)


def test_a_leader_needs_a_school_and_a_training_is_not_to_come(boss: Actor) -> None:
    where = people.district()
    tomorrow = queries.today_in(where) + timedelta(days=1)
    lee = {"name": "Lia Moss", "email": "lia@x.example", "roles": [Role.SCHOOL_LEADER]}
    assert refused(
        lambda: commands.add_person(district=where, by=boss, trained_on=tomorrow, **lee)
    ) == [
        "Choose the school that Lia Moss leads: it says whose requests come to them.",
        "The day of the training lies in the future. Enter it when it is done.",
    ]
    ben = people.ben()
    assert refused(
        lambda: commands.change_person(
            membership=ben, roles=["school_leader"], title="", school=None, trained_on=None, by=boss
        )
    ) == ["Choose the school that Ben Ortiz leads: it says whose requests come to them."]


def test_who_is_away_stands_in_for_nobody(boss: Actor) -> None:
    ada, pat = people.ada(), people.pat()
    first = queries.today_in(ada.district)
    last = first + timedelta(days=3)
    away = {"delegate": None, "away_from": first, "away_until": last}
    commands.set_away(membership=pat, by=boss, **away)
    days = {"away_from": last, "away_until": last}
    pat.refresh_from_db()
    assert refused(lambda: commands.set_away(membership=ada, delegate=pat, by=boss, **days)) == [
        f"Pat Quill is away until {last:%b} {last.day} too: choose somebody else."
    ]
    later = {"away_from": last + timedelta(days=1), "away_until": last + timedelta(days=1)}
    commands.set_away(membership=ada, delegate=pat, by=boss, **later)


@pytest.mark.parametrize("who", [people.ada, people.ben, people.eve])
def test_only_an_administrator_of_this_district_changes_it(
    who: Callable[[], Membership],
) -> None:
    by, cora, school = queries.actor_of(who()), people.cora(), people.school()
    where = cora.district
    verbs: list[Callable[[], object]] = [
        lambda: commands.add_person(district=where, name="N", email="n@x.org", roles=[], by=by),
        lambda: commands.grant_role(membership=cora, role=Role.ADMIN, by=by),
        lambda: commands.revoke_role(membership=cora, role=Role.LEGAL, by=by),
        lambda: commands.deactivate(membership=cora, by=by),
        lambda: commands.describe_person(
            membership=cora, title="x", school=None, trained_on=None, by=by
        ),
        lambda: commands.set_away(
            membership=cora, delegate=None, away_from=TODAY, away_until=TODAY, by=by
        ),
        lambda: commands.end_absence(membership=cora, by=by),
        lambda: commands.add_school(district=where, name="New", by=by),
        lambda: commands.change_school(school=school, name="x", grades=[], students=1, by=by),
        lambda: commands.close_school(school=school, by=by),
        lambda: commands.set_school_gate(district=where, on=True, by=by),
        lambda: commands.add_signing_authority(membership=cora, delegated_on=TODAY, by=by),
        lambda: commands.open_district(code="x", name="X", state="CO", by=by),
    ]
    said = {"There is nothing here for you.", "This is for: Administrator."}
    for verb in verbs[:-1]:
        assert set(refused(verb)) <= said
    assert refused(verbs[-1]) == [
        "A district is added on the server: manage.py people add-district."
    ]


def test_a_person_says_themself_that_they_are_away() -> None:
    ada, pat = people.ada(), people.pat()
    first = queries.today_in(ada.district)
    days = {"away_from": first, "away_until": first + timedelta(days=4)}
    commands.set_away(membership=ada, delegate=pat, by=queries.actor_of(ada), **days)
    assert queries.actor_of(pat).has(Role.PRIVACY_LEAD)
    commands.end_absence(membership=ada, by=queries.actor_of(ada))
    assert not queries.actor_of(pat).has(Role.PRIVACY_LEAD)
    assert record() == ["away_set", "away_ended"]


def test_a_stand_in_is_somebody_else_of_this_district(boss: Actor) -> None:
    ada, eve = people.ada(), people.eve()
    soon = queries.today_in(ada.district) + timedelta(days=2)

    def away(delegate: Membership) -> list[str]:
        days = {"away_from": soon, "away_until": soon}
        return refused(
            lambda: commands.set_away(membership=ada, delegate=delegate, by=boss, **days)
        )

    assert away(eve) == ["Choose somebody of your own district who has access."]
    assert away(ada) == ["Nobody stands in for themself: choose somebody else."]
    cora = people.cora()
    commands.deactivate(membership=cora, by=boss)
    cora.refresh_from_db()
    assert away(cora) == ["Choose somebody of your own district who has access."]


def test_whoever_leaves_stands_in_for_nobody(boss: Actor) -> None:
    ada, pat = people.ada(), people.pat()
    today = queries.today_in(ada.district)
    days = {"away_from": today, "away_until": today}
    commands.set_away(membership=ada, delegate=pat, by=boss, **days)
    commands.deactivate(membership=pat, by=boss)
    ada.refresh_from_db()
    assert ada.delegate is None


def test_schools_open_change_and_close(boss: Actor) -> None:
    where = people.district()
    school = commands.add_school(
        district=where, name="Pine Ridge", grades=["8", "6", "7"], students=610, by=boss
    )
    assert (school.code, school.grades) == ("pine-ridge", ["6", "7", "8"])
    commands.change_school(
        school=school, name="Pine Ridge Middle", grades=["6"], students=None, by=boss
    )
    commands.close_school(school=school, by=boss)
    commands.close_school(school=school, by=boss)
    commands.reopen_school(school=school, by=boss)
    school.refresh_from_db()
    assert (school.name, school.closed, school.students) == ("Pine Ridge Middle", False, None)
    assert record() == ["school_added", "school_changed", "school_closed", "school_reopened"]


def test_a_school_needs_a_name_of_its_own_and_real_grades(boss: Actor) -> None:
    people.school()
    where = people.district()
    assert refused(
        lambda: commands.add_school(
            district=where, name="aspen  elementary", grades=["13"], by=boss
        )
    ) == ["“13” is no grade.", "There is a school named aspen elementary already."]


def test_the_school_gate_is_switched_and_recorded_once(boss: Actor) -> None:
    where = people.district()
    commands.set_school_gate(district=where, on=True, by=boss)
    commands.set_school_gate(district=where, on=True, by=boss)
    assert District.objects.get(pk=where.pk).school_gate
    assert record() == ["school_gate"]


def test_only_a_signatory_gets_a_line_of_the_authority_table(boss: Actor) -> None:
    gwen, today = people.gwen(), queries.today_in(people.district())
    row = commands.add_signing_authority(
        membership=gwen, delegated_on=today, amount_over=50000, board_first=True, by=boss
    )
    assert refused(
        lambda: commands.add_signing_authority(
            membership=gwen,
            delegated_on=today + timedelta(days=1),
            amount_over=50000,
            by=boss,
        )
    ) == ["The day of the delegation lies in the future.", "Gwen Hart has that authority already."]
    assert refused(
        lambda: commands.add_signing_authority(
            membership=gwen, delegated_on=date(1800, 1, 1), amount_over=1, by=boss
        )
    ) == ["The delegation is said to be of 1800: look at the year."]
    cora = people.cora()
    assert refused(
        lambda: commands.add_signing_authority(membership=cora, delegated_on=today, by=boss)
    ) == ["Cora Lind is no signatory. Give the person that role first."]
    commands.remove_signing_authority(authority=row, by=boss)
    assert record() == ["authority_added", "authority_removed"]


def test_the_record_of_settings_cannot_be_rewritten(boss: Actor) -> None:
    commands.set_school_gate(district=people.district(), on=True, by=boss)
    for change in (
        lambda: SettingChange.objects.update(actor_ref="membership:0"),
        lambda: SettingChange.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            change()
    assert SettingChange.objects.get().actor_ref == boss.ref


def test_a_district_starts_with_its_administrator(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--name=Mesa Schools", "--state=CO", "--admin=ann@mesa.example", "--admin-name=Ann"]
    call_command("people", "add-district", "mesa", *given)
    assert "Mesa Schools is ready. ann@mesa.example was written to." in capsys.readouterr().out
    tenant = Tenant.objects.get(code="mesa")
    assert tenant.region == "CO"
    assert [p.user.name for p in queries.people_with(tenant.district, Role.ADMIN)] == ["Ann"]
    before = everything()
    with pytest.raises(CommandError, match=r"is no state.*is no time zone.*already"):
        call_command("people", "add-district", "mesa", *given, "--state=Colorado", "--zone=Denver")
    with pytest.raises(CommandError, match="is no e-mail address"):
        call_command("people", "add-district", "fox", *given, "--admin=ann")
    assert everything() == before
    assert Tenant.objects.count() == 1


def test_the_check_says_when_nobody_could_carry_a_request() -> None:
    for person in (people.ada, people.ben, people.cora, people.gwen):
        person()

    def warned() -> list[str]:
        found = run_checks(tags=["database"], databases=["default"])
        return [w.msg for w in found if w.id == "vetting.people.W001"]

    assert warned() == [
        "No set of active people of Juniper School District can carry a request to approved "
        "without breaking separation of duties: "
        "Whoever screens and whoever approves would be the same person."
    ]
    people.pat()
    assert warned() == []


def test_the_system_may_open_a_district_without_a_welcome() -> None:
    by = system("tests")
    where = commands.open_district(code="fox", name="Fox Valley", state="WI", by=by)
    commands.add_person(
        district=where, name="Ann", email="a@fox.example", roles=[], welcome=False, by=by
    )
    assert not Message.objects.exists()
