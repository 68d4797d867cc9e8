"""The committed Word files are what the words say, and Word will open them."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from contracts.library.authoring import WORDS, build, parse
from contracts.library.clauses import KNOWN
from contracts.papers.golden import SHIPPED

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# The schema's order of the children that we write ourselves; Word calls another order damage.
ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind "
    "contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs color spacing kern sz szCs u lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tcPr": "tcW gridSpan vMerge tcBorders shd vAlign",
    "lvl": "start numFmt pStyle suff lvlText lvlJc pPr rPr",
}


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def numbers() -> dict[str, str]:
    """Each number that a reader will see, and its lead-in: {"2.1": "School official."}."""
    found: dict[str, str] = {}
    article = clause = 0
    letter = ""
    for block in parse((WORDS / "dpa.txt").read_text()):
        if block.kind == "article":
            article, clause = article + 1, 0
            found[f"{article}."] = block.text
        elif block.kind == "exhibit":
            letter, clause = block.text[0], 0
        elif block.kind == "clause" and not block.text.startswith("**No general offer"):
            clause += 1
            found[f"{letter or article}.{clause}"] = block.text.split("**")[1]
    return found


@pytest.mark.parametrize("name", ["dpa", "certificate"])
def test_the_committed_file_is_what_the_words_build(name: str) -> None:
    committed = (SHIPPED / f"{name}.docx").read_bytes()
    assert members(committed) == members(build(name)), "run: manage.py library build"


@pytest.mark.parametrize("name", ["dpa", "certificate"])
def test_building_twice_gives_the_same_bytes(name: str) -> None:
    assert build(name) == build(name)


def test_cross_references_lead_where_they_say() -> None:
    shown = numbers()
    words = (WORDS / "dpa.txt").read_text()
    assert {n: shown[n] for n in sorted(set(re.findall(r"clause (\d+\.\d+)", words)))} == {
        "10.2": "At the end.",
        "16.5": "Assignment.",
        "3.2": "What students make.",
        "7.1": "Notice within {{ terms.breach_notice_hours }} hours.",
    }
    assert shown["12."] == "What follows from misuse"
    assert [shown[f"{n}."] for n in (3, 4, 7, 9, 10, 11, 12)] == [
        "Whose data it is",
        "What the Provider may do",
        "When something goes wrong",
        "When others ask for data",
        "Returning and destroying data",
        "Obligation and confidentiality",
        "What follows from misuse",
    ]


def test_every_known_clause_stands_where_the_library_says() -> None:
    shown = numbers()
    assert {clause.slug: shown[clause.place] for clause in KNOWN} == {
        "purpose": "Purpose.",
        "school-official": "School official.",
        "no-redisclosure": "No further disclosure.",
        "coppa": "Children under thirteen.",
        "ppra": "Surveys and marketing.",
        "cipa": "Internet safety.",
        "ownership": "The District\u2019s data.",
        "parent-access": "Access and correction.",
        "authorized-use": "Permitted use.",
        "no-sale": "No sale.",
        "no-ads": "No targeted advertising.",
        "no-profiles": "No profiles.",
        "de-identified": "De-identified Data.",
        "staff-duties": "Employees.",
        "subprocessors": "Subprocessors.",
        "security": "Security program.",
        "breach-notice": "Notice within {{ terms.breach_notice_hours }} hours.",
        "audit": "Audit.",
        "legal-demands": "Legal demands.",
        "destruction": "At the end.",
        "confidentiality": "Obligation.",
        "penalties": "Measures.",
        "assignment": "Assignment.",
        "plain-statement": "Clear information (22-16-108).",
        "public-hearing": "Material breach (22-16-107).",
    }


def _properties(path: Path) -> Iterator[tuple[str, list[str]]]:
    for name, content in members(path.read_bytes()).items():
        if re.match(r"word/(document|styles|numbering|header\d|footer\d)\.xml", name):
            for node in etree.fromstring(content).iter(*(f"{W}{tag}" for tag in ORDERS)):
                tags = [str(child.tag).removeprefix(W) for child in node]
                yield str(node.tag).removeprefix(W), tags


@pytest.mark.parametrize("name", ["dpa.docx", "certificate.docx"])
def test_properties_stand_in_the_order_of_the_schema(name: str) -> None:
    for tag, children in _properties(SHIPPED / name):
        order = ORDERS[tag].split()
        assert [c for c in order if c in children] == [c for c in children if c in order], tag
