from workflows.cases import Case, Tenant
from workflows.clock.models import Beat, Closure, Deadline, ServiceLevel
from workflows.desk.models import Process, Task
from workflows.ledger.models import Checkpoint, CheckpointHead, Entry, Note
from workflows.operations.models import LedgerCheck, LedgerFault, Mending
from workflows.outbox.models import Message

__all__ = [
    "Beat",
    "Case",
    "Checkpoint",
    "CheckpointHead",
    "Closure",
    "Deadline",
    "Entry",
    "LedgerCheck",
    "LedgerFault",
    "Mending",
    "Message",
    "Note",
    "Process",
    "ServiceLevel",
    "Task",
    "Tenant",
]
