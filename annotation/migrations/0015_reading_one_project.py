"""Tasks of a project by generation; its budget; no index of problems and solutions that another begins with."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0014_packed_labels"),
    ]

    operations = [
        migrations.AlterField(
            model_name="problem",
            name="project",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="problems",
                to="annotation.project",
            ),
        ),
        migrations.AlterField(
            model_name="solution",
            name="project",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="solutions",
                to="annotation.project",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["project", "generation"], name="task_by_generation"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(condition=models.Q(("extra__gt", 0)), fields=["project"], name="task_extra"),
        ),
    ]
