"""The real files come in as they are, and twice as well as once."""

from typing import Any

import pytest

from annotation.models import Completion, Membership, Problem, Project, Solution, Task
from tests.conftest import shared_file
from tests.importing.counting import counts, snapshot


def test_real_prm800k_rows_are_history(project: Project, load: Any) -> None:
    run = load(project, shared_file("prm800k_rows.jsonl"))
    assert counts(run) == {"lines": 6, "problems": 6, "solutions": 6, "annotations": 6}
    assert not Task.objects.filter(is_open=True).exists()
    assert Membership.objects.filter(project=project, user=None).count() == 6


def test_the_real_gsm8k_file_waits_for_labels(project: Project, load: Any) -> None:
    run = load(project, shared_file("gsm8k_model_solutions.jsonl"))
    assert counts(run) == {"lines": 1319, "problems": 1319, "solutions": 5276}
    assert Task.objects.filter(project=project, is_open=True).count() == 5276
    first = Solution.objects.select_related("problem").order_by("id")[0]
    assert (first.generator, first.answer, first.is_correct) == ("6b_finetuning", "26", False)
    assert (first.problem.answer, first.length) == ("18", 3)
    last_step = Completion.objects.get(solution=first, step=2)
    assert last_step.text == "A: 26"


def test_the_real_math_problems_have_their_boxed_answers(project: Project, load: Any) -> None:
    run = load(project, shared_file("math_test.jsonl"))
    assert counts(run) == {"lines": 5000, "problems": 5000}
    assert not Problem.objects.filter(answer=None).exists()
    problem = Problem.objects.get(external_id="0")
    assert (problem.subject, problem.level, problem.answer) == ("Algebra", "Level 3", "2")


@pytest.mark.parametrize("name", ["prm800k_rows.jsonl", "gsm8k_model_solutions.jsonl", "math_test.jsonl"])
def test_a_real_file_loaded_twice_changes_nothing(project: Project, load: Any, name: str) -> None:
    load(project, shared_file(name))
    before = snapshot()
    run = load(project, shared_file(name))
    assert counts(run) == {"lines": run.lines, "unchanged": run.lines}
    assert snapshot() == before
