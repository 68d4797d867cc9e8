"""A tool that an agreement prints is not changed by another district's list."""

import pytest

from contracts.agreements.models import Agreement, CoveredTool
from tests.factories import catalog, people
from vetting.catalog.relying import others_rely_on
from workflows import engine

pytestmark = pytest.mark.django_db


def test_another_district_leaves_alone_what_an_agreement_covers() -> None:
    home = people.district()
    plum = catalog.tool("Plum", of=catalog.vendor("Plum LLC"), website="https://plum.com")
    assert not others_rely_on(plum, people.district("mesa"))
    agreement = engine.open_case(
        Agreement, tenant=home.tenant, by=catalog.BY, district=home, vendor=plum.vendor, title="P"
    )
    CoveredTool.objects.create(agreement=agreement, tool=plum, district=home)
    assert others_rely_on(plum, people.district("mesa"))
    assert not others_rely_on(plum, home)
