"""Deciding what holds where labelers disagree."""

import csv
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotation.learning import adjudication, gold
from annotation.models import AuditEntry, Completion, Consensus, Project, Solution, StepLabel, User
from tests.agreement.test_labels import ANN, BEN, CEM, said

SignIn = Callable[[User], Client]
NEXT = "/projects/algebra/adjudicate/"


@pytest.fixture
def told(project: Project, load: Callable[..., Any]) -> Project:
    """Of solution 1 they say of its third step all that can be said, of solution 2 they disagree less."""
    lines = [said(ANN, [1, 1, -1]), said(BEN, [1, 1, 1, 1]), said(CEM, [1, 1, 0, 1])]
    lines += [said(ANN, [1, 1, 1, 1], number=2), said(BEN, [1, 1, 0, 1], number=2)]
    lines += [said(one, [1, 1, 1, 1], number=3) for one in (ANN, BEN)]
    assert not load(project, lines).refused
    return project


def solution(number: int) -> Solution:
    return Solution.objects.get(problem__text=f"Problem {number}?")


def address(number: int) -> str:
    return f"/projects/algebra/solutions/{solution(number).pk}/adjudicate/"


def labels() -> list[tuple[Any, ...]]:
    return list(StepLabel.objects.order_by("pk").values_list("pk", "rating", "flagged", "version"))


def test_one_contested_solution_after_the_other(told: Project, max_: User, sign_in: SignIn) -> None:
    client, before = sign_in(max_), labels()
    first = client.get(NEXT)["Location"]
    assert first == f"/projects/algebra/solutions/{solution(1).pk}/adjudicate/"
    page = client.get(first).content.decode()
    assert page.count('class="verdict contested"') == 1
    assert page.count("had stopped") == 1, "Ann saw the first error at step 3 and rated no fourth step"
    assert '/projects/algebra/agreement/" aria-current="page">Agreement' in page
    assert page.count(" checked") == 3, "what all agree on is filled in"
    decided = {"rating-0-0": "1", "rating-1-0": "1", "rating-2-0": "-1", "rating-3-0": "1"}
    response = client.post(first, decided | {"code-2-0": "rubric_gap", "note": "Say it in the instructions."})
    assert response["Location"] == f"{NEXT}?after={solution(1).pk}"
    assert client.get(response["Location"])["Location"] == address(2)
    kept = adjudication.verdicts_of(solution(1))
    assert {place: tuple(verdict) for place, verdict in kept.items()} == {
        (0, 0): (1, ""),
        (1, 0): (1, ""),
        (2, 0): (-1, "rubric_gap"),
    }, "steps after the first error are left out"
    assert labels() == before, "raw labels stay as they are"
    assert AuditEntry.objects.get(verb="adjudicate").data["note"] == "Say it in the instructions."
    page = client.get(f"/projects/algebra/solutions/{solution(1).pk}/").content.decode()
    assert "the instructions leave it open" in page
    rows = list(
        csv.DictReader(client.get("/projects/algebra/agreement/consensus.csv").content.decode().splitlines())
    )
    assert [(row["step"], row["rating"], row["code"]) for row in rows] == [
        ("0", "1", ""),
        ("1", "1", ""),
        ("2", "-1", "rubric_gap"),
    ]


def test_a_refused_form_comes_back_as_it_was_sent(told: Project, max_: User, sign_in: SignIn) -> None:
    """Steps 3 and 4 lack something; all that is missing is said at once, and nothing that was chosen is lost."""
    sent = {"rating-0-0": "0", "rating-1-0": "1", "rating-2-0": "0", "note": "Look & see.", "gold": "1"}
    refused = sign_in(max_).post(address(1), sent | {"code-3-0": "slip"})
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "Step 3: say why labelers disagreed." in page
    assert "Step 4: say what holds." in page
    checked = re.findall(r'name="([\w-]+)" value="([\w-]+)" checked', page)
    assert checked == [("rating-0-0", "0"), ("rating-1-0", "1"), ("rating-2-0", "0"), ("gold", "1")]
    assert 'value="Look &amp; see."' in page
    assert not Consensus.objects.exists()
    refused = sign_in(max_).post(address(1), sent | {"code-2-0": "slip"})
    assert ("code-2-0", "slip") in re.findall(
        r'name="([\w-]+)" value="([\w-]+)" checked', refused.content.decode()
    )


def test_one_that_is_skipped_comes_again_after_the_last(told: Project, max_: User, sign_in: SignIn) -> None:
    client = sign_in(max_)
    assert f"{NEXT}?after={solution(1).pk}" in client.get(address(1)).content.decode()
    assert client.get(f"{NEXT}?after={solution(1).pk}")["Location"] == address(2)
    assert client.get(f"{NEXT}?after={solution(2).pk}")["Location"] == address(1)
    assert client.get(f"{NEXT}?after={solution(3).pk}")["Location"] == address(1), "nobody disagrees on it"
    verdicts = {(step, 0): adjudication.Verdict(1, "slip") for step in range(4)}
    adjudication.record(actor=max_, solution=solution(2), verdicts=verdicts)
    page = client.get(f"{NEXT}?after={solution(1).pk}", follow=True).content.decode()
    assert "No other solution that labelers disagree on waits for a decision." in page
    assert client.get(f"{NEXT}?after=one").status_code == 400


@pytest.mark.parametrize("page", ["agreement/steps/", ""])
def test_lists_of_contested_steps_say_what_is_decided(
    told: Project, max_: User, sign_in: SignIn, page: str
) -> None:
    client = sign_in(max_)
    assert ">decided<" not in client.get(f"/projects/algebra/{page}").content.decode()
    verdicts = {(step, 0): adjudication.Verdict(1, "slip") for step in range(4)}
    adjudication.record(actor=max_, solution=solution(1), verdicts=verdicts)
    rows = re.findall(
        r"solution (\d+), step [^<]*</a>(.*?)</th>", client.get(f"/projects/algebra/{page}").content.decode()
    )
    assert {(int(pk), "decided" in mark) for pk, mark in rows} == {(solution(1).pk, True), (solution(2).pk, False)}


def test_alternatives_of_the_first_error_are_decided_too(told: Project, max_: User) -> None:
    one = solution(1)
    Completion.objects.create(solution=one, step=2, index=1, text="Or so.")
    for annotation, rating in zip(one.annotations.order_by("pk"), (1, -1), strict=False):
        StepLabel.objects.create(
            annotation=annotation, solution=one, step=2, completion=1, position=1, rating=rating
        )
    verdicts = {(step, 0): adjudication.Verdict(1) for step in range(2)}
    verdicts |= {(2, 0): adjudication.Verdict(-1, "slip"), (2, 1): adjudication.Verdict(1, "rubric_gap")}
    adjudication.record(actor=max_, solution=one, verdicts=verdicts | {(3, 0): adjudication.Verdict(1)})
    assert adjudication.verdicts_of(one) == verdicts


def test_when_all_is_decided_it_says_so(told: Project, max_: User, sign_in: SignIn) -> None:
    client = sign_in(max_)
    for number in (1, 2):
        verdicts = {(step, 0): adjudication.Verdict(1, "slip") for step in range(4)}
        adjudication.record(actor=max_, solution=solution(number), verdicts=verdicts)
    assert client.get(NEXT)["Location"] == "/projects/algebra/agreement/steps/"
    page = client.get("/projects/algebra/agreement/steps/").content.decode()
    assert "No solution that labelers disagree on waits for a decision." in page
    again = {(step, 0): adjudication.Verdict(1, "ambiguity") for step in range(4)}
    adjudication.record(actor=max_, solution=solution(2), verdicts=again)
    assert adjudication.verdicts_of(solution(2))[2, 0].code == "ambiguity"
    assert AuditEntry.objects.filter(verb="adjudicate").latest("pk").data["before"][2]["code"] == "slip"


def test_it_can_become_gold_that_knows_what_is_ambiguous(told: Project, max_: User, sign_in: SignIn) -> None:
    one, two = solution(1), solution(2)
    verdicts = {(step, 0): adjudication.Verdict(1) for step in range(2)} | {
        (2, 0): adjudication.Verdict(-1, "slip")
    }
    adjudication.record(actor=max_, solution=one, verdicts=verdicts, makes_gold=True)
    found = gold.judgements_of(one)
    assert {place: set(judgement.accepted) for place, judgement in found.items()} == {
        (0, 0): {1},
        (1, 0): {1},
        (2, 0): {-1},
    }
    assert found[2, 0].can_be_first_error
    verdicts = {(step, 0): adjudication.Verdict(1, "ambiguity") for step in range(4)}
    adjudication.record(actor=max_, solution=two, verdicts=verdicts, makes_gold=True)
    assert set(gold.judgements_of(two)[2, 0].accepted) == {0, 1}
    assert set(gold.judgements_of(two)[1, 0].accepted) == {1}, "nobody disagreed there"


@pytest.mark.parametrize("holds", [-1, 1])
def test_gold_of_an_ambiguous_step_agrees_with_everybody_who_said_what_it_accepts(
    told: Project, max_: User, holds: int
) -> None:
    """Ann calls the third step negative and stops, Ben positive and goes on, Cem neutral."""
    one = solution(1)
    verdicts = {(step, 0): adjudication.Verdict(holds if step == 2 else 1, "ambiguity") for step in range(4)}
    adjudication.record(actor=max_, solution=one, verdicts=verdicts, makes_gold=True)
    assert gold.judgements_of(one)[2, 0].can_be_first_error
    found = gold.agreements(list(one.annotations.all())).values()
    assert [(each.right, each.found, each.solutions) for each in found] == [(each.judged, 1, 1) for each in found]
    assert len(found) == 3


@pytest.mark.parametrize("fields", [{"rating-0-0": "2"}, {"rating-0-0": ""}])
def test_what_is_no_rating_is_refused(told: Project, max_: User, sign_in: SignIn, fields: dict[str, str]) -> None:
    assert sign_in(max_).post(address(1), fields).status_code == 400
    assert not Consensus.objects.exists()


def test_only_managers_decide(told: Project, rita: User, alice: User, eve: User, sign_in: SignIn) -> None:
    for user in (rita, alice, eve):
        for page in (NEXT, address(1)):
            assert sign_in(user).get(page).status_code == 404
