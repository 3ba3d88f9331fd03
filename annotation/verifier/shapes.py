"""The shape of a computation: which kinds of numbers meet which signs, and what the problem says beside them.

A computation of a given number times an earlier result has the shape `G*F`, whatever the numbers are. Beside a
number of the problem stand the words that tell what should be done with it: "per", "dozen", "left".
"""

from collections.abc import Iterator

from annotation.verifier.claims import Claim
from annotation.verifier.context import Context, signs_of
from annotation.verifier.looking import Step
from annotation.verifier.values import value_of

MAX_CLAIMS = 6
MAX_TOKENS = 16


def shapes(context: Context, step: Step) -> list[str]:
    """Terms for hashing: each shape, each shape after the one of the step before, and signs with words beside."""
    terms: list[str] = []
    for claim in step.claims[:MAX_CLAIMS]:
        shape = shape_of(context, step, claim)
        terms += [shape, f"{context.last_signs}>{shape}"]
        terms += beside(context, claim)
    return terms


def shape_of(context: Context, step: Step, claim: Claim) -> str:
    return "".join(letter(context, step, token) for token in claim.left[:MAX_TOKENS])


def letter(context: Context, step: Step, token: str) -> str:
    value = value_of(token) if token[0].isdigit() else None
    return token if value is None else context.origin(value, step.made)


def beside(context: Context, claim: Claim) -> Iterator[str]:
    signs = signs_of(claim)
    for token in claim.left[:MAX_TOKENS]:
        if token[0].isdigit() and (words := context.beside.get(value_of(token))):
            yield from (f"{signs}:{word}" for word in words)
