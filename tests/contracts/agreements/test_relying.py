"""A tool that an agreement prints is not changed by another district's list."""

import pytest

from contracts.agreements.models import Agreement, CoveredTool
from tests.factories import agreements, catalog, people
from vetting.catalog.commands import describe_vendor
from vetting.catalog.relying import others_rely_on
from vetting.people.queries import actor_of
from workflows import engine
from workflows.engine import Refused

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


def test_an_address_that_another_district_prints_is_not_changed_by_ours() -> None:
    agreement = agreements.settled()
    vendor, elsewhere = agreement.vendor, people.district("mesa")
    sol, before = actor_of(people.sol()), vendor.address
    with pytest.raises(Refused, match="Other school districts have agreements with"):
        describe_vendor(vendor=vendor, address="9 New Road", by=sol, district=elsewhere)
    vendor.refresh_from_db()
    assert vendor.address == before
    describe_vendor(vendor=vendor, address="9 New Road", by=sol, district=agreement.district)
    vendor.refresh_from_db()
    assert vendor.address == "9 New Road"
