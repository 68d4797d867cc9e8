"""Many rows at once are the rows that the door would have written one by one."""

from datetime import UTC, datetime

import pytest

from workflows.ledger import rules

AT = datetime(2026, 11, 22, 9, 30, 1, 25, tzinfo=UTC)


@pytest.mark.parametrize("actor", ["membership:7", "100% sure", 'a "name"', "Frances Müller"])
@pytest.mark.parametrize("tenant", [None, 4])
def test_a_hash_of_many_is_the_hash_of_one(actor: str, tenant: int | None) -> None:
    same = {
        **{"at": AT, "recorded_at": AT, "kind": "command", "name": "deadline_recomputed"},
        **{"source": "", "target": "", "note_hash": ""},
        **{"actor_ref": actor, "actor_tenant_id": tenant},
    }
    facts = {"why": "calendar", "kind": "100% “done”\n", "from": "2026-12-09"}
    own = {"case_id": 12, "seq": 3, "facts": facts, "prev": "ab" * 32}
    quick = rules.digests_of_like(same)
    text = rules.canonical(facts)
    assert quick(12, text, "ab" * 32, 3) == rules.digest(same | own)
    assert quick(12, text, "", 3) == rules.digest(same | own | {"prev": ""})
