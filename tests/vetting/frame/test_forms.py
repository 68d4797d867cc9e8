"""A form that ends in one command: shown, sent, refused."""

from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from vetting.pages import answer_form, posted
from workflows.refusals import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_gallery")]


class NameForm(forms.Form):
    name = forms.CharField(label="Name")


class Desk:
    """What the command was called with; it refuses what it is told to refuse."""

    def __init__(self, client: Client, refuses: tuple[str, ...] = ()) -> None:
        self.request = client.get("/gallery/").wsgi_request
        self.refuses, self.done = refuses, list[str]()

    def answer(self, sent: dict[str, Any] | None) -> HttpResponse:
        if sent is not None:
            self.request.method, self.request.POST = "POST", sent
        form = NameForm(posted(self.request))
        return answer_form(
            self.request,
            form,
            template="components/form_fields.html",
            act=lambda: self._act(form.cleaned_data["name"]),
            done="Kept.",
            then="/gallery/",
            context={},
        )

    def _act(self, name: str) -> None:
        if self.refuses:
            raise Refused(list(self.refuses))
        self.done.append(name)


def test_it_is_shown_without_complaints(client: Client) -> None:
    desk = Desk(client)
    page = desk.answer(None)
    assert page.status_code == 200
    assert "required." not in page.text
    assert desk.done == []


def test_what_is_missing_calls_no_command_and_an_empty_post_is_judged_too(client: Client) -> None:
    desk = Desk(client)
    page = desk.answer({})
    assert page.status_code == 422
    assert "Write something here." in page.text
    assert desk.done == []


def test_a_refusal_keeps_what_was_typed(client: Client) -> None:
    desk = Desk(client, refuses=("Too soon.", "Nobody has signed."))
    page = desk.answer({"name": "Ladder Labs"})
    assert page.status_code == 422
    assert 'value="Ladder Labs"' in page.text
    assert desk.done == []
    assert "Kept." not in [str(m) for m in get_messages(desk.request)]


def test_what_is_done_is_said_on_the_next_page(client: Client) -> None:
    desk = Desk(client)
    answer = desk.answer({"name": "Ladder Labs"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/gallery/")
    assert desk.done == ["Ladder Labs"]
    assert [str(m) for m in get_messages(desk.request)][-1] == "Kept."
