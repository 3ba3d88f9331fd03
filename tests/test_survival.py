"""Runs over model endpoints while workers are killed and Redis forgets: nothing is lost, doubled or left over."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from annotation import runs
from tests.conftest import IN_CI
from tests.local import wait_for
from tests.processes import Installation, Visitor, installations
from tests.scoring.labeled import sums
from tests.serving.exchange import Request
from tests.serving.scripted import Scripted
from tests.test_up import signed_in

PROBLEMS = 130
KEY = "sk-canary-7f3a9b51c0de4e2f8a6b"
FORGET = "from annotation.celery import app; app.connection().default_channel.client.flushall()"
WRITE_DOWN = FORGET.replace("flushall", "save")
POISON = "She has 4 apples and 7 pears."
A_MINUTE_LATER = """
from django.db.models.functions import Now
from annotation.models import Run, RunItem
from annotation.tasks import advance
RunItem.objects.update(due_at=Now())
advance.delay(Run.objects.get(kind="score").pk)
"""
ALL_THERE = """
from annotation.models import Grade, Score
ours = {"solution__problem__text__startswith": "Anna has"}
grades = (Grade.objects.filter(counts_as=word, **ours).count() for word in ("correct", "incorrect"))
print(*grades, Score.objects.filter(**ours).count())
"""
COUNT = """
import json
from annotation.models import Project, Run, RunItem, Score, Solution
project = Project.objects.get(slug="demo")
score, sample = (Run.objects.get(kind=kind) for kind in ("score", "sample"))
sampled = Solution.objects.filter(run=sample)
print(json.dumps({
    "states": [score.state, sample.state],
    "totals": [score.total, sample.total],
    "scored": Score.objects.filter(scorer=score.scorer).count(),
    "sampled": sampled.count(),
    "names": sampled.values("problem", "external_id").distinct().count(),
    "tallies": dict(sample.tallies.values_list("word", "count")),
    "items": RunItem.objects.count(),
    "loaded": Solution.objects.filter(project=project, pre_generated=True, run=None).count(),
    "statements": project.problems.values("statement").distinct().count(),
}))
"""


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with installations(tmp_path) as make:
        yield make("data")


def register(manager: Visitor, kind: str, url: str, parallel: int) -> str:
    """The path of the new endpoint."""
    path = f"/projects/demo/endpoints/new/{kind}/"
    given = {"name": kind, "url": url, "seconds": "5", "parallel": str(parallel), "key": KEY, "model": "tiny"}
    manager.post(path, manager.get(path), **given)
    return manager.at


def load_pool(manager: Visitor, problems: int = PROBLEMS) -> None:
    lines = "".join(f"{json.dumps(line)}\n" for line in sums(problems))
    form = manager.get("/projects/demo/load/")
    manager.upload("/projects/demo/load/", form, "sums.jsonl", lines, format="auto", for_pool="on")
    address = manager.at
    wait_for(lambda: "Loaded." in manager.get(address), 60)


def kill_workers(installation: Installation) -> int:
    """All processes of the worker at once, the parent too. Returns how many there were."""
    found = [one for one in installation.processes() if is_worker(one)]
    for process in found:
        process.send_signal(signal.SIGKILL)
    return len(found)


def is_worker(process: psutil.Process) -> bool:
    words = process.cmdline()
    return "worker" in words and "live" not in words


def kill_children(installation: Installation) -> None:
    """As Linux kills what takes all memory: the processes that work, and not their parent."""
    for process in installation.processes():
        parent = process.parent()
        if is_worker(process) and parent is not None and is_worker(parent):
            process.send_signal(signal.SIGKILL)


def count(installation: Installation) -> dict[str, object]:
    shown = installation.manage("shell", "--no-imports", "-c", COUNT)
    assert shown.returncode == 0, shown.stderr
    found: dict[str, object] = json.loads(shown.stdout)
    return found


def is_over(manager: Visitor, address: str) -> Callable[[], bool]:
    return lambda: "Done." in manager.get(address)


@pytest.mark.skipif(not IN_CI, reason="takes two minutes; CI runs it, and CI=true does by hand")
def test_runs_survive_killed_workers_and_a_redis_that_forgets(
    installation: Installation, server: Scripted
) -> None:
    installation.up()
    manager = signed_in("manager", installation)
    load_pool(manager)
    scorer = register(manager, "scorer/plain", server.url("slow"), parallel=2)
    generator = register(manager, "generator/completions", server.url("writes_slowly"), parallel=2)
    manager.post(f"{scorer}score/", manager.get(scorer))
    scoring = manager.at
    plan = {"n": "1", "per_request": "1", "temperature": "1", "max_tokens": "64"}
    manager.post(f"{generator}sample/", manager.get(f"{generator}sample/"), **plan)
    sampling = manager.at
    for act in ("kill", "forget", "kill"):
        time.sleep(4)
        assert not is_over(manager, sampling)()
        if act == "kill":
            assert kill_workers(installation) > 1
        else:
            assert installation.manage("shell", "--no-imports", "-c", FORGET).returncode == 0
    for address in (scoring, sampling):
        wait_for(is_over(manager, address), 180)
    found = count(installation)
    assert found["states"] == ["done", "done"]
    assert found["totals"] == [found["scored"], found["sampled"]] == [found["loaded"], found["statements"]]
    assert found["names"] == found["sampled"]
    assert found["tallies"] == {"kept": found["sampled"]}
    assert found["items"] == 0
    assert server.most_in_flight <= 4
    nobody_has_the_key(installation, manager)


def have_died(deaths: list[float], times: int) -> Callable[[], bool]:
    return lambda: len(deaths) >= times


@pytest.mark.skipif(not IN_CI, reason="takes a minute; CI runs it, and CI=true does by hand")
def test_a_solution_that_kills_its_workers_is_dead_in_the_end_and_all_others_are_scored(
    installation: Installation, server: Scripted
) -> None:
    """R34; and before that, real workers grade."""
    deaths: list[float] = []

    def strike(request: Request) -> None:
        if POISON in request.body.decode():
            deaths.append(time.monotonic())
            kill_children(installation)

    installation.up()
    manager = signed_in("manager", installation)
    load_pool(manager, problems=3)
    manager.post("/projects/demo/grades/start/", manager.get("/projects/demo/grades/"))
    wait_for(is_over(manager, manager.at), 60)
    scorer = register(manager, "scorer/plain", server.url("slow"), parallel=2)
    server.hears = strike
    manager.post(f"{scorer}score/", manager.get(scorer))
    scoring = manager.at
    for times in range(1, runs.MOST_ATTEMPTS + 1):
        wait_for(have_died(deaths, times), 60)
        assert installation.manage("shell", "--no-imports", "-c", A_MINUTE_LATER).returncode == 0
    wait_for(lambda: "Done, but for 1." in manager.get(scoring), 60)
    assert f"workers ended {runs.MOST_ATTEMPTS} times while they had it" in manager.get(scoring)
    assert len(deaths) == runs.MOST_ATTEMPTS
    server.hears = None
    manager.post(f"{scoring}try-again/", manager.get(scoring))
    wait_for(is_over(manager, scoring), 60)
    assert installation.manage("shell", "--no-imports", "-c", ALL_THERE).stdout.split() == ["6", "6", "12"]


def nobody_has_the_key(installation: Installation, manager: Visitor) -> None:
    """R15: not in a log, not in Redis, in no file of the installation, in no export."""
    assert KEY not in installation.printed()
    assert KEY not in manager.get("/projects/demo/endpoints/")
    assert installation.manage("shell", "--no-imports", "-c", WRITE_DOWN).returncode == 0
    installation.kill_everything()
    files = [path for path in installation.data.rglob("*") if path.is_file()]
    assert len(files) > 500, "PostgreSQL has more files than that"
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
