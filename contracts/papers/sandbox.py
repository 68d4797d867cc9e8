"""The language a template may speak: print a field, repeat over a list, ask if.

Two walls. An allow-list over the syntax tree refuses everything else by name before it is compiled;
and at run time an attribute is only ever a key of a dict we built, never an attribute of an object.
"""

import re
from functools import lru_cache
from types import CodeType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.runtime import LoopContext, missing
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .rules import Fields, TemplateFieldMissing, TemplateRefused, printed

ALLOWED_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.Filter,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
    nodes.CondExpr,
)
ALLOWED_FILTERS = ("join", "length", "lower", "upper")
LOOP_WORDS = frozenset({"index", "index0", "first", "last", "length", "revindex", "revindex0"})
# Loops inside loops multiply: three levels are enough for any contract, and bound the work.
MAX_LOOPS = 3
_PLAIN_NAMES = {
    nodes.Call: "a call with parentheses",
    nodes.Macro: "a macro",
    nodes.Include: "an include",
    nodes.Import: "an import",
    nodes.Assign: "a set",
    nodes.Getitem: "square brackets",
    nodes.Mul: "a multiplication",
    nodes.Pow: "a power",
}


class Missing(StrictUndefined):
    """Any use of it, even in an ``if``, raises TemplateFieldMissing with the whole path."""

    __slots__ = ()

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: str | None = None, *_: Any
    ) -> None:
        sentence = hint or f"The template needs the field {name}, which was not given."
        super().__init__(sentence, obj, name, TemplateFieldMissing)  # type: ignore[arg-type]


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Escaping on, no globals, four filters, and dict keys instead of attributes."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=Missing, finalize=printed)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in ALLOWED_FILTERS}
        self.tests = {}

    def from_string(self, source: Any, *_: Any, **__: Any) -> Template:
        code = _compiled(source, bool(self.autoescape))
        return Template.from_code(self, code, self.make_globals(None), None)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        try:
            tree = super()._parse(source, name, filename)
            faults = refusals(tree)
        except RecursionError:
            raise TemplateRefused("The template is nested too deeply.") from None
        except TemplateSyntaxError as error:
            raise TemplateRefused(_syntax_sentence(source, error)) from error
        if faults:
            raise TemplateRefused(" ".join(faults))
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Fields):
            if attribute in obj:
                return obj[attribute]
            return self.undefined(name=obj.path_of(attribute))
        if isinstance(obj, LoopContext) and attribute in LOOP_WORDS:
            return getattr(obj, attribute)
        if isinstance(obj, Missing):
            return obj._fail_with_undefined_error()
        raise TemplateRefused(f"The template asks for “{attribute}” of something without fields.")

    def getitem(self, obj: Any, argument: Any) -> Any:
        raise TemplateRefused("A template may not use square brackets.")


@lru_cache(maxsize=32)
def _compiled(source: str, escaping: bool) -> CodeType:
    """One template is filled many times; what is refused is not kept, so it is refused again."""
    environment = TemplateEnvironment()
    environment.autoescape = escaping
    return environment.compile(source)


def _syntax_sentence(source: str, error: TemplateSyntaxError) -> str:
    line = source.splitlines()[error.lineno - 1]
    words = " ".join(re.sub(r"<[^>]*>", "", line).split())
    return f"The template cannot be read near “{words[:160]}”: {error.message}."


def refusals(tree: nodes.Node) -> list[str]:
    """One sentence for each thing in the tree that no template may use, without repeats."""
    found = [s for node in _walk(tree) for s in _faults_of(node)]
    if _loop_depth(tree) > MAX_LOOPS:
        found.append(f"A template may not nest more than {MAX_LOOPS} loops.")
    return list(dict.fromkeys(found))


def _walk(node: nodes.Node) -> list[nodes.Node]:
    return [node, *(n for child in node.iter_child_nodes() for n in _walk(child))]


def _loop_depth(node: nodes.Node) -> int:
    deepest = max((_loop_depth(child) for child in node.iter_child_nodes()), default=0)
    return deepest + isinstance(node, nodes.For)


def _faults_of(node: nodes.Node) -> list[str]:
    if not isinstance(node, ALLOWED_NODES):
        what = _PLAIN_NAMES.get(type(node), type(node).__name__)
        return [f"A template may not use {what}."]
    if isinstance(node, nodes.Filter) and node.name not in ALLOWED_FILTERS:
        return [f"A template may not use the filter “{node.name}”."]
    word = getattr(node, "attr", None) or getattr(node, "name", None)
    if isinstance(node, (nodes.Getattr, nodes.Name)) and str(word).startswith("_"):
        return [f"A template may not use the name “{word}”."]
    if isinstance(node, nodes.For) and (node.recursive or not isinstance(node.target, nodes.Name)):
        return ["A loop in a template takes one name and is not recursive."]
    return []
