"""The desk through its plain forms, and through htmx."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.models import Annotation, Place, Problem, Project, StepLabel, User
from tests.conftest import solution_line

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(waiting: Project, alice: User, sign_in: SignIn) -> tuple[Client, str]:
    """Alice at her desk: her client, and the address of her first solution."""
    client = sign_in(alice)
    response = client.post(f"/label/in/{waiting.slug}/start/")
    return client, response["Location"]


def test_it_starts_and_shows_one_solution(desk: tuple[Client, str]) -> None:
    client, address = desk
    page = client.get(address).content.decode()
    assert "Problem 0: what is $0 + 1$?" in page
    assert page.count('type="radio"') == 9
    assert Place.objects.exclude(labeler=None).count() == 1


def test_it_shows_the_reference_answer_and_never_the_reference_solution(
    project: Project, alice: User, load: Any, sign_in: SignIn
) -> None:
    load(project, [solution_line(1, ground_truth_answer="the answer", ground_truth_solution="the secret way")])
    client = sign_in(alice)
    address = client.post(f"/label/in/{project.slug}/start/")["Location"]
    page = client.get(address).content.decode()
    assert "the answer" in page
    assert "secret" not in page
    assert Problem.objects.get().solution == "the secret way"


def test_a_whole_solution_by_plain_forms(desk: tuple[Client, str]) -> None:
    client, address = desk
    assert client.post(f"{address}save/", {"step-0": "1"})["Location"] == f"{address}#step-0"
    page = client.get(address).content.decode()
    assert len(re.findall(r'name="step-0"\s+value="1"\s+checked', page)) == 1
    response = client.post(f"{address}submit/", {"step-0": "1", "step-1": "0", "step-2": "1"})
    assert response.status_code == 302
    assert response["Location"] not in {address, "/label/"}
    done = Annotation.objects.exclude(submitted_at=None).get()
    assert done.finish_reason == "solution"
    assert "You have submitted this solution" in client.get(address).content.decode()


def test_the_page_says_before_any_script_what_is_rated_and_what_is_wrong(
    desk: tuple[Client, str],
) -> None:
    client, address = desk
    shown = []
    for fields in ({}, {"step-0": "0"}, {"step-0": "0", "step-1": "-1"}):
        client.post(f"{address}save/", fields)
        shown.append(re.findall(r'<li class="step *([^"]*)"', client.get(address).content.decode()))
    assert shown == [["", "", ""], ["is-rated", "", ""], ["is-rated", "is-rated is-wrong", ""]]


def test_an_unfinished_solution_says_what_is_missing(desk: tuple[Client, str]) -> None:
    client, address = desk
    response = client.post(f"{address}submit/", {"step-0": "1"}, follow=True)
    assert "Step 2 is not rated yet." in response.content.decode()
    assert not Annotation.objects.exclude(submitted_at=None).exists()


def test_htmx_gets_the_next_solution_in_the_answer(desk: tuple[Client, str]) -> None:
    client, address = desk
    response = client.post(f"{address}submit/", {"step-0": "-1"}, headers=HTMX)
    assert response.status_code == 200
    assert response["HX-Push-Url"] not in {None, address}
    page = response.content.decode()
    assert page.startswith("<main")
    assert "solution 2" in page


def test_a_refusal_never_replaces_the_form(desk: tuple[Client, str]) -> None:
    client, address = desk
    response = client.post(f"{address}submit/", {"step-0": "1"}, headers=HTMX)
    assert response.status_code == 409
    assert response.json() == {"code": "incomplete", "detail": "Step 2 is not rated yet."}


def test_whoever_was_signed_out_gets_no_sign_in_page_into_the_form(desk: tuple[Client, str]) -> None:
    client, address = desk
    client.logout()
    response = client.post(f"{address}submit/", {"step-0": "-1"}, headers=HTMX)
    assert (response.status_code, response["Content-Type"]) == (401, "text/plain")


def test_the_last_submit_says_that_nothing_is_left(desk: tuple[Client, str]) -> None:
    client, address = desk
    for _ in range(2):
        address = client.post(f"{address}submit/", {"step-0": "-1"})["Location"]
    response = client.post(f"{address}submit/", {"step-0": "-1"}, headers=HTMX)
    assert "you have rated 3 solutions" in response.content.decode()
    assert response["HX-Push-Url"] == "/label/in/algebra/"
    assert "No solution is left for you" in client.get("/label/in/algebra/").content.decode()


def test_giving_up_asks_why(desk: tuple[Client, str]) -> None:
    client, address = desk
    page = client.post(f"{address}submit/", {"early_end": "give_up"}, follow=True).content.decode()
    assert "Say in a few words why" in page
    client.post(f"{address}submit/", {"early_end": "bad_problem", "explanation": "Two questions."})
    done = Annotation.objects.exclude(submitted_at=None).get()
    assert (done.finish_reason, done.explanation) == ("bad_problem", "Two questions.")


@pytest.mark.parametrize(
    "fields", [{"step-0": "2"}, {"step-0": "yes"}, {"early_end": "tired"}, {"explanation": "x" * 2001}]
)
def test_what_the_page_would_not_send_is_refused(desk: tuple[Client, str], fields: dict[str, str]) -> None:
    client, address = desk
    assert client.post(f"{address}submit/", fields).status_code == 400
    assert not StepLabel.objects.exists()


def test_a_step_beyond_the_end_is_refused(desk: tuple[Client, str]) -> None:
    client, address = desk
    assert client.post(f"{address}save/", {"step-99999": "1"}, headers=HTMX).status_code == 409


def test_the_start_page_offers_to_resume(desk: tuple[Client, str]) -> None:
    client, address = desk
    assert "Resume" in client.get("/label/").content.decode()
    assert client.post("/label/in/algebra/start/")["Location"] == address


def test_the_text_of_a_model_is_only_text(project: Project, alice: User, load: Any, sign_in: SignIn) -> None:
    hostile = '<script>alert(1)</script><img src=x onerror=alert(2)> & "quoted" {{ settings }} {% now %}'
    load(project, [{"problem": hostile, "steps": [hostile], "ground_truth_answer": hostile}])
    client = sign_in(alice)
    page = client.get(client.post(f"/label/in/{project.slug}/start/")["Location"]).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") == 3


BUDGETS = {"desk": 4, "save": 8, "submit": 19}


def test_the_desk_asks_the_database_little(desk: tuple[Client, str]) -> None:
    client, address = desk
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    assert len(asked) <= BUDGETS["desk"]
    with CaptureQueriesContext(connection) as asked:
        client.post(f"{address}save/", {"step-0": "1"}, headers=HTMX)
    assert len(asked) <= BUDGETS["save"]
    with CaptureQueriesContext(connection) as asked:
        client.post(f"{address}submit/", {"step-0": "1", "step-1": "0", "step-2": "1"}, headers=HTMX)
    assert len(asked) <= BUDGETS["submit"], "\n".join(query["sql"][:150] for query in asked)
