"""Files of jurisdiction packs, read all or not at all; every fault at its file, line and rule."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

from vetting.policy.marked import Marked, Unreadable, marked
from vetting.policy.rules import faults as rules
from vetting.policy.rules.facts import meant
from vetting.policy.rules.faults import Fault, Named, Place
from vetting.policy.rules.packs import ALWAYS, Pack, Rule, Source
from vetting.policy.shape import complaints_about_shape
from workflows.clock.queries import holiday_names

# A rule's own fields; all else are the terms of its kind.
_FIELDS = (
    "id kind title citation source nexus state effective_from effective_to last_verified "
    "confidence status when note"
)
FIELDS = frozenset(_FIELDS.split())


@dataclass(frozen=True, slots=True)
class Library:
    """What a folder holds: the packs, or what must be put right first."""

    packs: tuple[Pack, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """One file as far as it could be read; `faulty` are places whose shape is wrong."""

    name: str
    slug: str
    digest: str
    marked: Marked
    faults: tuple[Fault, ...]
    faulty: frozenset[Place]

    def fault(self, place: Place, sentence: str) -> Fault:
        return Fault(self.name, self.marked.line(place), _rule_at(self.marked, place), sentence)

    def sound(self, key: str) -> Iterator[tuple[Place, Mapping[str, Any]]]:
        """The rules or tests whose shape is right, with their places."""
        if (key,) in self.faulty or () in self.faulty:
            return
        for at, row in enumerate(self.marked.data[key]):
            if (key, at) not in self.faulty:
                yield (key, at), row


def read_packs(files: Iterable[Path]) -> Library:
    return read_texts((file.name, file.read_bytes()) for file in files)


def read_texts(texts: Iterable[tuple[str, bytes]], beside: Iterable[Pack] = ()) -> Library:
    """Packs that are to work together: their ids are told apart and their names lead somewhere.

    A text goes by its file's name; `beside` are packs that were read already and count too.
    """
    read = [_read(name, content) for name, content in sorted(texts)]
    faults = [fault for file in read for fault in (*file.faults, *_within(file))]
    faults += _across(read, tuple(beside))
    if faults:
        return Library((), tuple(sorted(set(faults))))
    return Library(tuple(_pack(file) for file in read), ())


def read_stored(name: str, text: str) -> Pack:
    """A text that had no fault when it was loaded: a later linter's complaint stops no district."""
    content = text.encode()
    digest = sha256(content).hexdigest()
    file = _File(name, PurePath(name).stem, digest, marked(text), (), frozenset())
    return _pack(file)


def _read(name: str, content: bytes) -> _File:
    stem, digest = PurePath(name).stem, sha256(content).hexdigest()
    try:
        found = marked(content.decode())
    except (Unreadable, UnicodeDecodeError) as error:
        line = error.line if isinstance(error, Unreadable) else 1
        said = str(error) if isinstance(error, Unreadable) else "This is no text in UTF-8."
        blank = Marked({}, {})
        fault = Fault(name, line, "", said)
        return _File(name, stem, digest, blank, (fault,), frozenset({()}))
    told = [(place, found.line(place), said) for place, said in complaints_about_shape(found.data)]
    told += [(place, line, f"“{place[-1]}” is written twice.") for place, line in found.doubled]
    faults = tuple(Fault(name, line, _rule_at(found, place), said) for place, line, said in told)
    faulty = frozenset(_unit(place) for place, _, _ in told)
    return _File(name, stem, digest, found, faults, faulty)


def _unit(place: Place) -> Place:
    """What is left out of the further checks: one rule, one test, or the whole file."""
    if place[:1] in {("rules",), ("tests",)}:
        return place[:2]
    return ()


def _rule_at(found: Marked, place: Place) -> str:
    if len(place) < 2 or place[0] not in {"rules", "tests"}:
        return ""
    row = found.data[place[0]][place[1]]
    name = row.get("id" if place[0] == "rules" else "rule", "") if isinstance(row, dict) else ""
    return str(name)


def _within(file: _File) -> Iterator[Fault]:
    """What one file says of itself; none of it where its own head cannot be read."""
    if () in file.faulty:
        return
    pack = file.marked.data
    if pack["pack"] != file.slug:
        yield file.fault(("pack",), f"The pack is named as its file: {file.slug}.")
    first, last = rules.effective({}, pack)
    if last < first:
        yield file.fault(("effective_to",), "The pack ends before it begins.")
    year = date.fromisoformat(pack["last_verified"]).year
    sound = [rule for _, rule in file.sound("rules")]
    of_state = partial(holiday_names, year=year)
    for place, said in rules.complaints_about_holidays(pack, sound, of_state):
        yield file.fault(place, said)
    for place, rule in file.sound("rules"):
        for inside, said in rules.complaints_about_rule(rule, pack):
            yield file.fault((*place, *inside), said)
    for place, test in file.sound("tests"):
        for inside, said in rules.complaints_about_test(test, pack):
            yield file.fault((*place, *inside), said)


def _across(files: Iterable[_File], beside: tuple[Pack, ...]) -> Iterator[Fault]:
    files = [file for file in files if () not in file.faulty]
    sound = {row["id"]: row for file in files for _, row in file.sound("rules")}
    # What names a faulty rule need not be reported as well.
    rows: dict[str, Mapping[str, Any]] = {
        str(row.get("id")): {} for file in files for row in _rows(file)
    }
    known = [rule for pack in beside for rule in pack.rules]
    rows |= {rule.id: {"anchor": rule.terms.get("anchor", ())} for rule in known} | sound
    yield from rules.twice([*map(_as_named, known), *_named(files)])
    for file in files:
        for place, rule in file.sound("rules"):
            for said in rules.complaints_about_hold(rule, rows):
                yield file.fault((*place, "hold"), said)
        for place, test in file.sound("tests"):
            for inside, name in rules.names_in_test(test):
                if name not in rows:
                    said = f"The test names a rule that does not exist: {name}"
                    yield file.fault((*place, *inside), f"{said}{meant(name, rows)}.")


def _rows(file: _File) -> list[Mapping[str, Any]]:
    """Every rule, the faulty ones too."""
    rows = file.marked.data["rules"]
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _named(files: Iterable[_File]) -> Iterator[Named]:
    for file in files:
        for place, rule in file.sound("rules"):
            first, last = rules.effective(rule, file.marked.data)
            yield Named(rule["id"], file.name, file.marked.line(place), first, last)


def _as_named(rule: Rule) -> Named:
    last = rule.effective_to or date.max
    return Named(rule.id, f"{rule.pack}.yaml", rule.line, rule.effective_from, last)


def _pack(file: _File) -> Pack:
    data = file.marked.data
    sources = {
        key: Source(key, source["citation"], source["address"] or "", source["read"])
        for key, source in data["sources"].items()
    }
    return Pack(
        slug=data["pack"],
        title=data["title"],
        layer=data["layer"],
        state=data["state"] or "",
        zone=data["zone"] or "",
        version=data["version"],
        status=data["status"],
        effective_from=_day(data.get("effective_from")) or ALWAYS,
        effective_to=_day(data.get("effective_to")),
        last_verified=date.fromisoformat(data["last_verified"]),
        arguable=_arguable(data),
        sources=sources,
        rules=tuple(_rule(file, at, sources) for at in range(len(data["rules"]))),
        tests=tuple(
            test | {"line": file.marked.line(("tests", at))}
            for at, test in enumerate(data["tests"])
        ),
        digest=file.digest,
        file=file.name,
    )


def _rule(file: _File, at: int, sources: Mapping[str, Source]) -> Rule:
    pack, row = file.marked.data, file.marked.data["rules"][at]
    first, last = rules.effective(row, pack)
    return Rule(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        citation=row["citation"],
        source=sources[row["source"]] if row["source"] else None,
        nexus=row["nexus"],
        state=row.get("state") or pack["state"] or "",
        effective_from=first,
        effective_to=None if last == date.max else last,
        last_verified=date.fromisoformat(row.get("last_verified") or pack["last_verified"]),
        confidence=row["confidence"],
        status=row["status"],
        when=row.get("when"),
        note=row.get("note", ""),
        terms={key: value for key, value in row.items() if key not in FIELDS},
        pack=pack["pack"],
        line=file.marked.line(("rules", at)),
        version=pack["version"],
        zone=pack["zone"] or "",
        arguable=_arguable(pack),
    )


def _arguable(pack: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(pack.get("calendar", {}).get("arguable", ()))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
