"""Best of N on the project's own graded samples, by a model that has not seen their problems."""

from collections.abc import Callable
from typing import Any

import pytest

from annotation import tasks
from annotation.grading import grades
from annotation.models import LoadRun, Project, Scorer, User
from annotation.scoring import figures, training
from annotation.verifier.report import BestOfN
from tests.scoring.labeled import load_sums, rate_everything, sums


@pytest.fixture
def labeled(project: Project, alice: User, load: Callable[..., LoadRun]) -> Project:
    load_sums(project, load)
    rate_everything(alice, project)
    return project


def others(line: dict[str, Any], number: int) -> dict[str, Any]:
    """Another sample of the same problem: the first right, the others wrong, each in its own way."""
    right = int(line["ground_truth_answer"])
    answer = str(right + number)
    steps = [line["steps"][0], f"Doubling gives 2 * {right // 2} = {answer}.", f"# Answer\n\n{answer}"]
    return {**line, "solution_id": f"{line['solution_id']}-{number}", "answer": answer, "steps": steps}


def best_of_n_of(project: Project) -> BestOfN:
    tasks.advance(training.start(project=project, actor=None).pk)
    (version,) = figures.versions_of(project)
    assert version.report is not None
    assert version.report.best_of_n is not None
    return version.report.best_of_n


def test_what_the_verifier_chooses_is_held_against_a_vote(labeled: Project, load: Callable[..., LoadRun]) -> None:
    lines = [others(line, number) for line in sums() for number in range(4)]
    assert not load(labeled, lines, for_pool=True).refused
    tasks.advance(grades.start(project=labeled, actor=None).pk)
    found = best_of_n_of(labeled)
    assert found.reason is None
    assert found.samples == 5 * found.problems > 0
    assert [row.n for row in found.rows] == [1, 2, 4]
    one, _, four = found.rows
    assert one.best["product"] == one.best["minimum"] == one.majority == one.uniform
    assert 0 <= four.uniform.mean < four.best["product"].mean <= 1
    assert four.short == 0


def test_without_graded_samples_it_says_why(labeled: Project) -> None:
    assert best_of_n_of(labeled) == BestOfN(
        0, 0, [], "no problem that was kept from training has two graded samples"
    )


def test_an_older_report_is_read_without_it(labeled: Project) -> None:
    tasks.advance(training.start(project=labeled, actor=None).pk)
    scorer = Scorer.objects.get()
    assert scorer.report is not None
    del scorer.report["best_of_n"]
    scorer.save()
    (version,) = figures.versions_of(labeled)
    assert version.report is not None
    assert version.report.best_of_n is None


def test_problems_that_nobody_labeled_are_among_them_in_the_same_share(
    labeled: Project, load: Callable[..., LoadRun]
) -> None:
    """Or those picked for their scores would be all it goes by."""
    more = [
        others({**line, "problem": f"{line['problem']} Really."}, number)
        for line in sums(100)
        for number in (0, 1)
    ]
    assert not load(labeled, more, for_pool=True).refused
    tasks.advance(grades.start(project=labeled, actor=None).pk)
    found = best_of_n_of(labeled)
    assert 50 < found.problems < 110
    assert found.samples == 2 * found.problems
