"""Two people put a version of the same template to use at once: each succeeds, one is in use."""

from functools import partial
from pathlib import Path

import pytest

from contracts.library.commands import activate_template, add_template
from contracts.library.models import AgreementTemplate
from contracts.papers.golden import SHIPPED
from tests.contracts.papers.documents import with_parts
from tests.factories.people import cora, district
from tests.races import race
from vetting.people.queries import actor_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("in_use_before", [False, True])
def test_the_second_version_takes_the_place_of_the_first(
    in_use_before: bool, settings: object, tmp_path: Path
) -> None:
    settings.VAULT_DIR = str(tmp_path)  # type: ignore[attr-defined]
    by, tenant = actor_of(cora()), district().tenant
    made = [
        add_template(
            kind="dpa",
            name="Our DPA",
            content=with_parts((SHIPPED / "dpa.docx").read_bytes(), {"docProps/extra.xml": extra}),
            by=by,
            tenant=tenant,
        )
        for extra in (b"<a/>", b"<b/>", b"<c/>")
    ]
    rows = AgreementTemplate.objects.filter(tenant=tenant)
    for _ in range(10):
        rows.update(active=False)
        rows.filter(pk=made[0].pk).update(active=in_use_before)
        told = race(*(partial(activate_template, template=one, by=by) for one in made[1:]))

        assert told == made[1:]
        active = list(rows.filter(active=True))
        assert len(active) == 1
        assert active[0] in made[1:]
