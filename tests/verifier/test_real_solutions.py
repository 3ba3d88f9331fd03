"""The verifier on solutions that people and models wrote."""

import json

from annotation.verifier.claims import Claim, Verdict
from annotation.verifier.looking import step_of
from annotation.verifier.reading import read
from annotation.verifier.training import train
from tests.conftest import shared_file
from tests.verifier import gsm8k


def claims_in(texts: list[str]) -> list[Claim]:
    return [claim for text in texts for claim in step_of(read(text)).claims]


def share_wrong(claims: list[Claim]) -> float:
    return sum(claim.verdict is Verdict.WRONG for claim in claims) / len(claims)


def test_it_raises_few_false_alarms_on_reference_solutions() -> None:
    claims = claims_in([step for line in gsm8k.lines() for step in line["ground_truth"].split("\n")])
    assert len(claims) > 4_000
    assert share_wrong(claims) < 0.005


def test_it_reads_latex_and_raises_few_false_alarms_on_it() -> None:
    text = shared_file("math_test.jsonl").read_text(encoding="utf-8")
    claims = claims_in([json.loads(line)["solution"] for line in text.splitlines()[:2_000]])
    assert len(claims) > 1_000
    assert share_wrong(claims) < 0.01


def test_it_learns_from_a_thousand_solutions_and_says_how_much() -> None:
    some = [example for line in gsm8k.lines()[:400] for example in gsm8k.examples_of(line)]
    report = train(some, seed=0).report
    assert report.auc.low is not None
    assert report.auc.low > 0.6
    assert report.calibration.error < 0.1
    assert report.calibration.brier < report.calibration.brier_of_constant
    assert report.first_error.f1.value is not None
    assert report.first_error.f1.value > 0.25
