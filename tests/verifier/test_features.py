import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.verifier.features import NAMES, rows, rows_of

EGGS = "Ducks lay 16 eggs per day. She eats three for breakfast and sells the rest for $2 per egg."


def features(problem: str, *steps: str) -> list[dict[str, float]]:
    return [dict(zip(NAMES, row, strict=True)) for row in rows(problem, steps).dense]


def test_it_counts_computations_that_come_out_and_that_do_not() -> None:
    right, wrong = features(EGGS, "16 - 3 = <<16-3=13>>13", "13 * 2 = <<13*2=36>>36")
    assert (right["right"], right["wrong"], right["subtracted"]) == (1, 0, 1)
    assert (wrong["right"], wrong["wrong"], wrong["wrong_marks"], wrong["multiplied"]) == (0, 1, 1, 1)


def test_it_remembers_that_something_was_wrong() -> None:
    _, after = features(EGGS, "16 - 3 = 12", "A: 12")
    assert after["wrong_before"] == after["answers_after_wrong"] == 1


def test_it_knows_where_numbers_come_from() -> None:
    first, second, third = features(EGGS, "16 - 3 = 13", "13 * 2 = 26", "26 * 997 = 25922")
    assert (first["operands_given"], first["uses_last"], first["unused"]) == (1, 0, 1 / 3)
    assert (second["operands_found"], second["operands_given"], second["uses_last"]) == (0.5, 0.5, 1)
    assert second["unused"] == 0
    assert (third["operands_new"], third["numbers_new"]) == (0.5, 1 / 3)


def test_it_sees_that_a_new_number_is_one_operation_away() -> None:
    (step,) = features(EGGS, "She has 19 * 997 = 18943 eggs")  # 19 = 16 + 3, left unsaid
    assert (step["operands_close"], step["operands_new"]) == (0.5, 0.5)


def test_it_knows_an_answer_and_whether_it_was_computed() -> None:
    _, good = features(EGGS, "16 - 3 = 13", "A: 13")
    _, bad = features(EGGS, "16 - 3 = 13", "# Answer\n\n14")
    assert (good["answers"], good["answers_last"], good["answers_found"]) == (1, 1, 1)
    assert (bad["answers"], bad["answers_last"], bad["answers_found"]) == (1, 0, 0)


def test_it_sees_repetition() -> None:
    first, again = features(EGGS, "She eats some.", "She eats some.")
    assert (first["repeated"], again["repeated"], again["like_last"], again["from_before"]) == (0, 1, 1, 1)


STEPS = ["16 - 3 = 13", "x + 1 = 4", "so x = 3", "13 * 2 = 26", "A: 26", "", "$\\frac{1}{2}$ of it?"]


def test_no_step_knows_of_a_later_one() -> None:
    whole = rows(EGGS, STEPS)
    for count in range(len(STEPS)):
        begun = rows(EGGS, STEPS[:count])
        assert np.array_equal(begun.dense, whole.dense[:count])
        for some, every in ((begun.words, whole.words), (begun.shapes, whole.shapes)):
            before = every.rows < count
            assert np.array_equal(some.columns, every.columns[before])
            assert np.array_equal(some.weights, every.weights[before])


def test_solutions_do_not_see_each_other() -> None:
    both = rows_of([(EGGS, STEPS), ("Another problem of 5 eggs.", STEPS)])
    assert np.array_equal(both.dense[: len(STEPS)], rows(EGGS, STEPS).dense)
    assert np.array_equal(both.dense[len(STEPS) :], rows("Another problem of 5 eggs.", STEPS).dense)


def test_no_steps_are_no_rows() -> None:
    assert rows(EGGS, []).dense.shape == (0, len(NAMES))


HOSTILE = [
    "9" * 1_000_000,
    "1+" * 500_000 + "1=2",
    "(" * 1_000_000,
    "1=" * 500_000,
    "x=" * 500_000,
    "9^9^9^9^9=1 " * 80_000,
    "a=b+c, " * 150_000,
    "<<" * 500_000,
    "<<1+1=3>>" * 110_000,
    "1 " + "a" * 1_000_000,
    "1 aa bb cc " * 90_000,
    "\\frac{" * 160_000,
    "9999999999!^9999999999% = 1, " * 35_000,
    "\\" * 1_000_000,
    " " * 1_000_000,
    "\x00\ud800é١" * 250_000,
    "".join(f"{one} + {one + 7} = {one * 3}, " for one in range(60_000)),
    "".join(f"{one / 997:.9f} * 3 = {one / 31:.9f} " for one in range(30_000)),
    "".join(f"{one}x + {one}y^2 = 3x^{one} - y, " for one in range(40_000)),
]


@pytest.mark.parametrize("step", HOSTILE, ids=lambda step: repr(step[:12]))
def test_a_hostile_step_is_looked_at_in_no_time(step: str) -> None:
    problem = "".join(f"{one}.{one} eggs, " for one in range(2_000))
    rows(problem, [step])
    took = []
    for _ in range(3):
        begin = time.process_time()
        found = rows(problem, [step, step])
        took.append(time.process_time() - begin)
    assert np.isfinite(found.dense).all()
    assert min(took) < 0.5  # two steps; 50 ms each on a quiet machine


def test_a_thousand_steps_take_no_longer_each_than_ten() -> None:
    steps = [f"{one} + {one * 31} = {one * 32}, and x = {one}" for one in range(1_000)]
    begin = time.process_time()
    rows(EGGS, steps)
    assert time.process_time() - begin < 6


ANY_TEXT = st.text(max_size=60) | st.text(alphabet="0129+-*/^=()%!.,<>{}$\\ xafrcsq²½\n", max_size=60)


@given(st.lists(ANY_TEXT, max_size=6))
@settings(deadline=None)
def test_any_text_has_finite_features(steps: list[str]) -> None:
    found = rows("There are 12 of 3.5%.", steps)
    assert found.dense.shape == (len(steps), len(NAMES))
    assert np.isfinite(found.dense).all()
