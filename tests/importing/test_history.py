"""PRM800K's lines: what labelers said elsewhere, with every irregularity."""

from typing import Any

from annotation.models import Annotation, Completion, Project, Solution, StepLabel, Task
from tests.importing.counting import counts
from tests.importing.prm800k_lines import FOUND_ERROR, OTHER_LABELER, completion, phase2, step


def test_unlabeled_prm800k_lines_wait_for_labels(project: Project, load: Any) -> None:
    line = {"problem_id": "p1", "solution_id": "s1", "question": FOUND_ERROR["question"]}
    run = load(project, [line])
    assert counts(run) == {"lines": 1, "problems": 1, "solutions": 1}
    solution = Solution.objects.get()
    assert (solution.score, solution.answer, solution.length) == (0.25, "3", 3)
    assert solution.tasks.get().is_open


def test_alternatives_join_the_completions_of_their_step(project: Project, load: Any) -> None:
    load(project, [FOUND_ERROR])
    at_error = Completion.objects.filter(step=1).order_by("index")
    assert [one.text for one in at_error] == ["two", "zwei", "zwei"]
    labels = StepLabel.objects.filter(step=1).order_by("position")
    assert [(one.completion, one.rating, one.flagged) for one in labels] == [
        (0, -1, None),
        (1, 1, False),
        (2, 0, False),
    ]


def test_two_labelers_share_a_solution_and_its_alternatives(project: Project, load: Any) -> None:
    again = phase2(
        [
            step(completion("one", 0)),
            step(completion("two", -1), completion("deux"), completion("zwei", 0), chosen=None),
        ],
        ["one", "two", "three"],
        labeler=OTHER_LABELER,
    )
    run = load(project, [FOUND_ERROR, again])
    assert counts(run) == {"lines": 2, "problems": 1, "solutions": 1, "annotations": 2}
    second = StepLabel.objects.filter(annotation__labeler__pseudonym=OTHER_LABELER, step=1)
    assert list(second.order_by("position").values_list("position", "completion")) == [(0, 0), (1, 3), (2, 1)]


def test_a_first_completion_that_is_not_the_solutions_own_step_is_an_alternative(
    project: Project, load: Any
) -> None:
    load(project, [phase2([step(completion("eins"))], ["one", "two"])])
    assert StepLabel.objects.get().completion == 1


def test_a_phase_1_line_keeps_what_was_offered_and_written(project: Project, load: Any) -> None:
    written = {"text": "mine", "rating": None, "source": "human", "flagged": False, "corrected_rating": 1}
    line = phase2([], []) | {
        "generation": None,
        "question": {"problem": "p", "ground_truth_answer": "2"},
        "label": {
            "steps": [
                step(completion("a", 0), completion("b", -1), chosen=None, human=written),
                {"completions": None, "human_completion": None, "chosen_completion": None},
            ],
            "total_time": 1,
            "finish_reason": "give_up",
        },
    }
    load(project, [line])
    solution, annotation = Solution.objects.get(), Annotation.objects.get()
    assert (solution.pre_generated, solution.length, annotation.chosen) == (False, 2, [None, None])
    human = annotation.human_completions.get()
    assert (human.text, human.corrected_rating, human.has_corrected_rating) == ("mine", 1, True)


def test_the_same_labeler_may_have_labeled_a_solution_twice(project: Project, load: Any) -> None:
    later = FOUND_ERROR | {"timestamp": "2022-12-01T00:00:00"}
    run = load(project, [FOUND_ERROR, later, later])
    assert counts(run) == {"lines": 3, "problems": 1, "solutions": 1, "annotations": 2, "unchanged": 1}
    assert sorted(Task.objects.values_list("repeat", flat=True)) == [0, 1]
    assert counts(load(project, [later, FOUND_ERROR])) == {"lines": 2, "unchanged": 2}


def test_a_label_may_be_both_screening_and_quality_control(project: Project, load: Any) -> None:
    load(
        project,
        [FOUND_ERROR | {"is_quality_control_question": True, "is_initial_screening_question": True}],
    )
    task = Task.objects.get()
    assert task.is_quality_control
    assert task.is_screening


def test_a_bad_timestamp_is_refused(project: Project, load: Any) -> None:
    run = load(project, [FOUND_ERROR | {"timestamp": "yesterday"}])
    assert counts(run)["refused"] == 1
    assert run.refusals.get().field == "timestamp"


def test_a_history_line_does_not_touch_the_queue(waiting: Project, load: Any) -> None:
    before = Task.objects.filter(is_open=True).count()
    load(waiting, [FOUND_ERROR])
    assert Task.objects.filter(is_open=True).count() == before
