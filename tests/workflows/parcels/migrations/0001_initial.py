import django.db.models.deletion
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("workflows", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Parcel",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="%(class)s",
                        serialize=False,
                        to="workflows.case",
                    ),
                ),
                ("state", django_fsm.FSMField(max_length=32, protected=True)),
                ("since", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("title", models.CharField(default="A book", max_length=80)),
                ("address", models.CharField(default="12 Elm Street", max_length=80)),
                ("left", models.CharField(blank=True, max_length=32)),
                ("grams", models.PositiveIntegerField(null=True)),
                ("checked", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Stamp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("torn", models.BooleanField(default=False)),
                (
                    "parcel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stamps",
                        to="parcels.parcel",
                    ),
                ),
            ],
        ),
    ]
