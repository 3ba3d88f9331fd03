"""What the database keeps packed of submitted annotations: what they and their labels say, however they came."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from annotation import labeling
from annotation.agreement.tables import REASONS
from annotation.models import Annotation, PackedAnnotation, Project, Task, User
from tests.conftest import rated, shared_file, solution_line
from tests.growing.acts import hand_in, rate
from tests.growing.trees import tree_line
from tests.leases import lease, let_leases_lapse, submit

Said = list[tuple[int, int, int]]
"""Step, completion and rating."""


def packed() -> dict[int, tuple[dict[str, Any], Said]]:
    """By annotation what it is, and what was said in it."""
    found = {}
    for one in PackedAnnotation.objects.all():
        of, facts = unpacked(bytes(one.facts))
        assert (of, facts.pop("bytes")) == (one.annotation_id, len(one.ratings))
        found[of] = (facts | {"project": one.project_id}, ratings(bytes(one.ratings)))
    return found


def said(annotation: int) -> Said:
    return packed()[annotation][1]


def unpacked(facts: bytes) -> tuple[int, dict[str, Any]]:
    annotation, solution, labeler, seconds, ms, at, steps, kind, generation, reason, count = struct.unpack(
        ">iihHiqiBHBi", facts
    )
    return annotation, {
        "solution": solution,
        "labeler": labeler,
        "active_ms": (seconds << 32) + ms % (1 << 32),
        "submitted_at": datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=at),
        "steps": steps,
        "pre_generated": kind == 0x80,
        "generation": None if generation == 0 else generation - 32_768,
        "reason": REASONS[reason],
        "bytes": count,
    }


def ratings(written: bytes) -> Said:
    numbers = [int.from_bytes(written[at : at + 4], "big") for at in range(0, len(written), 4)]
    return [(number >> 18, number >> 2 & 0xFFFF, (number & 3) - 1) for number in numbers]


def stored() -> dict[int, tuple[dict[str, Any], Said]]:
    counting = Annotation.objects.filter(submitted_at__isnull=False, is_surplus=False, task__is_practice=False)
    return {one.pk: (facts_of(one), labels_of(one)) for one in counting.select_related("task", "solution")}


def facts_of(one: Annotation) -> dict[str, Any]:
    return {
        "project": one.project_id,
        "solution": one.solution_id,
        "labeler": one.labeler_id,
        "active_ms": one.active_ms,
        "submitted_at": one.submitted_at,
        "steps": one.solution.length if one.solution.pre_generated else 0,
        "pre_generated": one.solution.pre_generated,
        "generation": one.task.generation,
        "reason": one.finish_reason,
    }


def labels_of(one: Annotation) -> Said:
    labels = one.labels.filter(rating__isnull=False).order_by("step", "completion")
    return list(labels.values_list("step", "completion", "rating"))


def test_a_draft_has_none_until_it_is_submitted(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.save(lease=mine, marks=rated({0: 1}))
    assert packed() == {}
    labeling.submit(lease=mine, marks=rated({1: 0, 2: 1}))
    assert packed() == stored()
    assert said(mine.annotation) == [(0, 0, 1), (1, 0, 0), (2, 0, 1)]


def test_what_the_submit_drops_is_not_in_it(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.save(lease=mine, marks=rated({0: 1, 1: 1, 2: 1}))
    labeling.submit(lease=mine, marks=rated({1: -1}))
    assert packed() == stored()
    assert said(mine.annotation) == [(0, 0, 1), (1, 0, -1)]


def test_an_annotation_without_ratings_is_there(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.submit(lease=mine, marks={}, early_end="give_up", explanation="I do not know.")
    assert packed() == stored()
    assert said(mine.annotation) == []


@pytest.mark.parametrize("generation", [None, -1, 0, 7, 32_767])
def test_it_knows_the_generation(generation: int | None, waiting: Project, alice: User) -> None:
    Task.objects.update(generation=generation)
    submit(lease(alice, waiting))
    assert packed() == stored() != {}


def test_practice_and_surplus_are_not_in_it(waiting: Project, alice: User, bob: User) -> None:
    practice = lease(alice, waiting)
    Task.objects.filter(pk=practice.task).update(is_practice=True, is_open=False)
    submit(practice)
    late = lease(bob, waiting)
    let_leases_lapse()
    submit(lease(alice, waiting))
    assert labeling.submit(lease=late, marks=rated({0: -1})).is_surplus
    assert packed() == stored()
    assert len(packed()) == 1


def test_of_a_solution_that_grew_it_has_all_that_was_offered(project: Project, alice: User, load: Any) -> None:
    load(project, [tree_line()])
    mine = lease(alice, project)
    rate(mine, (0, 0, -1), (0, 1, 1))
    rate(mine, (1, 3, 0))
    hand_in(mine)
    assert packed() == stored()
    assert len(said(mine.annotation)) == 3


def test_loaded_annotations_have_it_from_the_start(project: Project, load: Any) -> None:
    run = load(project, shared_file("prm800k_rows.jsonl"))
    assert run.annotations
    assert packed() == stored() != {}


@pytest.mark.parametrize("step", [0, 8_191, 8_192, 16_383])
def test_it_holds_the_longest_solutions(step: int, project: Project, load: Any, alice: User) -> None:
    load(project, [solution_line()])
    mine = lease(alice, project)
    labeling.save(lease=mine, marks=rated({0: -1}))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE annotation_steplabel SET step = %s, completion = 32767", [step])
        cursor.execute("UPDATE annotation_annotation SET submitted_at = now(), finish_reason = 'solution'")
        cursor.execute("SELECT annotation_pack(ARRAY[%s::bigint])", [mine.annotation])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert said(mine.annotation) == [(step, 32_767, -1)]
