"""Problems and solutions find each other, and solutions wait in the queue."""

from typing import Any

from annotation import overview
from annotation.models import Completion, Place, Problem, Project, Solution
from tests.conftest import solution_line
from tests.importing.counting import counts


def test_every_place_of_a_task_is_made(project: Project, load: Any) -> None:
    project.wanted = 3
    project.save()
    load(project, [solution_line(1)])
    assert list(Place.objects.order_by("slot").values_list("slot", "wanted")) == [(0, 3), (1, 3), (2, 3)]


def test_solutions_find_their_problem_by_id(project: Project, load: Any) -> None:
    problem = {"problem": "p", "level": 3, "solution": "So $\\boxed{\\frac{1}{2}}$.", "unique_id": "alg/1"}
    run = load(
        project, [{"problem_id": "alg/1", "steps": ["early"]}, problem, {"problem_id": "x", "steps": ["b"]}]
    )
    assert counts(run) == {"lines": 3, "problems": 1, "solutions": 1, "refused": 1}
    refusal = run.refusals.get()
    assert (refusal.line, refusal.field) == (3, "problem_id")
    assert "load the problems first" in refusal.reason
    assert Problem.objects.get().answer == "\\frac{1}{2}"


def test_solutions_find_their_problem_by_its_text(project: Project, load: Any) -> None:
    load(project, [{"problem": "p", "level": 1, "solution": "$\\boxed2$"}])
    run = load(project, [{"problem": "p", "steps": ["a"]}, {"problem": "new", "steps": ["a"]}])
    assert counts(run) == {"lines": 2, "problems": 1, "solutions": 2}
    assert Solution.objects.order_by("id")[0].problem.answer == "2"


def test_a_problem_with_another_reference_is_no_new_problem(project: Project, load: Any) -> None:
    """The overview counts texts; what a load says is new adds up to what it shows."""
    with_answer = [{"problem": text, "level": 1, "solution": "$\\boxed2$"} for text in "pqr"]
    assert counts(load(project, with_answer)) == {"lines": 3, "problems": 3}
    others = [{"problem": text, "level": 1, "solution": "$\\boxed{2}$"} for text in "qrs"]
    again = {"problem": "s", "level": 1, "solution": "$\\boxed{2.0}$"}
    run = load(project, [*others, again])
    assert counts(run) == {"lines": 4, "problems": 1, "restated": 3}
    assert overview.of(project).problems == 4
    assert Problem.objects.count() == 7
    assert counts(load(project, [*others, again])) == {"lines": 4, "unchanged": 4}


def test_a_solution_in_one_text_is_cut_at_newlines(project: Project, load: Any) -> None:
    load(project, [{"problem": "p", "solution": "one\n\n  two \nthree", "generator": "m"}])
    assert list(Completion.objects.values_list("text", flat=True)) == ["one", "two", "three"]


def test_a_step_in_a_list_keeps_its_newlines(project: Project, load: Any) -> None:
    load(project, [{"problem": "p", "steps": ["one\n\n# Answer\n\n1"]}])
    assert Completion.objects.get().text == "one\n\n# Answer\n\n1"


def test_equal_solutions_of_two_models_are_two(project: Project, load: Any) -> None:
    lines = [{"problem": "p", "steps": ["a"], "generator": generator} for generator in ("m", "n", "m")]
    assert counts(load(project, lines)) == {"lines": 3, "problems": 1, "solutions": 2, "unchanged": 1}


def test_keys_that_are_not_loaded_are_named(project: Project, load: Any) -> None:
    run = load(project, [solution_line(1, colour="red"), solution_line(2, temperature=0.7)])
    assert run.ignored_keys == ["colour", "temperature"]


def test_nothing_of_another_project_is_touched(project: Project, other_project: Project, load: Any) -> None:
    load(project, [solution_line(1)])
    assert counts(load(other_project, [solution_line(1)])) == {"lines": 1, "problems": 1, "solutions": 1}
