"""Looking at a desk where a lot is due changes nothing; the next act casts it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotation.models import Annotation, ApiToken, Choice, Place, Project, User
from tests.growing.trees import tree_line


@pytest.fixture
def due(project: Project, alice: User, sign_in: Callable[[User], Client], load: Any) -> tuple[Client, str]:
    """One of two completions is rated; from now on only that one is shown."""
    load(project, [tree_line()])
    client = sign_in(alice)
    address = client.post(f"/label/in/{project.slug}/start/")["Location"]
    client.post(f"{address}save/", {"step-0-0": "1"})
    Project.objects.update(candidates_shown=1)
    return client, address


def state() -> tuple[object, ...]:
    return (Annotation.objects.get().version, Choice.objects.count(), Place.objects.get().expires_at)


@pytest.mark.parametrize("api", [False, True])
def test_looking_casts_no_lot(due: tuple[Client, str], alice: User, api: bool) -> None:
    client, address = due
    before = state()
    where = f"/api/v1/leases/{Annotation.objects.get().token}/" if api else address
    headers = {"Authorization": f"Bearer {ApiToken.objects.issue(user=alice)}"} if api else {}
    assert client.get(where, headers=headers).status_code == 200
    assert state() == before


@pytest.mark.parametrize("act", ["save/", "start"])
def test_the_next_act_casts_it(due: tuple[Client, str], project: Project, act: str) -> None:
    client, address = due
    client.post(f"/label/in/{project.slug}/start/" if act == "start" else f"{address}save/")
    assert Choice.objects.get().completion == 0
    assert b"step-1-0" in client.get(address).content
