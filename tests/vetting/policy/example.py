"""A small pack that has no fault, to be spoiled one line at a time."""

from pathlib import Path

from vetting.policy.reading import Library, read_packs

PACK = """\
pack: zz-law
title: An invented law
layer: state
state: NY
zone: America/New_York
version: "1"
status: draft
last_verified: 2026-11-21
sources:
  S1: {citation: The law, address: "https://law.example", read: whole}
  S2: {citation: Hearsay, address: null, read: none}
rules:
  - id: zz.tell
    kind: deadline
    title: The vendor tells the district
    citation: Section 1
    source: S1
    nexus: agency_state
    confidence: high
    status: reviewed
    duty_of: vendor
    to: district
    anchor: vendor_discovered
    limit: {amount: 7, unit: calendar_days}
    hold: zz.tell.delay
    when:
      all:
        - {fact: breach, is: true}
        - {not: {fact: by_vendor, is: false}}
  - id: zz.tell.delay
    kind: deadline
    title: The vendor tells the district after a hold
    citation: Section 2
    source: null
    nexus: agency_state
    effective_from: 2020-01-01
    effective_to: 2026-10-31
    confidence: medium
    status: draft
    duty_of: vendor
    anchor: [hold_lifted]
    limit: {amount: 7, unit: calendar_days}
  - id: zz.page
    kind: publication
    title: The list is on the website
    citation: Section 3
    source: S2
    nexus: agency_state
    confidence: low
    status: draft
    what: approved_list
    standing: true
tests:
  - rule: zz.tell
    anchor: 2026-03-05T16:30:00-05:00
    due: 2026-03-12T23:59:59-04:00
    why: Section 1
  - rule: zz.tell.delay
    anchors: {hold_lifted: 2026-03-05T16:30:00-05:00}
    due: 2026-03-12T23:59:59-04:00
    why: Section 2
  - facts: {agency_state: NY, breach: true}
    applies: [zz.tell]
    not: [zz.tell.delay]
    why: Section 1
"""


def read(folder: Path, **files: str) -> Library:
    """Files by their names, with _ for -; one that is not named is the example."""
    for name, text in (files or {"zz_law": PACK}).items():
        (folder / f"{name.replace('_', '-')}.yaml").write_text(text)
    return read_packs(folder.glob("*.yaml"))


def complaints(folder: Path, **files: str) -> list[str]:
    return [str(fault) for fault in read(folder, **files).faults]
