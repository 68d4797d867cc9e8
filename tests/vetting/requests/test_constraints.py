"""What the database itself refuses, whoever writes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories import people
from tests.factories import requests as make
from vetting.people.queries import today_in
from vetting.requests.models import ToolRequest

pytestmark = pytest.mark.django_db


def test_a_dated_kind_without_an_end_is_refused_by_the_database() -> None:
    request = make.approved()
    with pytest.raises(IntegrityError), transaction.atomic():
        ToolRequest.objects.filter(pk=request.pk).update(approval_kind="pilot")
    assert ToolRequest.objects.get(pk=request.pk).approval_kind == "full"


def test_an_approval_with_an_end_and_without_an_owner_is_refused_by_the_database() -> None:
    request, ada = make.approved(), people.ada()
    found = ToolRequest.objects.filter(pk=request.pk)
    end = today_in(people.district()) + timedelta(days=30)
    without = pytest.raises(IntegrityError, match="an_approval_with_an_end_has_an_owner")
    with without, transaction.atomic():
        found.update(approved_until=end)
    assert found.get().approved_until is None
    found.update(approved_until=end, approval_owner=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        found.update(approval_owner=None)
