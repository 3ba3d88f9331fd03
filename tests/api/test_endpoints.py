"""Endpoints, and the runs that ask them, by script."""

from collections.abc import Callable
from typing import Any

import pytest

from annotation import tasks
from annotation.models import Endpoint, LoadRun, Project, Run, Score, Solution, User
from tests.api.script import Script
from tests.endpoints.test_registry import KEY
from tests.scoring.labeled import PROBLEMS, SAMPLES, load_sums
from tests.serving.scripted import Scripted

HERE = "projects/algebra/endpoints/"
ALL = PROBLEMS * SAMPLES


@pytest.fixture
def script(max_: User, project: Project) -> Script:
    return Script(max_)


def given(server: Scripted, path: str = "ok", **more: Any) -> dict[str, Any]:
    return {"name": "PRM", "role": "scorer", "protocol": "plain", "url": server.url(path), "key": KEY, **more}


def test_an_endpoint_is_registered_changed_and_removed(script: Script, server: Scripted) -> None:
    made = script("POST", HERE, given(server, seconds=5, parallel=4))
    assert made.status_code == 201
    assert KEY not in made.content.decode()
    one = made.json()
    assert (one["has_key"], one["silent_since"], one["parallel"]) == (True, None, 4)
    assert script("GET", HERE).json() == [one]
    path = f"{HERE}{one['id']}/"
    assert script("PATCH", path, {"model": "prm-7b"}).json() == {**one, "model": "prm-7b"}
    moved = script("PATCH", path, {"url": server.url("slow")}).json()
    assert (moved["has_key"], moved["model"]) == (False, "prm-7b")
    assert script("DELETE", path).status_code == 204
    assert script("GET", path).status_code == 404
    assert not server.requests


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "http://169.254.169.254/"}, "does not call"),
        ({"protocol": "telepathy"}, "no such protocol"),
        ({"protocol": "chat", "role": "generator", "votes": 3}, "no option votes"),
        ({"protocol": "generative"}, "needs good_id and bad_id"),
        ({"seconds": 900}, "60 at most"),
        ({"parallel": 0}, "parallel is 0"),
        ({"layout": "odd", "protocol": "pooling"}, "layout"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_called_is_refused(
    script: Script, server: Scripted, wrong: dict[str, Any], said: str
) -> None:
    refused = script("POST", HERE, given(server, **wrong))
    assert refused.status_code == 400
    assert said in refused.content.decode()
    assert not Endpoint.objects.exists()


def test_options_begin_as_on_the_page(script: Script, server: Scripted) -> None:
    made = script("POST", HERE, given(server, protocol="chat", votes=4)).json()
    assert made["options"]["votes"] == 4
    assert "Answer with that one character" in made["options"]["instruction"]


def test_it_scores_and_its_run_is_paused_resumed_and_told(
    script: Script, project: Project, load: Callable[..., LoadRun], server: Scripted
) -> None:
    load_sums(project, load)
    server.refuses = "(case 7)"
    one = script("POST", HERE, given(server)).json()
    begun = script("POST", f"{HERE}{one['id']}/score/")
    assert begun.status_code == 202
    path = f"projects/algebra/work/{begun.json()['id']}/"
    assert script("POST", f"{path}pause/").json()["state"] == "paused"
    assert script("POST", f"{path}leap/").status_code == 400
    assert script("POST", f"{path}resume/").json()["state"] == "running"
    tasks.advance(begun.json()["id"])
    told = script("GET", path).json()
    assert (told["state"], told["total"], told["done"], told["dead"]) == ("done", ALL, ALL - SAMPLES, SAMPLES)
    assert "422" in told["reasons"][0]
    server.refuses = ""
    assert script("POST", f"{path}try-again/").json()["left"] == SAMPLES
    tasks.advance(begun.json()["id"])
    assert Score.objects.count() == ALL
    assert script("DELETE", f"{HERE}{one['id']}/").status_code == 400


def test_it_samples(script: Script, project: Project, load: Callable[..., LoadRun], server: Scripted) -> None:
    load(project, [{"problem": "What is 2 + 2?", "answer": "4", "level": 1}])
    kinds = {"role": "generator", "protocol": "completions", "model": "tiny"}
    one = script("POST", HERE, given(server, "writes", **kinds)).json()
    path = f"{HERE}{one['id']}/"
    assert script("POST", f"{path}sample/", {"n": 0}).status_code == 400
    assert script("POST", f"{path}score/").status_code == 404
    begun = script("POST", f"{path}sample/", {"n": 10, "per_request": 5, "seed": 0}).json()
    tasks.advance(begun["id"])
    told = script("GET", f"projects/algebra/work/{begun['id']}/").json()
    assert (told["state"], told["tallies"]) == ("done", {"kept": 8, "truncated": 1, "empty": 1})
    assert Solution.objects.filter(run=Run.objects.get()).count() == 8
