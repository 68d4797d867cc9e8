"""The screening of a request's present round, opened by the first hand that needs it."""

from datetime import datetime

from django.db.models import Max

from vetting.requests.models import ToolRequest
from vetting.screening import queries
from vetting.screening.models import Questionnaire, Screening
from workflows import engine
from workflows.actors import Actor, Role, with_included
from workflows.engine import Refused
from workflows.lifecycles.request import SCREENING
from workflows.refusals import already_moved, foreign, raise_if

NONE_ACTIVE = "No questionnaire is loaded. An administrator runs: manage.py load_reference"


def open_screening(request: ToolRequest, *, at: datetime) -> Screening:
    """The open screening of this round, or a new one frozen to the questionnaire in use now.

    What an earlier round left open is set aside with its answers. The caller holds the request.
    """
    if screening := queries.open_screening_of(request):
        return screening
    request.screenings.filter(closed_at=None).update(closed_at=at, outcome="set_aside")
    last = request.screenings.aggregate(last=Max("number"))["last"] or 0
    return Screening.objects.create(
        request=request,
        number=last + 1,
        entered_seq=queries.round_of(request),
        questionnaire=_active(),
        opened_at=at,
    )


def _active() -> Questionnaire:
    try:
        return queries.active_questionnaire()
    except Questionnaire.DoesNotExist:
        raise Refused([NONE_ACTIVE]) from None


def open_for(request: ToolRequest, by: Actor, now: datetime) -> Screening:
    """Lock the request, and make sure this person may still work on its screening."""
    locked = lock_for(request, by)
    # The reaction that opens it may not have run yet: the first hand to write opens it.
    return open_screening(locked, at=now)


def lock_for(request: ToolRequest, by: Actor) -> ToolRequest:
    locked = engine.lock(request)
    raise_if(foreign(locked, by))
    # Nothing in the row narrows this role, so those who ask are not read for it.
    if Role.PRIVACY not in with_included(by.roles):
        raise Refused(["Screening is for the privacy team."])
    if locked.state != SCREENING:
        raise Refused([already_moved(locked, by)], moved_on=True)
    return locked
