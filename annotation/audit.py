"""Who did what: one insert, in the transaction of the change itself."""

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
