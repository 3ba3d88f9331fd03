"""The packed ratings that the database keeps of submitted annotations: those of the labels, however they came."""

from typing import Any

import pytest
from django.db import connection

from annotation import labeling
from annotation.models import Annotation, PackedLabels, Project, StepLabel, User
from tests.conftest import rated, shared_file, solution_line
from tests.growing.acts import hand_in, rate
from tests.growing.trees import tree_line
from tests.leases import lease

Said = list[tuple[int, int, int]]
"""Step, completion and rating, by annotation."""


def packed() -> dict[int, Said]:
    return {one.annotation_id: unpacked(bytes(one.ratings)) for one in PackedLabels.objects.all()}


def unpacked(ratings: bytes) -> Said:
    numbers = [int.from_bytes(ratings[at : at + 4], "big") for at in range(0, len(ratings), 4)]
    return [(number >> 18, number >> 2 & 0xFFFF, (number & 3) - 1) for number in numbers]


def stored() -> dict[int, Said]:
    found: dict[int, Said] = {}
    labels = StepLabel.objects.filter(annotation__submitted_at__isnull=False, rating__isnull=False)
    for label in labels.order_by("annotation", "step", "completion"):
        found.setdefault(label.annotation_id, []).append((label.step, label.completion, label.rating))
    return found


def test_a_draft_has_none_until_it_is_submitted(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.save(lease=mine, marks=rated({0: 1}))
    assert packed() == {}
    labeling.submit(lease=mine, marks=rated({1: 0, 2: 1}))
    assert packed() == stored() == {mine.annotation: [(0, 0, 1), (1, 0, 0), (2, 0, 1)]}


def test_what_the_submit_drops_is_not_in_it(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.save(lease=mine, marks=rated({0: 1, 1: 1, 2: 1}))
    labeling.submit(lease=mine, marks=rated({1: -1}))
    assert packed() == stored() == {mine.annotation: [(0, 0, 1), (1, 0, -1)]}


def test_an_annotation_without_ratings_has_none(waiting: Project, alice: User) -> None:
    labeling.submit(lease=lease(alice, waiting), marks={}, early_end="give_up", explanation="I do not know.")
    assert Annotation.objects.filter(submitted_at__isnull=False).exists()
    assert packed() == {}


def test_of_a_solution_that_grew_it_has_all_that_was_offered(project: Project, alice: User, load: Any) -> None:
    load(project, [tree_line()])
    mine = lease(alice, project)
    rate(mine, (0, 0, -1), (0, 1, 1))
    rate(mine, (1, 3, 0))
    hand_in(mine)
    assert packed() == stored()
    assert len(packed()[mine.annotation]) == 3


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
        cursor.execute("SELECT annotation_pack_labels(ARRAY[%s::bigint])", [mine.annotation])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert packed() == {mine.annotation: [(step, 32_767, -1)]}
