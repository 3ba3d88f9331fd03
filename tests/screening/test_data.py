"""Practice and the screening in the figures, the queue, exports and loads."""

import json
from uuid import uuid4

from annotation import exporting, labeling, overview
from annotation.learning import course, gold
from annotation.learning.gold import Judgement
from annotation.learning.standing import State, decide
from annotation.models import Annotation, Project, Solution, Task, User, Verdict
from tests.conftest import labeler, rated
from tests.screening.acts import Load, do, hand_in, next_lease, standing


def test_practice_is_in_no_figure_and_in_no_export(school: Project, alice: User) -> None:
    do(alice, school, 2)
    assert list(exporting.FORMATS["prm800k"](school)) == []
    assert overview.of(school).submitted == 0
    do(alice, school, 4)
    lines = [json.loads(line) for line in exporting.FORMATS["prm800k"](school)]
    assert len(lines) == 4
    assert {line["generation"] for line in lines} == {-1}
    assert all(line["is_initial_screening_question"] for line in lines)
    assert not any(line["is_quality_control_question"] for line in lines)


def test_practice_and_screening_are_not_in_the_queue(school: Project, alice: User, bob: User) -> None:
    do(alice, school, 6)
    decide(actor=None, labeler=labeler(bob, school), verdict=Verdict.LET_IN, reason="An expert.")
    done = [hand_in(next_lease(bob, school)) for _ in range(9)]
    assert sorted(done) == list(range(1, 10))
    assert labeling.lease_next(labeler=labeler(bob, school).pk) is None


def test_loading_an_export_with_practised_solutions_changes_nothing(
    school: Project, alice: User, load: Load
) -> None:
    do(alice, school, 6)
    lines = list(exporting.FORMATS["prm800k"](school))
    assert load(school, [line.strip() for line in lines]).unchanged == 4


def test_a_screening_that_was_loaded_goes_on_here(project: Project, load: Load, alice: User, bob: User) -> None:
    flags = {"generation": -1, "is_initial_screening_question": True, "is_quality_control_question": False}
    question = {"problem": "p", "ground_truth_solution": None, "ground_truth_answer": None}
    question |= {"pre_generated_answer": None, "pre_generated_verifier_score": None}
    step = {"completions": [{"text": "a", "rating": 1, "flagged": None}], "human_completion": None}
    label = {"steps": [step | {"chosen_completion": 0}], "total_time": 1, "finish_reason": "solution"}
    labeled = {"labeler": str(uuid4()), "timestamp": "2023-01-22T04:34:27.052924", **flags}
    load(project, [{**labeled, "question": question | {"pre_generated_steps": ["a"]}, "label": label}])
    load(project, [{**flags, "question": question | {"pre_generated_steps": ["b"]}}])
    Project.objects.update(screening_size=2)
    project.refresh_from_db()
    found = list(Solution.objects.select_related("project").order_by("id"))
    for one in found:
        gold.write(actor=None, solution=one, judgements=[Judgement(0, 0, frozenset({1}))])
    course.choose(actor=None, project=project, practice=[], screening=[one.pk for one in found])
    for user in (alice, bob):
        for _ in found:
            labeling.submit(lease=next_lease(user, project), marks=rated({0: 1}))
        assert labeling.lease_next(labeler=labeler(user, project).pk) is None
        assert standing(user, project).state == State.PASSED
    assert Task.objects.count() == 2
    assert Annotation.objects.count() == 5
