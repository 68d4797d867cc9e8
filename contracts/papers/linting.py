"""Read a template without filling it: which fields it uses, and what is wrong with it."""

from collections.abc import Iterator

from jinja2 import nodes

from .rendering import open_template
from .rules import TemplateRefused
from .sandbox import TemplateEnvironment

Scope = dict[str, str]


def fields_of(template: bytes) -> set[str]:
    """Dotted paths of the fields used, "vendor.name" or "schedule[].element".

    A list or a group that is only asked about (``{% if schedule %}``) appears as "schedule".
    Raises TemplateRefused on a template that could not be rendered at all.
    """
    return {path for tree in _trees(template) for path in _paths(tree, {"loop": ""})}


def lint(template: bytes, schema: set[str], *, optional: frozenset[str] = frozenset()) -> list[str]:
    """What keeps the template from being used: unreadable, unknown field, field never used.

    ``schema`` holds the leaves a context will carry; those in ``optional`` may stay unused.
    """
    try:
        used = fields_of(template)
    except TemplateRefused as error:
        return [str(error)]
    groups = {leaf[:n] for leaf in schema for n, c in enumerate(leaf) if c in ".["}
    unknown = sorted(path for path in used - schema - groups)
    unused = sorted(schema - used - optional)
    return [
        *(f"The template uses the field {p}, which no document of this kind has." for p in unknown),
        *(f"The template never uses the field {path}." for path in unused),
    ]


def _trees(template: bytes) -> Iterator[nodes.Template]:
    env = TemplateEnvironment()
    return (env.parse(source) for source in open_template(template).sources())


def _paths(node: nodes.Node, scope: Scope) -> Iterator[str]:
    if isinstance(node, nodes.For):
        yield from _loop_paths(node, scope)
        return
    path = _path(node, scope)
    if path:
        yield path
    elif path is None:
        for child in node.iter_child_nodes():
            yield from _paths(child, scope)


def _loop_paths(node: nodes.For, scope: Scope) -> Iterator[str]:
    listed = _path(node.iter, scope)
    if listed is None:
        raise TemplateRefused("A loop in a template must run over a field.")
    yield listed
    assert isinstance(node.target, nodes.Name)  # noqa: S101  # the sandbox refuses other targets
    inner = {**scope, node.target.name: f"{listed}[]"}
    for child in [*node.body, *node.else_, *([node.test] if node.test else [])]:
        yield from _paths(child, inner)


def _path(node: nodes.Node, scope: Scope) -> str | None:
    """The dotted path of a name or attribute chain, "" for ``loop``, None for anything else."""
    if isinstance(node, nodes.Name):
        return scope.get(node.name, node.name)
    if isinstance(node, nodes.Getattr):
        base = _path(node.node, scope)
        return f"{base}.{node.attr}" if base else base
    return None
