"""Who did what: one insert, in the transaction of the change itself; and what was noted."""

from typing import Any

from django.db.models import Model

from annotation.models import AuditEntry, Project, User


def record(actor: User | None, verb: str, target: Model, *, project: Project | None = None, **data: Any) -> None:
    """Note that `actor` (None: the machine's operator, by command) did `verb` to `target`."""
    AuditEntry.objects.create(
        actor=actor,
        project=project,
        verb=verb,
        target=f"{target._meta.model_name} {target.pk}",
        data=data,
    )


def of_project(project: Project, *, before: int | None, limit: int) -> list[AuditEntry]:
    """What was done in it, the latest first, from one entry (its id) back."""
    found = AuditEntry.objects.filter(project=project).select_related("actor").order_by("-pk")
    return list((found if before is None else found.filter(pk__lt=before))[:limit])
