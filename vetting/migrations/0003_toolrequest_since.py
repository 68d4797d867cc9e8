from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce


def tell_since(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The instant of each case's last move, as the ledger has it: one statement for all of them.

    A case whose ledger was lost stands in no upgrade's way: it is named by an invariant.
    """
    cases = apps.get_model("workflows", "Case").objects.filter(pk=OuterRef("pk"))
    moves = apps.get_model("workflows", "Entry").objects.filter(case=OuterRef("pk"), kind="move")
    last = Subquery(moves.order_by("-seq").values("at")[:1])
    rows = apps.get_model("vetting", "ToolRequest").objects
    rows.update(since=Coalesce(last, Subquery(cases.values("opened_at"))))


class Migration(migrations.Migration):
    dependencies = [("vetting", "0002_initial"), ("workflows", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="toolrequest", name="since", field=models.DateTimeField(null=True)
        ),
        migrations.RunPython(tell_since, migrations.RunPython.noop),
        migrations.AlterField(model_name="toolrequest", name="since", field=models.DateTimeField()),
    ]
