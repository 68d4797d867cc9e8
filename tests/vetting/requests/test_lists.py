"""Lists cost the same for one row and for three."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import people
from tests.factories import requests as make

pytestmark = pytest.mark.django_db
MOST = 12
NAMES = ("Math Garden", "Word Garden", "Map Garden")


@pytest.fixture
def sol() -> Iterator[Client]:
    client = Client()
    client.force_login(people.sol().user)
    return client


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as ran:
        assert client.get(address).status_code == 200
    return sum("django_session" not in query["sql"] for query in ran.captured_queries)


@pytest.mark.parametrize("address", ["/requests/", "/", "/may-i-use/?q=garden"])
def test_a_list_costs_the_same_for_one_row_and_for_three(sol: Client, address: str) -> None:
    counts = []
    for name in NAMES:
        make.in_triage(tool_name=name, website=f"https://{name.replace(' ', '').lower()}.com")
        counts.append(queries_of(sol, address))
    assert counts[0] == counts[2]


def test_the_list_of_requests_stays_under_its_count(sol: Client) -> None:
    for name in NAMES:
        make.in_triage(tool_name=name, website=f"https://{name.replace(' ', '').lower()}.com")
    assert queries_of(sol, "/requests/") <= MOST
