"""Two small projects to try everything on: hand-written problems and solutions, and three people."""

from pathlib import Path

from django.db import transaction

from annotation import importing, projects
from annotation import people as accounts
from annotation.models import LoadRun, Project, Role, User

HERE = Path(__file__).parent
PROJECTS = {"demo": ("Demo", "solutions.jsonl"), "demo-phase-1": ("Demo, phase 1", "trees.jsonl")}
"""By name in addresses: their names and files."""
GROWING = """Rate everything that is offered for a step; the solution then goes on with one of the best.
Write the step yourself when none is positive and you know how to go on. Add one idea only."""
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
        for email, role in PEOPLE.items():
            User.objects.create_user(email, name=role.label, is_staff=role is Role.MANAGER)
        for slug, (name, file) in PROJECTS.items():
            instructions = GROWING if file == "trees.jsonl" else INSTRUCTIONS
            project = Project(slug=slug, name=name, instructions=instructions)
            fill(projects.create(actor=None, project=project), HERE / file)


def fill(project: Project, file: Path) -> None:
    for email, role in PEOPLE.items():
        accounts.add_member(actor=None, project=project, email=email, roles=[role])
    run = importing.start_run(
        project=project,
        actor=None,
        name=file.name,
        format="auto",
        size=file.stat().st_size,
        state=LoadRun.State.RUNNING,
    )
    importing.load_file(run, file, lambda _: None)


def people() -> list[User]:
    """The people of the demo, while they are there."""
    found = User.objects.filter(email__in=PEOPLE, is_active=True)
    return sorted(found, key=lambda user: list(PEOPLE).index(user.email))
