"""Every address that the product answers, read from its own resolver."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

# In an address: what no object is called.
UNKNOWN = {"code": "bcdfghjkmnpq", "token": "no-such-token", "slug": "no-such", "name": "no-such"}


@cache
def patterns() -> dict[str, URLPattern]:
    """By name ("requests:detail"); one without a name by its path ("/healthz")."""
    found: dict[str, URLPattern] = {}
    for name, pattern in _walk(get_resolver()):
        if name in found:
            raise ValueError(f"Two addresses are named {name}.")
        found[name] = pattern
    return found


def _walk(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            yield (f"{space}{entry.name}" if entry.name else f"/{entry.pattern}"), entry


def takes(name: str) -> set[str]:
    """What has to be filled in."""
    return set(patterns()[name].pattern.regex.groupindex)


def address(name: str, values: Mapping[str, Any]) -> str:
    """`values` may hold more than this address takes."""
    if name.startswith("/"):
        return name
    return reverse(name, kwargs={key: values[key] for key in takes(name)})


def address_of_nothing(name: str, values: Mapping[str, Any]) -> tuple[str, str, str]:
    """The same address for an object that is not there, the word in ours, the word in this one."""
    key = next(key for key in UNKNOWN if key in takes(name))
    return address(name, {**values, key: UNKNOWN[key]}), str(values[key]), UNKNOWN[key]
