"""A small project to try everything on: hand-written problems and solutions, and three people."""

from pathlib import Path

from django.db import transaction

from annotation import importing, projects
from annotation import people as accounts
from annotation.models import LoadRun, Project, Role, User

SLUG = "demo"
FILE = Path(__file__).parent / "solutions.jsonl"
INSTRUCTIONS = """Judge each step by what stands before it; you need not solve the problem yourself.
A step that only restates what is known is neutral. If you cannot tell within half a minute,
say so at the bottom."""
PEOPLE = {
    "labeler@demo.localhost": Role.LABELER,
    "researcher@demo.localhost": Role.RESEARCHER,
    "manager@demo.localhost": Role.MANAGER,
}


def load_if_empty() -> None:
    """Make the demo, unless there is a project or a person already. The demo manager is staff."""
    if Project.objects.exists() or User.objects.exists():
        return
    with transaction.atomic():
        project = projects.create(actor=None, project=Project(slug=SLUG, name="Demo", instructions=INSTRUCTIONS))
        for email, role in PEOPLE.items():
            User.objects.create_user(email, name=role.label, is_staff=role is Role.MANAGER)
            accounts.add_member(actor=None, project=project, email=email, roles=[role])
        run = importing.start_run(
            project=project,
            actor=None,
            name=FILE.name,
            format="solutions",
            size=FILE.stat().st_size,
            state=LoadRun.State.RUNNING,
        )
        importing.load_file(run, FILE, lambda _: None)


def people() -> list[User]:
    """The people of the demo, while they are there."""
    found = User.objects.filter(email__in=PEOPLE, is_active=True)
    return sorted(found, key=lambda user: list(PEOPLE).index(user.email))
