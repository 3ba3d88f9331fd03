"""`make run` as a person uses it: starts, signs in, labels, is killed in every way, and loses nothing."""

import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.__main__ import STRICT
from tests.conftest import shared_file
from tests.local import wait_for
from tests.processes import Installation, Visitor, installations, status_of
from tests.servers import database_url

Make = Callable[..., Installation]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    with installations(tmp_path) as make:
        yield make


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The URL of a database of its own, on the server of this test run."""
    name = f"stepmark_{uuid4().hex}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield database_url(name)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def link_for(role: str, installation: Installation) -> str:
    links = re.findall(rf"sign in as the {role}: (\S+)", installation.printed())
    return str(links[-1])


def signed_in(role: str, installation: Installation) -> Visitor:
    visitor = Visitor(installation.address)
    link = link_for(role, installation)
    visitor.post(link, visitor.get(link))
    return visitor


def rate_first_solution(installation: Installation) -> str:
    visitor = signed_in("labeler", installation)
    page = visitor.get("/label/")
    desk = visitor.post("/label/in/demo/start/", page)
    address = visitor.at
    visitor.post(f"{address}submit/", desk, **{"step-0": "-1"})
    return address


def test_the_first_ten_minutes(make: Make, tmp_path: Path) -> None:
    installation = make()
    installation.environment |= {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    process = installation.up(cwd=tmp_path)
    assert f"{installation.address}/" in installation.printed()
    rate_first_solution(installation)
    manager = signed_in("manager", installation)
    lines = manager.post("/projects/demo/export/prm800k/", manager.get("/projects/demo/export/"))
    assert '"finish_reason": "found_error"' in lines
    assert "Researcher" in signed_in("researcher", installation).get("/projects/")
    loaded = installation.manage("load", str(shared_file("gsm8k_model_solutions.jsonl")), "--project", "gsm8k")
    assert "5,276 new solutions" in loaded.stdout, loaded.stderr
    del installation.environment["PORT"]  # what runs knows it
    link = installation.manage("login_link", "manager@demo.localhost").stdout
    assert link.startswith(f"{installation.address}/")
    assert status_of(link.strip())[0] == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    link = installation.manage("login_link", "manager@demo.localhost").stdout
    assert link.startswith("http://127.0.0.1:8000/")  # nothing runs any more
    installation.nothing_is_left()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_no_process_outlives_it(signum: signal.Signals, make: Make) -> None:
    installation = make()
    process = installation.up()
    assert len(installation.processes()) > 6
    process.send_signal(signum)
    process.wait(30)
    installation.nothing_is_left()


def test_it_goes_with_the_make_that_started_it(make: Make) -> None:
    installation = make()
    script = f"{sys.executable} manage.py up --with-parent & wait"
    parent = installation.start(["bash", "-c", script])
    wait_for(lambda: "is ready" in installation.printed(), 60)
    parent.kill()
    installation.nothing_is_left()


def test_killing_everything_loses_nothing(make: Make) -> None:
    installation = make()
    installation.up()
    address = rate_first_solution(installation)
    installation.kill_everything()
    installation.nothing_is_left()
    installation.output.write_text("")
    installation.up()
    assert "You have submitted this solution" in signed_in("labeler", installation).get(address)


def test_a_killed_server_or_program_is_started_again(make: Make) -> None:
    installation = make()
    installation.up()
    for name in ("postgres", "valkey-server", "celery"):
        next(one for one in installation.processes() if name in " ".join(one.cmdline()[:4])).kill()
        wait_for(lambda: status_of(f"{installation.address}/readyz")[0] == 200, 30)
    wait_for(lambda: "worker ended with -9; again" in installation.printed(), 30)
    rate_first_solution(installation)


def test_two_run_side_by_side(make: Make) -> None:
    one, other = make("one"), make("other")
    one.up()
    other.up()
    address = rate_first_solution(one)
    path = address.removeprefix(one.address)
    visitor = signed_in("labeler", other)
    with pytest.raises(Exception, match="404"):
        visitor.get(path)


def test_a_taken_port_is_named(make: Make) -> None:
    one, other = make("one"), make("other")
    one.up()
    other.environment["PORT"] = str(one.port)
    refused = other.manage("up")
    assert refused.returncode == 1
    assert f"port {one.port} is taken" in refused.stderr
    other.nothing_is_left()


def test_every_command_works_on_its_own_and_stops_what_it_started(make: Make, tmp_path: Path) -> None:
    installation = make()
    assert installation.manage("migrate", "-v", "0", cwd=tmp_path).returncode == 0
    assert installation.processes() == []
    file = shared_file("prm800k_rows.jsonl")
    assert installation.manage("load", str(file), "--project", "rows").returncode == 0
    exported = installation.manage("export", "--project", "rows")
    assert exported.stdout == file.read_text()
    assert installation.processes() == []


def test_a_deep_folder_is_no_trouble(make: Make) -> None:
    installation = make("/".join(["a-rather-long-name-of-a-folder"] * 5))
    migrated = installation.manage("migrate", "-v", "0")
    assert migrated.returncode == 0, migrated.stderr


def test_a_folder_that_cannot_be_used_is_named(make: Make, tmp_path: Path) -> None:
    installation = make("file")
    installation.data.write_text("in the way")
    refused = installation.manage("migrate")
    assert refused.returncode != 0
    assert str(installation.data) in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_upload_is_loaded_by_the_real_worker_with_or_without_a_message(make: Make) -> None:
    installation = make()
    installation.up()
    manager = signed_in("manager", installation)
    form, rows = manager.get("/projects/demo/load/"), shared_file("prm800k_rows.jsonl").read_text()
    manager.upload("/projects/demo/load/", form, "rows.jsonl", rows, format="auto")
    address = manager.at
    wait_for(lambda: "Loaded." in manager.get(address), 30)
    assert "<dd>6</dd>" in manager.get(address)
    without_message = installation.manage("shell", "--no-imports", "-c", RECEIVE)
    assert without_message.returncode == 0, without_message.stderr
    address = f"{installation.address}/projects/demo/load/{without_message.stdout.strip()}/"
    wait_for(lambda: "Loaded." in manager.get(address), 45)


def test_grades_are_made_by_the_real_worker(make: Make) -> None:
    """Celery's own processes may not start others as a test may."""
    installation = make()
    installation.up()
    manager = signed_in("manager", installation)
    page = manager.get("/projects/demo/grades/")
    manager.post("/projects/demo/grades/start/", page)
    address = manager.at
    wait_for(lambda: "Done." in manager.get(address), 30)
    assert "<dt>Correct</dt><dd>0</dd>" not in manager.get("/projects/demo/grades/")


def test_the_production_shape_runs_with_strict_settings(make: Make, empty_database: str) -> None:
    """The commands of docker-compose.yml on servers named by URL: those of this test run."""
    strict = make("strict")
    strict.environment |= STRICT | {"DATABASE_URL": empty_database, "REDIS_URL": os.environ["REDIS_URL"]}
    migrated = strict.manage("migrate", "--noinput")
    assert migrated.returncode == 0, migrated.stderr
    assert strict.manage("collectstatic", "--noinput").returncode == 0
    strict.start([sys.executable, "manage.py", "web"])
    celery = shutil.which("celery", path=str(Path(sys.executable).parent))
    assert celery is not None
    strict.start([celery, "--quiet", "-A", "annotation.celery", "worker", "--concurrency", "1"])
    strict.start([celery, "--quiet", "-A", "annotation.celery", "beat", "-s", str(strict.data / "beat")])
    wait_for(lambda: strict.manage("healthy").returncode == 0, 30)
    status, headers = status_of(f"{strict.address}/", Host="stepmark.example")
    assert (status, headers["Location"]) == (301, "https://stepmark.example/")
    assert status_of(f"{strict.address}/readyz", Host="evil.example")[0] == 400
    ping = [celery, "--quiet", "-A", "annotation.celery", "inspect", "ping", "--timeout", "8"]
    wait_for(lambda: strict.start(ping).wait(30) == 0, 60)
    wait_for(lambda: strict.manage("healthy", "scheduler").returncode == 0, 40)
    assert strict.manage("load", str(shared_file("prm800k_rows.jsonl")), "--project", "rows").returncode == 0
    assert strict.manage("export", "--project", "rows").stdout == shared_file("prm800k_rows.jsonl").read_text()


RECEIVE = """
import io
from annotation import importing
from annotation.models import Project
content = b'{"problem": "p", "steps": ["a"]}'
project = Project.objects.get(slug='demo')
run = importing.receive(
    project=project, actor=None, file=io.BytesIO(content), name="x", format="auto", size=len(content)
)
print(run.pk)
"""
