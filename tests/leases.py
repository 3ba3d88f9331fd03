"""What the tests do with leases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from annotation import labeling, people
from annotation.models import Lease, LoadRun, Place, Project, Role, User
from tests.conftest import labeler, rated


def lease(user: User, project: Project) -> Lease:
    found = labeling.lease_next(labeler=labeler(user, project).pk)
    assert found is not None
    return found


def let_leases_lapse() -> None:
    Place.objects.filter(filled_at=None, labeler__isnull=False).update(
        expires_at=timezone.now() - timedelta(minutes=1)
    )


def submit(lease: Lease) -> Lease:
    """Hand the solution in, all steps positive."""
    labeling.submit(lease=lease, marks=rated(dict.fromkeys(range(lease.length), 1)))
    return lease


def only_lease(load: Callable[..., LoadRun], line: dict[str, Any]) -> Lease:
    """A new project's only labeler has its only solution: a world that threads of a test see without fixtures."""
    project = Project.objects.create(slug="busy", name="Busy")
    load(project, [line])
    people.add_member(actor=None, project=project, email="alice@lab.example", roles=[Role.LABELER])
    return lease(User.objects.get(), project)
