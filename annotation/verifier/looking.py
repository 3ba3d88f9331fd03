"""A step as the features see it: its text, and what it computes."""

from typing import NamedTuple

from annotation.verifier.claims import Claim, Verdict, claims_of
from annotation.verifier.reading import Text
from annotation.verifier.values import Value, value_of

ANSWERS = ("# answer", "####", "\\boxed", "answer is", "final answer")
MANY = 6.0
"""Counts stop here."""
MAX_OPERANDS = 40


class Step(NamedTuple):
    text: Text
    claims: list[Claim]
    wrong: int
    wrong_marks: int
    operands: list[Value]
    """Numbers on the computing side of the claims."""
    made: frozenset[Value]
    """What the claims of this step come to, as they say."""
    result: Value | None
    """Of the last claim."""
    answer: Value | None
    """The last number of a step that says it is the answer."""


def step_of(text: Text) -> Step:
    by_equation = [claims_of(equation) for equation in text.equations]
    claims = [claim for found in by_equation for claim in found]
    operands = [value for claim in claims for value in numbers_of(claim)]
    return Step(
        text,
        claims,
        wrong_in(claims),
        sum(map(wrong_in, by_equation[: text.marked])),
        operands[:MAX_OPERANDS],
        frozenset(claim.said for claim in claims),
        claims[-1].said if claims else None,
        text.numbers[-1] if text.numbers and is_answer(text.plain) else None,
    )


def wrong_in(claims: list[Claim]) -> int:
    return sum(claim.verdict is Verdict.WRONG for claim in claims)


def numbers_of(claim: Claim) -> list[Value]:
    """The numbers that are computed with: those of the left side."""
    values = (value_of(token) for token in claim.left if token[0].isdigit())
    return [value for value in values if value is not None]


def is_answer(plain: str) -> bool:
    """Whether the step gives the final answer, in one of the ways of GSM8K, MATH and PRM800K."""
    return plain.startswith("a: ") or any(mark in plain for mark in ANSWERS)


def few(count: float) -> float:
    return min(count, MANY)
