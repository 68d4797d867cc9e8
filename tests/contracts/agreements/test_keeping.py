"""Who looks after an agreement: named at any time, told, and settled when somebody leaves."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.agreements import commands
from contracts.agreements.models import Agreement
from tests.factories import agreements, people, plainly
from vetting.people.commands import deactivate
from vetting.people.leaving import waiting_for
from vetting.people.queries import actor_of
from workflows.engine import Refused
from workflows.ledger.queries import history_of
from workflows.providers import recipients

pytestmark = pytest.mark.django_db


def test_the_owner_of_a_contract_in_effect_is_named_anew(client: Client) -> None:
    agreement, pat = plainly.executed(), people.pat()
    client.force_login(people.cora().user)
    page = f"/agreements/{agreement.code}/owner/"
    assert page in client.get(agreement.get_absolute_url()).text
    assert client.get(page).status_code == 200
    assert client.post(page, {"owner": pat.pk}).status_code == 302
    agreement = agreements.fresh(agreement)
    assert agreement.owner == pat
    assert [one.email for one in recipients(agreement, "owner")] == ["pat@juniper.example"]
    assert history_of(agreement)[0].sentence == "Cora Lind said that Pat Quill looks after it"
    commands.name_owner(agreement, owner=None, by=actor_of(people.ada()))
    said = history_of(agreements.fresh(agreement))[0].sentence
    assert said == "Ada Park said that the privacy team looks after it"


def test_the_exhibits_give_it_back_to_the_privacy_team(client: Client) -> None:
    agreement, pat = agreements.settled(), people.pat()
    commands.name_owner(agreement, owner=pat, by=actor_of(people.ada()))
    agreements.settle(agreements.fresh(agreement))
    assert agreements.fresh(agreement).owner == pat
    client.force_login(pat.user)
    page = f"{agreement.get_absolute_url()}exhibits/"
    typed = {"services": "Reading", "frameworks": ["cis"], "owner": pat.pk}
    assert client.post(page, typed).status_code == 302
    assert agreements.fresh(agreement).owner == pat
    assert client.post(page, typed | {"owner": ""}).status_code == 302
    assert agreements.fresh(agreement).owner is None
    assert '<option value="" selected>The privacy team</option>' in client.get(page).text


def test_who_may_name_whom_and_until_when() -> None:
    agreement, pat, cora = plainly.in_review(), people.pat(), actor_of(people.cora())
    refusals = {
        "Naming who looks after it is for the privacy team, legal or an administrator.": (
            pat, people.sol(),
        ),
        "Choose people of your own district.": (people.eve(), people.ada()),
        "The privacy team looks after it already.": (None, people.ada()),
    }  # fmt: skip
    for reason, (owner, by) in refusals.items():
        with pytest.raises(Refused) as refused:
            commands.name_owner(agreement, owner=owner, by=actor_of(by))
        assert refused.value.reasons == [reason]
    agreement = commands.name_owner(agreement, owner=pat, by=actor_of(people.max()))
    with pytest.raises(Refused, match="Pat Quill looks after it already"):
        commands.name_owner(agreement, owner=pat, by=cora)
    agreement = commands.abandon(agreement, by=cora, note="We buy another tool.")
    with pytest.raises(Refused, match="Nobody has to look after it any more"):
        commands.name_owner(agreement, owner=None, by=cora)


def test_the_page_of_who_leaves_leads_there_and_stays_short(client: Client) -> None:
    first, pat = plainly.executed(), people.pat()
    commands.name_owner(first, owner=pat, by=actor_of(people.ada()))
    (waits,) = waiting_for(pat)
    assert waits.url == first.get_absolute_url()
    with CaptureQueriesContext(
        connection,
    ) as one:
        waiting_for(pat)
    for number in range(26):
        agreements.another(first, f"Tool Number{number}")
    Agreement.objects.filter(district=first.district).update(owner=pat)
    with CaptureQueriesContext(connection) as many:
        words = [waits.words for waits in waiting_for(pat)]
    assert len(many) == len(one) + 1
    assert len(words) == 26
    assert words[-1] == "And 2 more of which the same is true."
    deactivate(membership=pat, by=actor_of(people.max()))
    client.force_login(people.max().user)
    assert first.get_absolute_url() in client.get(f"/settings/people/{pat.code}/").text
