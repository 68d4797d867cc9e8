"""How requests are spoken of on pages."""

from dataclasses import dataclass

from workflows.lifecycles import request as req

TONES = {
    req.APPROVED: "success",
    req.IN_RE_REVIEW: "success",
    req.SUSPENDED: "error",
    req.DECLINED: "error",
    req.RETURNED: "warning",
    req.WITHDRAWN: "plain",
    req.RETIRED: "plain",
    req.DRAFT: "plain",
}

# A request that has waited for more business days than this in one state is shown as slow, in
# words and color.
SLOW, VERY_SLOW = 10, 25


def tone_of(state: str) -> str:
    return TONES.get(state, "info")


def state_in_words(state: str, *, yours: bool) -> str:
    """The lifecycle speaks to the requester; whoever is not asked reads whose answer it is."""
    if state == req.RETURNED and not yours:
        return "Waiting for the requester's answer"
    return req.REQUEST.states[state]


def age_in_words(days: int) -> tuple[str, str]:
    """Business days in the present state, the unit of its deadline, as (words, tone)."""
    words = counted_days(days, "business")
    if days >= VERY_SLOW:
        return f"{words}: very long", "error"
    return (f"{words}: long", "warning") if days >= SLOW else (words, "plain")


def counted_days(days: int, unit: str) -> str:
    """ "9 business days"; `unit` is business or calendar. What came on Friday is none on Sunday."""
    return f"{days} {unit} day{'' if days == 1 else 's'}" if days > 0 else f"under 1 {unit} day"


# Classes from which only the privacy team can go on, and what sourcing asks of them.
WANTED_OF_PRIVACY = {
    "prohibited": "decline {}",
    "on_demand": "decide how {} goes on",
    "exempt": "confirm that {} takes no data about students",
}


def class_is_set(name: str, takes_data: bool | None = None) -> str:
    """What the page says when a class was set: the next step is not a path for every class."""
    if name == "exempt" and takes_data:
        return "The class is set: Exempt, though it takes data about students. See “Path”."
    if name == "prohibited":
        return "The class is set: Prohibited. No path is open; the privacy team declines it."
    if name == "on_demand":
        return "The class is set: On demand. The privacy team decides how it goes on."
    if name == "exempt":
        return "The class is set: Exempt. The privacy team confirms that no data is taken."
    return "The class is set. Choose the path now."


@dataclass(frozen=True, slots=True)
class Path:
    title: str
    steps: tuple[str, ...]


PATHS = {
    "contract": Path(
        "A data privacy agreement is needed",
        (
            "The privacy team screens the tool.",
            "The vendor and the district sign an agreement.",
            "The privacy lead decides.",
        ),
    ),
    "click_wrap": Path(
        "The vendor's own terms must be settled",
        (
            "The privacy team screens the tool and its terms.",
            "What the terms lack is agreed in writing.",
            "The privacy lead decides.",
        ),
    ),
    "on_demand": Path(
        "Parents must give permission",
        ("The privacy team looks at it briefly.", "Your school asks the parents."),
    ),
    "exempt": Path(
        "The short way: no data about students",
        (
            "Somebody of the privacy team confirms that no data about students is taken.",
            "The privacy lead decides.",
        ),
    ),
    "prohibited": Path("It cannot be approved", ("The law forbids it.",)),
}


@dataclass(frozen=True, slots=True)
class Usual:
    """Business days from sending to approval: half of those lately approved, and those open."""

    days: int | None
    waiting: int = 0
    longest: int = 0


def usual_time_in_words(usual: Usual) -> str:
    if usual.days is None:
        said = "Nothing on this path was approved in the last 90 calendar days."
    else:
        many = counted_days(usual.days, "business")
        said = (
            f"Approvals on this path in the last 90 calendar days took {many} "
            "(half were faster, half slower)."
        )
    if not usual.waiting:
        return said
    longest = counted_days(usual.longest, "business")
    if usual.waiting == 1:
        return f"{said} One more has been under way for {longest}."
    return f"{said} {usual.waiting} more are under way, the longest for {longest}."
