from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.verifier.arithmetic import Unreadable, evaluate

SIGNS = {"+": "+", "-": "-", "*": "*"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("( 1 + 2 ) * 3", 9),
        ("7 / 2", Fraction(7, 2)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1,000 - 1", 999),
        ("2 ^ 3 ^ 2", 512),
        ("- 2 ^ 2", -4),
        ("2 ^ - 1", Fraction(1, 2)),
        ("20 % * 50", 10),
        ("5 !", 120),
        (r"\frac ( 1 ) ( 3 )", Fraction(1, 3)),
        (r"2 \frac ( 1 ) ( 2 )", Fraction(5, 2)),
        (r"\sqrt ( 16 )", 4),
        ("12 / 4 / 3", 1),
    ],
)
def test_it_computes_exactly(expression: str, expected: Fraction) -> None:
    assert evaluate(expression.split()) == expected


def test_it_puts_in_what_is_known() -> None:
    assert evaluate(["2", "*", "x", "+", "y"], {"x": Fraction(1, 2), "y": 3}) == 4


UNREADABLE = ["", "1 +", "( 1", "x + 1", "1 2", "? * 3", r"\frac 1 2"]
NO_VALUE = ["1 / 0", "0 ^ 0", "0 ^ - 1", r"\sqrt ( 2 )", r"\sqrt ( - 4 )", "1.5 !", "4 ^ 0.5"]
TOO_BIG = ["9 ^ 9 ^ 9 ^ 9", "2 ^ 65", "99 !", "9" * 21, "9" * 20 + (" * " + "9" * 20) * 10]
TOO_LONG = ["( " * 50 + "1" + " )" * 50, "+ ".join(["1 "] * 200), "2" + " ^ 1" * 50]


@pytest.mark.parametrize("expression", [*UNREADABLE, *NO_VALUE, *TOO_BIG, *TOO_LONG])
def test_it_has_no_value_for_what_it_cannot_read_or_what_is_too_big(expression: str) -> None:
    with pytest.raises(Unreadable):
        evaluate(expression.split())


@given(st.lists(st.tuples(st.sampled_from(list(SIGNS)), st.integers(0, 999)), min_size=1, max_size=8))
def test_it_agrees_with_python(terms: list[tuple[str, int]]) -> None:
    text = "1" + "".join(f" {sign} {number}" for sign, number in terms)
    assert evaluate(text.split()) == eval(text)  # the text is ours


@given(st.lists(st.sampled_from(["1", "2", "+", "-", "*", "/", "^", "(", ")", "%", "!", "x", r"\frac", r"\sqrt"])))
def test_whatever_comes_it_gives_a_value_or_says_that_it_cannot(tokens: list[str]) -> None:
    with suppress(Unreadable):
        assert isinstance(evaluate(tokens), int | Fraction)
