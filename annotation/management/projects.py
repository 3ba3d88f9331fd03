"""The project that a command names."""

from django.core.management.base import CommandError

from annotation.models import Project


def project_named(slug: str) -> Project:
    """Raises `CommandError` with the names there are."""
    found = Project.objects.filter(slug=slug).first()
    if found is None:
        there = Project.objects.order_by("slug").values_list("slug", flat=True)[:20]
        raise CommandError(f"no project {slug!r}; there are: {', '.join(there) or 'none'}")
    return found
