"""Versioned instructions instead of one text, with what the database itself holds of them."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FIXED = """
CREATE FUNCTION annotation_refuse_guideline_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'version % of the instructions is published; it is fixed', OLD.version
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER guideline_fixed_once_published
    BEFORE DELETE OR UPDATE OF project_id, version, text, change, created_at ON annotation_guideline
    FOR EACH ROW EXECUTE FUNCTION annotation_refuse_guideline_change();
"""
CHANGEABLE = """
DROP TRIGGER guideline_fixed_once_published ON annotation_guideline;
DROP FUNCTION annotation_refuse_guideline_change;
"""

# Ids grow with versions: versions of a project are published one after the other.
BOUND = """
CREATE FUNCTION annotation_bind_guideline() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.guideline_id := (SELECT max(guideline_id) FROM annotation_acknowledgement
                         WHERE labeler_id = NEW.labeler_id);
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_bound_when_begun BEFORE INSERT ON annotation_annotation
    FOR EACH ROW WHEN (NOT NEW.is_imported) EXECUTE FUNCTION annotation_bind_guideline();
CREATE TRIGGER annotation_bound_when_submitted BEFORE UPDATE OF submitted_at ON annotation_annotation
    FOR EACH ROW WHEN (OLD.submitted_at IS NULL AND NEW.submitted_at IS NOT NULL AND NOT NEW.is_imported)
    EXECUTE FUNCTION annotation_bind_guideline();
"""
UNBOUND = """
DROP TRIGGER annotation_bound_when_submitted ON annotation_annotation;
DROP TRIGGER annotation_bound_when_begun ON annotation_annotation;
DROP FUNCTION annotation_bind_guideline;
"""


def keep_instructions(apps: Any, schema_editor: Any) -> None:
    guideline = apps.get_model("annotation", "Guideline")
    for project in apps.get_model("annotation", "Project").objects.exclude(instructions=""):
        guideline.objects.create(project=project, version=1, text=project.instructions)


def back(apps: Any, schema_editor: Any) -> None:
    for guideline in apps.get_model("annotation", "Guideline").objects.order_by("version"):
        guideline.project.instructions = guideline.text
        guideline.project.save(update_fields=["instructions"])


class Migration(migrations.Migration):
    dependencies = [("annotation", "0002_integrity")]

    operations = [
        migrations.CreateModel(
            name="Guideline",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("text", models.TextField(verbose_name="instructions")),
                ("change", models.TextField(blank=True, verbose_name="what changed")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guidelines",
                        to="annotation.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "labeler",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="annotation.membership",
                    ),
                ),
                (
                    "guideline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acknowledgements",
                        to="annotation.guideline",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="annotation",
            name="guideline",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                db_index=False,
                to="annotation.guideline",
            ),
        ),
        migrations.AddConstraint(
            model_name="guideline",
            constraint=models.UniqueConstraint(fields=("project", "version"), name="guideline_version_once"),
        ),
        migrations.AddConstraint(
            model_name="guideline",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="guideline_version_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="guideline",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="guideline_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.UniqueConstraint(fields=("labeler", "guideline"), name="acknowledged_once"),
        ),
        migrations.RunSQL(FIXED, CHANGEABLE),
        migrations.RunSQL(BOUND, UNBOUND),
        migrations.RunPython(keep_instructions, back),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="project",
            name="instructions",
        ),
    ]
