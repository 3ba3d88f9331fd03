"""Labelers beside each other and one by one, and the tables of it."""

import csv
import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.test import Client
from sklearn.metrics import cohen_kappa_score

from annotation.learning import gold, guidelines
from annotation.learning.gold import Judgement
from annotation.models import Annotation, Completion, Membership, Project, Solution, StepLabel, User
from tests.agreement.team import TEAM, team_lines

SignIn = Callable[[User], Client]
PAGE = "/projects/algebra/agreement/"


@pytest.fixture
def team(project: Project, load: Callable[..., Any]) -> Project:
    assert not load(project, team_lines(60)).refused
    return project


def table(client: Client, name: str, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{PAGE}{name}.csv{query}")
    assert response.status_code == 200
    return list(csv.DictReader(response.content.decode().splitlines()))


def said_by(pseudonym: str) -> dict[tuple[int, int], int]:
    labels = StepLabel.objects.filter(annotation__labeler__pseudonym=pseudonym, rating__isnull=False)
    return {(one.solution_id, one.step): one.rating for one in labels}


def test_each_two_have_the_kappa_of_scikit_learn(team: Project, rita: User, sign_in: SignIn) -> None:
    rows = table(sign_in(rita), "pairs")
    assert len(rows) == 6
    for row in rows:
        one, other = said_by(row["one"]), said_by(row["other"])
        shared = sorted(one.keys() & other.keys())
        expected = cohen_kappa_score(
            [one[unit] for unit in shared],
            [other[unit] for unit in shared],
            weights="quadratic",
            labels=[-1, 0, 1],
        )
        assert (float(row["kappa_value"]), int(row["kappa_n"])) == (pytest.approx(expected), len(shared))


def test_every_rated_step_has_a_soft_label_beside_the_majority(team: Project, rita: User, sign_in: SignIn) -> None:
    rows = table(sign_in(rita), "soft-labels")
    assert len(rows) == StepLabel.objects.values("solution", "step").distinct().count()
    chances = np.array([[float(row[f"p_{name}"]) for name in ("negative", "neutral", "positive")] for row in rows])
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert {row["method"] for row in rows} == {"Dawid-Skene, ordered prior"}
    clear = [row for row in rows if row["majority"]]
    same = sum(
        max((-1, 0, 1), key=lambda rating, row=row: float(row[f"p_{('neutral', 'positive', 'negative')[rating]}"]))
        == int(row["majority"])
        for row in clear
    )
    assert same / len(clear) > 0.9


def test_confusions_show_who_is_severe_and_who_is_lenient(team: Project, rita: User, sign_in: SignIn) -> None:
    rows = {row["labeler"].replace("-", ""): row for row in table(sign_in(rita), "confusions")}
    severities = [float(rows[one]["severity_value"]) for one in TEAM]
    assert (np.argmax(severities), np.argmin(severities)) == (1, 2), "as they were drawn"
    for row in rows.values():
        for true in ("negative", "neutral", "positive"):
            said = [float(row[f"{true}_called_{called}"]) for called in ("negative", "neutral", "positive")]
            assert sum(said) == pytest.approx(1)


def test_what_nobody_called_a_step_is_a_dash_and_an_empty_cell(
    project: Project, load: Callable[..., Any], rita: User, sign_in: SignIn
) -> None:
    """Without neutral ratings nothing tells what a labeler calls a neutral step."""
    lines = json.loads(json.dumps(team_lines(30)).replace('"rating": 0', '"rating": 1'))
    assert not load(project, lines).refused
    rows = table(sign_in(rita), "confusions")
    assert {row[f"neutral_called_{called}"] for row in rows for called in ("negative", "neutral", "positive")} == {
        ""
    }
    assert all(float(row["positive_called_positive"]) > 0.5 for row in rows)
    page = sign_in(rita).get(f"{PAGE}labelers/").content.decode()
    assert page.count('title="rated no such step">–</td>') == 3 * len(rows)


def test_speed_and_changes_of_everybody_can_be_downloaded(team: Project, rita: User, sign_in: SignIn) -> None:
    client = sign_in(rita)
    rows = [row for row in table(client, "speed") if row["labeler"] == str(UUID(TEAM[0]))]
    read: list[tuple[int, float]] = []
    for one in Annotation.objects.filter(labeler__pseudonym=TEAM[0]):
        texts = Completion.objects.filter(solution=one.solution_id, index=0, step__lt=one.labels.count())
        read.append((sum(len(text.text) for text in texts), one.active_ms / 1000))
    assert [int(row["annotations"]) for row in rows] == [len(part) for part in np.array_split(read, 4)]
    characters = sorted(count for count, _ in read)
    found = [float(row["median_characters"]) for row in rows]
    assert found == [float(np.median(part)) for part in np.array_split(characters, 4)]
    page = client.get(f"{PAGE}labelers/{UUID(TEAM[0])}/").content.decode()
    assert f">{float(rows[0]['median_active_seconds']):.1f}</td>" in page
    assert {"labeler", "what", "day", "before", "after", "annotations"} == set(
        client.get(f"{PAGE}changes.csv").content.decode().splitlines()[0].split(",")
    )


def test_a_labelers_page_has_their_figures_weeks_and_pairs(team: Project, rita: User, sign_in: SignIn) -> None:
    guidelines.publish(actor=None, project=team, text="Rate with care.")
    guidelines.publish(actor=None, project=team, text="Rate with more care.", change="More care.")
    client = sign_in(rita)
    board = client.get(f"{PAGE}labelers/").content.decode()
    address = f"{PAGE}labelers/{UUID(TEAM[1])}/"
    assert f'href="{address}"' in board
    page = client.get(address).content.decode()
    (row,) = [row for row in table(client, "labelers") if row["labeler"] == str(UUID(TEAM[1]))]
    for name in ("severity", "agreement", "negative", "neutral", "position", "seconds"):
        assert f">{float(row[f'{name}_value']):.3f}<" in page
    assert "instructions, version 2" in page
    own = Annotation.objects.filter(labeler__pseudonym=TEAM[1]).count()
    assert f"{own} annotations with" in page
    assert f'href="/projects/algebra/solutions/?labeler={UUID(TEAM[1])}"' in page
    weeks = re.findall(r'<tr data-at="\d+"><th scope="row">(\d{4}-\d\d-\d\d)', page)
    assert weeks == 2 * sorted(set(weeks)), "in a table for each chart"
    weeks = weeks[: len(weeks) // 2]
    assert len(weeks) > 10
    rows = [row for row in table(client, "labeler-weeks") if row["labeler"] == str(UUID(TEAM[1]))]
    assert [row["monday"] for row in rows] == weeks
    assert sum(int(row["annotations"]) for row in rows) == own
    assert sum(int(row["negative_n"]) for row in rows) == len(said_by(TEAM[1]))
    assert page.count("agreement/labelers/0000") == 3, "each other labeler"
    assert client.get(f"{PAGE}labelers/{UUID(int=99)}/").status_code == 404


def test_gold_accuracy_has_its_n_and_interval(team: Project, rita: User, sign_in: SignIn) -> None:
    for solution in Solution.objects.filter(project=team)[:20]:
        gold.write(actor=None, solution=solution, judgements=[Judgement(0, 0, frozenset({1}))])
    rows = table(sign_in(rita), "labelers")
    golden = set(Solution.objects.filter(gold__isnull=False).values_list("pk", flat=True))
    for row in rows:
        rated = [
            rating
            for (solution, step), rating in said_by(row["labeler"]).items()
            if solution in golden and not step
        ]
        assert int(row["gold_n"]) == len(rated)
        assert float(row["gold_value"]) == pytest.approx(np.mean(np.equal(rated, 1)))
        assert float(row["gold_low"]) < float(row["gold_value"]) <= float(row["gold_high"])


def test_what_became_gold_is_not_held_against_itself(team: Project, rita: User, sign_in: SignIn) -> None:
    solution = Solution.objects.filter(project=team)[1]
    first, *others = solution.annotations.select_related("labeler", "solution__project").order_by("pk")
    gold.make_from(actor=None, annotation=first)
    assert set(gold.agreements([first, *others])) == {one.pk for one in others}
    counts = {UUID(row["labeler"]): int(row["gold_n"]) for row in table(sign_in(rita), "labelers")}
    assert counts[first.labeler.pseudonym] == 0
    assert all(counts[one.labeler.pseudonym] for one in others)


def test_a_labeler_of_another_project_is_not_there(
    team: Project, other_project: Project, rita: User, sign_in: SignIn
) -> None:
    theirs = Membership.objects.create(project=other_project)
    assert sign_in(rita).get(f"{PAGE}labelers/{theirs.pseudonym}/").status_code == 404
