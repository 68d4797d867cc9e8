"""Who hears of a case because of a role."""

import pytest

from tests.factories import people, requests
from vetting.people.audiences import in_role
from workflows.actors import Role
from workflows.providers import recipients

pytestmark = pytest.mark.django_db


def test_it_is_everybody_of_the_district_who_may_act_in_one_of_the_roles() -> None:
    sol, pat, _ = people.sol(), people.pat(), people.eve()
    asked = requests.draft()
    heard = in_role(Role.SOURCING, Role.PRIVACY)(asked)
    assert {one.email for one in heard} >= {sol.user.email, pat.user.email}
    assert people.eve().user.email not in {one.email for one in heard}
    assert [one.email for one in in_role(Role.SOURCING)(asked)] == [sol.user.email]


@pytest.mark.parametrize("name", ["sourcing", "privacy", "privacy_lead", "owner_lead", "legal"])
def test_a_request_names_them(name: str) -> None:
    people.sol(), people.pat(), people.ada(), people.cora()
    assert recipients(requests.draft(), name) != []
