"""The verifier learns from what labelers said, and its scores are kept once."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import runs, tasks
from annotation.labeling import Turn
from annotation.models import LoadRun, Project, Run, Score, Scorer, Solution, User
from annotation.ratings import solution_score
from annotation.scoring import figures, scores, training
from annotation.scoring.examples import examples_of, whole
from annotation.serving.scored import Scored
from annotation.verifier.model import Model
from tests.conftest import shared_file
from tests.growing.acts import hand_in, rate
from tests.growing.trees import tree_line
from tests.leases import lease
from tests.scoring.labeled import PROBLEMS, SAMPLES, load_sums, rate_everything

ALL = PROBLEMS * SAMPLES


@pytest.fixture
def labeled(project: Project, alice: User, load: Callable[..., LoadRun]) -> Project:
    load_sums(project, load)
    assert rate_everything(alice, project) == ALL
    return project


def trained(project: Project) -> Scorer:
    run = training.start(project=project, actor=None)
    tasks.advance(run.pk)
    assert not run.items.exists()
    return Scorer.objects.latest("version")


def scored(scorer: Scorer) -> Run:
    run = scores.start(project=scorer.project, actor=None, scorer=scorer)
    tasks.advance(run.pk)
    return Run.objects.get(pk=run.pk)


def test_it_learns_to_see_the_wrong_sums(labeled: Project) -> None:
    scorer = trained(labeled)
    assert (scorer.version, scorer.kind) == (1, "verifier")
    (version,) = figures.versions_of(labeled)
    assert version.report is not None
    assert version.report.auc.value is not None
    assert version.report.auc.value > 0.9
    assert (version.scored, version.left) == (0, ALL)
    run = scored(scorer)
    assert (run.state, run.total) == ("done", ALL)
    right = Score.objects.filter(solution__is_correct=True).order_by("product").first()
    wrong = Score.objects.filter(solution__is_correct=False).order_by("-product").first()
    assert right is not None
    assert wrong is not None
    assert right.product > wrong.product


def test_a_score_is_the_models_and_aggregated_as_in_the_paper(labeled: Project) -> None:
    scorer = trained(labeled)
    scored(scorer)
    model = Model.load(bytes(scorer.weights or b""))
    for score in Score.objects.select_related("solution__problem")[:6]:
        steps = [one.text for one in score.solution.completions.filter(index=0)]
        assert score.steps == model.score(score.solution.problem.text, steps)
        assert score.product == pytest.approx(math.log(math.prod(score.steps)))
        assert (score.minimum, score.last) == (min(score.steps), score.steps[-1])


def test_scored_once_there_is_nothing_to_do_until_the_next_version(labeled: Project) -> None:
    first = trained(labeled)
    assert (scored(first).total, scored(first).total) == (ALL, 0)
    second = trained(labeled)
    assert second.version == 2
    assert scored(second).total == ALL
    assert Score.objects.count() == 2 * ALL


def test_two_who_score_the_same_keep_it_once(labeled: Project) -> None:
    scorer = trained(labeled)
    run = scores.start(project=labeled, actor=None, scorer=scorer)
    runs.write_down(run, scores.UNSCORED, {"project": labeled.pk, "scorer": scorer.pk})
    things = runs.take(run, most=9, seconds=60)
    found = dict.fromkeys(things, Scored([0.5, 0.25], None, ""))
    assert scores.keep(run, found) == 9
    assert scores.keep(run, found) == 0
    assert Score.objects.count() == 9


def test_too_few_labels_are_told_and_make_no_version(project: Project, load: Callable[..., LoadRun]) -> None:
    load_sums(project, load)
    run = training.start(project=project, actor=None)
    tasks.advance(run.pk)
    run.refresh_from_db()
    assert run.state == "done"
    assert "20" in run.items.get(is_dead=True).reason
    assert not Scorer.objects.exists()


def test_alternatives_are_learned_from_after_their_beginning(project: Project, shared_rows: LoadRun) -> None:
    found = list(whole(project))
    told = ("solution", "found_error")
    solutions = Solution.objects.filter(pre_generated=True, annotations__finish_reason__in=told).exclude(
        tasks__is_screening=True
    )
    alternatives = [example for example in found if not example.is_whole]
    assert len(found) - len(alternatives) == solutions.count()
    assert alternatives
    for example in alternatives:
        assert len(example.steps) == len(example.ratings)
        assert set(example.ratings[:-1]) <= {None}
        assert example.ratings[-1] in {-1, 0, 1}


def test_solutions_that_grew_are_learned_from(project: Project, alice: User, load: Callable[..., LoadRun]) -> None:
    load(project, [tree_line()])
    mine = lease(alice, project)
    rate(mine, (0, 0, -1), (0, 1, 1))
    rate(mine, (1, 3, 0), turns={0: Turn(1)})
    hand_in(mine)
    way, other = examples_of(project)
    assert (way.steps, way.ratings) == (["Add.", "It is \\boxed{6}."], [1, 0])
    assert (other.steps, other.ratings) == (["Double it."], [-1])
    assert (way.is_whole, other.is_whole) == (True, False)


def test_a_step_in_own_words_is_no_rating_but_stands_before_others(
    project: Project, alice: User, load: Callable[..., LoadRun]
) -> None:
    load(project, [tree_line()])
    mine = lease(alice, project)
    rate(mine, (0, 0, -1), (0, 1, -1))
    rate(mine, turns={0: Turn(None, "Count.")})
    rate(mine, turns={1: Turn(None, "# Answer\n\n6")})
    hand_in(mine)
    way, *others = examples_of(project)
    assert (way.steps, way.ratings) == (["Count.", "# Answer\n\n6"], [None, None])
    assert [one.ratings for one in others] == [[-1], [-1]]


@pytest.fixture
def shared_rows(project: Project, load: Callable[..., LoadRun]) -> LoadRun:
    return load(project, shared_file("prm800k_rows.jsonl"))


@given(st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=300))
def test_a_solutions_score_stays_in_its_range(steps: list[float]) -> None:
    score = solution_score(steps)
    assert score.product <= 0
    assert math.isfinite(score.product)
    assert score.minimum == min(steps)
    assert score.last == steps[-1]


def test_the_golden_rows_score_as_computed_by_hand() -> None:
    score = solution_score([0.99951, 0.18127, 0.97461, 0.99951])
    assert math.exp(score.product) == pytest.approx(0.176494, abs=1e-6)
    assert score.minimum == 0.18127
