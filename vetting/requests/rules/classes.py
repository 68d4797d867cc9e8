"""Which relationship with the vendor this would be, with the law behind each reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Law:
    """A rule's citation as pages show it; one whose text nobody has read yet says so."""

    citation: str = ""
    read: bool = True

    def __str__(self) -> str:
        doubt = "" if self.read else "draft, to be confirmed with counsel"
        return "; ".join(part for part in (self.citation, doubt) if part)


# Where a written agreement must stand before data moves: parent permission, a pilot or an exception
# is then no way around it. That it must stand *before* was read for Illinois only.
AGREEMENT_FIRST = {
    "CT": Law("Conn. Gen. Stat. 10-234bb", read=False),
    "IL": Law("105 ILCS 85/15"),
    "NY": Law("N.Y. Education Law 2-d", read=False),
}
SCHOOL_SERVICE = Law("C.R.S. 22-16-103")
REFUSES_DUTIES = Law("C.R.S. 22-16-107")
FERPA = Law("34 CFR 99.31(a)(1)(i)(B)")
# It is told in every summary of the law, and no summary gave its citation.
FACES = Law(read=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """The four facts of C.R.S. 22-16-103, and what forbids a tool; None is "not known yet"."""

    state: str = "CO"
    student_data: bool | None = None
    primarily_k12: bool | None = None
    staff_directed: bool | None = None
    negotiated: bool | None = None
    refuses_terms: bool = False
    recognizes_faces: bool = False


@dataclass(frozen=True, slots=True)
class Class:
    name: str
    reasons: tuple[str, ...]


def classify(facts: Facts) -> Class:
    """Contract, click_wrap, on_demand, exempt or prohibited; the strictest while a fact is open."""
    if forbidden := _forbidden(facts):
        return Class("prohibited", (forbidden,))
    if facts.student_data is False:
        return Class("exempt", (_NO_DATA,))
    if facts.student_data is None:
        return Class("contract", ("It is not known whether it takes data about students.",))
    return _with_student_data(facts)


_NO_DATA = (
    "No data about students reaches the vendor. That it is free, or made for everybody, would not "
    "be enough: FERPA and district policy would still apply."
)


def _forbidden(facts: Facts) -> str:
    if facts.recognizes_faces and facts.state == "NY":
        return f"It recognizes faces, which New York forbids in schools ({FACES})."
    if facts.refuses_terms and facts.state == "CO":
        return (
            "The vendor refuses the duties of C.R.S. 22-16-108 to 110: a district may not make or "
            f"renew a contract with it ({REFUSES_DUTIES})."
        )
    return ""


def _with_student_data(facts: Facts) -> Class:
    data = f"It takes data about students, so FERPA applies ({FERPA})."
    if facts.negotiated is None:
        return Class("contract", (data, "It is not known yet whether terms can be negotiated."))
    if facts.negotiated:
        return Class("contract", (data, f"A contract is negotiated ({SCHOOL_SERVICE})."))
    fixed = "Its terms are the vendor's own and are not negotiated"
    if not (facts.primarily_k12 and facts.staff_directed):
        return Class("click_wrap", (data, f"{fixed}.", _outside(facts)))
    if facts.state in AGREEMENT_FIRST:
        law = AGREEMENT_FIRST[facts.state]
        first = f"{facts.state} asks for a written agreement before any data moves ({law})."
        return Class("click_wrap", (data, f"{fixed}.", first))
    return Class("on_demand", (data, f"{fixed}, for a school service ({SCHOOL_SERVICE})."))


def _outside(facts: Facts) -> str:
    what = "directed by staff" if facts.primarily_k12 else "made primarily for schools"
    return (
        f"It is not {what}, so it is no school service ({SCHOOL_SERVICE}); that does not exempt "
        "it: FERPA and district policy remain."
    )


def reasons_class_is_not(wanted: tuple[str, ...], relationship: str, words: str) -> list[str]:
    if not relationship:
        return ["Choose first which kind of relationship with the vendor this is."]
    return [] if relationship in wanted else [words]
