"""Read an answer in LaTeX or plain notation as an exact value, or as a structure of such values. Pure.

What the grammar does not know raises `TooHard`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from annotation.grading.algebra import Sum, TooHard, Wordy, letter, number
from annotation.grading.expressions import CLOSE, OPEN, Expression
from annotation.grading.notation import plain, words_of

LONGEST = 400
DEEPEST = 40
SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,3}")
MIXED = re.compile(r"(?P<sign>-?)\s*(?P<whole>\d+)\s+(?P<over>\d+)\s*/\s*(?P<under>\d+)")
APART = re.compile(r"-?\d+(?:\.\d+)?(?:\s+-?\d+(?:\.\d+)?)+")
JOINERS = (",", ";", r"\text{ and }", r"\text{and}", r"\text{ or }", r"\text{or}", " and ", " or ")
RELATIONS = (r"\le", r"\ge", r"\in", "<", ">", "=")
KIND = r"\{(?:[pbBvV]?matrix|array)\}"
MATRIX = re.compile(rf"\\begin{KIND}(?:\{{[^{{}}]*\}})?(?P<rows>.*)\\end{KIND}", re.DOTALL)
COMMAND = re.compile(r"\\(?!text)[a-zA-Z]+")
WORDS = re.compile(r"\\text|[a-zA-Z]{2,}")
FACTORS = r"(?:[a-zA-Z]{1,3}(?![a-zA-Z])|\\(?!text)[a-zA-Z]+|[^a-zA-Z\\])*"
PRODUCT = re.compile(rf"{FACTORS}[\d+*/^=<>-]{FACTORS}")
"""Letters beside digits and signs are multiplied; words are longer, or alone."""
BASED = re.compile(r"(?P<digits>-?\d+(?:\.\d+)?)_\{?(?P<base>\d{1,2})\}?")
LETTER = re.compile(r"\(?\s*(?P<letter>[a-zA-Z])\s*\)?")


@dataclass(frozen=True)
class Value:
    sum: Sum
    is_percent: bool = False


@dataclass(frozen=True)
class Words:
    text: str


@dataclass(frozen=True)
class Group:
    """Several answers. `kind` is the pair of brackets they stand in, or `list`, `union`, `matrix 2`."""

    kind: str
    items: tuple[Answer, ...]


@dataclass(frozen=True)
class Relation:
    """`sign` is =, < or <=; what is greater stands on the right."""

    sign: str
    left: Answer
    right: Answer


Answer = Value | Words | Group | Relation


class Read(NamedTuple):
    answer: Answer
    unit: str


def read(text: str) -> Read:
    """Raises `TooHard` for what the grammar does not know."""
    if len(text) > LONGEST:
        raise TooHard("too long for exact rules")
    math, unit = plain(text)
    return Read(answer_in(math, 0), unit)


def answer_in(text: str, depth: int) -> Answer:
    text = text.strip()
    if depth > DEEPEST or not text:
        raise TooHard("nothing to read")
    for reader in (matrix, words, union, relation, joined, bracketed, ratio, based, apart, plus_minus):
        found = reader(text, depth + 1)
        if found is not None:
            return found
    return value(text)


def words(text: str, depth: int) -> Answer | None:
    """Text is words, unless it only names a letter, as in multiple choice."""
    bare = words_of(text)
    if not WORDS.search(COMMAND.sub(" ", text)) or PRODUCT.fullmatch(text):
        return None
    if not re.search("[a-z]", bare):
        return answer_in(bare, depth) if bare else None
    choice = LETTER.fullmatch(bare)
    if choice:
        return Value(letter(choice["letter"].upper()))
    if re.search(r"\d|\\(?!text)[a-zA-Z]", text) and not re.fullmatch(r"\\text\{[^{}]*\}", text):
        if any(join in text for join in JOINERS[2:]):
            return None
        raise Wordy("words beside mathematics")
    return Words(bare)


def matrix(text: str, depth: int) -> Answer | None:
    found = MATRIX.fullmatch(text)
    if not found:
        return None
    rows = [row.split("&") for row in re.split(r"\\\\", found["rows"]) if row.strip()]
    if not rows or len({len(row) for row in rows}) != 1:
        raise TooHard("a matrix with uneven rows")
    items = tuple(answer_in(cell, depth) for row in rows for cell in row)
    return Group(f"matrix {len(rows)}", items)


def union(text: str, depth: int) -> Answer | None:
    parts = split(text, (r"\cup",))
    return Group("union", tuple(answer_in(part, depth) for part in parts)) if len(parts) > 1 else None


def relation(text: str, depth: int) -> Answer | None:
    if len(split(text, JOINERS)) > 1:
        return None
    parts = split(text, RELATIONS)
    if len(parts) == 1:
        return None
    signs = relations_in(text)
    if len(parts) == 2:
        return two_sides(parts[0], signs[0], parts[1], depth)
    if len(parts) == 3 and set(signs) in ({"<"}, {r"\le"}, {"<", r"\le"}):
        low, middle, high = (answer_in(part, depth) for part in parts)
        if letter_of(middle):
            return Group(("(" if signs[0] == "<" else "[") + (")" if signs[1] == "<" else "]"), (low, high))
    raise TooHard("a chain of relations")


def two_sides(left: str, sign: str, right: str, depth: int) -> Answer:
    if sign == r"\in":
        return answer_in(right, depth)
    one, two = answer_in(left, depth), answer_in(right, depth)
    if sign in {">", r"\ge"}:
        one, two, sign = two, one, {">": "<", r"\ge": r"\le"}[sign]
    if sign == "=":
        return Relation("=", one, two)
    return half_line(one, sign, two) or Relation("<" if sign == "<" else "<=", one, two)


def half_line(low: Answer, sign: str, high: Answer) -> Answer | None:
    """`x < 3` and `3 <= x` as intervals."""
    infinity = letter("infty")
    if letter_of(low) and not letter_of(high):
        return Group("()" if sign == "<" else "(]", (Value(-infinity), high))
    if letter_of(high) and not letter_of(low):
        return Group("()" if sign == "<" else "[)", (low, Value(infinity)))
    return None


def letter_of(answer: Answer) -> str | None:
    """The letter, when the answer is nothing but one."""
    if isinstance(answer, Value) and len(answer.sum.terms) == 1:
        ((term, factor),) = answer.sum.terms
        if factor == 1 and term.root == 1 and not term.imaginary and [power for _, power in term.letters] == [1]:
            name = term.letters[0][0]
            return name if len(name) == 1 else None
    return None


def joined(text: str, depth: int) -> Answer | None:
    parts = [part for part in split(text, JOINERS) if part.strip()]
    return Group("list", tuple(answer_in(part, depth) for part in parts)) if len(parts) > 1 else None


def bracketed(text: str, depth: int) -> Answer | None:
    """A tuple, an interval or a set: brackets around the whole, with commas in them."""
    is_set = text.startswith(r"\{") and text.endswith(r"\}")
    inner = text[2:-2] if is_set else text[1:-1]
    if not is_set and (text[0] not in "([" or text[-1] not in ")]" or not is_around(text)):
        return None
    parts = split(inner, (",", ";"))
    if len(parts) == 1 and not is_set:
        return None
    items = tuple(answer_in(part, depth) for part in parts if part.strip())
    return Group("{}" if is_set else text[0] + text[-1], items)


def is_around(text: str) -> bool:
    """Whether the first bracket is closed by the last."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character in OPEN) - (character in CLOSE)
        if depth == 0:
            return place == len(text) - 1
    return False


def ratio(text: str, depth: int) -> Answer | None:
    parts = split(text, (":",))
    return Group(":", tuple(answer_in(part, depth) for part in parts)) if len(parts) > 1 else None


def based(text: str, depth: int) -> Answer | None:
    """Digits in another base, which stay digits."""
    found = BASED.fullmatch(text)
    return Group("base", (value(found["digits"]), value(found["base"]))) if found else None


def apart(text: str, depth: int) -> Answer | None:
    """Numbers with nothing but space between them are several, not one."""
    if not APART.fullmatch(text):
        return None
    return Group("list", tuple(value(part) for part in text.split()))


def plus_minus(text: str, depth: int) -> Answer | None:
    if text.count(r"\pm") != 1 or r"\mp" in text:
        return None
    return Group("list", tuple(value(text.replace(r"\pm", sign)) for sign in "+-"))


def split(text: str, marks: tuple[str, ...]) -> list[str]:
    """The parts between these marks, outside of brackets."""
    parts, depth, begin, place = [], 0, 0, 0
    while place < len(text):
        if text[place] == "\\" and text[place + 1 : place + 2] in {"{", "}"}:
            depth += 1 if text[place + 1] == "{" else -1
            place += 2
            continue
        depth += (text[place] in OPEN) - (text[place] in CLOSE)
        mark = next((mark for mark in marks if is_at(text, place, mark)), None) if depth == 0 else None
        if mark:
            parts.append(text[begin:place])
            begin = place = place + len(mark)
        else:
            place += 1
    return [*parts, text[begin:]]


def is_at(text: str, place: int, mark: str) -> bool:
    """Whether the mark stands here, and is no beginning of a longer command."""
    after = text[place + len(mark) : place + len(mark) + 1]
    return text.startswith(mark, place) and not (mark[0] == "\\" and mark[-1].isalpha() and after.isalpha())


def relations_in(text: str) -> list[str]:
    """The signs between the parts that `split` gives."""
    signs, rest = [], text
    for part in split(text, RELATIONS)[:-1]:
        rest = rest[len(part) :]
        sign = next(sign for sign in RELATIONS if is_at(rest, 0, sign))
        signs.append(sign)
        rest = rest[len(sign) :]
    return signs


def value(text: str) -> Value:
    text = text.strip()
    if SCIENTIFIC.fullmatch(text):
        digits, power = re.split("[eE]", text)
        return Value(number(Fraction(digits)) * number(10).power(int(power)))
    mixed = MIXED.fullmatch(text)
    if mixed and int(mixed["under"]):
        amount = int(mixed["whole"]) + Fraction(int(mixed["over"]), int(mixed["under"]))
        return Value(number(-amount if mixed["sign"] else amount))
    is_percent = text.endswith("%")
    return Value(Expression(text.rstrip("% ")).whole(), is_percent)
