"""The demo's story, told into a test database once."""

import io

import pytest

from contracts.agreements.models import Agreement
from contracts.demo.seeding import seed
from vetting.catalog.models import Tool
from vetting.requests.models import ToolRequest
from workflows.invariants import registry
from workflows.ledger.queries import verify

pytestmark = pytest.mark.django_db


def test_the_story_is_told_without_a_fault() -> None:
    seed(stdout=io.StringIO())

    assert Tool.objects.count() >= 41
    assert ToolRequest.objects.filter(state="approved").exists()
    assert Agreement.objects.filter(state="in_force").exists()
    assert registry.faults() == []
    assert verify() == []
