"""What a step claims, from its text to the verdict."""

import pytest

from annotation.verifier.claims import Verdict, claims_of
from annotation.verifier.reading import read

RIGHT, ROUNDED, WHOLE, RUN_ON, WRONG = Verdict


def verdicts(text: str) -> list[Verdict]:
    return [claim.verdict for equation in read(text).equations for claim in claims_of(equation)]


@pytest.mark.parametrize(
    "text",
    [
        "She sells 16 - 3 - 4 = <<16-3-4=9>>9 eggs a day.",
        "16 eggs - 3 eggs = 13 eggs",
        "So 20% of 50 = 10.",
        "He pays 1/4 of 80 = $20.",
        "3 x 4 = 12",
        "$2 * 3 hours = $6",
        "1,000 * 3 = 3,000",
        "7 days/week * 3 weeks = 21 days",
        "3 1/2 - 2 = 1 1/2",
        "10/50 * 100 = 20%",
        r"$2\frac12 \cdot 4 = 10$",
        r"\left(\frac{3}{4}\right)^2 = \frac{9}{16}",
        r"$\frac{12}{4} \times 5 = \boxed{15}$",
        r"$\frac12 (12)(9) = 54.$",
        r"$25\% \cdot 200{,}000 = 50{,}000$",
        "the sum is 5: 2 + 3 = 5.",
        "60 – 20 = 40",
        "3² + 4² = 25",
    ],
)
def test_it_sees_that_a_computation_comes_out(text: str) -> None:
    assert verdicts(text) == [RIGHT]


@pytest.mark.parametrize(
    "text",
    [
        "She sells 16 - 3 = <<16-3=12>>12 eggs.",
        "16 eggs - 3 eggs = 12 eggs",
        r"I know that $200,\!000 = 2^5\cdot 10^4$.",
        r"$\frac{1}{2} + \frac{1}{3} = \frac{2}{5}$",
        "0.5 - 0.4 = 0.5",
        "20% of 50 = 12",
        "Total = 3 + 4 = 8",
        "580 / 110 = 5.4",
    ],
)
def test_it_sees_that_a_computation_is_wrong(text: str) -> None:
    assert WRONG in verdicts(text)


def test_it_tells_rounding_from_being_wrong() -> None:
    assert verdicts("10 / 3 = 3.33") == [ROUNDED]
    assert verdicts("20 / 3 = 6.66") == verdicts("20 / 3 = 6.67") == [ROUNDED]
    assert verdicts("4.20 + 10.80 = 14.999999999999998") == [ROUNDED]
    assert verdicts("140 / 60 = 2") == [WHOLE]
    assert verdicts("10 / 3 = 3.4") == [WRONG]


def test_it_forgives_going_on_after_a_result_but_checks_both_parts() -> None:
    assert verdicts("16 - 3 = 13 * 2 = 26") == [RUN_ON, RIGHT]
    assert verdicts("16 - 3 = 13 * 2 = 27") == [RUN_ON, WRONG]


@pytest.mark.parametrize(
    "text",
    [
        "the price * 3 = 12",
        "$58_9 - 18_9 = 40_9$",
        r"\sin 30^\circ = \frac{1}{2}",
        r"\log_9 4 = 1.63 - 1",
        "2 thousand + 3 = 5 thousand",
        "$350 000 + $42 000 = $392 000",
        "so 3ab = 4 * 16",
        r"$384=2^7 3^1$",
        r"\sqrt[3]{8} = 5 - 3",
        "mix it 3:5 = 6:10",
        "f(2) = 5",
        "x = 5",
        "12 = 12",
    ],
)
def test_it_has_no_opinion_on_what_it_cannot_read_with_certainty(text: str) -> None:
    assert WRONG not in verdicts(text)
    assert RIGHT not in verdicts(text)


def test_a_computation_that_is_marked_and_written_counts_once() -> None:
    assert verdicts("3 + 4 = <<3+4=7>>7 and 7 * 2 = <<7*2=14>>14") == [RIGHT, RIGHT]
