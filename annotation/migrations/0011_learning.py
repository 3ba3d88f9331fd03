"""Gold, practice and screening."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OF_A_COMPLETION = """
ALTER TABLE annotation_goldstep ADD CONSTRAINT gold_of_a_completion_of_its_solution
    FOREIGN KEY (gold_id, step, completion) REFERENCES annotation_completion (solution_id, step, index);
"""
OF_ANY = "ALTER TABLE annotation_goldstep DROP CONSTRAINT gold_of_a_completion_of_its_solution"


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0010_instructions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Gold",
            fields=[
                (
                    "solution",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="gold",
                        serialize=False,
                        to="annotation.solution",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotation.annotation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GoldStep",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "gold_id",
                        "step",
                        "completion",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("step", models.PositiveSmallIntegerField()),
                ("completion", models.PositiveSmallIntegerField(default=0)),
                (
                    "accepted",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                ("can_be_first_error", models.BooleanField(default=False)),
                ("note", models.TextField(blank=True)),
                (
                    "gold",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="annotation.gold",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CourseItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "stage",
                    models.CharField(choices=[("practice", "Practice"), ("screening", "Screening")], max_length=9),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="course",
                        to="annotation.project",
                    ),
                ),
                (
                    "gold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="course_items",
                        to="annotation.gold",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "stage",
                    models.CharField(choices=[("practice", "Practice"), ("screening", "Screening")], max_length=9),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "solutions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("begun_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("right", models.PositiveIntegerField(default=0, verbose_name="steps rated as gold accepts")),
                (
                    "judged",
                    models.PositiveIntegerField(
                        default=0, verbose_name="steps that gold judges and the labeler rated"
                    ),
                ),
                (
                    "found",
                    models.PositiveIntegerField(default=0, verbose_name="solutions with an accepted first error"),
                ),
                ("has_passed", models.BooleanField(null=True)),
                (
                    "labeler",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rounds",
                        to="annotation.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("let_in", "let in"),
                            ("turned_down", "turned down"),
                            ("try_again", "another try"),
                        ],
                        max_length=11,
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "labeler",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="annotation.membership",
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="task",
            name="task_once",
        ),
        migrations.AddField(
            model_name="project",
            name="pass_percent",
            field=models.PositiveSmallIntegerField(
                default=75,
                help_text="Of the steps, and of the first errors: both must reach it.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="agreement with gold to pass, in percent",
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="pause_hours",
            field=models.PositiveSmallIntegerField(
                default=24,
                validators=[django.core.validators.MaxValueValidator(8760)],
                verbose_name="hours between a failed screening and the next try",
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="retries",
            field=models.PositiveSmallIntegerField(
                default=1,
                validators=[django.core.validators.MaxValueValidator(20)],
                verbose_name="tries after the first one",
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="screening_size",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text="New labelers are screened as soon as this many are chosen.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(500),
                ],
                verbose_name="solutions in the screening",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="is_practice",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("is_practice", True)), fields=["project"], name="task_practice"
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("pass_percent__range", (1, 100)), ("screening_size__gte", 1)),
                name="project_screening_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                fields=("solution", "generation", "is_quality_control", "is_screening", "is_practice", "repeat"),
                name="task_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_practice", False),
                    models.Q(("is_open", False), ("is_quality_control", False), ("is_screening", False)),
                    _connector="OR",
                ),
                name="task_practice_is_not_in_the_queue",
            ),
        ),
        migrations.AddField(
            model_name="annotation",
            name="round",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="annotations",
                to="annotation.round",
            ),
        ),
        migrations.AddIndex(
            model_name="annotation",
            index=models.Index(
                condition=models.Q(("round__isnull", False)), fields=["round"], name="annotation_in_round"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["let_in", "turned_down", "try_again"])),
                name="decision_verdict",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="decision_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="courseitem",
            constraint=models.UniqueConstraint(fields=("project", "stage", "gold"), name="course_item_once"),
        ),
        migrations.AddConstraint(
            model_name="courseitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", ["practice", "screening"])), name="course_item_stage"
            ),
        ),
        migrations.AddConstraint(
            model_name="goldstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepted__contained_by", [-1, 0, 1]), models.Q(("accepted", []), _negated=True)
                ),
                name="gold_accepts_ratings",
            ),
        ),
        migrations.AddConstraint(
            model_name="goldstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("can_be_first_error", False),
                    models.Q(("accepted__contains", [-1]), ("completion", 0)),
                    _connector="OR",
                ),
                name="gold_first_error_is_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(fields=("labeler", "stage", "number"), name="round_once"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("labeler",), name="round_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", ["practice", "screening"])), name="round_stage"
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("has_passed", None),
                    models.Q(("ended_at__isnull", False), ("stage", "screening")),
                    _connector="OR",
                ),
                name="round_result_at_its_end",
            ),
        ),
        migrations.RunSQL(OF_A_COMPLETION, OF_ANY),
    ]
