"""Projects and labelers for the runs. Imported by `manage.py shell`, where Django is set up."""

import json
from collections.abc import Sequence

from django.core.management import call_command

from annotation import people
from annotation.models import ApiToken, Project, Role


def load(file: str, slugs: Sequence[str]) -> None:
    """Load the file into a new project for each of the names."""
    for slug in slugs:
        call_command("load", file, project=slug, progress=False)


def make(slugs: Sequence[str], count: int, prefix: str) -> None:
    """Make `count` people labelers in each project; print their API tokens and sign-in secrets as JSON."""
    projects = list(Project.objects.filter(slug__in=slugs))
    made = []
    for number in range(1, count + 1):
        email = f"{prefix}-{number}@bench.localhost"
        members = [
            people.add_member(actor=None, project=project, email=email, roles=[Role.LABELER])
            for project in projects
        ]
        user = members[0].user
        assert user is not None
        made.append({"token": ApiToken.objects.issue(user=user), "secret": people.make_link(user=user)})
    print(json.dumps(made))
