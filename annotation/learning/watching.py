"""Quality control that acts: pauses who agrees too little with gold, flags who is too fast or never changes.

Labelers are looked at soon after they submit something; the sweep finds who is due, so that no message has to come
through. What is done is a decision or a flag, with its reason, and stands in the audit trail.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from annotation import audit
from annotation.learning.gold import agreements
from annotation.learning.quality import Agreement
from annotation.learning.rules import LOOKED_AT, Crowd, Pace, is_below, never_changing, too_fast
from annotation.models import Annotation, Decision, Flag, Membership, Project, User, Verdict

DUE = """
    SELECT m.id FROM annotation_membership m
    WHERE m.project_id = %(project)s AND EXISTS (
        SELECT FROM annotation_annotation a
        WHERE a.labeler_id = m.id AND a.submitted_at > coalesce(m.watched_at, '-infinity') AND NOT a.is_imported)
"""
PROJECTS = f"SELECT p.id FROM annotation_project p WHERE EXISTS ({DUE.replace('%(project)s', 'p.id')})"

# Work only, made here. Solutions that grow are rated otherwise, and left out.
MADE = """
    a.submitted_at IS NOT NULL AND NOT a.is_imported AND a.round_id IS NULL AND EXISTS (
        SELECT FROM annotation_solution s WHERE s.id = a.solution_id AND s.pre_generated)
"""
# To be completed with the last annotations: `last (labeler, id, active_ms)`.
READ = """
    WITH last AS ({last}), read AS (
        SELECT last.labeler, last.active_ms, sum(length(c.text)) AS characters, min(l.rating) AS least,
               max(l.rating) AS greatest
        FROM last JOIN annotation_steplabel l ON l.annotation_id = last.id AND l.rating IS NOT NULL
        JOIN annotation_completion c
             ON c.solution_id = l.solution_id AND c.step = l.step AND c.index = l.completion
        GROUP BY last.labeler, last.id, last.active_ms
    )
"""
OF_EACH = f"""
    SELECT m.id AS labeler, a.id, a.active_ms FROM unnest(%(labelers)s::bigint[]) AS m (id)
    CROSS JOIN LATERAL (
        SELECT a.id, a.active_ms FROM annotation_annotation a WHERE a.labeler_id = m.id AND {MADE}
        ORDER BY a.submitted_at DESC LIMIT %(most)s) a
"""
OF_OTHERS = f"""
    SELECT a.labeler_id AS labeler, a.id, a.active_ms FROM annotation_annotation a
    WHERE a.project_id = %(project)s AND a.labeler_id <> %(labeler)s AND {MADE} ORDER BY a.id DESC LIMIT %(most)s
"""
PACES = (
    READ.format(last=OF_EACH)
    + """
    SELECT labeler, count(*),
           percentile_cont(0.75) WITHIN GROUP (ORDER BY active_ms / greatest(characters, 1.0)),
           CASE WHEN min(least) = max(greatest) THEN min(least) END
    FROM read GROUP BY labeler
"""
)
CROWD = (
    READ.format(last=OF_OTHERS)
    + """
    SELECT count(*), percentile_cont(0.1) WITHIN GROUP (ORDER BY active_ms / greatest(characters, 1.0)),
           count(*) FILTER (WHERE greatest = -1), count(*) FILTER (WHERE least = 0 AND greatest = 0),
           count(*) FILTER (WHERE least = 1)
    FROM read
"""
)
CONTROLLED = """
    SELECT a.id FROM unnest(%(labelers)s::bigint[]) AS m (id)
    CROSS JOIN LATERAL (
        SELECT a.id FROM annotation_annotation a JOIN annotation_task t ON t.id = a.task_id
        WHERE a.labeler_id = m.id AND t.is_quality_control AND NOT a.is_imported
          AND a.submitted_at > coalesce((SELECT max(at) FROM annotation_decision d
                                         WHERE d.labeler_id = m.id AND d.verdict = 'resumed'), '-infinity')
        ORDER BY a.submitted_at DESC LIMIT %(most)s) a
"""
CROWD_SIZE = 1_000
RULES = {Flag.Kind.TOO_FAST: too_fast, Flag.Kind.NEVER_CHANGING: never_changing}


def due() -> list[int]:
    """Projects in which somebody has submitted something since they were looked at last."""
    return [row[0] for row in rows(PROJECTS, {})]


def watch(project: int) -> None:
    """Look at everybody who is due in a project."""
    labelers = [row[0] for row in rows(DUE, {"project": project})]
    paces = rows(PACES, {"labelers": labelers, "most": LOOKED_AT})
    known = {labeler: Pace(count, float(slow), same) for labeler, count, slow, same in paces}
    for labeler in labelers:
        look_at(labeler, known.get(labeler))


@transaction.atomic
def look_at(labeler: int, pace: Pace | None) -> None:
    """Pause and flag one labeler where the rules say so. Locks the membership."""
    now = timezone.now()
    member = (
        Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("project").get(pk=labeler)
    )
    pause_if_below(member)
    if pace is not None:
        flag(member, pace)
    member.watched_at = now
    member.save(update_fields=["watched_at"])


def pause_if_below(member: Membership) -> None:
    project = member.project
    last = Decision.objects.filter(labeler=member).order_by("-pk").first()
    if not project.watch_percent or (last is not None and last.verdict in {Verdict.PAUSED, Verdict.TURNED_DOWN}):
        return
    found = rolling(project, [member.pk])[member.pk]
    if not is_below(found.found, found.solutions, project.watch_percent):
        return
    reason = (
        f"Of your last {found.solutions} solutions that experts have rated, too, you agreed with them on the first"
        f" error of {found.found}. This project asks for {project.watch_percent} %, and this is surely below it."
    )
    made = Decision.objects.create(labeler=member, verdict=Verdict.PAUSED, reason=reason)
    audit.record(
        None,
        "pause labeler",
        made,
        project=project,
        by="quality control",
        found=found.found,
        solutions=found.solutions,
        percent=project.watch_percent,
    )


def rolling(project: Project, labelers: Sequence[int]) -> dict[int, Agreement]:
    """Of each labeler agreement with gold in the last solutions of quality control, since they were resumed."""
    last = [row[0] for row in rows(CONTROLLED, {"labelers": labelers, "most": project.watch_size})]
    annotations = {one.pk: one for one in Annotation.objects.filter(pk__in=last)}
    sums = dict.fromkeys(labelers, Agreement())
    for annotation, found in agreements(annotations.values()).items():
        sums[annotations[annotation].labeler_id] += found
    return sums


def flag(member: Membership, pace: Pace) -> None:
    """A flag that is up is not put up again; one that a manager took down comes back only for later work."""
    crowd = crowd_beside(member)
    for kind, rule in RULES.items():
        reason = rule(pace, crowd)
        latest = Flag.objects.filter(labeler=member, kind=kind).order_by("-pk").first()
        if reason is None or (latest is not None and is_answered(member, latest)):
            continue
        made = Flag.objects.create(labeler=member, kind=kind, reason=reason)
        audit.record(
            None, "flag labeler", made, project=member.project, by="quality control", kind=kind, reason=reason
        )


def is_answered(member: Membership, latest: Flag) -> bool:
    if latest.dismissed_at is None:
        return True
    since = Annotation.objects.filter(labeler=member, submitted_at__gt=latest.dismissed_at)
    return since.count() < LOOKED_AT


def crowd_beside(member: Membership) -> Crowd:
    values = {"project": member.project_id, "labeler": member.pk, "most": CROWD_SIZE}
    ((count, fast, negative, neutral, positive),) = rows(CROWD, values)
    return Crowd(count, float(fast or 0), {-1: negative, 0: neutral, 1: positive})


def rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@transaction.atomic
def reply(*, labeler: Membership, text: str) -> Decision:
    """What a paused labeler says to it, once. Raises `ValidationError`. Locks the membership."""
    Membership.objects.select_for_update(no_key=True).get(pk=labeler.pk)
    pause = Decision.objects.filter(labeler=labeler).order_by("-pk").first()
    if pause is None or pause.verdict != Verdict.PAUSED:
        raise ValidationError("You are not paused any more.")
    if pause.reply:
        raise ValidationError("You have replied already; a manager has your words.")
    if not text.strip():
        raise ValidationError("Write what a manager should know.")
    pause.reply, pause.replied_at = text.strip(), timezone.now()
    pause.save(update_fields=["reply", "replied_at"])
    audit.record(labeler.user, "reply to pause", pause, project=labeler.project)
    return pause


@transaction.atomic
def dismiss(*, actor: User, flag: Flag) -> None:
    """Take a flag down: a manager has seen to it."""
    found = Flag.objects.select_for_update().get(pk=flag.pk)
    if found.dismissed_at is None:
        found.dismissed_at, found.dismissed_by = timezone.now(), actor
        found.save(update_fields=["dismissed_at", "dismissed_by"])
        audit.record(actor, "dismiss flag", found, project=found.labeler.project, kind=found.kind)


def flags_of(project: Project) -> Iterator[Flag]:
    """Those that are up, the latest first."""
    found = Flag.objects.filter(labeler__project=project, dismissed_at=None).select_related("labeler__user")
    return found.order_by("-pk").iterator()
