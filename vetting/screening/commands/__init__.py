"""The verbs of the screening room. The request's row is locked first, then the room's rows."""

from vetting.screening.commands.answering import record_legal_basis, save_answer
from vetting.screening.commands.concluding import conclude_screening, finish_screening
from vetting.screening.commands.findings import add_finding, settle_finding
from vetting.screening.commands.loading import load_questionnaires
from vetting.screening.commands.opening import open_screening

__all__ = [
    "add_finding",
    "conclude_screening",
    "finish_screening",
    "load_questionnaires",
    "open_screening",
    "record_legal_basis",
    "save_answer",
    "settle_finding",
]
