"""Gold may be made from several annotations, none of which is held against it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0011_overlap_tokens_repeats")]

    operations = [
        migrations.CreateModel(
            name="GoldSource",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "gold_id",
                        "annotation_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "gold",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sources",
                        to="annotation.gold",
                    ),
                ),
                (
                    "annotation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotation.annotation",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            """
            INSERT INTO annotation_goldsource (gold_id, annotation_id)
            SELECT solution_id, source_id FROM annotation_gold WHERE source_id IS NOT NULL
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField(model_name="gold", name="source"),
    ]
