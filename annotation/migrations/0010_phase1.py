"""Trees of completions, and what a solution goes on with while it grows under a labeler's hands."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

# A completion continues one that is there: (solution, step - 1, parent) is a completion too.
PARENTS = """
ALTER TABLE annotation_completion ADD COLUMN parent_step smallint GENERATED ALWAYS AS (step - 1) STORED;
ALTER TABLE annotation_completion ADD CONSTRAINT completion_continues_another
    FOREIGN KEY (solution_id, parent_step, parent) REFERENCES annotation_completion (solution_id, step, index);
"""
NO_PARENTS = """
ALTER TABLE annotation_completion DROP CONSTRAINT completion_continues_another;
ALTER TABLE annotation_completion DROP COLUMN parent_step;
"""
FIXED_ONCE_SUBMITTED = """
CREATE TRIGGER choice_fixed_once_submitted
    BEFORE UPDATE OR DELETE ON annotation_choice
    FOR EACH ROW EXECUTE FUNCTION annotation_refuse_label_change();
"""
CHANGEABLE = "DROP TRIGGER choice_fixed_once_submitted ON annotation_choice;"


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0002_integrity"),
    ]

    operations = [
        migrations.CreateModel(
            name="Choice",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "annotation_id", "path", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "annotation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choices",
                        to="annotation.annotation",
                    ),
                ),
                (
                    "path",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                ("completion", models.PositiveSmallIntegerField(null=True)),
                ("text", models.TextField(blank=True, db_default="")),
                ("is_drawn", models.BooleanField()),
                ("version", models.IntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="completion",
            name="parent",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="project",
            name="candidates_shown",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="Where a solution grows step by step from a tree of completions (PRM800K phase 1).",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="completions shown for a step at most",
            ),
        ),
        migrations.AddConstraint(
            model_name="completion",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__gt", 0), ("parent", None), _connector="OR"),
                name="completion_first_has_no_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("candidates_shown__range", (1, 100))), name="project_candidates_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("completion__isnull", False),
                    models.Q(models.Q(("text", ""), _negated=True), ("is_drawn", False)),
                    _connector="OR",
                ),
                name="choice_of_something",
            ),
        ),
        migrations.RunSQL(PARENTS, NO_PARENTS),
        migrations.RunSQL(FIXED_ONCE_SUBMITTED, CHANGEABLE),
    ]
