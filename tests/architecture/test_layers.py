"""In every room the same file name means the same layer; imports go leftward only."""

import ast
import re
from collections.abc import Iterable
from functools import cache

import pytest

from tests.architecture import source
from tests.architecture.source import HOUSES, Module

# Seven layers, and beside each what else may stand there. A name means one layer in every room.
LAYERS = (
    # Pure: values in, values out.
    "rules words wording vocabulary ladders absent agreement couplings incident others request "
    "protocol apart appearance clauses cells columns tables typesetting specimen confined text "
    "fonts parts golden guard pdf_guard sandbox anchors turns wake jpeg pictures sheets "
    "plans explaining arithmetic proving",
    "models",
    # Reads, and what turns bytes into other bytes.
    "queries locking grammar elements relying leaving acts local s3 linting rendering pdf worker "
    "astray authority timestamps judging verifying sealing reporting letterhead sentences store "
    "waiting unit walk marked shape reading checking mutating worlds standing reckoning yearly "
    "confidential gathering explained",
    "commands calendars bulk moving announcing replanning set_based writer papermaking building "
    "authoring mail lawful previewing levels",
    # What is called from outside of the room: by the engine, a worker, a page, a system check.
    "flows reactions tasks forms api guards audiences jobs invariants checks telling "
    "navigation drain sweep mailbox clock house ledger registry work access middleware limits "
    "sign_in fields moments origins foreseeing",
    "views panels countersign",
    "urls sign_in_urls brand_urls",
)
ORDER = {name: at for at, names in enumerate(LAYERS) for name in names.split()}
# The demo plays everybody, so it may call everything; nobody calls it.
DEMO = len(LAYERS)
# Packages inside a room that are rooms of their own: the layer is that of the file in them.
ROOMS_IN_ROOMS = {"lists"}
# Where rooms sign up for what happens later; their names say for what, not which layer they are.
REGISTRIES = (
    "workflows.outbox.reactions",
    "workflows.outbox.jobs",
    "workflows.ledger.telling",
    "vetting.requests.panels",
    "vetting.policy.origins",
)
# One wrong name for a drawer, and everything ends up in it.
NO_SUCH_FILE = {"utils", "helpers", "services", "signals", "managers", "misc", "common"}
# A rule gets `today` and plain values.
IMPURE = ("django.db", "django.utils.timezone", "django.http", "django.core.mail", "celery")
# House: one place per library (what import-linter cannot see, because it is part of Django).
MAIL_LIVES_IN = "workflows/outbox/"
WRITES_MESSAGES = re.compile(
    r"Message\.objects\b.*\.?(update|create|bulk_create|delete)\Z", re.DOTALL
)


def rightward_imports(module: Module) -> Iterable[str]:
    mine = layer(module.path.removesuffix(".py").replace("/", "."))
    if mine is None or not is_room(module.path):
        return
    for name in sorted(source.imported(module.tree)):
        known = name.startswith(HOUSES) and not name.startswith(REGISTRIES)
        theirs = layer(name) if known else None
        if theirs is not None and theirs > mine:
            yield f"imports {name}, which is further right"


def unplaced(module: Module) -> Iterable[str]:
    name = module.path.removesuffix(".py")
    named = is_room(module.path) and not name.endswith("/__init__")
    if named and layer(name.replace("/", ".")) is None:
        yield f"has no layer: choose one for “{name.split('/')[2]}” in LAYERS of this test"


def impure_rules(module: Module) -> Iterable[str]:
    if layer(module.path.removesuffix(".py").replace("/", ".")) == 0:
        for name in sorted(source.imported(module.tree)):
            if name.startswith(IMPURE):
                yield f"a rule imports {name}"


def drawers(module: Module) -> Iterable[str]:
    if set(module.path.removesuffix(".py").split("/")) & NO_SUCH_FILE:
        yield "is a drawer for everything"


def stray_mail(module: Module) -> Iterable[str]:
    if not module.path.startswith(MAIL_LIVES_IN):
        for name in sorted(source.imported(module.tree)):
            if name.startswith("django.core.mail"):
                yield "sends mail itself instead of writing a message"


def tables_in_views(module: Module) -> Iterable[str]:
    """A page asks a query, which every other page and test may ask too."""
    if "/views" in module.path:
        for node in source.nodes(module.tree):
            if isinstance(node, ast.Attribute) and node.attr == "objects":
                yield f"line {node.lineno} asks a table itself instead of a query"


def foreign_tables(module: Module) -> Iterable[str]:
    """The desk's rows are a projection that it may rebuild; the outbox's are a queue."""
    if not module.path.startswith(("workflows/desk/", "workflows/models.py")):
        for name in sorted(source.imported(module.tree)):
            if name in {"workflows.desk.models.Task", "workflows.desk.models.Process"}:
                yield f"imports {name}, which only the desk reads"
    if not module.path.startswith("workflows/outbox/"):
        for call in source.calls(module.tree):
            writes = source.called(call).endswith(("update", "create", "delete"))
            if writes and WRITES_MESSAGES.match(ast.unparse(call.func)):
                yield f"line {call.lineno} writes messages itself"


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


def unsaid_locks(module: Module) -> Iterable[str]:
    """A lock says what it locks and how strongly: else it also holds what is joined to the row, and
    whoever writes a row that only points at it has to wait. Where a key is to change: no_key=False.
    """
    for call in source.calls(module.tree):
        if source.called(call).rpartition(".")[2] == "select_for_update":
            missing = {"of", "no_key"} - {keyword.arg for keyword in call.keywords}
            if missing:
                yield f"line {call.lineno} locks without {' and '.join(sorted(missing))}"


def home_made_signals(module: Module) -> Iterable[str]:
    if module.path == "workflows/apps.py":
        return
    for name in sorted(source.imported(module.tree)):
        if name.startswith(("django.dispatch", "django.db.models.signals")):
            yield "uses Django signals; a reaction runs from the outbox"


def unfinished(module: Module) -> Iterable[str]:
    for node in source.nodes(module.tree):
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.dump(node):
            yield f"line {node.lineno} is a stub"


def is_room(path: str) -> bool:
    return path.count("/") >= 2 and "/management/" not in path


@cache
def layer(name: str) -> int | None:
    """The layer of a dotted name: that of the first part below house and room that has one."""
    if name.startswith("contracts.demo."):
        return DEMO
    house, _, rest = name.partition(".")
    if (source.HOUSE / house / f"{rest.partition('.')[0]}.py").exists():
        return None  # a file of the house itself, in no room
    parts = [part for part in name.split(".")[2:] if part not in ROOMS_IN_ROOMS]
    return next((ORDER[part] for part in parts if part in ORDER), None)


RULES = [
    rightward_imports,
    unplaced,
    impure_rules,
    drawers,
    stray_mail,
    tables_in_views,
    foreign_tables,
    naive_clocks,
    clocks_in_rules,
    unsaid_locks,
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
        (rightward_imports, "from vetting.people import panels", "contracts/signing/queries.py"),
        (unplaced, "", "vetting/people/odds_and_ends.py"),
        (impure_rules, "from django.db import models", "vetting/screening/rules.py"),
        (drawers, "", "vetting/screening/utils.py"),
        (stray_mail, "from django.core.mail import send_mail", "vetting/people/commands.py"),
        (tables_in_views, "rows = School.objects.all()", "vetting/requests/views/listing.py"),
        (foreign_tables, "from workflows.desk.models import Task", "workflows/invariants/work.py"),
        (foreign_tables, "Message.objects.update(status='')", "contracts/signing/commands.py"),
        (naive_clocks, "today = date.today()", "vetting/people/commands.py"),
        (naive_clocks, "now = datetime.now()", "vetting/people/commands.py"),
        (clocks_in_rules, "now = timezone.now()", "vetting/people/rules.py"),
        (unsaid_locks, "rows.select_for_update().first()", "vetting/people/commands.py"),
        (unsaid_locks, "rows.all().select_for_update(no_key=True)", "vetting/people/commands.py"),
        (unsaid_locks, 'rows.select_for_update(of=("self",))', "vetting/people/commands.py"),
        (home_made_signals, "from django.dispatch import receiver", "vetting/people/commands.py"),
        (unfinished, "def f():\n    raise NotImplementedError", "vetting/people/commands.py"),
    ],
)
def test_a_planted_breach_is_seen(rule: source.Rule, breach: str, path: str) -> None:
    assert len(source.planted(rule, breach, path)) >= 1
