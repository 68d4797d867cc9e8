"""Bringing in the questionnaires that are shipped with the program."""

import hashlib
import json
from pathlib import Path

import yaml
from django.db import transaction
from django.utils import timezone

from vetting.reference import Loaded, reference
from vetting.screening import rules
from vetting.screening.models import Questionnaire
from workflows.engine import Refused

FILES = Path(__file__).parent.parent / "questionnaires"


@reference("questionnaires")
@transaction.atomic
def load_questionnaires(folder: Path = FILES) -> Loaded:
    """Bring in every shipped version once and activate the newest of each.

    A file whose words changed under a version already loaded is refused: a release is frozen.
    """
    new = [_load(path) for path in sorted(folder.glob("*.yaml"))]
    for slug in Questionnaire.objects.values_list("slug", flat=True).distinct():
        versions = Questionnaire.objects.filter(slug=slug)
        newest = versions.order_by("-version").first()
        if newest and not newest.active:
            versions.update(active=False)
            versions.filter(pk=newest.pk).update(active=True)
    return Loaded(new=sum(new), same=len(new) - sum(new))


def _load(path: Path) -> bool:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if faults := rules.questionnaire_faults(data):
        raise Refused([f"{path.name}: {fault}" for fault in faults])
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    known, new = Questionnaire.objects.get_or_create(
        slug=data["slug"],
        version=data["version"],
        defaults={
            "title": data["title"],
            "questions": data,
            "sha256": digest,
            "loaded_at": timezone.now(),
        },
    )
    if known.sha256 != digest:
        raise Refused([f"{path.name} was changed after its release: make it a new version."])
    return new
