"""What machines say beside what labelers say, through the page."""

import csv
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from django.test import Client
from sklearn.metrics import roc_auc_score

from annotation import labeling
from annotation.against_people import choosing, graders, picks
from annotation.agreement import tables
from annotation.agreement.tables import REASONS, Slice
from annotation.models import (
    Annotation,
    FinishReason,
    Grade,
    Pick,
    Project,
    Score,
    Scorer,
    Solution,
    StepLabel,
    User,
)
from annotation.scoring import training
from tests.against_people.told import tell_more
from tests.conftest import solution_line
from tests.leases import lease, submit
from tests.scoring.labeled import load_sums, rate_everything
from tests.selection.conftest import grade, new_scorer, pooled, score

SignIn = Callable[[User], Client]
Pooled = Callable[..., list[Solution]]
__all__ = ["pooled"]
PAGE = "/projects/algebra/beside-people/"


@pytest.fixture
def scorer(project: Project, load: Callable[..., Any], alice: User) -> Scorer:
    load_sums(project, load)
    rate_everything(alice, project)
    for _ in training.work(training.start(project=project, actor=None)):
        continue
    return tell_more(project, load, alice)


def table(client: Client, name: str) -> list[dict[str, str]]:
    response = client.get(f"{PAGE}{name}.csv")
    assert response.status_code == 200
    return list(csv.DictReader(response.content.decode().splitlines()))


def scored(scorer: Scorer) -> Iterator[tuple[bool, float]]:
    """Rated steps since the scorer was made, one by one."""
    since = Annotation.objects.filter(submitted_at__gt=scorer.created_at)
    for label in StepLabel.objects.filter(annotation__in=since, rating__isnull=False):
        yield label.rating >= 0, Score.objects.get(scorer=scorer, solution=label.solution_id).steps[label.step]


def test_the_verifier_is_held_against_labels_that_it_has_not_seen(
    scorer: Scorer, rita: User, sign_in: SignIn
) -> None:
    client = sign_in(rita)
    right, scores = zip(*scored(scorer), strict=True)
    page = client.get(PAGE).content.decode()
    row = page[page.index("Labels since it was made, all") :]
    assert f">{roc_auc_score(right, scores):.3f}<" in row[: row.index("</tr>")]
    uniform = Pick.objects.filter(reason="uniform").values("task__solution")
    seen = StepLabel.objects.filter(annotation__submitted_at__gt=scorer.created_at, rating__isnull=False)
    counts = [int(one["auc_n"]) for one in table(client, "auc")]
    assert counts[:2] == [seen.filter(annotation__solution__in=uniform).count(), len(right)]
    assert 0 < counts[0] < counts[1]
    bins = table(client, "calibration")
    assert sum(int(one["right_n"]) for one in bins) == len(right)
    assert sum(
        float(one["right_value"]) * int(one["right_n"]) for one in bins if one["right_value"]
    ) == pytest.approx(sum(right))
    assert sum(float(one["predicted"]) * int(one["right_n"]) for one in bins if one["predicted"]) == pytest.approx(
        sum(scores)
    )


def test_picks_are_counted_by_generation_and_reason(scorer: Scorer, rita: User, sign_in: SignIn) -> None:
    rows = {row["reason"]: row for row in table(sign_in(rita), "picks")}
    assert set(rows) == {"convincing wrong answer", "uniform"}
    for reason, row in rows.items():
        tasks = list(Pick.objects.filter(reason=reason).values_list("task", flat=True))
        found = Annotation.objects.filter(task__in=tasks, finish_reason="found_error").count()
        assert (int(row["found_n"]), float(row["found_value"])) == (len(tasks), pytest.approx(found / len(tasks)))
    more = float(rows["convincing wrong answer"]["found_value"]) - float(rows["uniform"]["found_value"])
    assert float(rows["convincing wrong answer"]["more_value"]) == pytest.approx(more)
    assert rows["uniform"]["more_undefined_because"] == "it is what the others are held against"


def test_an_answer_graded_wrong_in_which_nobody_finds_an_error_is_shown(
    scorer: Scorer, alice: User, rita: User, sign_in: SignIn
) -> None:
    project, client = scorer.project, sign_in(rita)
    assert table(client, "suspects") == []
    before = {
        row.verdict: row.against for row in graders.verdicts(graders.graded(tables.labels(Slice(project.pk))))
    }
    assert before["incorrect"].value == before["correct"].value == 0
    fine = Grade.objects.filter(verdict="correct", solution__tasks__filled=1).latest("solution")
    fine.overruled_to = "incorrect"
    fine.overruled_at, fine.overruled_because = fine.graded_at, "a wrong reference, say"
    fine.save()
    (suspect,) = table(client, "suspects")
    assert (int(suspect["solution"]), suspect["clean"], suspect["found"]) == (fine.solution_id, "1", "0")
    assert f'href="/projects/algebra/solutions/{fine.solution_id}/"' in client.get(PAGE).content.decode()


def test_suspects_come_by_how_many_agree_and_then_by_the_score(pooled: Pooled, project: Project) -> None:
    solutions, scorer = pooled(6, 1), new_scorer(project)
    score(scorer, solutions, [-0.3, -0.2, -0.1, -0.01, -0.01, -0.4])
    grade(solutions)
    said = graders.Graded(
        solutions=np.array([one.pk for one in solutions]),
        clean=np.array([2, 2, 1, 1, 3, 3]),
        found=np.array([0, 0, 0, 1, 0, 1]),
        is_correct=np.array([False, False, False, False, True, False]),
    )
    listed = [one.solution for one in graders.suspects(said, scorer, 10)]
    assert listed == [solutions[at].pk for at in (1, 0, 5, 2)], "neither the tie nor what is graded right"
    for most in (1, 2, 3):
        assert [one.solution for one in graders.suspects(said, scorer, most)] == listed[:most]


def test_who_gave_up_and_what_is_undecided_says_nothing_of_grades(
    project: Project, load: Callable[..., Any], alice: User
) -> None:
    load(project, [solution_line(number) for number in (1, 2, 3)])
    submit(lease(alice, project))
    submit(lease(alice, project))
    labeling.submit(lease=lease(alice, project), marks={}, early_end="give_up", explanation="I do not know.")
    done, undecided, given_up = (one.solution for one in Annotation.objects.order_by("pk"))
    grade([done, given_up])
    grade([undecided], "undecided")
    said = graders.graded(tables.labels(Slice(project.pk)))
    assert (said.solutions.tolist(), said.clean.tolist(), said.found.tolist()) == ([done.pk], [1], [0])
    assert [(row.verdict, row.against.value, row.against.n) for row in graders.verdicts(said)] == [
        ("incorrect", 1.0, 1)
    ]


def test_a_solution_has_an_error_if_half_of_those_who_rated_it_found_one() -> None:
    """One of two, one of three, none of one."""
    solutions = np.array([7, 9, 7, 9, 9, 11])
    found, none = (REASONS.index(reason) for reason in (FinishReason.FOUND_ERROR, FinishReason.SOLUTION))
    assert picks.with_error(solutions, np.array([found, found, none, none, none, none])) == (1, 3)


def test_best_of_n_needs_several_samples_of_a_problem(scorer: Scorer, rita: User, sign_in: SignIn) -> None:
    """Each sum is a problem of its own."""
    assert table(sign_in(rita), "best-of-n") == []
    assert "Undefined: no problem that Verifier, version 1 cannot have learned from" in sign_in(rita).get(
        PAGE
    ).content.decode().replace("\n", " ")


def test_best_of_n_is_as_good_as_scores_are(pooled: Pooled, project: Project, rita: User, sign_in: SignIn) -> None:
    """Three problems of eight samples, of which every fourth is right and scores best."""
    solutions, scorer = pooled(3, 8), new_scorer(project)
    score(scorer, solutions, [-0.01 * (1 + one % 4) for one in range(24)])
    grade(solutions[::4], "correct")
    grade([one for at, one in enumerate(solutions) if at % 4])
    rows = table(sign_in(rita), "best-of-n")
    assert [row["n"] for row in rows] == ["1", "2", "4", "8"]
    assert {(row["problems"], row["short"]) for row in rows} == {("3", "0")}
    assert float(rows[0]["best_mean"]) == pytest.approx(0.25, abs=0.06), "one of four, over 200 draws"
    assert float(rows[1]["best_mean"]) == pytest.approx(1 - 6 / 8 * 5 / 7, abs=0.06)
    assert (rows[3]["best_mean"], rows[3]["best_std"]) == ("1.0", "0.0")
    assert float(rows[3]["uniform_mean"]) == pytest.approx(0.25, abs=0.06)


def test_best_of_n_of_some_problems_says_so(
    pooled: Pooled, project: Project, rita: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    solutions, scorer = pooled(5, 2), new_scorer(project)
    score(scorer, solutions, [-0.1, -0.2] * 5)
    grade(solutions, "correct")
    assert choosing.board(Slice(project.pk), scorer, 60)[:3] == (5, False, 10)
    assert choosing.board(Slice(project.pk), scorer, 3)[:3] == (3, True, 6)
    assert "drawn by lot" not in sign_in(rita).get(PAGE).content.decode()
    monkeypatch.setattr(choosing, "MOST_PROBLEMS", 3)
    assert "3 problems of which nothing was labeled" in (page := sign_in(rita).get(PAGE).content.decode())
    assert "drawn by lot (the table has up to 500)" in page
    assert {row["problems"] for row in table(sign_in(rita), "best-of-n")} == {"5"}


def test_another_projects_scorer_and_another_table_are_not_there(
    scorer: Scorer, rita: User, eve: User, alice: User, sign_in: SignIn
) -> None:
    unknown = sign_in(rita).get(f"{PAGE}?scorer={scorer.pk + 1}")
    assert unknown.status_code == 400
    assert "Scores of: Select a valid choice." in unknown.content.decode()
    assert sign_in(rita).get(f"{PAGE}?scorer=x").status_code == 400
    assert sign_in(rita).get(f"{PAGE}odd.csv").status_code == 404
    for user in (eve, alice):
        assert sign_in(user).get(PAGE).status_code == 404


def test_a_researcher_chooses_the_scorer_and_the_labels(scorer: Scorer, rita: User, sign_in: SignIn) -> None:
    """A second scorer that says one half of everything, and labels of the generation alone."""
    other, client = new_scorer(scorer.project), sign_in(rita)
    score(other, list(Solution.objects.filter(project=scorer.project)), [-0.1] * Solution.objects.count())
    chosen = client.get(f"{PAGE}calibration.csv?scorer={scorer.pk}").content.decode()
    assert "Verifier, version 1" in chosen
    assert str(other) in client.get(f"{PAGE}calibration.csv").content.decode(), "the latest one"
    right, scores = zip(*scored(scorer), strict=True)
    drawn = Pick.objects.values("task__solution")
    only = StepLabel.objects.filter(annotation__task__generation=1, rating__isnull=False)
    assert only.count() == StepLabel.objects.filter(annotation__solution__in=drawn).count()
    query = f"?scorer={scorer.pk}&generation=1"
    rows = list(csv.DictReader(client.get(f"{PAGE}auc.csv{query}").content.decode().splitlines()))
    assert [int(row["auc_n"]) for row in rows][1:] == [only.count(), only.count()]
    assert float(rows[1]["auc_value"]) == pytest.approx(roc_auc_score(right, scores))
    assert 'generation=1">Download' in client.get(PAGE + query).content.decode()
    assert table(client, "picks")
    wrong = set(Pick.objects.filter(reason="convincing wrong answer").values_list("task__solution", flat=True))
    address = "/projects/algebra/solutions/?generation=1&pick=convincing%20wrong%20answer"
    assert address.replace("&", "&amp;") in client.get(PAGE).content.decode()
    assert {found.solution.pk for found in client.get(address).context["rows"]} == wrong
    nobody = client.get(f"{PAGE}picks.csv?until=2001-01-01").content.decode()
    assert len(nobody.splitlines()) == 1
    assert client.get(f"{PAGE}picks.csv?until=never").status_code == 400
