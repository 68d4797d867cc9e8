"""What a timeline says about who took which piece of work."""

from collections.abc import Mapping
from typing import Any

from workflows.desk import grammar
from workflows.desk.grammar import flows
from workflows.grammar import Lifecycle
from workflows.ledger.telling import told


def _act(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    """The act's title without the case's, on whose page this stands anyway."""
    titles = {
        node.act.name: node.act.title
        for flow in flows(lifecycle).values()
        for node in grammar.acts_of(flow)
    }
    words = titles.get(str(facts.get("act")), "a piece of work")
    return f"“{words.replace('{subject}', '').strip(' :')}”"


@told("work_taken")
def taken(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"took on {_act(facts, lifecycle)}"


@told("work_given")
def given(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"gave {_act(facts, lifecycle)} to {facts['holder']}"


@told("work_put_back")
def put_back(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"put {_act(facts, lifecycle)} back"


@told("work_taken_back")
def taken_back(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"took {_act(facts, lifecycle)} back from {facts['holder']}"
