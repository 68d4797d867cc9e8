"""What people type into a request: plain sentences for what cannot be, and nothing typed twice."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from tests.factories import people
from tests.factories import requests as make
from tests.factories.visits import signed_in
from vetting.people.queries import actor_of
from vetting.requests import commands, forms, rules
from vetting.requests.models import Requester, ToolRequest
from vetting.templatetags.wording import grades, in_grades

pytestmark = pytest.mark.django_db


def faults(**typed: str) -> dict[str, list[str]]:
    form = forms.ToolForm(typed, draft=make.draft())
    form.is_valid()
    return form.errors


@pytest.mark.parametrize("address", ["not a site !!", "acme", "mail@acme.com", "java script.com"])
def test_what_is_no_web_address_is_not_taken(address: str) -> None:
    said = {"website": ["Write its web address, for example acme.com."]}
    assert faults(website=address) == said


@pytest.mark.parametrize(
    "address", ["acme.com", "https://acme.com/kids?x=1", "a.k12.example/x", "acme.com:8080"]
)
def test_a_web_address_as_in_the_browser_is_taken(address: str) -> None:
    assert faults(website=address) == {}


def test_the_day_it_is_needed_lies_ahead_and_within_three_years() -> None:
    today = timezone.localdate()
    assert faults(needed_by="2020-01-01") == {
        "needed_by": ["This day has passed: choose today or a later one."]
    }
    assert faults(needed_by=str(today + timedelta(days=365 * 4))) == {
        "needed_by": ["Choose a day within the next 3 years."]
    }
    assert faults(needed_by=str(today + timedelta(days=30))) == {}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-1", "Write a number that is not below zero."),
        ("1.234", "Write at most two digits for the cents."),
        ("12345678901234", "Write a smaller amount: at most ten digits before the point."),
        ("much", "Write an amount in dollars, for example 1200."),
    ],
)
def test_numbers_are_asked_for_in_plain_sentences(typed: str, said: str) -> None:
    assert said in faults(cost=typed)["cost"]


def test_a_gap_of_an_earlier_page_links_to_that_page() -> None:
    draft = make.draft(grades=[], purpose="")
    client = signed_in(people.ben())
    name = make.element().pk
    typed = {"takes_student_data": "yes", "element_ids": [name]}
    page = client.post(reverse("requests:edit", args=[draft.code, "data"]), typed)
    who = reverse("requests:edit", args=[draft.code, "who"])
    assert page.status_code == 422
    assert f'<a href="{who}">Say what it will be used for.</a>' in page.text
    assert "2. Who and why: to complete" in page.text


def test_pressing_new_request_twice_goes_on_with_the_empty_draft() -> None:
    client = signed_in(people.ben())
    first = client.post("/requests/new/", {"form": "tool"})
    assert client.post("/requests/new/", {"form": "tool"})["Location"] == first["Location"]
    assert ToolRequest.objects.count() == 1


def test_an_own_draft_is_found_and_gone_on_with() -> None:
    draft = make.draft(tool_name="Sketchloft", website="")
    client = signed_in(people.ben())
    page = client.get("/may-i-use/?q=sketchloft").text
    assert "You have a draft of Sketchloft." in page
    assert reverse("requests:continue", args=[draft.code]) in page
    client.post("/requests/new/", {"form": "tool", "tool_name": "sketchloft"})
    assert ToolRequest.objects.count() == 1
    other = signed_in(people.person("Nia Fox", people.Role.REQUESTER))
    assert "You have a draft" not in other.get("/may-i-use/?q=sketchloft").text


def test_a_draft_can_be_deleted_where_it_is_written() -> None:
    draft = make.draft()
    page = signed_in(people.ben()).get(reverse("requests:edit", args=[draft.code, "tool"])).text
    assert "Delete this draft" in page
    assert f'action="{reverse("requests:withdraw", args=[draft.code])}"' in page


def test_a_decided_tool_is_not_asked_for_again_under_its_own_name() -> None:
    make.approved()
    ben = signed_in(people.ben())
    assert "Not the one you mean?" not in ben.get("/may-i-use/?q=reading ladder").text
    assert "Not the one you mean?" in ben.get("/may-i-use/?q=reading").text


def test_an_approval_for_other_schools_offers_to_ask_for_ones_own() -> None:
    birch = people.school("birch")
    commands.decide_approve(
        make.deciding(), approval=make.approval(schools=[birch.pk]), by=actor_of(people.ada())
    )
    assert "for my school" in signed_in(people.ben()).get("/may-i-use/?q=reading ladder").text
    nia = people.person("Nia Fox", people.Role.REQUESTER, school=birch)
    assert "for my school" not in signed_in(nia).get("/may-i-use/?q=reading ladder").text


def test_who_joins_says_for_whom_and_the_request_becomes_stricter() -> None:
    case = make.in_triage(under_13=False, grades=["8"])
    nia = people.person("Nia Fox", people.Role.REQUESTER, school=people.school("birch"))
    own = {"purpose": "Short quizzes", "grades": ["3"], "student_count": 24, "under_13": True}
    joined = commands.ask_too(case.tool, by=actor_of(nia), **own)  # type: ignore[arg-type]
    assert joined.pk == case.pk
    row = Requester.objects.get(request=case, membership=nia)
    assert (row.purpose, row.grades, row.student_count) == ("Short quizzes", ["3"], 24)
    after = ToolRequest.objects.get(pk=case.pk)
    assert (after.under_13, after.grades) == (True, ["8", "3"])
    page = signed_in(people.sol()).get(case.get_absolute_url()).text
    assert "Short quizzes (grade 3, about 24 students, some under 13)" in page


def test_schools_and_payment_have_rows_of_their_own() -> None:
    case = make.in_triage(bought_how="school_buys")
    page = signed_in(people.sol()).get(case.get_absolute_url()).text
    assert "<dt>Paid for</dt>" in page
    assert f"<dt>Schools</dt><dd>{people.school().name}</dd>" in page


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["K", "1", "2", "3", "4", "5"], "K-5"),
        (["8", "3"], "3, 8"),
        (["1", "2", "Adults"], "1, 2, Adults"),
        ([], ""),
    ],
)
def test_grades_read_as_ranges(names: list[str], said: str) -> None:
    assert grades(names) == said


def test_joined_answers_about_age_keep_the_stricter_duty() -> None:
    both = rules.under_13_of_both
    assert [both(True, False), both(False, True), both(None, True)] == [True] * 3
    assert [both(False, None), both(None, False), both(None, None)] == [None] * 3
    assert both(False, False) is False


def test_young_grades_and_no_child_under_13_are_asked_about() -> None:
    def said(*grades: str, under_13: str) -> list[str]:
        form = forms.WhoForm({"grades": list(grades), "under_13": under_13}, draft=make.draft())
        form.is_valid()
        return form.errors.get("under_13", [])

    assert "You chose grade 2, where most students are under 13." in said("2", under_13="no")[0]
    assert said("2", under_13="yes") == said("2", under_13="") == said("9", under_13="no") == []


def seen_on(page: str) -> dict[str, str]:
    """What a page of a draft says it was made from."""
    found = re.findall(r'<input type="hidden" name="(window|seen)"[^>]* value="([^"]+)"', page)
    return dict(found)


HTMX = {"HX-Request": "true"}


@time_machine.travel("2026-11-21 23:53:00 +0000")
def test_what_was_typed_in_a_stale_window_is_refused_and_nothing_is_written() -> None:
    draft, ben = make.draft(), signed_in(people.ben())
    address = reverse("requests:edit", args=[draft.code, "who"])
    first, second = (seen_on(ben.get(address).text) for _ in range(2))
    assert first["window"] != second["window"]
    ben.post(address, first | {"purpose": "Of the first"}, headers=HTMX)

    answer = ben.post(address, second | {"purpose": "Of the second"}, headers=HTMX)

    said = "This draft was changed in another window at 4:53 PM: reload to see it."
    assert f"<strong>Not saved.</strong> {said}" in answer.text
    assert "Saved at" not in answer.text
    assert ToolRequest.objects.get().purpose == "Of the first"
    whole = ben.post(address, second | {"purpose": "Of the second"})
    assert (whole.status_code, said in whole.text) == (422, True)
    assert "Of the second</textarea>" in whole.text
    again = ben.post(address, seen_on(whole.text) | {"purpose": "Of the second"})
    assert again.status_code == 422
    assert ToolRequest.objects.get().purpose == "Of the first"


def test_one_window_saves_as_often_as_it_likes_whatever_answers_it_missed() -> None:
    draft, ben = make.draft(), signed_in(people.ben())
    address = reverse("requests:edit", args=[draft.code, "who"])
    mine = seen_on(ben.get(address).text)
    for words in ("One", "Two", "Three"):
        assert "Saved at" in ben.post(address, mine | {"purpose": words}, headers=HTMX).text
    assert ToolRequest.objects.get().purpose == "Three"


def test_another_page_of_the_same_draft_is_no_change_of_this_one() -> None:
    draft, ben = make.draft(), signed_in(people.ben())
    who, tool = (reverse("requests:edit", args=[draft.code, page]) for page in ("who", "tool"))
    mine, other = seen_on(ben.get(who).text), seen_on(ben.get(tool).text)
    saved = ben.post(who, mine | {"purpose": "One"}, headers=HTMX)
    mine["seen"] = seen_on(saved.text)["seen"]
    assert "Saved at" in ben.post(tool, other | {"tool_name": "Ladder"}, headers=HTMX).text
    assert "Saved at" in ben.post(who, mine | {"purpose": "Two"}, headers=HTMX).text
    kept = ToolRequest.objects.get()
    assert (kept.purpose, kept.tool_name) == ("Two", "Ladder")


def test_one_grade_is_a_grade() -> None:
    assert [in_grades(names) for names in (["7"], ["7", "8"], ["K", "1", "2"], [])] == [
        "grade 7",
        "grades 7, 8",
        "grades K-2",
        "",
    ]


def test_no_mail_ends_a_name_with_two_periods() -> None:
    names = r"(title|name|task|wanted|doers|asked|elsewhere)"
    said = rf"\{{\{{ ([a-z]+\.)*{names}(\|[a-z]+(:\"[^\"]*\")?)* }}}}"
    bare = re.compile(rf"{said}(\{{% endif %}})?\.\s")
    texts = Path(settings.BASE_DIR, "templates").rglob("mail/*.txt")
    found = [(text.name, hit[0]) for text in texts for hit in bare.finditer(text.read_text())]
    assert [one for one in found if "by.name" not in one[1] and "|period" not in one[1]] == []
