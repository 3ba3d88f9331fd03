"""What a text says in words, numbers and equations. Linear in its length, of which only so much is looked at.

A step is read as people write it: `16 - 3 = <<16-3=13>>13 eggs`, `$\\frac{1}{2}x = 4$`, `20% of 50 = 10`.
"""

import re
from typing import NamedTuple

from annotation.verifier.equations import Equation, equations
from annotation.verifier.values import WORDS, Value, value_of

HEAD = 4_000
TAIL = 1_000
MAX_NUMBERS = 80
MAX_EQUATIONS = 24


class Text(NamedTuple):
    """A problem or a step as it was read."""

    plain: str
    """In small letters, without the calculator's marks."""
    terms: list[str]
    """Words, signs and numbers, in their order."""
    words: frozenset[str]
    numbers: list[Value]
    equations: list[Equation]
    marked: int
    """How many of them stand in calculator's marks `<<...>>`; these come first."""


MARK = re.compile(r"<<([^<>]{0,200})>>")
TERM = re.compile(r"[0-9](?:[0-9,]{0,30}[0-9])?(?:\.[0-9]{1,30})?|[a-z]{1,24}|[-+*/=^%$!?]")


def read(text: str) -> Text:
    """Read a problem or a step."""
    text = clipped(text)
    marks = MARK.findall(text) if "<<" in text else []
    if marks:
        text = MARK.sub("", text)
    plain = text.lower()
    terms = TERM.findall(plain)
    marked = equations("\n".join(marks)) if marks else []
    written = equations(text) if "=" in text or "≈" in text or "\\approx" in text else []
    every = marked + [equation for equation in written if equation not in marked]
    return Text(plain, terms, frozenset(terms), numbers(terms), every[:MAX_EQUATIONS], len(marked))


def clipped(text: str) -> str:
    """The beginning and the end: a step is a few sentences, and ends with what it found."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"


def numbers(terms: list[str]) -> list[Value]:
    """The numbers in their order, written in digits or in words, the first `MAX_NUMBERS`."""
    found: list[Value] = []
    for term in terms:
        if "0" <= term[0] <= "9":
            value = value_of(term)
            if value is not None:
                found.append(value)
        elif term in WORDS:
            found.extend(WORDS[term])
    return found[:MAX_NUMBERS]
