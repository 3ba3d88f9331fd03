"""Phase 1 through plain forms, and through the page's script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.models import Annotation, Choice, Project, StepLabel, User
from tests.growing.trees import tree_line

SignIn = Callable[[User], Client]
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def desk(project: Project, alice: User, sign_in: SignIn, load: Any) -> tuple[Client, str]:
    """Alice at her desk: her client, and the address of her solution."""
    load(project, [tree_line()])
    client = sign_in(alice)
    return client, client.post(f"/label/in/{project.slug}/start/")["Location"]


def test_a_whole_solution_by_plain_forms(desk: tuple[Client, str]) -> None:
    client, address = desk
    page = client.get(address).content.decode()
    assert page.count("<fieldset") == 3
    form = {"step-0-0": "1", "step-0-1": "0", "written-0": "", "version": "0"}
    answer = client.post(f"{address}save/", form)
    assert answer["Location"] == f"{address}#at-1"
    page = client.get(address).content.decode()
    assert len(re.findall(r'name="choice-0"\s+value="0"\s+checked', page)) == 1
    form |= {"choice-0": "0", "step-1-0": "1", "step-1-1": "-1", "step-1-2": "-1", "written-1": "", "version": "1"}
    client.post(f"{address}submit/", form)
    assert Annotation.objects.exclude(submitted_at=None).get().chosen == [0, 0]


def test_a_form_that_repeats_an_old_choice_says_nothing_new(desk: tuple[Client, str]) -> None:
    client, address = desk
    client.post(f"{address}save/", {"step-0-0": "1", "step-0-1": "0"})
    client.post(f"{address}save/", {"step-0-0": "-1", "step-0-1": "0", "choice-0": "0", "version": "1"})
    assert Choice.objects.get().completion == 1


def test_the_next_step_comes_with_the_answer_to_a_save(desk: tuple[Client, str]) -> None:
    client, address = desk
    said = client.post(f"{address}save/", {"step-0-0": "1", "version": "0", "path": ""}, headers=FETCH).json()
    assert (said["path"], said["reason"], "html" in said) == ("", "open", False)
    said = client.post(f"{address}save/", {"step-0-1": "0", "version": "1", "path": ""}, headers=FETCH).json()
    assert (said["path"], said["since"]) == ("0", 1)
    assert said["html"].count('class="step') == 1
    assert "step-1-2" in said["html"]
    said = client.post(f"{address}save/", {"choice-0": "1", "version": "2", "path": "0"}, headers=FETCH).json()
    assert (said["path"], said["since"]) == ("1", 1)
    said = client.post(f"{address}save/", {"step-0-1": "", "version": "3", "path": "1"}, headers=FETCH).json()
    assert (said["path"], said["since"], said["html"].strip()) == ("", 1, "")


def test_a_turn_that_cannot_be_comes_back_with_where_the_solution_is(desk: tuple[Client, str]) -> None:
    client, address = desk
    client.post(f"{address}save/", {"step-0-0": "1", "step-0-1": "0"})
    turn = {"written-0": "Mine.", "version": "1", "path": ""}
    answer = client.post(f"{address}save/", turn, headers=FETCH)
    said = answer.json()
    assert (answer.status_code, said["code"], said["path"], said["since"]) == (409, "wrong_choice", "0", 1)
    assert said["version"] == 1


def test_a_half_written_step_is_no_part_of_giving_up(desk: tuple[Client, str]) -> None:
    client, address = desk
    end = {"early_end": "give_up", "explanation": "Enough.", "step-0-0": "-1", "step-0-1": "-1", "written-0": "Ha"}
    client.post(f"{address}submit/", end)
    assert Annotation.objects.exclude(submitted_at=None).get().chosen == [None]
    assert not Choice.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"choice-0": "-1"}, {"choice-0": "x"}, {"path": "a"}, {"written-0": "x" * 10_001}, {"written-0": "\0"}],
)
def test_what_the_page_would_not_send_is_refused(desk: tuple[Client, str], fields: dict[str, str]) -> None:
    client, address = desk
    assert client.post(f"{address}save/", fields).status_code == 400
    assert not StepLabel.objects.exists()


def test_a_save_costs_few_statements(desk: tuple[Client, str]) -> None:
    client, address = desk
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.post(f"{address}save/", {"step-0-0": "1", "version": "0", "path": ""}, headers=FETCH)
    assert len(asked) <= 18
