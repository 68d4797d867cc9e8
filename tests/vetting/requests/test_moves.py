import pytest

from tests.factories import people
from tests.factories import requests as make
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from workflows.actors import Role
from workflows.lifecycles.request import REQUEST

pytestmark = pytest.mark.django_db


def test_every_move_of_this_release_is_bound() -> None:
    for row in REQUEST.moves:
        assert row.since or hasattr(ToolRequest, row.name), row.name


def test_a_complete_draft_is_sent_to_triage() -> None:
    request = make.submit(make.draft())
    assert request.shown_state == "Checking the path"


def test_only_those_who_ask_are_requesters_of_a_request() -> None:
    request = make.draft()
    assert Role.REQUESTER in request.roles_of(actor_of(people.ben()))
    other = people.person("Nia Fox", Role.REQUESTER)
    assert Role.REQUESTER not in request.roles_of(actor_of(other))
