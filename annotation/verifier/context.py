"""What stands before a step: the problem and the earlier steps, and where a number can come from."""

from collections.abc import Collection
from itertools import islice

from annotation.verifier.algebra import Unknowns
from annotation.verifier.looking import Step
from annotation.verifier.reading import Text
from annotation.verifier.values import COMMON, Value, quotient

KEPT_NUMBERS = 200
PARTNERS = 30
"""Known numbers that a new one is tried with."""


class Context:
    """Filled step by step; it never knows what is still to come."""

    def __init__(self, problem: Text) -> None:
        self.problem = problem
        self.given = frozenset(problem.numbers)
        self.unused = set(problem.numbers)
        self.found: dict[Value, None] = {}
        """Numbers of the steps before, the newest last."""
        self.words = set(problem.words)
        self.last_words: frozenset[str] = frozenset()
        self.texts: set[str] = set()
        self.last_value: Value | None = None
        self.wrong = 0
        """Computations of the steps before that do not come out."""
        self.digits = digits_of(self.given)
        self.count = 0
        self.unknowns = Unknowns()
        self.unknowns.check(problem.equations)

    def add(self, step: Step) -> None:
        """Take in a step that has been looked at."""
        numbers = step.text.numbers
        self.unused.difference_update(numbers)
        self.found.update(dict.fromkeys(islice(numbers, max(KEPT_NUMBERS - len(self.found), 0))))
        self.digits = max(self.digits, digits_of(numbers))
        self.words |= step.text.words
        self.last_words = step.text.words
        self.texts.add(step.text.plain)
        self.last_value = self.last_value if step.result is None else step.result
        self.wrong += step.wrong
        self.count += 1

    def origin(self, value: Value, here: Collection[Value]) -> str:
        """Where a number comes from: Found before, Given, made Here, a Common one, or New."""
        if value in self.found:
            return "F"
        if value in self.given:
            return "G"
        if value in here:
            return "H"
        return "C" if value in COMMON else "N"

    def is_one_away(self, value: Value) -> bool:
        """Whether one addition, subtraction, multiplication or division of known numbers makes it."""
        known = self.found.keys() | self.given
        partners = [*islice(reversed(self.found), PARTNERS), *islice(self.given, PARTNERS)]
        return any(made in known for partner in partners for made in between(value, partner))


def between(value: Value, partner: Value) -> list[Value]:
    """The numbers that make `value` together with the partner, in one operation."""
    made = [value - partner, partner - value, value + partner, value * partner]
    if partner != 0:
        made.append(quotient(value, partner))
    if value != 0:
        made.append(quotient(partner, value))
    return made


def digits_of(values: Collection[Value]) -> int:
    """Digits of the greatest value before the point; 0 of none."""
    return max((len(str(abs(int(value)))) for value in values), default=0)
