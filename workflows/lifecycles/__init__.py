"""The tables, one file per machine: pure data."""

from workflows.grammar import Lifecycle
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.incident import INCIDENT
from workflows.lifecycles.others import CAMPAIGN, FAMILY_REQUEST, REPORTING, TRAINING
from workflows.lifecycles.request import REQUEST

ALL: tuple[Lifecycle, ...] = (
    REQUEST,
    AGREEMENT,
    INCIDENT,
    REPORTING,
    CAMPAIGN,
    TRAINING,
    FAMILY_REQUEST,
)
