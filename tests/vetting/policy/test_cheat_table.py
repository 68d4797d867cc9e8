"""The table of deadlines that was agreed on before any pack was written: every row, by hand.

Nothing here is read from a pack. Each instant was worked out on a calendar: the day of the event is
not counted, days end at 23:59:59 where the law is, hours are those that really pass.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from vetting.policy.queries import due_by_law, shipped_packs
from vetting.policy.rules.packs import Rule, rule_named
from vetting.policy.rules.timing import ASKED

DENVER = {"zone": "America/Denver", "state": "CO"}
# The rule, what happened, when, by when it is due, who owes it (the district, the vendor), to whom.
ROWS = """
ndpa.v1.breach vendor_confirmed 2026-11-25T15:00-07:00 2026-11-28T15:00:00-07:00 V district
ny.121_10_a vendor_discovered 2026-10-28T10:00-04:00 2026-11-04T23:59:59-05:00 V district
ny.121_10_b vendor_notice_received 2026-12-24T17:00-05:00 2027-01-03T23:59:59-05:00 D regulator
ny.121_10_d district_discovered 2026-02-20T08:00-05:00 2026-03-02T23:59:59-05:00 D regulator
ny.121_10_e district_discovered 2026-01-15T12:00-05:00 2026-03-16T23:59:59-04:00 D parents
ny.121_10_e vendor_notice_received 2026-01-15T12:00-05:00 2026-03-16T23:59:59-04:00 D parents
ny.121_10_e.delay hold_lifted 2026-06-30T09:00-04:00 2026-07-07T23:59:59-04:00 D parents
ny.121_4 complaint_received 2026-07-06T09:00-04:00 2026-09-04T23:59:59-04:00 D complainant
il.15_5 vendor_determined 2026-01-30T09:00-06:00 2026-03-01T23:59:59-06:00 V district
il.27_d district_determined 2026-02-15T09:00-06:00 2026-03-17T23:59:59-05:00 D parents
il.27_d vendor_notice_received 2026-02-15T09:00-06:00 2026-03-17T23:59:59-05:00 D parents
il.27_post agreement_executed 2026-08-31T09:00-05:00 2026-09-15T23:59:59-05:00 - -
il.27_biannual asked 2026-01-30T09:00-06:00 2026-01-31T23:59:59-06:00 - -
il.27_biannual asked 2026-01-31T09:00-06:00 2026-07-31T23:59:59-05:00 - -
ct.dd_info vendor_discovered 2026-05-10T09:00-04:00 2026-06-09T23:59:59-04:00 V district
ct.dd_other vendor_discovered 2026-05-10T09:00-04:00 2026-07-09T23:59:59-04:00 V district
ct.dd_parent vendor_notice_received 2026-09-04T17:00-04:00 2026-09-09T23:59:59-04:00 D parents
ct.bb_post agreement_executed 2026-05-21T09:00-04:00 2026-05-29T23:59:59-04:00 - -
ct.bb_annual asked 2026-08-31T23:00-04:00 2026-09-01T23:59:59-04:00 D parents
pa.da district_determined 2026-05-22T18:00-04:00 2026-05-28T23:59:59-04:00 D district_attorney
pa.ind district_determined 2026-05-22T18:00-04:00 2026-06-03T23:59:59-04:00 D residents
oh.ocic district_discovered 2026-03-03T09:00-05:00 2026-03-10T23:59:59-04:00 D regulator
oh.aos district_discovered 2026-03-03T09:00-05:00 2026-04-02T23:59:59-04:00 D regulator
oh.annual asked 2026-08-01T10:00-04:00 2027-08-01T23:59:59-04:00 D parents
oh.delete contract_ended 2026-06-30T17:00-04:00 2026-09-28T23:59:59-04:00 V -
mn.delete contract_ended 2026-06-30T17:00-05:00 2026-09-28T23:59:59-05:00 V -
mn.annual school_year_start 2026-09-01T00:00-05:00 2026-10-01T23:59:59-05:00 D parents
va.fusion district_discovered 2026-11-26T20:00-05:00 2026-11-27T20:00:00-05:00 D regulator
wi.134_98 district_discovered 2026-03-20T09:00-05:00 2026-05-04T23:59:59-05:00 D parents
wa.590 district_discovered 2026-06-15T09:00-07:00 2026-07-15T23:59:59-07:00 D parents
wa.590.ag district_discovered 2026-06-15T09:00-07:00 2026-07-15T23:59:59-07:00 D attorney_general
co.24_73 district_determined 2026-10-15T09:00-06:00 2026-11-14T23:59:59-07:00 D parents
co.24_73.ag district_determined 2026-10-15T09:00-06:00 2026-11-14T23:59:59-07:00 D attorney_general
co.24_73.delay hold_lifted 2026-10-15T09:00-06:00 2026-11-14T23:59:59-07:00 D parents
ca.1798_82 vendor_discovered 2026-12-05T09:00-08:00 2027-01-04T23:59:59-08:00 V residents
ca.1798_82.ag residents_notified 2026-06-20T09:00-07:00 2026-07-05T23:59:59-07:00 V attorney_general
tx.521 district_determined 2026-09-01T09:00-05:00 2026-10-31T23:59:59-05:00 D residents
tx.521.ag district_determined 2026-09-01T09:00-05:00 2026-10-01T23:59:59-05:00 D attorney_general
ndpa.dispose written_request 2026-03-01T09:00-07:00 2026-04-30T23:59:59-06:00 V district
ndpa.access request_received 2026-11-20T09:00-07:00 2027-01-04T23:59:59-07:00 V district
ndpa.audit audit_requested 2026-08-28T09:00-06:00 2026-09-14T23:59:59-06:00 V district
ferpa.access request_received 2026-08-17T09:00-06:00 2026-10-01T23:59:59-06:00 D parents
co.ondemand_list school_year_start 2026-08-18T00:00-06:00 2026-08-18T23:59:59-06:00 - -
co.ondemand_list.midpoint school_year_midpoint 2027-01-05T00:00-07:00 2027-01-05T23:59:59-07:00 - -
"""
TABLE = [tuple(row.split()) for row in ROWS.strip().splitlines()]
OWES = {"D": "district", "V": "vendor", "-": None}


def rule(name: str, anchor: str) -> Rule:
    found = rule_named(shipped_packs(), name, datetime.fromisoformat(anchor).date())
    assert found, name
    return found


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_row_of_the_table_is_due_as_it_was_agreed(row: tuple[str, ...]) -> None:
    name, event, anchor, due, duty_of, to = row
    law = rule(name, anchor)
    district: dict[str, Any] = {"zone": law.zone} if law.zone else DENVER
    assert event != "asked" or event == ASKED
    found = due_by_law(law, {event: datetime.fromisoformat(anchor)}, **district)
    assert found, f"{name} does not count from {event}"
    zone = ZoneInfo(found.explanation["zone"])
    assert found.at.astimezone(zone).isoformat() == due
    assert law.terms.get("duty_of") == OWES[duty_of]
    told = law.terms.get("to", "-")
    assert to in ([told] if isinstance(told, str) else told)


# How many are enough: at_least holds from that number on, more_than only above it.
THRESHOLDS = {
    "co.24_73.ag": ("residents_affected", "at_least", 500),
    "co.24_73.cra": ("residents_affected", "more_than", 1000),
    "wa.590.ag": ("residents_affected", "more_than", 500),
    "ca.1798_82.ag": ("residents_affected", "more_than", 500),
    "ca.1798_29.ag": ("residents_affected", "more_than", 500),
    "il.530_10_e": ("residents_affected", "more_than", 500),
    "tx.521.ag": ("residents_affected", "at_least", 250),
    "fl.501_171.legal_affairs": ("residents_affected", "at_least", 500),
    "va.186_6.agencies": ("residents_affected", "more_than", 1000),
    "pa.act33.ag": ("residents_affected", "more_than", 500),
    "wi.134_98.cra": ("residents_affected", "at_least", 1000),
    "il.27_a_5": ("percent_of_enrollment", "at_least", 10),
}


@pytest.mark.parametrize(("name", "threshold"), THRESHOLDS.items(), ids=THRESHOLDS)
def test_a_threshold_is_the_one_of_its_law(name: str, threshold: tuple[str, str, int]) -> None:
    fact, word, number = threshold
    when = rule(name, "2026-11-21T12:00-07:00").when
    assert when
    assert {"fact": fact, word: number} in when["all"]
