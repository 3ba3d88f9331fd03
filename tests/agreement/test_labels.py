"""Which ratings count, from the database to the units that can be agreed on."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.agreement import board, parts, tables
from annotation.agreement.first_errors import places
from annotation.agreement.tables import Slice
from annotation.exporting import prm800k
from annotation.models import Annotation, Membership, Problem, Project
from tests.conftest import shared_file

ANN, BEN, CEM = (f"{number:032x}" for number in (1, 2, 3))


def said(labeler: str, ratings: list[Any], *, number: int = 1, minute: int = 0, **more: Any) -> dict[str, Any]:
    """A PRM800K line: a rating a step, or a list of ratings of its completions."""
    own = [given[0] if isinstance(given, list) else given for given in ratings]
    steps = [
        {
            "completions": [
                {"text": f"step {step} way {way}", "rating": rating, "flagged": False}
                for way, rating in enumerate(given if isinstance(given, list) else [given])
            ],
            "human_completion": None,
            "chosen_completion": 0,
        }
        for step, given in enumerate(ratings)
    ]
    return {
        "labeler": labeler,
        "timestamp": f"2022-07-{10 + number:02}T10:{minute:02}:00.123456",
        "generation": more.pop("generation", 3),
        "is_quality_control_question": more.pop("is_quality_control", False),
        "is_initial_screening_question": False,
        "question": {
            "problem": f"Problem {number}?",
            "ground_truth_solution": "Thus.",
            "ground_truth_answer": "1",
            "pre_generated_steps": [f"step {step} way 0" for step in range(4)],
            "pre_generated_answer": "1",
            "pre_generated_verifier_score": 0.5,
        },
        "label": {
            "steps": steps,
            "total_time": 1000,
            "finish_reason": "found_error" if -1 in own else "solution",
        }
        | more,
    }


Load = Callable[..., Any]


def units_of(which: Slice) -> dict[tuple[int, int], list[float]]:
    """By step and completion the counts of negative, neutral and positive."""
    units = tables.labels(which).units
    return {
        (int(step), int(completion)): counts.tolist()
        for step, completion, counts in zip(units.steps, units.completions, units.counts, strict=True)
    }


@pytest.fixture
def told(project: Project, load: Load) -> Project:
    """Ann sees an error in step 2 and goes on; Ben rates an alternative, and leaves step 1 out; Cem sees none."""
    run = load(
        project,
        [said(ANN, [1, 0, -1, 1]), said(BEN, [1, None, [-1, 1]]), said(CEM, [1, 1, 0, 1])],
    )
    assert not run.refused
    return project


def test_what_comes_after_the_first_error_is_missing_and_so_is_what_was_not_rated(told: Project) -> None:
    assert units_of(Slice(told.pk)) == {
        (0, 0): [0, 0, 3],
        (1, 0): [0, 1, 1],
        (2, 0): [2, 1, 0],
        (2, 1): [0, 0, 1],
        (3, 0): [0, 0, 1],
    }


def test_first_errors_and_finish_reasons_are_each_labelers(told: Project) -> None:
    labels = tables.labels(Slice(told.pk))
    names = dict(Membership.objects.values_list("pk", "pseudonym"))
    by_name = {
        names[labeler].hex: int(error) for labeler, error in zip(labels.labelers, labels.errors, strict=True)
    }
    assert by_name == {ANN: 2, BEN: 2, CEM: -1}
    assert labels.reason_counts.tolist() == [[1, 2, 0, 0]]
    assert [(one.at_risk, one.found) for one in places(labels)] == [(3, 0), (3, 0), (3, 2), (1, 0)]


def test_a_labeler_counts_once_and_is_compared_with_themselves(told: Project, load: Load) -> None:
    """Ann again, as quality control: she now finds nothing wrong with step 2."""
    before = units_of(Slice(told.pk))
    load(told, [said(ANN, [1, 0, 1, 1], minute=30, generation=4, is_quality_control=True)])
    labels = tables.labels(Slice(told.pk))
    assert units_of(Slice(told.pk)) == before
    clusters, first, again = labels.repeats
    assert clusters.tolist() == [0, 0, 0]
    assert sorted(zip(first.tolist(), again.tolist(), strict=True)) == [(0, 2), (1, 1), (2, 2)]
    assert units_of(Slice(told.pk, kind="quality-control")) == {
        (0, 0): [0, 0, 1],
        (1, 0): [0, 1, 0],
        (2, 0): [0, 0, 1],
        (3, 0): [0, 0, 1],
    }


def test_a_slice_keeps_to_its_filters(told: Project, load: Load) -> None:
    load(told, [said(BEN, [0, 0, 0, 0], number=2, generation=5)])
    ben = Membership.objects.get(pseudonym=BEN)
    assert len(tables.labels(Slice(told.pk)).annotations) == 4
    assert units_of(Slice(told.pk, generation=5)) == {(step, 0): [0, 1, 0] for step in range(4)}
    assert len(tables.labels(Slice(told.pk, labeler=ben.pk)).annotations) == 2
    moment = Annotation.objects.latest("submitted_at").submitted_at
    assert len(tables.labels(Slice(told.pk, since=moment)).annotations) == 1
    assert len(tables.labels(Slice(told.pk, until=moment)).annotations) == 3
    Problem.objects.filter(text="Problem 2?").update(subject="Algebra", level="Level 5")
    for only in ({"subject": "Algebra"}, {"level": "Level 5"}, {"generation": 5}):
        assert tables.labels(Slice(told.pk, **only)).labelers.tolist() == [ben.pk]
    assert len(tables.labels(Slice(told.pk, guideline=1)).annotations) == 0


def test_a_project_without_annotations_has_figures_that_say_so(project: Project) -> None:
    for line in board.lines(tables.labels(Slice(project.pk))):
        assert line.figure.value is None
        assert line.figure.because
        assert line.figure.n == 0


def test_one_query_feeds_all_figures(told: Project) -> None:
    with CaptureQueriesContext(connection) as queries:
        board.lines(tables.labels(Slice(told.pk)))
    assert len(queries) == 1


def test_the_units_are_those_of_the_export(project: Project, load: Load) -> None:
    """The released rows: counted by hand from the lines that the export writes."""
    assert not load(project, shared_file("prm800k_rows.jsonl")).refused
    expected: dict[tuple[str, int, str], list[int]] = {}
    for line in map(json.loads, prm800k.lines(project)):
        if "pre_generated_steps" not in line["question"]:
            continue
        own = line["question"]["pre_generated_steps"]
        solution = json.dumps([line["question"]["problem"], own])
        for step, given in enumerate(line["label"]["steps"]):
            for one in given["completions"] or ():
                if one["rating"] is not None:
                    expected.setdefault((solution, step, one["text"]), [0, 0, 0])[one["rating"] + 1] += 1
            if any(c["text"] == own[step] and c["rating"] == -1 for c in given["completions"] or ()):
                break
    labels = tables.labels(Slice(project.pk))
    units = labels.only(~labels.grown).units
    assert sorted(map(tuple, units.counts.astype(int).tolist())) == sorted(map(tuple, expected.values()))


def test_alpha_is_told_by_generation(told: Project, load: Load) -> None:
    load(told, [said(BEN, [0, 0, 0, 0], number=2, generation=None)])
    found = parts.by_generation(tables.labels(Slice(told.pk)))
    assert [(number, count, figure.n) for number, count, figure in found] == [(None, 1, 0), (3, 3, 3)]
