"""Grades as rows: planned, made, kept through kills, and overruled by a manager."""

from collections.abc import Callable
from typing import Any

import pytest

from annotation import runs, tasks
from annotation.grading import figures, grades
from annotation.models import AuditEntry, Grade, LoadRun, Project, Run, Solution, User
from tests.conftest import solution_line

ANSWERS = {"1": "2/2", "2": "2", "3": r"\sin^2 x + \cos^2 x", "4": "99999999!", "5": None}
"""Of five solutions of a problem whose answer is 1. The last one says it in its steps."""


@pytest.fixture
def answered(project: Project, load: Callable[..., LoadRun]) -> Project:
    lines = [solution_line(int(number), answer=answer) for number, answer in ANSWERS.items()]
    lines[-1]["steps"] = ["We add.", "# Answer\n\n1"]
    load(project, lines)
    return project


def graded(project: Project) -> Run:
    run = grades.start(project=project, actor=None)
    tasks.advance(run.pk)
    return Run.objects.get(pk=run.pk)


def words(project: Project) -> dict[str | None, tuple[str, str]]:
    found = Grade.objects.filter(solution__project=project).select_related("solution")
    return {grade.solution.external_id: (grade.counts_as, grade.reason) for grade in found}


def test_each_solution_has_its_verdict(answered: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    run = graded(answered)
    assert (run.state, run.total) == ("done", 5)
    assert words(answered) == {
        "s1": ("correct", "exact"),
        "s2": ("incorrect", "exact"),
        "s3": ("correct", "algebra"),
        "s4": ("undecided", "timeout"),
        "s5": ("correct", "identical"),
    }
    assert runs.progress(run)[:3] == (5, 5, 0)
    assert figures.of(answered)[:6] == (5, 3, 1, 1, 0, 0)


def test_graded_once_there_is_nothing_to_do(answered: Project) -> None:
    graded(answered)
    assert graded(answered).total == 0
    assert Grade.objects.count() == 5


def test_grades_of_older_rules_are_made_anew(answered: Project) -> None:
    graded(answered)
    Grade.objects.filter(solution__external_id="s2").update(grader=0, verdict="correct", reason="old")
    assert graded(answered).total == 1
    assert words(answered)["s2"] == ("incorrect", "exact")


def test_a_manager_decides_and_that_stays(answered: Project, max_: User) -> None:
    graded(answered)
    solution = Solution.objects.get(external_id="s2")
    with pytest.raises(ValueError, match="say why"):
        grades.overrule(solution=solution, actor=max_, word="correct", because=" ")
    with pytest.raises(ValueError, match="a grade is one of correct, incorrect, undecided"):
        grades.overrule(solution=solution, actor=max_, word="right", because="so")
    grades.overrule(solution=solution, actor=max_, word="correct", because="the reference is wrong")
    assert words(answered)["s2"][0] == "correct"
    Grade.objects.filter(solution=solution).update(grader=0)
    graded(answered)
    grade = Grade.objects.get(solution=solution)
    assert (grade.verdict, grade.counts_as, grade.overruled_by) == ("incorrect", "correct", max_)
    assert AuditEntry.objects.get(verb="overrule grade").data["because"] == "the reference is wrong"
    assert figures.of(answered).overruled == 1
    grades.overrule(solution=solution, actor=max_, word=None, because="")
    assert words(answered)["s2"][0] == "incorrect"


def test_a_solution_without_a_grade_can_be_decided(answered: Project, max_: User) -> None:
    solution = Solution.objects.get(external_id="s4")
    grades.overrule(solution=solution, actor=max_, word="incorrect", because="a factorial is no answer")
    assert words(answered)["s4"][0] == "incorrect"
    graded(answered)
    assert Grade.objects.get(solution=solution).verdict == "undecided"
    assert words(answered)["s4"][0] == "incorrect"


def test_a_pause_in_the_middle_costs_no_attempt(answered: Project, max_: User) -> None:
    run = grades.start(project=answered, actor=None)
    for _ in grades.work(run):
        runs.change(run=run, actor=max_, how="pause")
    left = run.items.all()
    assert 0 < len(left) < 5
    assert {(item.attempts, item.is_dead) for item in left} == {(0, False)}
    runs.change(run=run, actor=max_, how="resume")
    tasks.advance(run.pk)
    assert Grade.objects.count() == 5


def test_two_who_grade_the_same_keep_it_once(answered: Project) -> None:
    run = grades.start(project=answered, actor=None)
    runs.write_down(run, grades.UNGRADED, {"project": answered.pk, "grader": 1})
    things = runs.take(run, most=9, seconds=60)
    pairs = grades.pairs_of(things)
    with grades.Sandbox(1) as sandbox:
        verdicts: dict[int, Any] = dict(zip(pairs, sandbox.grade(list(pairs.values())), strict=True))
    assert grades.keep(run, verdicts) == 5
    assert grades.keep(run, verdicts) == 0
    assert runs.progress(Run.objects.get(pk=run.pk)).done == 5
