"""Making projects."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from annotation import audit
from annotation.models import Project, User


@transaction.atomic
def create(*, actor: User | None, project: Project) -> Project:
    """Save a new project, noting who made it (None: the machine's operator, by command).

    Raises `ValidationError` when somebody else has just made one of that name.
    """
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError as error:
        raise ValidationError({"slug": "There is a project of this name already."}) from error
    audit.record(actor, "create project", project, project=project)
    return project
