import pytest

from tests.workflows.toy.story import ada, ben, errand
from workflows import actors, engine
from workflows.actors import system
from workflows.ledger import telling
from workflows.ledger.models import Note
from workflows.ledger.queries import history_of

pytestmark = pytest.mark.django_db


def _key(ref: str) -> str:
    return ref.partition(":")[2]


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [(_key(ada().ref), "Ada Osei"), (_key(ben().ref), "Ben Ortiz")]
    monkeypatch.setitem(actors._name_providers, "membership", lambda keys: known)


def test_a_history_reads_as_sentences() -> None:
    subject = engine.perform(errand(), "ask", by=ada(), note="Which chalk?")
    engine.record(subject, "box_opened", by=ben())
    engine.record(
        subject, "deadline_fired", by=system("sweep"), facts={"kind": "work", "act": "remind"}
    )
    told = [(line.sentence, line.note, line.tone) for line in history_of(subject)]
    assert told == [
        ("Countersign sent a reminder: Doing the errand", "", "system"),
        ("Ben Ortiz box opened", "", "command"),
        ("Ada Osei asked a question", "Which chalk?", "move"),
        ("Ben Ortiz began the errand", "", "move"),
        ("Ben Ortiz opened it", "", "move"),
    ]


def test_a_command_reads_as_its_room_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_tellers", {})
    telling.tells("errand", {"box_opened": "opened the box"})
    telling.tells("", {"box_opened": "opened any box"})
    subject = engine.record(errand(), "box_opened", by=ben())
    assert history_of(subject)[0].sentence == "Ben Ortiz opened the box"


def test_an_erased_note_leaves_its_row() -> None:
    subject = engine.perform(errand(), "ask", by=ada(), note="Which chalk?")
    Note.objects.all().delete()
    line = history_of(subject)[0]
    assert (line.sentence, line.note) == ("Ada Osei asked a question", "")


def test_a_person_nobody_knows_any_more_reads_as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(actors._name_providers, "membership", lambda keys: [])
    subject = errand()
    assert history_of(subject)[0].sentence == "somebody began the errand"
