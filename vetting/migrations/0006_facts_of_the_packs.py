"""What was answered at triage, by the names that the packs have for it."""

from typing import Any

from django.db import migrations

TERMS = {True: "negotiated", False: "click_wrap"}


def renamed(old: dict[str, Any]) -> dict[str, Any]:
    """What was not known is absent; the district says itself in which state it is."""
    new = {name: old.get(name) for name in ("student_data", "primarily_k12", "staff_directed")}
    new["terms"] = TERMS.get(old.get("negotiated"))
    new["refuses_duties"] = old.get("refuses_terms")
    new["recognizes_faces"] = old.get("recognizes_faces")
    return {name: value for name, value in new.items() if value is not None}


def rename(apps: Any, schema_editor: Any) -> None:
    """Rows that have the packs' names already stay as they are."""
    model = apps.get_model("vetting", "ToolRequest")
    rows = model.objects.exclude(class_facts={})
    for pk, facts in rows.values_list("pk", "class_facts").iterator():
        if "negotiated" in facts or "refuses_terms" in facts:
            model.objects.filter(pk=pk).update(class_facts=renamed(facts))


class Migration(migrations.Migration):
    dependencies = [("vetting", "0005_packs_and_anchors")]

    operations = [migrations.RunPython(rename, migrations.RunPython.noop, elidable=True)]
