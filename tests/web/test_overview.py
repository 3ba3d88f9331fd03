"""Every number of the overview, once more from the export and by other libraries."""

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import krippendorff
import numpy as np
import pytest
from django.test import Client
from scipy.stats import binomtest

from annotation import labeling
from annotation.models import Annotation, Project, User
from tests.agreement.team import team_lines
from tests.conftest import labeler, rated, solution_line

SignIn = Callable[[User], Client]
PAGE = "/projects/algebra/"


@pytest.fixture
def team(project: Project, load: Callable[..., Any], alice: User) -> Project:
    """Half a year that was loaded, and two annotations of today, one of them given up."""
    assert not load(project, team_lines(40)).refused
    assert not load(project, [solution_line(1), solution_line(2)]).refused
    for ending in ({}, {"early_end": "give_up", "explanation": "I cannot tell."}):
        annotation = labeling.lease_next(labeler=labeler(alice, project).pk)
        labeling.submit(lease=annotation, marks=rated({0: 0} if ending else {0: -1}), **ending)
    return project


@pytest.fixture
def exported(team: Project, max_: User, sign_in: SignIn) -> list[dict[str, Any]]:
    response = sign_in(max_).post(f"{PAGE}export/prm800k/")
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


def table(client: Client, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(client.get(f"{PAGE}agreement/{name}.csv").content.decode().splitlines()))


def ratings_of(line: dict[str, Any]) -> list[tuple[int, str, int]]:
    """Step, text and rating of each completion that was rated."""
    return [
        (step, one["text"], one["rating"])
        for step, given in enumerate(line["label"]["steps"])
        for one in given["completions"] or ()
        if one["rating"] is not None
    ]


def moment(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["timestamp"]).replace(tzinfo=UTC)


def solution(line: dict[str, Any]) -> tuple[str, str]:
    return line["question"]["problem"], json.dumps(line["question"]["pre_generated_steps"])


def alpha(lines: Iterable[dict[str, Any]]) -> tuple[float, int]:
    """Krippendorff's, by the library of that name, and how many steps were rated twice. Lines end at an error."""
    counts: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in lines:
        for step, text, rating in ratings_of(line):
            counts[solution(line), step, text][rating + 1] += 1
    table = np.array(list(counts.values()))
    n = int((table.sum(axis=1) > 1).sum())
    if not n:
        return np.nan, 0
    found = krippendorff.alpha(value_counts=table, level_of_measurement="ordinal", value_domain=[-1, 0, 1])
    return found, n


def monday(of: date) -> date:
    return of - timedelta(days=of.weekday())


def same(row: dict[str, str], expected: tuple[float, int]) -> bool:
    value = float(row["alpha_value"]) if row["alpha_value"] else np.nan
    return (value, int(row["alpha_n"])) == (pytest.approx(expected[0], nan_ok=True), expected[1])


def test_each_day(exported: list[dict[str, Any]], max_: User, sign_in: SignIn) -> None:
    by_day: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in exported:
        by_day[str(moment(line).date())].append(line)
    rows = table(sign_in(max_), "days")
    assert [row["day"] for row in rows] == sorted(by_day)
    for row in rows:
        lines = by_day[row["day"]]
        said = Counter(rating for line in lines for _, _, rating in ratings_of(line))
        assert [int(row[name]) for name in ("negative", "neutral", "positive")] == [said[r] for r in (-1, 0, 1)]
        assert int(row["labels"]) == said.total()
        assert int(row["annotations"]) == len(lines)
        assert int(row["labelers"]) == len({line["labeler"] for line in lines})
        assert int(row["active_ms"]) == sum(line["label"]["total_time"] for line in lines)


def test_alpha_of_each_week_and_generation(exported: list[dict[str, Any]], max_: User, sign_in: SignIn) -> None:
    first: dict[Any, date] = {}
    for line in exported:
        first[solution(line)] = min(first.get(solution(line), date.max), moment(line).date())
    weeks: dict[str, list[dict[str, Any]]] = defaultdict(list)
    generations: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in exported:
        weeks[str(monday(first[solution(line)]))].append(line)
        generations["" if line["generation"] is None else str(line["generation"])].append(line)
    client = sign_in(max_)
    rows = table(client, "weeks")
    assert [row["monday"] for row in rows] == sorted(weeks)
    assert all(same(row, alpha(weeks[row["monday"]])) for row in rows)
    rows = table(client, "generations")
    assert {row["generation"] for row in rows} == set(generations)
    assert all(same(row, alpha(generations[row["generation"]])) for row in rows)
    assert sum(int(row["annotations"]) for row in rows) == len(exported)


def test_classes_and_endings_are_on_the_page(exported: list[dict[str, Any]], max_: User, sign_in: SignIn) -> None:
    page = sign_in(max_).get(PAGE).content.decode()
    said = Counter(rating for line in exported for _, _, rating in ratings_of(line))
    assert f"{len(exported)} annotations with {said.total()} ratings" in page
    for name, rating in (("Negative", -1), ("Neutral", 0), ("Positive", 1)):
        found = re.search(rf'{name}</a></th><td class="number">([\d.]+)', page)
        assert found
        assert found[1] == f"{100 * said[rating] / said.total():.1f}"
    ended = Counter(line["label"]["finish_reason"] for line in exported)
    assert ended["give_up"] == 1
    for reason in ("solution", "found_error", "bad_problem", "give_up"):
        bounds = binomtest(ended[reason], len(exported)).proportion_ci(method="wilson")
        row = re.search(rf"<code>{reason}</code></a></th>(.*?)</tr>", page)
        assert row
        numbers = [float(number) for number in re.findall(r"[\d.]+", re.sub(r"<[^>]*>", " ", row[1]))]
        share = 100 * ended[reason] / len(exported)
        assert numbers == pytest.approx([ended[reason], share, 100 * bounds.low, 100 * bounds.high], abs=0.06)


def test_the_queue_is_counted_by_generation(team: Project, max_: User, sign_in: SignIn) -> None:
    """Of two solutions one is done; one was given up, and waits for somebody else."""
    page = sign_in(max_).get(PAGE).content.decode()
    rows = re.findall(r'<tr><th scope="row">(none|\d+)</th>((?:<td class="number">\d+</td>){5})</tr>', page)
    assert [(name, re.findall(r"\d+", cells)) for name, cells in rows] == [("none", ["2", "0", "0", "2", "2"])]


def test_a_filter_that_is_none_is_said_and_the_rest_stays(team: Project, max_: User, sign_in: SignIn) -> None:
    response = sign_in(max_).get(f"{PAGE}?generation=x")
    assert response.status_code == 400
    assert "Where queues stand" in response.content.decode()
    turned = sign_in(max_).get(f"{PAGE}?since=2026-02-01&until=2026-01-01")
    assert turned.status_code == 400
    assert "No day is from 2026-02-01 on and until 2026-01-01" in turned.content.decode()
    nothing = sign_in(max_).get(f"{PAGE}?until=2001-01-01").content.decode()
    assert "0 annotations with 0 ratings" in nothing


def test_it_leads_to_the_most_contested_steps_and_to_who_is_severe(
    exported: list[dict[str, Any]], max_: User, sign_in: SignIn
) -> None:
    """Recomputed from the export: who rated how much lower than the mean of the others, and where they differ."""
    client = sign_in(max_)
    page = client.get(PAGE).content.decode()
    said: dict[Any, dict[str, int]] = defaultdict(dict)
    for line in exported:
        for step, text, rating in ratings_of(line):
            said[solution(line), step, text][line["labeler"]] = rating
    worst = sorted((spread(list(each.values())) for each in said.values()), reverse=True)[:3]
    rows = re.findall(r'#step-\d+">.*?<td class="number">([\d.]+)</td></tr>', page, re.DOTALL)
    assert [float(one) for one in rows] == pytest.approx(worst)
    apart: dict[str, list[float]] = defaultdict(list)
    for each in said.values():
        for who, rating in each.items():
            others = [other for name, other in each.items() if name != who]
            if others:
                apart[who].append(np.mean(others) - rating)
    severity = {who: float(np.mean(each)) for who, each in apart.items()}
    labelers = {row["labeler"]: row for row in table(client, "labelers")}
    for words, who in (
        ("severest", max(severity, key=severity.__getitem__)),
        ("most lenient", min(severity, key=severity.__getitem__)),
    ):
        row = re.search(rf"{who[:8]}</code></a> {words}</th>(.*?)</tr>", page, re.DOTALL)
        assert row
        assert f">{severity[who]:.3f}<" in row[1]
        low, high = (float(labelers[who][f"severity_{end}"]) for end in ("low", "high"))
        assert f">{low:.3f} to {high:.3f}<" in row[1]


def spread(ratings: list[int]) -> float:
    """Squared distances of each two ratings, both ways round, over the ratings less one."""
    return sum((a - b) ** 2 for a in ratings for b in ratings) / max(len(ratings) - 1, 1)


def test_classes_endings_and_queues_can_be_downloaded(
    exported: list[dict[str, Any]], max_: User, sign_in: SignIn
) -> None:
    client = sign_in(max_)
    said = Counter(rating for line in exported for _, _, rating in ratings_of(line))
    for row, rating in zip(table(client, "classes"), (-1, 0, 1), strict=True):
        share = said[rating] / said.total()
        assert (float(row["share_value"]), int(row["share_n"])) == (pytest.approx(share), said.total())
    ended = Counter(line["label"]["finish_reason"] for line in exported)
    rows = table(client, "reasons")
    assert {row["finish_reason"]: int(row["annotations"]) for row in rows if row["annotations"] != "0"} == ended
    assert [row["made"] for row in table(client, "queues")] == ["2"]


def test_a_solution_says_what_was_not_rated_only_where_there_was_something_to_rate(
    team: Project, max_: User, sign_in: SignIn
) -> None:
    """One of Alice's solutions was given up after its first step, one ended with the error in it."""
    by_reason = {one.finish_reason: one.solution for one in Annotation.objects.filter(labeler__user__name="Alice")}
    missing = {}
    for reason, solution in by_reason.items():
        page = sign_in(max_).get(f"{PAGE}solutions/{solution.pk}/").content.decode()
        missing[reason] = page.count("<small>not rated</small>")
    steps = by_reason["give_up"].completions.count()
    assert missing == {"give_up": steps - 1, "found_error": 0}
