"""Whether a solution's final answer is right: by exact rules first, by algebra where those do not reach. Pure.

What time and memory this takes is the sandbox's care: the text comes from strangers.
"""

from typing import Literal, NamedTuple

from annotation.answers import final_answer
from annotation.grading.algebra import TooHard, Wordy
from annotation.grading.comparing import is_identical, is_same

GRADER = 1
"""Version of the rules; a grade names the one it was made by."""
LONGEST = 10_000
"""Characters of an answer; a longer one is not read."""

Word = Literal["correct", "incorrect", "undecided"]


class Pair(NamedTuple):
    """What is to be graded. Without `answer` it is looked for in `text`."""

    answer: str | None
    text: str
    reference: str | None


class Verdict(NamedTuple):
    word: Word
    reason: str
    """What decided: `identical`, `exact`, `algebra`; or why nothing did."""
    answer: str | None
    """As found."""


def by_rules(pair: Pair) -> Verdict | None:
    """None when the exact rules leave it to computer algebra."""
    answer = answer_of(pair)
    why_not = unfit(answer, pair.reference)
    if why_not:
        return Verdict("undecided", why_not, (answer or "")[:LONGEST] or None)
    assert answer is not None
    assert pair.reference is not None
    if is_identical(answer, pair.reference):
        return Verdict("correct", "identical", answer)
    try:
        return Verdict("correct" if is_same(answer, pair.reference) else "incorrect", "exact", answer)
    except Wordy as why:
        return Verdict("undecided", str(why), answer)
    except TooHard:
        return None


def by_algebra(pair: Pair) -> Verdict:
    """The verdict on what `by_rules` left open."""
    from annotation.grading.symbolic import is_equal  # noqa: PLC0415 (sympy, which only the sandbox loads)

    settled = by_rules(pair)
    if settled is not None:
        return settled
    answer = answer_of(pair) or ""
    equal = is_equal(answer, pair.reference or "")
    if equal is None:
        return Verdict("undecided", "unreadable", answer)
    return Verdict("correct" if equal else "incorrect", "algebra", answer)


def answer_of(pair: Pair) -> str | None:
    return pair.answer if pair.answer is not None else final_answer(pair.text)


def unfit(answer: str | None, reference: str | None) -> str:
    """Why there is nothing to compare."""
    if not (reference or "").strip():
        return "no reference answer"
    if not (answer or "").strip():
        return "no final answer"
    return "too long" if max(len(answer or ""), len(reference or "")) > LONGEST else ""
