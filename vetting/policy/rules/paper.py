"""Every rule on paper, for somebody who reads law and no YAML: docs/rules.md is made here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from vetting.policy.rules.packs import ALWAYS, Pack, Rule
from vetting.policy.rules.states import state_name
from vetting.policy.rules.wording import Said, condition_words, joined, terms_in_words

HEAD = """# The rules, for whoever knows the law

Made by `manage.py packs list --write` from the packs; a test fails when it is stale. Each rule says
what it asks in our own words, where that stands, how much of the source was read and how sure we
are. **Draft** means: not yet verified against the statute. Days exclude the day of the event and
end at 23:59:59 where the law is; calendar days never roll past a weekend; business days are those
of the state's legal calendar; hours are those that really pass.
"""
REACHES: Mapping[str, str] = {
    "agency_state": "districts of the state",
    "resident_state": "whoever has affected residents of the state",
    "contract": "whoever signed the agreement",
    "federal": "districts anywhere",
}
READ: Mapping[str, str] = {"whole": "read whole", "excerpt": "read in part", "none": "not read"}
CONFIDENCES = ("high", "medium", "low")


def document(packs: Iterable[Pack]) -> str:
    packs = tuple(packs)
    parts = [HEAD, "\n".join(_overview(packs))]
    return "\n".join([*parts, *("\n".join(_pack(pack)) for pack in packs)]) + "\n"


def _overview(packs: Sequence[Pack]) -> Iterator[str]:
    yield "| Pack | Rules | Reviewed | High confidence | Medium | Low |"
    yield "|---|---:|---:|---:|---:|---:|"
    for pack in packs:
        yield _row(f"[{pack.slug}](#{pack.slug})", pack.rules)
    yield _row("**all**", [rule for pack in packs for rule in pack.rules])
    yield ""


def _row(name: str, rules: Sequence[Rule]) -> str:
    reviewed = sum(rule.status == "reviewed" for rule in rules)
    sure = [sum(rule.confidence == one for rule in rules) for one in CONFIDENCES]
    return f"| {' | '.join([name, *map(str, [len(rules), reviewed, *sure])])} |"


def _pack(pack: Pack) -> Iterator[str]:
    yield f'<a id="{pack.slug}"></a>\n\n## {pack.title}\n'
    said = [f"`{pack.slug}` {pack.version}", pack.status, f"last looked at {pack.last_verified}"]
    if pack.effective_from != ALWAYS:
        said.append(f"law from {pack.effective_from}")
    if pack.effective_to:
        said.append(f"last day {pack.effective_to}")
    said += [f"clock of {pack.zone}"] if pack.zone else []
    yield f"{', '.join(said)}.\n"
    if pack.arguable:
        yield f"Counted, because it is arguable whether it is a holiday: {joined(pack.arguable)}.\n"
    for key, source in pack.sources.items():
        where = f" <{source.address}>" if source.address else ""
        yield f"- {key}: {source.citation}{where}, {READ[source.read]}"
    yield ""
    for rule in pack.rules:
        yield "\n".join(_rule(rule))


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### `{rule.id}`: {rule.title}\n"
    yield f"{rule.citation}. {_standing(rule)}\n"
    yield from (f"- {called}: {said}" for called, said in terms_in_words(rule, rule.terms))
    for called, condition in (
        ("Applies where", rule.when),
        ("Not where", rule.terms.get("exempt_when")),
    ):
        if condition:
            yield f"- {called}: {_flat(condition_words(condition))}"
    if "hold" in rule.terms:
        yield f"- After a hold of law enforcement instead: `{rule.terms['hold']}`"
    if rule.note:
        yield f"- Note: {' '.join(rule.note.split())}"
    yield ""


def _standing(rule: Rule) -> str:
    source = f"source {rule.source.key}, {READ[rule.source.read]}" if rule.source else "no source"
    said = [rule.status.capitalize(), f"{rule.confidence} confidence", source]
    said += [f"last verified {rule.last_verified}", _reach(rule)]
    return f"{'; '.join(said)}{_since(rule)}."


def _reach(rule: Rule) -> str:
    reach = REACHES[rule.nexus]
    return f"reaches {reach} ({state_name(rule.state)})" if rule.state else f"reaches {reach}"


def _since(rule: Rule) -> str:
    since = "" if rule.effective_from == ALWAYS else f"; law from {rule.effective_from}"
    return f"{since}; last day {rule.effective_to}" if rule.effective_to else since


def _flat(said: Said) -> str:
    """A condition in one line: what is under a line stands in brackets behind it."""
    if not said.parts:
        return said.words
    return f"{said.words.removesuffix(':')} ({'; '.join(map(_flat, said.parts))})"
