"""Files out: what was loaded comes out as it came in, what was made here as PRM800K has it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation import labeling
from annotation.exporting.prm800k import lines
from annotation.models import Project, User
from tests.conftest import labeler, rated, shared_file
from tests.importing.prm800k_lines import FOUND_ERROR, LABELER, OTHER_LABELER


def test_the_real_rows_come_out_byte_for_byte_in_their_order(project: Project, load: Any) -> None:
    file = shared_file("prm800k_rows.jsonl")
    load(project, file)
    assert "".join(lines(project)) == file.read_text()


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
ratings = st.sampled_from([-1, 0, 1, None])


def in_order(*keys: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda given: {key: given[key] for key in keys if key in given}


completions = st.fixed_dictionaries(
    {"text": texts, "rating": ratings, "flagged": st.sampled_from([None, False, True])}
).map(in_order("text", "rating", "flagged"))
written = st.fixed_dictionaries(
    {"text": texts, "rating": ratings, "source": st.just("human"), "flagged": st.booleans()},
    optional={"corrected_rating": ratings},
).map(in_order("text", "rating", "source", "flagged", "corrected_rating"))


@st.composite
def rated_steps(draw: st.DrawFn, own: str | None) -> dict[str, Any]:
    offered = draw(st.none() | st.lists(completions, max_size=4))
    if own is not None and offered and draw(st.booleans()):
        offered[0]["text"] = own
    chosen = draw(st.none() | st.integers(0, len(offered) - 1)) if offered else None
    human = draw(st.none() | written | texts)
    return {"completions": offered, "human_completion": human, "chosen_completion": chosen}


@st.composite
def labeled_lines(draw: st.DrawFn) -> dict[str, Any]:
    own = draw(st.none() | st.lists(texts, min_size=1, max_size=4))
    question: dict[str, Any] = {"problem": draw(texts)}
    if own is not None:
        question["ground_truth_solution"] = draw(st.none() | texts)
    question["ground_truth_answer"] = draw(st.none() | texts)
    if own is not None:
        question["pre_generated_steps"] = own
        question["pre_generated_answer"] = draw(st.none() | texts)
        question["pre_generated_verifier_score"] = draw(st.none() | st.floats(0, 1))
    length = draw(st.integers(0, len(own) if own else 3))
    steps = [draw(rated_steps(own[index] if own else None)) for index in range(length)]
    return {
        "labeler": draw(st.sampled_from([LABELER, OTHER_LABELER])),
        "timestamp": draw(st.datetimes()).isoformat(),
        "generation": draw(st.none() | st.integers(-1, 9)),
        "is_quality_control_question": draw(st.booleans()),
        "is_initial_screening_question": draw(st.booleans()),
        "question": question,
        "label": {
            "steps": steps,
            "total_time": draw(st.integers(0, 10**7)),
            "finish_reason": draw(st.sampled_from(["solution", "found_error", "bad_problem", "give_up"])),
        },
    }


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(some=st.lists(labeled_lines(), min_size=1, max_size=4, unique_by=json.dumps))
def test_every_irregularity_comes_out_as_it_came_in(
    project: Project, load: Any, some: list[dict[str, Any]]
) -> None:
    fresh = Project.objects.create(slug=f"p{Project.objects.count()}", name="x")
    run = load(fresh, some)
    assert run.refused == 0, [str(one) for one in run.refusals.all()]
    assert [json.loads(line) for line in lines(fresh)] == some
    assert list(lines(fresh)) == [json.dumps(one) + "\n" for one in some]


@pytest.mark.parametrize(
    "timestamp", ["2022-11-06T03:24:46Z", "2022-11-06T03:24:46.5", "2022-11-06 03:24:46+02:00"]
)
def test_an_unusual_timestamp_is_kept_as_it_was_written(project: Project, load: Any, timestamp: str) -> None:
    line = FOUND_ERROR | {"timestamp": timestamp}
    load(project, [line])
    assert [json.loads(one) for one in lines(project)] == [line]


def test_an_annotation_made_here_reads_like_phase_2(waiting: Project, alice: User) -> None:
    me = labeler(alice, waiting)
    annotation = labeling.lease_next(labeler=me.pk)
    labeling.submit(lease=annotation, marks=rated({0: 1, 1: 0, 2: -1}))
    (line,) = map(json.loads, lines(waiting))
    assert line["labeler"] == str(me.pseudonym)
    assert line["generation"] is None
    assert line["question"]["pre_generated_steps"] == [
        step["completions"][0]["text"] for step in line["label"]["steps"]
    ]
    assert [step["completions"][0]["rating"] for step in line["label"]["steps"]] == [1, 0, -1]
    assert [step["chosen_completion"] for step in line["label"]["steps"]] == [0, 0, None]
    assert line["label"]["finish_reason"] == "found_error"
    assert list(line) == list(FOUND_ERROR)
    assert list(line["question"]) == list(FOUND_ERROR["question"])


def test_a_draft_is_not_exported(waiting: Project, alice: User) -> None:
    annotation = labeling.lease_next(labeler=labeler(alice, waiting).pk)
    labeling.save(lease=annotation, marks=rated({0: 1}))
    assert list(lines(waiting)) == []


def test_no_name_or_email_leaves_the_house(waiting: Project, alice: User) -> None:
    annotation = labeling.lease_next(labeler=labeler(alice, waiting).pk)
    labeling.submit(lease=annotation, marks=rated({0: -1}), early_end=None)
    content = "".join(lines(waiting)).lower()
    assert str(labeler(alice, waiting).pseudonym) in content
    assert "alice" not in content
    assert "lab.example" not in content


def test_an_export_loaded_back_changes_nothing(waiting: Project, alice: User, load: Any) -> None:
    annotation = labeling.lease_next(labeler=labeler(alice, waiting).pk)
    labeling.submit(lease=annotation, marks=rated({0: 1, 1: 1, 2: 1}))
    exported = [json.loads(line) for line in lines(waiting)]
    load(waiting, exported)
    assert [json.loads(line) for line in lines(waiting)] == exported


def test_an_export_loads_into_another_project(
    waiting: Project, other_project: Project, alice: User, load: Any
) -> None:
    annotation = labeling.lease_next(labeler=labeler(alice, waiting).pk)
    labeling.submit(lease=annotation, marks=rated({0: 1, 1: 1, 2: 1}))
    exported = list(lines(waiting))
    load(other_project, [json.loads(line) for line in exported])
    assert list(lines(other_project)) == exported
