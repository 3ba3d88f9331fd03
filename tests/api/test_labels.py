"""Labels for notebooks."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from annotation.models import Project, StepLabel, User
from tests.agreement.team import TEAM, team_lines
from tests.api.script import Script

PATH = "projects/algebra/labels/"


@pytest.fixture
def team(project: Project, load: Callable[..., Any]) -> Project:
    assert not load(project, team_lines(40)).refused
    return project


def read(user: User, query: str = "") -> list[dict[str, Any]]:
    response = Script(user)("GET", PATH + query)
    assert response.status_code == 200
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


def test_one_call_has_every_rating_as_a_row(team: Project, rita: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotation.agreement.records.BATCH", 7)
    rows = read(rita)
    stored = StepLabel.objects.filter(rating__isnull=False).order_by("annotation", "step", "completion")
    assert [(row["annotation"], row["step"], row["completion"], row["rating"]) for row in rows] == list(
        stored.values_list("annotation", "step", "completion", "rating")
    )
    assert len({frozenset(row) for row in rows}) == 1, "all rows have the same columns"
    assert not any(isinstance(value, dict | list) for row in rows for value in row.values())
    assert {row["labeler"].replace("-", "") for row in rows} == set(TEAM)
    assert rows[0]["text"] is None


def test_it_keeps_to_its_filters(team: Project, rita: User) -> None:
    everything = read(rita)
    one = read(rita, f"?labeler={TEAM[1]}&generation=1&texts=true")
    assert 0 < len(one) < len(everything)
    assert {(row["labeler"].replace("-", ""), row["generation"]) for row in one} == {(TEAM[1], 1)}
    assert all(row["text"].startswith("From $") for row in one)
    since = read(rita, "?since=2026-04-01T00:00:00Z")
    assert sorted(row["annotation"] for row in since) == sorted(
        row["annotation"] for row in everything if row["submitted_at"] >= "2026-04-01"
    )
    assert read(rita, "?kind=screening") == []


def test_a_day_is_a_whole_day_as_on_the_boards_and_a_moment_a_moment(
    team: Project, rita: User, sign_in: Callable[[User], Client]
) -> None:
    everything = read(rita)
    days = {row["submitted_at"][:10] for row in everything}
    day = sorted(days)[len(days) // 2]
    with_it = read(rita, f"?since={day}&until={day}")
    assert with_it == [row for row in everything if row["submitted_at"].startswith(day)] != []
    board = sign_in(rita).get(f"/projects/algebra/?since={day}&until={day}").content.decode()
    assert f"with {len(with_it)} ratings" in board
    before = read(rita, f"?until={day}T00:00:00Z")
    assert before == [row for row in everything if row["submitted_at"] < day]


@pytest.mark.parametrize("day", ["2026-02-30", "9999-12-31", "2026-5-1", "May"])
def test_a_day_that_is_none_is_refused(team: Project, rita: User, day: str) -> None:
    assert Script(rita)("GET", f"{PATH}?until={quote(day)}").status_code == 400


@pytest.mark.parametrize("query", ["?generation=x", "?kind=odd", "?labeler=me", "?since=yesterday", "?texts=2"])
def test_what_is_no_filter_is_refused(team: Project, rita: User, query: str) -> None:
    assert Script(rita)("GET", PATH + query).status_code == 400
