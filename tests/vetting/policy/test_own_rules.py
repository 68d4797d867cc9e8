"""A district writes its own rules plainly: the linter's faults stand at the form, an example date
is confirmed, what would change is shown first, and no other district is given them."""

from datetime import date
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.factories import people, policy, requests
from vetting.people.models import SettingChange
from vetting.people.queries import actor_of
from vetting.people.sentences import tell_changes
from vetting.policy import local
from vetting.policy.commands.adopting import save_own_rules
from vetting.policy.commands.evaluating import evaluate_case
from vetting.policy.marked import marked
from vetting.policy.models import Evaluated, PackVersion
from vetting.policy.queries import packs_for
from vetting.policy.rules import own
from workflows.refusals import Refused

pytestmark = pytest.mark.django_db
TODAY = "2026-11-23T16:00:00Z"
ADD = "/rules/own/add/?kind="
BREACH = {
    "title": "The vendor tells us of a breach",
    "citation": "Board policy JRCB, section 4",
    "address": "",
    "duty_of": "vendor",
    "to": "district",
    "amount": "3",
    "unit": "business_days",
    "anchor": "vendor_discovered",
    "fact_1": "breach:is:true",
    "fact_2": "students_affected:at_least:",
    "number_2": "10",
    "effective_from": "2026-11-23",
}
DUE = "2026-12-03T23:59:59-07:00"


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def ada(client: Client) -> Client:
    client.force_login(people.ada().user)
    return client


def text_of(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def saved() -> dict[str, Any]:
    row = PackVersion.objects.filter(district=people.district()).order_by("-pk")[0]
    data: dict[str, Any] = marked(row.text).data
    return data


def save(client: Client, address: str, sent: dict[str, str], **confirmed: str) -> Any:
    return client.post(address, sent | {"step": "save", "base": digest()} | confirmed)


def digest() -> str:
    return local.own_of(people.district()).digest


def test_a_deadline_is_written_shown_confirmed_and_saved(ada: Client) -> None:
    looked = text_of(ada.post(f"{ADD}deadline", BREACH))
    assert "If the vendor discovered it on Mon, Nov 23, 2026 at 09:00, it is due on" in looked
    assert "Mon, Nov 30, 2026 at 23:59:59" not in looked
    assert not PackVersion.objects.exists()
    due = looked.split('name="due" value="')[1].split('"')[0]
    response = save(ada, f"{ADD}deadline", BREACH, due=due)
    assert (response.status_code, response.url) == (302, "/rules/own/")
    (rule,) = saved()["rules"]
    assert rule["limit"] == {"amount": 3, "unit": "business_days"}
    assert rule["when"] == {
        "all": [{"fact": "breach", "is": True}, {"fact": "students_affected", "at_least": 10}]
    }
    (test,) = saved()["tests"]
    assert (test["rule"], test["due"]) == ("juniper.deadline_1", due)
    (change,) = SettingChange.objects.all()
    assert change.facts == {"rule": "juniper.deadline_1", "version": "2026.11.1"}
    assert tell_changes([change]) == ["Ada Park wrote the rule juniper.deadline_1."]


def test_the_example_is_counted_by_hand(ada: Client) -> None:
    """From Monday, Nov 23: Tuesday, Wednesday, not Thanksgiving, Friday."""
    looked = text_of(ada.post(f"{ADD}deadline", BREACH))
    assert 'name="due" value="2026-11-27T23:59:59-07:00"' in looked


def test_a_date_that_was_not_the_one_shown_is_not_saved(ada: Client) -> None:
    response = save(ada, f"{ADD}deadline", BREACH, due=DUE)
    assert response.status_code == 422
    assert "expected 2026-12-03T23:59:59-07:00, got 2026-11-27" in text_of(response)
    assert not PackVersion.objects.exists()


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("deadline", {"citation": ""}, "Write something here."),
        ("deadline", {"amount": ""}, "Say when in one way"),
        ("deadline", {"each_year": "01-31"}, "Say when in one way"),
        ("deadline", {"amount": "", "each_year": "02-30"}, "“02-30” is no day of every year"),
        ("deadline", {"amount": "3650"}, "No calendar reaches that far"),
        ("deadline", {"number_2": ""}, "Write the number to compare with."),
        ("deadline", {"address": "http://board.example"}, "begins with https://"),
        ("class", {"set": "contract", "fact_1": "", "fact_2": ""}, "“when” is missing."),
    ],
)
def test_faults_stand_at_the_form_and_nothing_is_written(
    ada: Client, kind: str, change: dict[str, str], said: str
) -> None:
    response = save(ada, f"{ADD}{kind}", BREACH | change)
    assert response.status_code == 422
    assert said in text_of(response)
    assert "Board policy JRCB" in text_of(response) or "citation" in change
    assert not PackVersion.objects.exists()
    assert not SettingChange.objects.exists()


OF_EACH_KIND = {
    "consent": {"default": "opt_in", "duration": "school_year", "scope": "list", "content": "A\nB"},
    "duty": {"what": "Ask the library", "duty_of": ""},
    "review": {"every_months": "12", "what": "Every tool"},
    "publication": {"what": "approved_list", "each_year": ""},
    "retention": {
        "record": "agreement", "bound": "at_least", "amount": "7", "unit": "years",
        "from_when": "the end of the agreement",
    },
    "prohibition": {"what": "Tools that recognize faces", "fact_1": "recognizes_faces:is:true"},
    "class": {"set": "contract", "fact_1": "student_data:is:true"},
}  # fmt: skip
COMMON = {"title": "Ours", "citation": "Policy 1", "effective_from": "2026-11-23"}


@pytest.mark.parametrize("kind", OF_EACH_KIND)
def test_every_kind_is_saved_and_shown_again_as_it_was_typed(ada: Client, kind: str) -> None:
    sent = COMMON | OF_EACH_KIND[kind]
    assert ada.post(f"{ADD}{kind}", sent).status_code == 200
    assert save(ada, f"{ADD}{kind}", sent).status_code == 302
    (rule,) = saved()["rules"]
    assert (rule["kind"], rule["status"], rule["source"]) == (kind, "reviewed", "P1")
    form = ada.get(f"/rules/own/juniper.{kind}_1/change/").context["form"]
    for name, value in sent.items():
        assert str(form[name].value() or "") == value, name


def test_a_number_is_guarded_by_the_case_that_was_confirmed(ada: Client) -> None:
    sent = COMMON | OF_EACH_KIND["review"]
    assert "How often: every 12 months." in text_of(ada.post(f"{ADD}review", sent))
    save(ada, f"{ADD}review", sent)
    (test,) = saved()["tests"]
    assert test["says"] == {"every_months": 12}


def test_a_rule_that_changes_later_keeps_its_older_version(ada: Client) -> None:
    sent = COMMON | OF_EACH_KIND["review"]
    save(ada, f"{ADD}review", sent)
    later = sent | {"every_months": "6", "effective_from": "2027-01-01"}
    assert save(ada, "/rules/own/juniper.review_1/change/", later).status_code == 302
    first, second = saved()["rules"]
    assert (first["every_months"], first["effective_to"]) == (12, "2026-12-31")
    assert (second["every_months"], second["effective_from"]) == (6, "2027-01-01")
    assert [test["says"] for test in saved()["tests"]] == [
        {"every_months": 12},
        {"every_months": 6},
    ]
    assert PackVersion.objects.filter(district=people.district()).count() == 2


def test_a_rule_ends_and_stays_for_the_record(ada: Client) -> None:
    save(ada, f"{ADD}duty", COMMON | OF_EACH_KIND["duty"])
    end = "/rules/own/juniper.duty_1/end/"
    assert "What it would change" in text_of(ada.post(end, {"last": "2026-11-30"}))
    save(ada, end, {"last": "2026-11-30"})
    assert saved()["rules"][0]["effective_to"] == "2026-11-30"
    response = save(ada, end, {"last": "2026-11-01"})
    assert "before it begins" in text_of(response)


def test_it_starts_from_the_example_of_another_district(ada: Client) -> None:
    looked = text_of(ada.post("/rules/own/start/"))
    assert "Parents consent to tools that no contract covers" in looked
    save(ada, "/rules/own/start/", {})
    assert {rule["id"].partition(".")[0] for rule in saved()["rules"]} == {"juniper"}
    assert all(rule["status"] == "draft" for rule in saved()["rules"])
    (pack,) = (pack for pack in packs_for(people.district()) if pack.layer == "local")
    assert (pack.slug, len(pack.rules)) == ("local-juniper", 11)
    assert "Not yet confirmed by this district" in text_of(ada.get("/rules/own/"))
    # Its conditions say more than the form can: they stay.
    form = ada.get("/rules/own/juniper.consent/change/").context["form"]
    assert form.written_by_hand
    sent = {name: form[name].value() or "" for name in form.fields}
    save(ada, "/rules/own/juniper.consent/change/", sent | {"citation": "Our policy 9"})
    older, newer = (rule for rule in saved()["rules"] if rule["id"] == "juniper.consent")
    assert older["when"] == newer["when"]
    assert (newer["citation"], newer["status"]) == ("Our policy 9", "reviewed")


def test_it_is_given_to_this_district_only(ada: Client) -> None:
    save(ada, "/rules/own/start/", {})
    here = {pack.slug for pack in packs_for(people.district())}
    theirs = {pack.slug for pack in packs_for(people.eve().district)}
    assert here - theirs == {"local-juniper"}
    assert theirs - here == set()


def test_two_who_write_at_once_do_not_undo_each_other(ada: Client) -> None:
    save(ada, f"{ADD}duty", COMMON | OF_EACH_KIND["duty"])
    looked_at = digest()
    save(ada, f"{ADD}duty", COMMON | OF_EACH_KIND["duty"])
    response = save(ada, f"{ADD}review", COMMON | OF_EACH_KIND["review"], base=looked_at)
    assert "Somebody else changed these rules" in text_of(response)
    assert {rule["kind"] for rule in saved()["rules"]} == {"duty"}


def test_the_preview_lists_open_requests_whose_class_would_change(ada: Client) -> None:
    request = requests.in_triage()
    facts = {"student_data": True, "terms": "click_wrap", "breach": False, "recognizes_faces": True}
    by, here = actor_of(people.sol()), people.district()
    evaluate_case(request, district=here, facts=facts, by=by, why="tests")
    stored = Evaluated.objects.count()
    looked = text_of(ada.post(f"{ADD}prohibition", COMMON | OF_EACH_KIND["prohibition"]))
    assert "would be read otherwise" in looked
    assert "then it may not be used" in looked
    assert request.tool_name in looked
    assert "More: Ours" in looked
    assert Evaluated.objects.count() == stored


def test_staff_read_and_may_not_write(client: Client) -> None:
    policy.adopt(people.district(), actor_of(people.ada()), policy.own_rule())
    client.force_login(people.ben().user)
    text = text_of(client.get("/rules/own/"))
    assert "Ask the library first" in text
    assert "Write a rule" not in text
    known = local.own_of(people.district())
    with pytest.raises(Refused):
        save_own_rules(
            district=people.district(), data=known.data, base=known.digest, what="rule_saved",
            facts={}, by=actor_of(people.ben()),
        )  # fmt: skip
    for stranger in (people.eve(),):
        with pytest.raises(Refused):
            policy.adopt(people.district(), actor_of(stranger), policy.own_rule("juniper.duty_2"))


def test_a_rule_is_corrected_where_its_version_did_not_begin_earlier() -> None:
    begun = local.begun(people.district())
    source = {"citation": "P", "address": None, "read": "whole"}
    first = own.with_rule(begun, policy.own_rule(), source, None)
    again = own.with_rule(first, policy.own_rule(what="Ask twice"), source, None)
    assert [rule["what"] for rule in again["rules"]] == ["Ask twice"]
    assert list(again["sources"]) == ["P1"]
    assert own.ended(again, "juniper.duty_1", date(2026, 3, 1))["rules"][0]["effective_to"]
