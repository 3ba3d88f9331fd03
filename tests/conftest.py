"""The cast: Alice and Bob label, Rita researches, Max manages, Eve is in another project. Sam runs it all."""

import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, TransactionTestCase

from annotation import importing, people
from annotation.labeling import Mark, Marks
from annotation.learning import guidelines
from annotation.models import LoadRun, Membership, Project, Role, User
from annotation.ratings import Rating
from tests import emptying
from tests.serving.scripted import Scripted

SHARED = Path(os.environ.get("STEPMARK_SHARED", Path(__file__).resolve().parents[2] / "shared"))
IN_CI = os.environ.get("CI") == "true"
Lines = Sequence[dict[str, Any] | str]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine may be talked to."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in {"localhost", "127.0.0.1", "::1"}:
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptying.empty)
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files(worker_id: str) -> None:
    """Static files under the names that production gives them; each worker has its own copy."""
    settings.STATIC_ROOT = Path(os.environ["STEPMARK_DATA"]) / f"static-{worker_id}"
    call_command("collectstatic", interactive=False, verbosity=0)


def shared_file(name: str) -> Path:
    """A file of the real data, which lies beside the checkout."""
    path = SHARED / "data" / name
    if not path.exists():
        message = f"the real data is not here: {name} (set STEPMARK_SHARED to the folder that holds data/)"
        pytest.fail(message) if IN_CI else pytest.skip(message)
    return path


@pytest.fixture
def server() -> Iterator[Scripted]:
    """A model endpoint that answers as its address says."""
    with Scripted() as server:
        yield server


@pytest.fixture
def project(db: None) -> Project:
    return Project.objects.create(slug="algebra", name="Algebra")


@pytest.fixture
def other_project(db: None) -> Project:
    return Project.objects.create(slug="geometry", name="Geometry")


def person(name: str, project: Project, *roles: Role) -> User:
    email = f"{name}@lab.example"
    people.add_member(actor=None, project=project, email=email, name=name.title(), roles=roles)
    return User.objects.get(email=email)


@pytest.fixture
def alice(project: Project) -> User:
    return person("alice", project, Role.LABELER)


@pytest.fixture
def bob(project: Project) -> User:
    return person("bob", project, Role.LABELER)


@pytest.fixture
def rita(project: Project) -> User:
    return person("rita", project, Role.RESEARCHER)


@pytest.fixture
def max_(project: Project) -> User:
    return person("max", project, Role.MANAGER)


@pytest.fixture
def eve(other_project: Project) -> User:
    return person("eve", other_project, *Role)


@pytest.fixture
def sam(db: None) -> User:
    return User.objects.create_user("sam@lab.example", name="Sam", is_staff=True)


def rated(ratings: Mapping[int, Rating | None]) -> Marks:
    """Ratings of the solution's own steps, by step."""
    return {(step, 0): Mark(rating) for step, rating in ratings.items()}


def with_instructions(project: Project, text: str) -> None:
    """Instructions that the labelers who are there have read."""
    guideline = guidelines.publish(actor=None, project=project, text=text)
    for member in Membership.objects.filter(project=project, is_labeler=True):
        guidelines.acknowledge(labeler=member, guideline=guideline)


def labeler(user: User, project: Project) -> Membership:
    return Membership.objects.select_related("project").get(user=user, project=project)


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    def signed_in(user: User) -> Client:
        client = Client(enforce_csrf_checks=False)
        client.force_login(user, backend="annotation.sessions.Backend")
        return client

    return signed_in


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., LoadRun]:
    """Loads lines (objects, or raw texts) into a project, as the command does."""

    def load_lines(project: Project, lines: Lines | Path, format: str = "auto", **more: Any) -> LoadRun:  # noqa: A002
        path = lines if isinstance(lines, Path) else tmp_path / "lines.jsonl"
        if not isinstance(lines, Path):
            texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
            path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8", errors="surrogatepass")
        run = importing.start_run(
            project=project,
            actor=None,
            name=path.name,
            format=format,
            size=path.stat().st_size,
            state=LoadRun.State.RUNNING,
            **more,
        )
        importing.load_file(run, path, lambda _: None)
        return run

    return load_lines


def solution_line(number: int = 1, steps: int = 3, **more: Any) -> dict[str, Any]:
    """A line of the generic format: problem 1 has solutions 1 to 9, problem 2 has 10 to 19, and so on."""
    return {
        "problem": f"Problem {number // 10}: what is ${number // 10} + 1$?",
        "ground_truth_answer": str(number // 10 + 1),
        "solution_id": f"s{number}",
        "steps": [f"Step {index + 1} of solution {number}: $x_{index} = {index}$." for index in range(steps)],
        "answer": "2",
        **more,
    }


@pytest.fixture
def waiting(project: Project, load: Callable[..., LoadRun]) -> Project:
    """The project with three solutions of three steps in its queue."""
    load(project, [solution_line(number) for number in (1, 2, 3)])
    return project
