"""The frame without a browser: who is offered what, what a page costs, what a word reads like."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories import people
from tests.vetting.frame.gallery import ADA, AskForm
from vetting import navigation
from vetting.navigation import NavEntry, entries_for
from vetting.pages import Step, answer_refused, paginate
from vetting.templatetags.countersign import seven_steps
from vetting.templatetags.fields import problems_of
from vetting.templatetags.moments import ago, day, instant
from workflows.actors import Actor, Role
from workflows.refusals import Refused

BEN = Actor("person", "membership:2", "Ben Ortiz", 1, frozenset({Role.REQUESTER}))
NOON = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


def render(source: str, **context: object) -> str:
    request = RequestFactory().get("/?school=aspen&page=2")
    return engines["django"].from_string("{% load countersign %}" + source).render(context, request)


@pytest.mark.usefixtures("the_gallery")
class TestNavigation:
    def test_it_offers_what_exists_and_what_the_role_allows(self) -> None:
        assert [e.label for e in entries_for(ADA, "/")] == ["Home", "Requests", "Settings"]
        assert [e.label for e in entries_for(BEN, "/")] == ["Home", "Requests"]

    def test_the_entry_whose_address_begins_the_pages_is_current(self) -> None:
        current = [e.label for e in entries_for(ADA, "/gallery/rooms/list/123/") if e.current]
        assert current == ["Requests"]
        assert [e.label for e in entries_for(ADA, "/") if e.current] == ["Home"]

    def test_at_most_six_are_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        many = {str(i): NavEntry(f"Entry {i}", "home", order=i) for i in range(9)}
        monkeypatch.setattr(navigation, "_entries", many)
        assert [e.label for e in entries_for(ADA, "/")] == [f"Entry {i}" for i in range(6)]


@pytest.mark.django_db
@pytest.mark.usefixtures("the_gallery")
class TestWhatAPageCosts:
    def test_a_public_page_asks_nothing_and_leaves_no_cookie(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(0):
            answer = client.get("/public/")
        assert answer.status_code == 200
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")

    def test_the_frame_of_a_staff_page_asks_nothing_of_its_own(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(0):
            answer = client.get("/gallery/")
        assert b"Summit Valley School District" in answer.content

    def test_no_page_holds_inline_style_or_script(self, client: Client) -> None:
        for path in ("/gallery/", "/public/", "/link/", "/sign-in/login/", "/problem/500/"):
            page = client.get(path).content.decode()
            assert " style=" not in page
            assert " onclick=" not in page
            assert "<script>" not in page

    def test_the_demos_people_stand_only_in_the_demo(self, client: Client) -> None:
        assert b"Demo sign-ins" not in client.get("/sign-in/login/").content


class TestRefusals:
    def test_htmx_is_told_every_reason_and_nothing_is_swapped(self) -> None:
        request = RequestFactory().post("/", headers={"HX-Request": "true"})
        answer = answer_refused(request, Refused(["No <agreement> yet.", "Too soon."]), "/")
        assert answer.status_code == 409
        assert answer.content.decode().strip() == (
            "<p data-problem>No &lt;agreement&gt; yet.</p><p data-problem>Too soon.</p>"
        )

    @pytest.mark.django_db
    @pytest.mark.usefixtures("the_gallery")
    def test_a_plain_form_goes_back_with_alerts(self, client: Client) -> None:
        request = client.get("/gallery/").wsgi_request
        answer = answer_refused(request, Refused(["Too soon."]), "/gallery/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/gallery/")
        assert [str(m) for m in get_messages(request)][-1] == "Too soon."


class TestMoments:
    @pytest.fixture(autouse=True)
    def _noon_in_denver(self) -> Iterator[None]:
        with time_machine.travel(NOON, tick=False), timezone.override("America/Denver"):
            yield

    def test_a_day_names_its_year_only_when_it_is_another(self) -> None:
        assert day(date(2026, 12, 4)) == "Fri, Dec 4"
        assert day(date(2027, 8, 2)) == "Mon, Aug 2, 2027"
        assert day(None) == ""

    def test_an_instant_is_the_districts(self) -> None:
        assert instant(datetime(2026, 12, 5, 5, 59, tzinfo=UTC)) == "Fri, Dec 4, 2026, 10:59 PM MST"
        assert day(datetime(2026, 12, 5, 5, 59, tzinfo=UTC)) == "Fri, Dec 4"

    @pytest.mark.parametrize(
        ("gap", "words"),
        [
            (timedelta(seconds=20), "just now"),
            (timedelta(minutes=1), "1 minute ago"),
            (timedelta(hours=47), "47 hours ago"),
            (timedelta(days=3), "3 calendar days ago"),
            (-timedelta(hours=2), "in 2 hours"),
        ],
    )
    def test_how_long_ago(self, gap: timedelta, words: str) -> None:
        assert ago(NOON - gap) == words

    def test_whole_days_speak_of_the_districts_today(self) -> None:
        today = date(2026, 11, 21)
        near = [ago(today + timedelta(days=n)) for n in (-2, -1, 0, 1, 9)]
        assert near == [
            "2 calendar days ago",
            "yesterday",
            "today",
            "tomorrow",
            "in 9 calendar days",
        ]


class TestComponents:
    def test_a_field_ties_label_hint_and_error_to_its_control(self) -> None:
        html = render("{% field form.tool %}", form=AskForm({"tool": ""}))
        assert '<label class="usa-label usa-label--error" for="id_tool">Tool</label>' in html
        assert 'aria-describedby="id_tool_helptext id_tool_error"' in html
        assert 'aria-invalid="true"' in html

    def test_a_date_is_a_date_control_and_keeps_its_value(self) -> None:
        html = render("{% field form.needed_by %}", form=AskForm({"needed_by": "2026-12-04"}))
        assert 'type="date"' in html
        assert 'value="2026-12-04"' in html
        assert "(optional)" in html

    def test_a_group_is_a_fieldset_and_its_error_points_at_the_first_choice(self) -> None:
        form = AskForm({})
        assert "<legend" in render("{% field form.kind %}", form=form)
        assert ("Who will use it?: Choose one.", "id_kind_0") in [
            (problem.text, problem.target) for problem in problems_of(form)
        ]

    def test_pages_keep_the_filters_of_the_address(self) -> None:
        page = paginate(RequestFactory().get("/?page=99"), range(60))
        assert page.number == 3
        assert 'href="?school=aspen&amp;page=2"' in render("{% pagination page %}", page=page)

    def test_the_bar_says_where_the_case_stands(self) -> None:
        done = Step("Request", "done")
        assert seven_steps([done, Step("Screening", "current")])["at"] == 2
        assert seven_steps([done, done])["at"] == 2
        assert seven_steps([Step("Request", "upcoming")])["here"] is None

    def test_what_a_person_wrote_is_escaped(self) -> None:
        html = render("{% panel title %}{{ title }}{% endpanel %}", title="<b>Data</b>")
        assert "<b>" not in html
        assert html.count("&lt;b&gt;Data&lt;/b&gt;") == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("the_gallery")
def test_a_signed_in_person_reads_the_districts_time(client: Client) -> None:
    client.force_login(people.ada().user)
    page = client.get("/gallery/").content.decode()
    zones = {"MST", "MDT"}
    assert any(f" {zone}</time>" in page for zone in zones)
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_mail_is_plain_in_both_its_forms() -> None:
    values = {"subject": "Screening <due>", "district_name": "Juniper & Co", "contact_email": ""}
    html = render('{% include "base_mail.html" %}', **values)
    assert "<title>Screening &lt;due&gt;</title>" in html
    assert "style" not in html
    assert render('{% include "base_mail.txt" %}', **values).startswith("Juniper & Co\n")


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_a_problem_page_needs_no_request_and_says_one_thing_to_htmx(name: str) -> None:
    page = engines["django"].get_template(f"{name}.html").render()
    assert page.count("<h1>") == 1
    assert page.count("data-problem") == 1
