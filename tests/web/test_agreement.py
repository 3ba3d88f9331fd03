"""The page on agreement, and its table."""

import csv
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import krippendorff
import numpy as np
import pytest
from django.test import Client

from annotation.models import Project, StepLabel, User
from tests.agreement.test_labels import ANN, BEN, CEM, said

SignIn = Callable[[User], Client]
PAGE = "/projects/algebra/agreement/"
TABLE = "/projects/algebra/agreement/figures.csv"


@pytest.fixture
def told(project: Project, load: Callable[..., Any]) -> Project:
    lines = [
        *(said(ANN, [1, 0, -1, 1], number=number) for number in range(1, 6)),
        *(said(BEN, [1, 1, 1, number % 3 - 1], number=number) for number in range(1, 6)),
        *(said(CEM, [1, number % 2, -1], number=number, generation=4) for number in range(1, 6)),
    ]
    assert not load(project, lines).refused
    return project


def rows_of(client: Client, name: str) -> list[dict[str, str]]:
    response = client.get(f"{PAGE}{name}.csv")
    assert response.status_code == 200
    return list(csv.DictReader(response.content.decode().splitlines()))


def figures(client: Client, query: str = "") -> dict[str, dict[str, str]]:
    response = client.get(TABLE + query)
    assert response.status_code == 200
    return {row["figure"]: row for row in csv.DictReader(response.content.decode().splitlines())}


def test_the_table_says_what_the_krippendorff_library_says(told: Project, rita: User, sign_in: SignIn) -> None:
    """From the labels as they are stored: a row a labeler, a column a step, and nothing after a first error."""
    labelers = [str(one) for one in (ANN, BEN, CEM)]
    matrix = np.full((3, 5 * 4), np.nan)
    solutions = sorted(set(StepLabel.objects.values_list("solution", flat=True)))
    for label in StepLabel.objects.select_related("annotation__labeler"):
        row = labelers.index(label.annotation.labeler.pseudonym.hex)
        matrix[row, solutions.index(label.solution_id) * 4 + label.step] = label.rating
    for row in matrix:
        for start in range(0, 20, 4):
            wrong = np.flatnonzero(row[start : start + 4] == -1)
            if len(wrong):
                row[start + wrong[0] + 1 : start + 4] = np.nan
    found = figures(sign_in(rita))
    for metric in ("nominal", "ordinal", "interval"):
        expected = krippendorff.alpha(matrix, level_of_measurement=metric, value_domain=[-1, 0, 1])
        row = found[f"Krippendorff's alpha, {metric}"]
        assert float(row["value"]) == pytest.approx(expected, abs=1e-9)
        assert (row["low"], row["high"]) == ("", ""), "five solutions are too few"


def test_each_filter_has_an_address_that_the_table_shares(told: Project, rita: User, sign_in: SignIn) -> None:
    page = sign_in(rita).get(PAGE, {"generation": "4"})
    assert page.status_code == 200
    assert "5 annotations with 15 ratings" in page.content.decode()
    assert "figures.csv?generation=4" in page.content.decode()
    assert "Only generation 4 " in page.content.decode()
    none = sign_in(rita).get(PAGE, {"generation": "none"})
    assert "0 annotations with 0 ratings" in none.content.decode()
    alone = figures(sign_in(rita), "?generation=4")["Percent agreement"]
    assert (alone["value"], alone["n"]) == ("", "0")
    assert alone["undefined_because"] == "no step was rated by two labelers"


def test_a_labeler_is_looked_at_beside_those_who_rated_the_same(
    told: Project, load: Any, rita: User, sign_in: SignIn
) -> None:
    """Who came with a file can be chosen, too; alone they would agree with nobody. Ben rated one solution more."""
    load(told, [said(BEN, [1, 1, 1, 1], number=6)])
    client = sign_in(rita)
    page = client.get(PAGE, {"labeler": ANN}).content.decode()
    assert "15 annotations with" in page
    assert "of everybody who rated what this labeler rated" in page
    assert figures(client, f"?labeler={ANN}")["Percent agreement"]["value"]
    assert "5 annotations with 20 ratings" in client.get("/projects/algebra/", {"labeler": ANN}).content.decode()
    days = list(csv.DictReader(client.get(f"{PAGE}days.csv?labeler={ANN}").content.decode().splitlines()))
    assert sum(int(day["annotations"]) for day in days) == 5
    own, all_of = (client.get(f"{PAGE}ratings.jsonl?labeler={ANN}{more}") for more in ("&own=on", ""))
    assert [len(labelers_in(one)) for one in (own, all_of)] == [1, 3]
    profile = f"{PAGE}labelers/{UUID(str(BEN))}/"
    assert "Severity" in client.get(profile, {"labeler": ANN}).content.decode(), "the page is of Ben all the same"


def labelers_in(response: Any) -> set[str]:
    return {json.loads(line)["labeler"] for line in b"".join(response.streaming_content).splitlines()}


@pytest.mark.parametrize(
    "query", ["?until=9999-12-31", "?generation=x", "?labeler=nobody", "?since=yesterday", "?kind=odd"]
)
def test_what_is_no_filter_is_refused(query: str, told: Project, rita: User, sign_in: SignIn) -> None:
    assert sign_in(rita).get(PAGE + query).status_code == 400
    assert sign_in(rita).get(TABLE + query).status_code == 400


def test_labelers_and_strangers_see_none_of_it(told: Project, alice: User, eve: User, sign_in: SignIn) -> None:
    for user in (alice, eve):
        assert sign_in(user).get(PAGE).status_code == 404
        assert sign_in(user).get(TABLE).status_code == 404


def test_who_is_severe_and_by_how_much(told: Project, rita: User, sign_in: SignIn) -> None:
    """Recomputed rating by rating from what is stored, each labeler against the mean of the others."""
    said_of: dict[tuple[int, int], dict[str, int]] = {}
    for label in StepLabel.objects.select_related("annotation__labeler").order_by("annotation", "step"):
        mine = said_of.setdefault((label.solution_id, label.step), {})
        name = str(label.annotation.labeler.pseudonym)
        ended = [
            step
            for (solution, step), all_of in said_of.items()
            if solution == label.solution_id and all_of.get(name) == -1 and step < label.step
        ]
        if not ended:
            mine[name] = label.rating
    table = rows_of(sign_in(rita), "labelers")
    severities = [float(row["severity_value"]) for row in table]
    assert severities == sorted(severities, reverse=True)
    assert len(table) == 3
    for row in table:
        apart = [
            np.mean([other for who, other in ratings.items() if who != row["labeler"]]) - ratings[row["labeler"]]
            for ratings in said_of.values()
            if row["labeler"] in ratings and len(ratings) > 1
        ]
        assert float(row["severity_value"]) == pytest.approx(np.mean(apart))
        assert int(row["severity_n"]) == len(apart)
        assert row["severity_low"] == "", "five annotations are too few for an interval"


def test_the_most_contested_steps_lead_to_where_they_are(told: Project, rita: User, sign_in: SignIn) -> None:
    client = sign_in(rita)
    steps = rows_of(client, "steps")
    assert [steps[0][name] for name in ("step", "negative", "neutral", "positive")] == ["2", "2", "0", "1"]
    assert steps[0]["text"] == "step 2 way 0"
    weights = [float(row["disagreement"]) for row in steps]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] == 8, "two pairs that are two apart, both ways round: 4 x 4 / (3 - 1)"
    assert weights[-1] > 0, "what all rated alike is not contested"
    link = f"/projects/algebra/solutions/{steps[0]['solution']}/"
    assert f'href="{link}#step-3"' in client.get(f"{PAGE}steps/").content.decode()
    assert 'id="step-3"' in client.get(link).content.decode()


def test_there_is_no_other_table(told: Project, rita: User, sign_in: SignIn) -> None:
    assert sign_in(rita).get(f"{PAGE}secrets.csv").status_code == 404
