"""A project whose generator is the scripted server."""

from collections.abc import Callable

import pytest

from annotation import endpoints
from annotation.models import LoadRun, Project, User
from tests.endpoints.registered import fresh
from tests.serving.scripted import Scripted


@pytest.fixture
def live(project: Project, max_: User, load: Callable[..., LoadRun], server: Scripted) -> Project:
    """Two problems, nothing in the queue; three completions are asked for."""
    lines = [{"problem": f"What is {n} + {n}?", "answer": str(2 * n), "level": 1} for n in (21, 4)]
    assert not load(project, lines).refused
    kinds = {"role": "generator", "protocol": "completions", "model": "tiny"}
    row = fresh(project, url=server.url("next_steps"), parallel=4, seconds=5.0, name="Writer", **kinds)
    project.writer = endpoints.register(endpoint=row, actor=max_)
    project.candidates_shown, project.alternatives_asked = 3, 2
    project.save()
    return project
