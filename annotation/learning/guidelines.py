"""Versions of a project's instructions: publishing them, having read them, and what changed between two."""

import difflib
from collections.abc import Iterator
from typing import Literal, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from annotation import audit
from annotation.models import Acknowledgement, Guideline, Membership, Project, User

CONTEXT = 2
"""Unchanged lines shown around a change."""


class DiffLine(NamedTuple):
    kind: Literal["added", "removed", "same", "skipped"]
    text: str


def versions_of(project: Project) -> QuerySet[Guideline]:
    """Newest first."""
    return Guideline.objects.filter(project=project).select_related("author").order_by("-version")


def in_force(project: Project | int) -> Guideline | None:
    """The newest version; None for a project without instructions."""
    return Guideline.objects.filter(project=project).order_by("-version").first()


@transaction.atomic
def publish(*, actor: User | None, project: Project, text: str, change: str = "") -> Guideline:
    """Add a version, which labelers will be asked to read. Locks the project, so that numbers have no gaps.

    The text as it stands in force already is not published again.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    text = text.replace("\r\n", "\n").strip()
    latest = in_force(project)
    if latest is not None and latest.text == text:
        return latest
    version = latest.version + 1 if latest else 1
    made = Guideline.objects.create(
        project=project, version=version, text=text, change=change.strip(), author=actor
    )
    audit.record(actor, "publish instructions", made, project=project, version=version)
    return made


def acknowledge(*, labeler: Membership, guideline: Guideline) -> None:
    """Note that the labeler has read this version. A second time changes nothing."""
    assert guideline.project_id == labeler.project_id
    Acknowledgement.objects.bulk_create(
        [Acknowledgement(labeler=labeler, guideline=guideline)], ignore_conflicts=True
    )


def last_read(labeler: Membership) -> Guideline | None:
    """The newest version that the labeler has read."""
    return Guideline.objects.filter(acknowledgements__labeler=labeler).order_by("-version").first()


def changes_since(labeler: Membership, guideline: Guideline) -> list[Guideline]:
    """The versions after the one last read, up to this one, oldest first; empty for somebody's first time."""
    read = last_read(labeler)
    if read is None:
        return []
    newer = Guideline.objects.filter(
        project=guideline.project_id, version__gt=read.version, version__lte=guideline.version
    )
    return list(newer.order_by("version"))


def differences(before: str, after: str) -> list[DiffLine]:
    """What changed between two texts, line by line, with a little of what stands around it."""
    old, new = before.splitlines(), after.splitlines()
    groups = difflib.SequenceMatcher(None, old, new).get_grouped_opcodes(CONTEXT)
    lines: list[DiffLine] = []
    for group in groups:
        if lines or group[0][1] or group[0][3]:
            lines.append(DiffLine("skipped", ""))
        lines.extend(line for opcode in group for line in lines_of(opcode, old, new))
    return lines


def lines_of(opcode: tuple[str, int, int, int, int], old: list[str], new: list[str]) -> Iterator[DiffLine]:
    kind, old_from, old_to, new_from, new_to = opcode
    if kind == "equal":
        yield from (DiffLine("same", text) for text in old[old_from:old_to])
        return
    yield from (DiffLine("removed", text) for text in old[old_from:old_to])
    yield from (DiffLine("added", text) for text in new[new_from:new_to])
