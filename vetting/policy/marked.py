"""YAML with the line of every value, so that a fault can be found in the file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import yaml

Place = tuple[str | int, ...]
# The largest pack of ours has some 1,500.
MOST_PLACES = 100_000


# libyaml reads ten times as fast, with the same marks; not every build of PyYAML has it.
_Fastest: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fastest):  # type: ignore[valid-type, misc]
    """Days and instants stay text: an impossible date is then a fault at its line, no exception.

    Of YAML 1.1's booleans only true and false are left: `on` is a key of ours.
    """


_BOOLEAN, _TIMESTAMP = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in {_BOOLEAN, _TIMESTAMP}]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOLEAN, re.compile("^(?:true|false)$"), ["t", "f"])


class Unreadable(ValueError):
    """No YAML; with the line where reading stopped."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line


@dataclass(frozen=True, slots=True)
class Marked:
    """Plain data, the 1-based line of each place in it, and the keys that are written again."""

    data: Any
    lines: Mapping[Place, int]
    doubled: Sequence[tuple[Place, int]] = ()

    def line(self, place: Place) -> int:
        """The line of a place; of what holds it, where the place itself is absent."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def marked(text: str) -> Marked:
    """Raises Unreadable."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        # Before anything is built: aliases can make a short text a huge one, or one without end.
        places = list(islice(_places(node, ()), MOST_PLACES + 1)) if node else []
        if len(places) > MOST_PLACES:
            raise Unreadable(1, "It is too large for a pack.")
        data = loader.construct_document(node) if node else None
    except yaml.YAMLError as error:
        raise _unreadable(error) from None
    except RecursionError:
        raise Unreadable(1, "It is nested without end: an alias leads back to itself.") from None
    finally:
        loader.dispose()
    seen: dict[Place, int] = {}
    doubled = []
    for place, line in places:
        if place in seen:
            doubled.append((place, line))
        seen.setdefault(place, line)
    return Marked(data, seen, doubled)


def _unreadable(error: yaml.YAMLError) -> Unreadable:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it has a character that no text has"
    return Unreadable(mark.line + 1 if mark else 1, f"This is no YAML: {problem}.")


def _places(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            # What stands under a key stands where the key does: its value may begin a line later.
            yield (*place, key.value), key.start_mark.line + 1
            yield from _places(value, (*place, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield (*place, at), value.start_mark.line + 1
            yield from _places(value, (*place, at))
