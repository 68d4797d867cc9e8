"""The lifecycles as text: docs/lifecycles.md is made here, and `show_lifecycles` prints it."""

import re
from collections.abc import Iterable, Sequence

from workflows import modelcheck
from workflows.actors import ROLE_NAMES
from workflows.grammar import Dwell, Lifecycle, Move, Notice, Rung
from workflows.lifecycles.absent import ABSENT
from workflows.lifecycles.couplings import COUPLINGS, Couplings, News, Reaction
from workflows.outbox import reactions

BLOCK = re.compile(
    r"(?P<head><!-- lifecycle (?P<name>\w+) -->)\n.*?(?P<foot><!-- end -->)", re.DOTALL
)
HEAD = """# The lifecycles

Made by `manage.py show_lifecycles --write` from `workflows/lifecycles/`; a test fails when it is
stale. A move marked "later" waits for its room: the engine refuses it with a sentence.
"""


def document(machines: Sequence[Lifecycle]) -> str:
    parts = [HEAD, *(section(machine) for machine in machines), together(COUPLINGS)]
    return "\n".join(parts)


def embedded(text: str, machines: Sequence[Lifecycle]) -> str:
    """A page whose `<!-- lifecycle NAME -->` … `<!-- end -->` blocks hold today's diagrams."""
    named = {machine.name: machine for machine in machines}

    def drawn(found: re.Match[str]) -> str:
        machine = named[found["name"]]
        return f"{found['head']}\n```mermaid\n{mermaid(machine)}\n```\n{found['foot']}"

    return BLOCK.sub(drawn, text)


def section(machine: Lifecycle) -> str:
    blocks = [
        f"## {machine.name.upper()}",
        f"```mermaid\n{mermaid(machine)}\n```",
        _table(("state", "shown as", "whose turn"), _states(machine)),
        _table(("move", "from → to", "by", "needs", "note"), _moves(machine)),
        _table(("clock", "runs in", "length", "ladder"), map(_dwell, machine.dwells)),
        _list("Work that opens", (f"{s}: `{path}`" for s, path in machine.work.items())),
        _list("Notices", map(_notice, machine.notices)),
        _list("Reactions, from the outbox", _reactions(machine)),
        _list("Waiting for a room", _waiting(machine)),
        _list("Guards that wait for a room", _absent(machine)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


TOGETHER = """## REQUEST and AGREEMENT together

What follows is `workflows/lifecycles/couplings.py`; a test holds it against the code. The tests
explore both tables as one machine by it (`workflows/product.py`): every pair of states, with the
reactions that still wait in the outbox, in any order. They prove that nothing is stuck, that no
system move is left undone, that no request is approved without its basis, and that every suspension
and every wait for an agreement can end. A fault is told with the shortest way that leads to it."""


def together(couplings: Couplings) -> str:
    """What the two machines do to each other."""
    opening = (f"{c.name} while {' or '.join(c.within)}" for c in couplings.commands)
    across = (f"{g.machine}: {g.name}" for g in couplings.guards if g.across)
    blocks = [
        TOGETHER,
        _list(
            "Reactions that move or open a case", filter(None, map(_coupled, couplings.reactions))
        ),
        _list(
            "What else makes system moves",
            (f"{d.kind} {d.name}: {d.makes}" for d in couplings.drivers),
        ),
        _list("Commands that open an agreement", opening),
        _list("News that open an agreement", map(_heard, couplings.news)),
        _list("Guards that look across", across),
    ]
    return "\n\n".join(blocks) + "\n"


def _coupled(reaction: Reaction) -> str:
    opens = f"opens an {reaction.opens}" if reaction.opens else ""
    does = ", ".join(part for part in (opens, reaction.makes) if part)
    cause = reaction.move or f"enters {reaction.enters}"
    where = f" where {reaction.only}" if reaction.only else ""
    return f"{reaction.machine} {cause}: {reaction.name} ({does}{where})" if does else ""


def _heard(news: News) -> str:
    where = f"while {' or '.join(news.within)}"
    return f"{news.name} {where}: opens an {news.opens}, {news.makes} where {news.only}"


def mermaid(machine: Lifecycle) -> str:
    """A stateDiagram-v2; moves of rooms to come are marked "later"."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {state}: {words}" for state, words in machine.states.items()]
    lines.append(f"    [*] --> {machine.initial}")
    for row in machine.moves:
        later = " (later)" if row.since else ""
        lines += [f"    {s} --> {t}: {row.name}{later}" for s in row.sources for t in row.targets]
    lines += [f"    {end} --> [*]" for end in machine.states if end in machine.ends]
    return "\n".join(lines)


def _states(machine: Lifecycle) -> Iterable[tuple[str, ...]]:
    for state, words in machine.states.items():
        mark = " (end)" if state in machine.ends else ""
        yield f"{state}{mark}", words, machine.turn.get(state, "nobody's")


def _moves(machine: Lifecycle) -> Iterable[tuple[str, ...]]:
    for row in machine.moves:
        way = f"{', '.join(row.sources)} → {' or '.join(row.targets)}"
        note = "required" if row.note else ""
        yield row.name, way, _roles(row), ", ".join(row.needs), note


def _roles(row: Move) -> str:
    return ", ".join(ROLE_NAMES[role] for role in sorted(row.by))


def _dwell(dwell: Dwell) -> tuple[str, ...]:
    paused = f" (stands still in {', '.join(dwell.paused_in)})" if dwell.paused_in else ""
    length = f"{dwell.amount} {dwell.unit.value.replace('_', ' ')}"
    ladder = ", ".join(map(_rung, dwell.ladder))
    return dwell.kind, f"{', '.join(dwell.runs_in)}{paused}", length, ladder


def _rung(rung: Rung) -> str:
    return f"{rung.offset:+d} {rung.act} {rung.to}".rstrip()


def _notice(notice: Notice) -> str:
    cause = f"{notice.move} into {notice.into}" if notice.into else notice.move
    return f"{cause}: {notice.name} → {notice.to}"


def _reactions(machine: Lifecycle) -> Iterable[str]:
    for reaction in reactions.registered():
        if reaction.machine == machine.name:
            cause = reaction.move or f"enters {reaction.enters}"
            yield f"{cause}: {reaction.name}"


def _waiting(machine: Lifecycle) -> Iterable[str]:
    later: dict[str, list[str]] = {}
    for row in machine.moves:
        if row.since:
            later.setdefault(row.since, []).append(row.name)
    yield from (f"{room}: {', '.join(names)}" for room, names in later.items())
    unseen = machine.states.keys() - modelcheck.reachable(machine, live=True)
    if unseen:
        yield f"not reached in this release: {', '.join(sorted(unseen))}"


def _absent(machine: Lifecycle) -> Iterable[str]:
    return (f"{a.move}: {a.says} ({a.room})" for a in ABSENT if a.machine == machine.name)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [_line(row) for row in rows]
    return "\n".join([_line(head), _line(("---",) * len(head)), *lines]) if lines else ""


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _list(title: str, items: Iterable[str]) -> str:
    lines = [f"- {item}" for item in items]
    return "\n".join([f"{title}:", "", *lines]) if lines else ""
