"""Bringing the table of data elements up to the vocabulary in its file."""

from django.db import transaction

from vetting.catalog.models import DataElement
from vetting.catalog.vocabulary import vocabulary
from vetting.reference import Loaded, reference

NUMBERS = ("category_number", "sensitivity", "position")
WORDS = ("category", "name", "lay_words", "about")


@reference("data elements")
@transaction.atomic
def load_elements() -> Loaded:
    """Bring the table up to the file. An element that left the file stays: requests may name it."""
    stored = {element.slug: element for element in DataElement.objects.all()}
    new, changed = [], []
    for row in vocabulary():
        wanted = {name: row[name] for name in WORDS} | {name: int(row[name]) for name in NUMBERS}
        element = stored.get(row["slug"])
        if element is None:
            new.append(DataElement(slug=row["slug"], **wanted))
        elif any(getattr(element, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(element, name, value)
            changed.append(element)
    # Two installations starting at once may load at once.
    DataElement.objects.bulk_create(new, ignore_conflicts=True)
    DataElement.objects.bulk_update(changed, [*WORDS, *NUMBERS])
    return Loaded(len(new), len(changed), len(vocabulary()) - len(new) - len(changed))
