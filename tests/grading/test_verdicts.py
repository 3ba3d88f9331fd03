"""Verdicts on real answers, and on those that public graders are known to get wrong."""

import json
from collections.abc import Iterator

import pytest

from annotation.answers import final_answer
from annotation.grading.sandbox import Sandbox
from annotation.grading.verdicts import Pair, Verdict
from tests.conftest import shared_file

# Each with what is right. Source: pairs on which the PRM800K grader or math-verify 0.9 are wrong or disagree.
DISPUTED = [
    (r"x+\frac{1}{2}", r"\frac{x+1}{2}", "incorrect"),
    (r"9a+\frac{11}{20}", r"\frac{9a+11}{20}", "incorrect"),
    (r"\frac{9a+11}{20}", r"\frac{11+9a}{20}", "correct"),
    ("1 2", "12", "incorrect"),
    ("1\n2", "12", "incorrect"),
    ("2^{10}", "1024", "correct"),
    (r"\{1,2\}", r"\{2,1\}", "correct"),
    (r"\frac{2}{8}", r"\frac{1}{4}", "correct"),
    ("1e3", "1000", "correct"),
    (r"50.0\%", "50", "correct"),
    (r"50\%", "50", "correct"),
    (r"50\%", "0.5", "correct"),
    ("1<x<2", "(1,2)", "correct"),
    ("(1,2)", "1<x<2", "correct"),
    (r"40,\!000", "40000", "correct"),
    (r"7/\sqrt{19}", r"\frac{7\sqrt{19}}{19}", "correct"),
    ("0.333", "1/3", "incorrect"),
    ("[1,2]", "(1,2)", "incorrect"),
    ("", "5", "undecided"),
    ("5", "", "undecided"),
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize(("given", "reference", "right"), DISPUTED)
def test_it_is_right_where_others_are_not(sandbox: Sandbox, given: str, reference: str, right: str) -> None:
    assert sandbox.grade([Pair(given, "", reference)])[0].word == right


SYMBOLIC = [
    (r"\sin^2 x + \cos^2 x", "1", "correct"),
    (r"\sqrt[3]{8}", "2", "correct"),
    (r"\log_2 8", "3", "correct"),
    (r"\frac{1}{x-1} - \frac{1}{x+1}", r"\frac{2}{x^2-1}", "correct"),
    (r"\tan x", r"\cot x", "incorrect"),
    ("about five", "5", "undecided"),
    (r"\frac{1}{", r"\sin x", "undecided"),
]


@pytest.mark.parametrize(("given", "reference", "right"), SYMBOLIC)
def test_algebra_decides_what_the_rules_do_not(sandbox: Sandbox, given: str, reference: str, right: str) -> None:
    (verdict,) = sandbox.grade([Pair(given, "", reference)])
    assert verdict.word == right
    assert verdict.reason not in {"exact", "identical"}


def test_gsm8k_agrees_with_the_file(sandbox: Sandbox) -> None:
    pairs, said = [], []
    for line in shared_file("gsm8k_model_solutions.jsonl").read_text().splitlines():
        row = json.loads(line)
        for solution in (value for value in row.values() if isinstance(value, dict)):
            pairs.append(Pair(None, solution["solution"], final_answer(row["ground_truth"])))
            said.append("correct" if solution["is_correct"] else "incorrect")
    verdicts = sandbox.grade(pairs)
    assert len(verdicts) == 5_276
    others = [verdict for verdict, word in zip(verdicts, said, strict=True) if verdict.word != word]
    # Eleven broke off before an answer, and one gives "10+John's age": the file calls them wrong, which they are.
    assert len(others) == 12
    assert {(verdict.word, verdict.reason) for verdict in others} == {
        ("undecided", "no final answer"),
        ("undecided", "words beside mathematics"),
    }


def test_math_references_are_right_against_themselves_and_their_boxes(sandbox: Sandbox) -> None:
    lines = shared_file("math_test.jsonl").read_text().splitlines()
    solutions = [json.loads(line)["solution"] for line in lines]
    references = [final_answer(solution) for solution in solutions]
    assert None not in references
    boxed = [Pair(None, solution, answer) for solution, answer in zip(solutions, references, strict=True)]
    themselves = [Pair(answer, "", f" ${answer}$ ") for answer in references]
    verdicts = sandbox.grade([*boxed, *themselves])
    assert len(verdicts) == 10_000
    assert not [verdict for verdict in verdicts if verdict.word != "correct"]


def test_a_verdict_tells_the_answer_it_found(sandbox: Sandbox) -> None:
    verdict = Verdict("correct", "exact", r"\frac{2}{4}")
    assert sandbox.grade([Pair(None, r"So it is $\boxed{\frac{2}{4}}$.", "0.5")]) == [verdict]
