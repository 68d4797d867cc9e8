"""Every template is used by somebody."""

import ast
import re
from functools import cache
from pathlib import Path

from django.template.loaders.app_directories import get_app_template_dirs

from tests.architecture import source
from workflows.lifecycles import ALL

TEMPLATES = source.HOUSE / "templates"
# Django and its packages look for these by name.
BY_DJANGO = re.compile(r"^(400|403|403_csrf|404|429|500)\.html$")
ENDING = re.compile(r"(\\?\.subject)?\\?\.(txt|html|docx)$")
NAMED = re.compile(r"""["']([\w./-]+\.(?:html|txt|docx))["']""")


def unused(folder: Path) -> list[str]:
    """Templates that no code, no other template, no table and no package names."""
    names = sorted(str(f.relative_to(folder)) for f in folder.rglob("*.*") if f.is_file())
    known = _named_in_code() | _named_in_templates(folder) | _named_in_tables()
    return [name for name in names if not _is_used(name, known)]


def _is_used(name: str, known: set[str]) -> bool:
    if BY_DJANGO.match(name) or _overrides_a_package(name):
        return True
    short = name.rpartition("/")[2]
    called = {name, short, ENDING.sub("", short)}
    return bool(called & known) or any(p.fullmatch(c) for p in _made_in_code() for c in called)


@cache
def _made_in_code() -> list[re.Pattern[str]]:
    """Names put together in code, as patterns: f"edit_{step}.html" is edit_*.html."""
    made = [
        "".join(_part(value) for value in node.values)
        for module in source.modules()
        for node in source.nodes(module.tree)
        if isinstance(node, ast.JoinedStr)
    ]
    return [re.compile(text) for text in made if len(re.findall("[a-z]", ENDING.sub("", text))) > 3]


def _part(value: ast.expr) -> str:
    """A piece of an f-string; what is filled in holds no slash."""
    return re.escape(str(value.value)) if isinstance(value, ast.Constant) else "[^/]+"


@cache
def _named_in_code() -> set[str]:
    return {text for module in source.modules() for text in source.strings(module.tree)}


def _named_in_templates(folder: Path) -> set[str]:
    pages = [f for f in folder.rglob("*") if f.suffix in {".html", ".txt"}]
    return {name for page in pages for name in NAMED.findall(page.read_text(encoding="utf-8"))}


def _named_in_tables() -> set[str]:
    acts = {f"deadline_{r.act}" for m in ALL for dwell in m.dwells for r in dwell.ladder}
    return {notice.name for m in ALL for notice in m.notices} | acts | {"deadline_link"}


def _overrides_a_package(name: str) -> bool:
    # The packages themselves often lie below the house, in .venv: only our own apps are ours.
    ours = {source.HOUSE / house for house in source.HOUSES}
    folders = [Path(f) for f in get_app_template_dirs("templates")]
    return any((folder / name).is_file() for folder in folders if ours.isdisjoint(folder.parents))


def test_every_template_is_used() -> None:
    assert unused(TEMPLATES) == []


def test_a_template_that_nobody_uses_is_seen(tmp_path: Path) -> None:
    (tmp_path / "vetting").mkdir()
    (tmp_path / "vetting" / "forgotten.html").write_text("Nobody reads this")
    (tmp_path / "404.html").write_text("{% include 'vetting/part.html' %}")
    (tmp_path / "vetting" / "part.html").write_text("Used")
    assert unused(tmp_path) == ["vetting/forgotten.html"]
