"""Two small projects to try everything on: hand-written problems and solutions, and three people."""

from pathlib import Path

from django.db import transaction

from annotation import importing, projects
from annotation import people as accounts
from annotation.learning import guidelines
from annotation.models import LoadRun, Membership, Project, Role, User

HERE = Path(__file__).parent
PROJECTS = {
    "demo": ("Demo", "solutions.jsonl", "instructions.md"),
    "demo-phase-1": ("Demo, phase 1", "trees.jsonl", "instructions-phase-1.md"),
}
"""By name in addresses: their names, solutions and instructions."""
INSTRUCTIONS = (HERE / "instructions.md").read_text(encoding="utf-8")
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
        for slug, (name, solutions, instructions) in PROJECTS.items():
            project = projects.create(actor=None, project=Project(slug=slug, name=name))
            fill(project, HERE / solutions, (HERE / instructions).read_text(encoding="utf-8"))


def fill(project: Project, file: Path, instructions: str) -> None:
    for email, role in PEOPLE.items():
        accounts.add_member(actor=None, project=project, email=email, roles=[role])
    give_instructions(project, instructions)
    run = importing.start_run(
        project=project,
        actor=None,
        name=file.name,
        format="auto",
        size=file.stat().st_size,
        state=LoadRun.State.RUNNING,
    )
    importing.load_file(run, file, lambda _: None)


def give_instructions(project: Project, text: str) -> None:
    """The demo labeler counts as having read them, so that the demo opens at the desk."""
    guideline = guidelines.publish(actor=None, project=project, text=text)
    for labeler in Membership.objects.filter(project=project, is_labeler=True):
        guidelines.acknowledge(labeler=labeler, guideline=guideline)


def people() -> list[User]:
    """The people of the demo, while they are there."""
    found = User.objects.filter(email__in=PEOPLE, is_active=True)
    return sorted(found, key=lambda user: list(PEOPLE).index(user.email))
