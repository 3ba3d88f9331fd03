import pytest

from annotation.verifier.algebra import Checked, Unknowns
from annotation.verifier.equations import equations


def checked(*texts: str) -> Checked:
    """What the last of some steps comes to."""
    unknowns = Unknowns()
    return [unknowns.check(equations(text)) for text in texts][-1]


def test_a_solution_agrees_with_its_equation_or_contradicts_it() -> None:
    assert checked("$2x + 3 = 7$", "so $x = 2$") == Checked(conditions=1, solved=1, agreeing=1)
    assert checked("$2x + 3 = 7$", "so $x = 5$") == Checked(conditions=1, solved=1, contradicting=1)


def test_a_step_of_rearranging_is_held_against_all_before() -> None:
    assert checked("5(x - 1) = 3x + 9", "5x - 5 = 3x + 9", "2x = 14").agreeing == 1
    assert checked("5(x - 1) = 3x + 9", "5x - 1 = 3x + 9", "2x = 10").contradicting == 1


def test_it_holds_an_identity_for_one() -> None:
    assert checked("$x^2 - 5x + 6 = (x-2)(x-3)$") == Checked(identities=1)
    assert checked("$x^2 - 5x + 6 = (x-2)(x-4)$").identities == 0


def test_either_root_of_a_square_agrees() -> None:
    assert checked("$x^2 - 5x + 6 = 0$", "$x = 3$").agreeing == 1
    assert checked("$x^2 - 5x + 6 = 0$", "$x = 4$").contradicting == 1


def test_what_was_found_goes_into_the_other_equations() -> None:
    assert checked("y = 2x + 1", "x = 3", "y = 7").agreeing == 0
    assert checked("x = 3", "y = 2x + 1", "y = 7").agreeing == 1
    assert checked("x = 3", "y = 2x + 1", "y = 8").contradicting == 1
    assert checked("a = 5", "b = 7", "a + b = 12").agreeing == 1
    assert checked("a = 5", "b = 7", "a + b = 13").contradicting == 1


@pytest.mark.parametrize("text", ["3 + 4 = 7", "f(x) = 3x", "x + y + z = 5", "x^9^9 = 3", "x = x"])
def test_it_says_nothing_of_what_stands_alone(text: str) -> None:
    found = checked(text)
    assert (found.agreeing, found.contradicting) == (0, 0)
