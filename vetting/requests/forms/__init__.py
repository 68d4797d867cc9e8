"""What people type: clean values for the commands. Whether it suffices is for the guards."""

from vetting.requests.forms.asking import (
    DOLLARS,
    AnswerForm,
    DataForm,
    DraftForm,
    JoinForm,
    Lenient,
    ProjectForm,
    StartForm,
    ToolForm,
    WhoForm,
)
from vetting.requests.forms.deciding import (
    DecisionForm,
    DeclineForm,
    FactsForm,
    NoteForm,
    QuestionForm,
    ReinstateForm,
    SuspendForm,
)

__all__ = [
    "DOLLARS",
    "AnswerForm",
    "DataForm",
    "DecisionForm",
    "DeclineForm",
    "DraftForm",
    "FactsForm",
    "JoinForm",
    "Lenient",
    "NoteForm",
    "ProjectForm",
    "QuestionForm",
    "ReinstateForm",
    "StartForm",
    "SuspendForm",
    "ToolForm",
    "WhoForm",
]
