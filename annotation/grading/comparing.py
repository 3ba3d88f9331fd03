"""Whether two answers are the same, by exact rules where they reach. Pure.

Conventions, where graders differ: values count, not their form (2/4 is 1/2, 0.5 is 1/2, 1e3 is 1000), and a
rounded decimal is not the fraction it comes from; 50 % is 50 and 0.5; units and currencies are not asked for, but
two different ones are not decided; the order of a list or a set is nobody's concern, that of a tuple is; `x = 5`
is 5; a word is not a value, unless it may stand for one (`none`, `twelve`), which is not decided.
"""

import re
from fractions import Fraction

from annotation.grading.algebra import TooHard, Wordy, number
from annotation.grading.notation import plain
from annotation.grading.reading import Answer, Group, Relation, Value, Words, letter_of, read

UNORDERED = {"list", "{}", "union"}
LONGEST_IDENTICAL = 400
AMOUNTS = re.compile(
    r"\d|\b(?:no|none|empty|undefined|infinit\w*|never|half|third|quarter|zero|one|two|three|four|five|six|seven|"
    r"eight|nine|ten|eleven|twelve|\w+teen|\w+ty|hundred|thousand|million|billion|dozen|once|twice)"
)
"""Words that may stand for a number or a set."""


def is_identical(given: str, reference: str) -> bool:
    """Whether they are written the same, but for what `plain` takes away."""
    if given.strip() == reference.strip():
        return True
    if max(len(given), len(reference)) > LONGEST_IDENTICAL:
        return False
    return plain(given) == plain(reference)


def is_same(given: str, reference: str) -> bool:
    """Raises `TooHard` where the exact rules do not decide."""
    one, two = read(given), read(reference)
    verdict = same(one.answer, two.answer)
    if verdict and one.unit and two.unit and not are_one_unit(one.unit, two.unit):
        raise Wordy(f"units differ: {one.unit} and {two.unit}")
    return verdict


def are_one_unit(one: str, two: str) -> bool:
    """`cm` and `cm.`, `inch` and `inches`, `square feet` and `feet`."""
    first, second = (unit.replace(".", "").removeprefix("square ").removeprefix("sq ") for unit in (one, two))
    return first.startswith(second) or second.startswith(first)


def same(one: Answer, two: Answer) -> bool:
    if isinstance(one, Relation) or isinstance(two, Relation):
        return same_relation(one, two)
    if isinstance(one, Value) and isinstance(two, Value):
        return same_value(one, two)
    if isinstance(one, Words) and isinstance(two, Words):
        return one.text == two.text
    if isinstance(one, Words) or isinstance(two, Words):
        return same_word(one, two)
    if isinstance(one, Group) and isinstance(two, Group):
        return same_group(one, two)
    group, other = (one, two) if isinstance(one, Group) else (two, one)
    assert isinstance(group, Group)
    may_be_one = group.kind == "base" or (group.kind in UNORDERED and len(group.items) == 1)
    return may_be_one and same(group.items[0], other)


def same_word(one: Answer, two: Answer) -> bool:
    """A word is no value, unless it may be the name of one."""
    words = one if isinstance(one, Words) else two
    assert isinstance(words, Words)
    if AMOUNTS.search(words.text):
        raise Wordy("words beside mathematics")
    return False


def same_value(one: Value, two: Value) -> bool:
    if one.sum == two.sum:
        return True
    if one.is_percent == two.is_percent:
        return False
    percent, bare = (one, two) if one.is_percent else (two, one)
    return percent.sum * number(Fraction(1, 100)) == bare.sum


def same_group(one: Group, two: Group) -> bool:
    if {one.kind, two.kind} <= {"list", "{}"}:
        return have_the_same(one.items, two.items)
    if one.kind != two.kind or len(one.items) != len(two.items):
        return False
    if one.kind in UNORDERED:
        return have_the_same(one.items, two.items)
    return all(same(a, b) for a, b in zip(one.items, two.items, strict=True))


def have_the_same(one: tuple[Answer, ...], two: tuple[Answer, ...]) -> bool:
    """Whether each item of one is one of the other; what is named twice counts once."""
    return all(any(same(a, b) for b in two) for a in one) and all(any(same(a, b) for a in one) for b in two)


def same_relation(one: Answer, two: Answer) -> bool:
    if isinstance(one, Relation) and isinstance(two, Relation):
        return same_sides(one, two)
    stated, bare = (one, two) if isinstance(one, Relation) else (two, one)
    assert isinstance(stated, Relation)
    if stated.sign == "=" and is_named(stated.left):
        return same(stated.right, bare)
    raise TooHard("an equation beside a value")


def is_named(left: Answer) -> bool:
    """Whether the left side only names what stands on the right: `x`, `f(x)`."""
    return letter_of(left) is not None or (
        isinstance(left, Value) and len(left.sum.terms) == 1 and len(left.sum.letters) == 2  # f and x
    )


def same_sides(one: Relation, two: Relation) -> bool:
    """Equations are the same when one is a multiple of the other, as far as their terms tell."""
    sides = [one.left, one.right, two.left, two.right]
    if not all(isinstance(side, Value) for side in sides):
        return one.sign == two.sign and same(one.left, two.left) and same(one.right, two.right)
    first, second = (side.left.sum - side.right.sum for side in (one, two))  # type: ignore[union-attr]
    if one.sign != two.sign or not first.terms or not second.terms:
        return False
    ratio = second.terms[0][1] / first.terms[0][1]
    if one.sign != "=" and ratio < 0:
        return False
    if first * number(ratio) == second:
        return True
    raise TooHard("equations that are no multiples of each other")
