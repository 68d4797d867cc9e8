"""The clauses we know, and where the template that we ship holds each of them.

Citations are still to be confirmed by counsel; a district may add clauses of its own.
"""

from dataclasses import dataclass

EVERYWHERE = "US-FED"


@dataclass(frozen=True, slots=True)
class KnownClause:
    """`place` is the number of the clause in templates/docx/dpa.docx."""

    slug: str
    title: str
    citation: str
    required_by: tuple[str, ...]
    place: str


KNOWN = (
    KnownClause("purpose", "Purpose and products", "", (EVERYWHERE,), "1.1"),
    KnownClause(
        "school-official",
        "School official under direct control",
        "34 CFR 99.31(a)(1)(i)(B)",
        (EVERYWHERE,),
        "2.1",
    ),
    KnownClause(
        "no-redisclosure", "No further disclosure", "34 CFR 99.33(a)", (EVERYWHERE,), "2.3"
    ),
    KnownClause("coppa", "Children under thirteen", "16 CFR 312", (EVERYWHERE,), "2.4"),
    KnownClause("ppra", "Protected surveys and marketing", "34 CFR 98", (EVERYWHERE,), "2.5"),
    KnownClause("cipa", "Internet safety", "47 CFR 54.520", (), "2.6"),
    KnownClause("ownership", "The data is the district's", "", (EVERYWHERE,), "3.1"),
    KnownClause("parent-access", "Access and correction", "34 CFR 99.10", (EVERYWHERE,), "3.3"),
    KnownClause(
        "authorized-use", "Authorized use only", "34 CFR 99.33(a); C.R.S. 22-16-109",
        (EVERYWHERE, "CO"), "4.1",
    ),
    KnownClause("no-sale", "No sale", "C.R.S. 22-16-109", (EVERYWHERE, "CO"), "4.2"),
    KnownClause("no-ads", "No targeted advertising", "C.R.S. 22-16-109", (EVERYWHERE, "CO"), "4.3"),
    KnownClause("no-profiles", "No profiles", "C.R.S. 22-16-109", (EVERYWHERE, "CO"), "4.4"),
    KnownClause("de-identified", "De-identified data", "34 CFR 99.31(b)", (EVERYWHERE,), "4.6"),
    KnownClause("staff-duties", "Confidentiality of employees", "", (EVERYWHERE,), "5.1"),
    KnownClause(
        "subprocessors", "Subprocessors in writing", "C.R.S. 22-16-109", (EVERYWHERE, "CO"), "5.2"
    ),
    KnownClause(
        "security", "Security program", "C.R.S. 22-16-110", (EVERYWHERE, "CO"), "6.1"
    ),
    KnownClause(
        "breach-notice", "Notice of a breach", "C.R.S. 22-16-108(4)", (EVERYWHERE, "CO"), "7.1"
    ),
    KnownClause("audit", "Audit", "", (EVERYWHERE,), "8.2"),
    KnownClause("legal-demands", "Requests by law enforcement", "", (EVERYWHERE,), "9.1"),
    KnownClause(
        "destruction", "Return and destruction", "C.R.S. 22-16-110", (EVERYWHERE, "CO"), "10.2"
    ),
    KnownClause("confidentiality", "Obligation and confidentiality", "", (EVERYWHERE,), "11.1"),
    KnownClause("penalties", "Consequences of misuse", "34 CFR 99.67", (EVERYWHERE,), "12.1"),
    KnownClause("assignment", "Notice of assignment", "", (EVERYWHERE,), "16.5"),
    KnownClause(
        "plain-statement", "Statement in plain words", "C.R.S. 22-16-108", ("CO",), "G.2"
    ),
    KnownClause("public-hearing", "Hearing after a breach", "C.R.S. 22-16-107", ("CO",), "G.7"),
)  # fmt: skip
