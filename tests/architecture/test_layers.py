"""In every room the same file name means the same layer; imports go leftward only."""

import ast
from collections.abc import Iterable

import pytest

from tests.architecture import source
from tests.architecture.source import HOUSES, Module

ORDER = {
    **dict.fromkeys(["rules"], 0),
    **dict.fromkeys(["models"], 1),
    **dict.fromkeys(["queries"], 2),
    **dict.fromkeys(["commands"], 3),
    **dict.fromkeys(["flows", "reactions", "tasks", "forms", "api"], 4),
    **dict.fromkeys(["views"], 5),
    **dict.fromkeys(["urls"], 6),
}
# Where rooms sign up for what happens later; its name says for what, not which layer it is.
REGISTRY = "workflows.outbox.reactions"
# One wrong name for a drawer, and everything ends up in it.
NO_SUCH_FILE = {"utils", "helpers", "services", "signals", "managers", "misc", "common"}
# A rule gets `today` and plain values.
IMPURE = ("django.db", "django.utils.timezone", "django.http", "django.core.mail", "celery")
# House: one place per library (what import-linter cannot see, because it is part of Django).
MAIL_LIVES_IN = "workflows/outbox/"


def rightward_imports(module: Module) -> Iterable[str]:
    mine = layer(module.path.removesuffix(".py").replace("/", "."))
    if mine is None or not is_room(module.path):
        return
    for name in sorted(set(source.imported(module.tree))):
        known = name.startswith(HOUSES) and not name.startswith(REGISTRY)
        theirs = layer(name) if known else None
        if theirs is not None and theirs > mine:
            yield f"imports {name}, which is further right"


def impure_rules(module: Module) -> Iterable[str]:
    if layer(module.path.removesuffix(".py").replace("/", ".")) == 0:
        for name in sorted(set(source.imported(module.tree))):
            if name.startswith(IMPURE):
                yield f"a rule imports {name}"


def drawers(module: Module) -> Iterable[str]:
    if set(module.path.removesuffix(".py").split("/")) & NO_SUCH_FILE:
        yield "is a drawer for everything"


def stray_mail(module: Module) -> Iterable[str]:
    if not module.path.startswith(MAIL_LIVES_IN):
        for name in source.imported(module.tree):
            if name.startswith("django.core.mail"):
                yield "sends mail itself instead of writing a message"


def naive_clocks(module: Module) -> Iterable[str]:
    """A day and an hour mean nothing without a zone."""
    for call in source.calls(module.tree):
        name = source.called(call)
        if name in {"date.today", "datetime.today", "datetime.utcnow", "datetime.fromtimestamp"}:
            yield f"line {call.lineno} asks the clock of the machine"
        if name == "datetime.now" and not call.args and not call.keywords:
            yield f"line {call.lineno} asks the clock of the machine"


def clocks_in_rules(module: Module) -> Iterable[str]:
    if layer(module.path.removesuffix(".py").replace("/", ".")) == 0:
        for call in source.calls(module.tree):
            if source.called(call) in {"timezone.now", "datetime.now"}:
                yield f"line {call.lineno}: a rule takes today, it does not ask"


def home_made_signals(module: Module) -> Iterable[str]:
    if module.path == "workflows/apps.py":
        return
    for name in source.imported(module.tree):
        if name.startswith(("django.dispatch", "django.db.models.signals")):
            yield "uses Django signals; a reaction runs from the outbox"


def unfinished(module: Module) -> Iterable[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.dump(node):
            yield f"line {node.lineno} is a stub"


def is_room(path: str) -> bool:
    return path.count("/") >= 2 and "/management/" not in path


def layer(name: str) -> int | None:
    """The layer of a dotted name: that of the first part below house and room that has one."""
    parts = name.split(".")[2:]
    return next((ORDER[part] for part in parts if part in ORDER), None)


RULES = [
    rightward_imports,
    impure_rules,
    drawers,
    stray_mail,
    naive_clocks,
    clocks_in_rules,
    home_made_signals,
    unfinished,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_law(rule: source.Rule) -> None:
    assert source.faults(rule) == []


@pytest.mark.parametrize(
    ("rule", "breach", "path"),
    [
        (rightward_imports, "from vetting.screening import views", "vetting/screening/commands.py"),
        (rightward_imports, "import vetting.screening.commands", "vetting/screening/queries.py"),
        (rightward_imports, "from vetting.people.queries import x", "vetting/people/rules.py"),
        (impure_rules, "from django.db import models", "vetting/screening/rules.py"),
        (drawers, "", "vetting/screening/utils.py"),
        (stray_mail, "from django.core.mail import send_mail", "vetting/people/commands.py"),
        (naive_clocks, "today = date.today()", "vetting/people/commands.py"),
        (naive_clocks, "now = datetime.now()", "vetting/people/commands.py"),
        (clocks_in_rules, "now = timezone.now()", "vetting/people/rules.py"),
        (home_made_signals, "from django.dispatch import receiver", "vetting/people/commands.py"),
        (unfinished, "def f():\n    raise NotImplementedError", "vetting/people/commands.py"),
    ],
)
def test_a_planted_breach_is_seen(rule: source.Rule, breach: str, path: str) -> None:
    assert len(source.planted(rule, breach, path)) >= 1
