"""Figures of a step: its computations, the sources of its numbers, what is new in it, and its form."""

from math import log1p
from typing import NamedTuple

from annotation.verifier.algebra import Checked
from annotation.verifier.claims import Verdict
from annotation.verifier.context import Context, digits_of
from annotation.verifier.looking import Step, few, is_answer

DOUBTS = frozenset({"wait", "actually", "mistake", "oops", "guess", "maybe", "probably", "assume", "suppose"})

FAR = 30
"""Steps after which it is no longer counted how far on one is."""


class Computed(NamedTuple):
    """Checked arithmetic and algebra. Counts, unless said otherwise."""

    right: float
    rounded: float
    whole: float
    run_on: float
    wrong: float
    wrong_marks: float
    wrong_before: float
    claims_nothing: float
    added: float
    subtracted: float
    multiplied: float
    divided: float
    negative: float
    fractional: float
    bigger: float
    """Decimal digits that the results have more than the greatest number before."""
    identities: float
    conditions: float
    solved: float
    agreeing: float
    contradicting: float


def computed(context: Context, step: Step, algebra: Checked) -> Computed:
    verdicts = [claim.verdict for claim in step.claims]
    signs = [token for claim in step.claims for token in claim.left]
    return Computed(
        few(verdicts.count(Verdict.RIGHT)),
        few(verdicts.count(Verdict.ROUNDED)),
        few(verdicts.count(Verdict.WHOLE)),
        few(verdicts.count(Verdict.RUN_ON)),
        few(step.wrong),
        few(step.wrong_marks),
        few(context.wrong),
        not verdicts,
        few(signs.count("+")),
        few(signs.count("-")),
        few(signs.count("*")),
        few(signs.count("/") + signs.count("\\frac")),
        few(sum(made < 0 for made in step.made)),
        few(sum(made.denominator != 1 for made in step.made)),
        few(max(digits_of(step.made) - context.digits, 0)),
        *map(few, algebra),
    )


class Sourced(NamedTuple):
    """Where numbers come from: shares of the operands, then of the numbers. 0 of none."""

    operands_given: float
    operands_found: float
    operands_here: float
    operands_common: float
    operands_close: float
    """New ones that one operation makes of what is known."""
    operands_new: float
    only_common: float
    same_operands: float
    result_given: float
    result_found: float
    uses_last: float
    numbers_new: float
    unused: float
    """Share of the problem's numbers that no step has used, this one included."""
    newly_used: float


def sourced(context: Context, step: Step) -> Sourced:
    origins = origins_of(context, step)
    count = max(len(origins), 1)
    unused = context.unused.difference(step.text.numbers)
    given = max(len(context.given), 1)
    return Sourced(
        origins.count("G") / count,
        origins.count("F") / count,
        origins.count("H") / count,
        origins.count("C") / count,
        origins.count("O") / count,
        origins.count("N") / count,
        origins.count("C") == len(origins) > 0,
        few(len(step.operands) - len(set(step.operands))),
        step.result in context.given,
        step.result in context.found,
        context.last_value is not None and context.last_value in step.text.numbers,
        share_new(context, step),
        len(unused) / given,
        (len(context.unused) - len(unused)) / given,
    )


def origins_of(context: Context, step: Step) -> str:
    """A letter an operand, as `Context.origin`; new ones that are One away from what is known are an O."""
    letters = [context.origin(value, step.made) for value in step.operands]
    return "".join(
        "O" if letter == "N" and context.is_one_away(value) else letter
        for letter, value in zip(letters, step.operands, strict=True)
    )


def share_new(context: Context, step: Step) -> float:
    numbers = step.text.numbers
    new = [value for value in numbers if context.origin(value, step.made) == "N"]
    return len(new) / max(len(numbers), 1)


class Novel(NamedTuple):
    """How much of it was said before: shares of its different words."""

    from_problem: float
    from_before: float
    like_last: float
    repeated: float


def novel(context: Context, step: Step) -> Novel:
    words = step.text.words
    count = max(len(words), 1)
    return Novel(
        len(words & context.problem.words) / count,
        len(words & context.words) / count,
        len(words & context.last_words) / count,
        step.text.plain in context.texts,
    )


class Formed(NamedTuple):
    """How it is written, how far on, and what it says of the answer."""

    length: float
    many_numbers: float
    many_equations: float
    position: float
    first: float
    answers: float
    answers_last: float
    """The answer is what was computed last."""
    answers_found: float
    answers_given: float
    answers_unused: float
    answers_negative: float
    answers_fractional: float
    answers_after_wrong: float
    asks: float
    doubts: float
    formal: float


def formed(context: Context, step: Step) -> Formed:
    text, answer = step.text, step.answer
    return Formed(
        log1p(len(text.plain)),
        few(len(text.numbers)),
        few(len(text.equations)),
        log1p(min(context.count, FAR)),
        context.count == 0,
        is_answer(text.plain),
        answer is not None and answer == context.last_value,
        answer is not None and answer in context.found,
        answer is not None and answer in context.given,
        len(context.unused) / max(len(context.given), 1) if answer is not None else 0.0,
        answer is not None and answer < 0,
        answer is not None and answer.denominator != 1,
        answer is not None and context.wrong > 0,
        "?" in text.words,
        not DOUBTS.isdisjoint(text.words),
        "\\" in text.plain or "$" in text.words,
    )
