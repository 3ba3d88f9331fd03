"""What stands before a step: the problem and the earlier steps, and where a number can come from."""

from collections.abc import Collection
from itertools import islice

from annotation.verifier.algebra import Unknowns
from annotation.verifier.claims import Claim
from annotation.verifier.looking import Step
from annotation.verifier.reading import Text
from annotation.verifier.values import COMMON, Value, quotient, value_of

KEPT_NUMBERS = 200
KEPT_WORDS = 12
REACH = 2
SIGNS = ("+", "-", "*", "/")
PARTNERS = 30
"""Known numbers that a new one is tried with."""


class Context:
    """Filled step by step; it never knows what is still to come."""

    def __init__(self, problem: Text) -> None:
        self.problem = problem
        self.given = frozenset(problem.numbers)
        self.beside = beside_numbers(problem.terms)
        """Words of the problem on either side of a number."""
        self.unused = set(problem.numbers)
        self.found: dict[Value, None] = {}
        """Numbers of the steps before, the newest last."""
        self.words = set(problem.words)
        self.last_words: frozenset[str] = frozenset()
        self.texts: set[str] = set()
        self.last_value: Value | None = None
        self.last_signs = ""
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
        self.remember(numbers)
        self.digits = max(self.digits, digits_of(numbers))
        self.words |= step.text.words
        self.last_words = step.text.words
        self.texts.add(step.text.plain)
        if step.claims:
            self.last_value = step.result
            self.last_signs = "".join(sorted({sign for claim in step.claims for sign in signs_of(claim)}))
        self.wrong += step.wrong
        self.count += 1

    def remember(self, numbers: list[Value]) -> None:
        for number in numbers:
            self.found.pop(number, None)
            self.found[number] = None
        for oldest in list(islice(self.found, max(len(self.found) - KEPT_NUMBERS, 0))):
            del self.found[oldest]

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


def beside_numbers(terms: list[str]) -> dict[Value | None, list[str]]:
    """For each number written in digits the words up to two places away from it, `KEPT_WORDS` at most."""
    found: dict[Value | None, list[str]] = {}
    for index, term in enumerate(terms):
        if term[0].isdigit():
            near = terms[max(index - REACH, 0) : index] + terms[index + 1 : index + 1 + REACH]
            words = found.setdefault(value_of(term), [])
            words += [word for word in near if not word[0].isdigit()][: KEPT_WORDS - len(words)]
    return found


def signs_of(claim: Claim) -> str:
    """The kinds of operations it is made of, in a fixed order."""
    return "".join(sign for sign in SIGNS if sign in claim.left)


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
