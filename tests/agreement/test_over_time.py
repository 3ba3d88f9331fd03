"""Days and weeks of labels, and where a level changes."""

from dataclasses import replace
from datetime import date

import krippendorff
import numpy as np
import pytest

from annotation.agreement.amounts import classes, days, reasons
from annotation.agreement.changes import SHORTEST, changes
from annotation.agreement.parts import by_generation, weeks
from tests.agreement.simulated import GOOD, LENIENT, SEVERE, nothing, simulated


def test_each_day_has_what_was_submitted_on_it() -> None:
    labels, _ = simulated([GOOD, SEVERE], solutions=10, steps=3)
    found = days(labels)
    assert [one.day for one in found] == [date(2026, 1, number) for number in range(1, 11)]
    assert {(one.annotations, one.labelers, one.labels, one.active_ms) for one in found} == {(2, 2, 6, 120_000)}
    assert [(count, share.n) for count, share in reasons(labels)] == [(20, 20), (0, 20), (0, 20), (0, 20)]
    for rating, name in enumerate(("negative", "neutral", "positive"), start=-1):
        assert sum(getattr(one, name) for one in found) == (labels.ratings == rating).sum()
        share = classes(labels)[rating + 1]
        assert (share.value, share.n) == (pytest.approx((labels.ratings == rating).mean()), 60)
        assert share.low < share.value < share.high


def test_each_week_has_the_alpha_of_the_solutions_that_came_in_it() -> None:
    """Weeks begin on Mondays: 2026-01-01 is a Thursday, so the first has four days."""
    labels, _ = simulated([GOOD, SEVERE], solutions=18)
    found = weeks(labels)
    assert [one.monday for one in found] == [date(2025, 12, 29), date(2026, 1, 5), date(2026, 1, 12)]
    start = 0
    for week, solutions in zip(found, (4, 7, 7), strict=True):
        ratings = np.full((2, 18, 4), np.nan)
        for of, step, rating in zip(labels.of, labels.steps, labels.ratings, strict=True):
            ratings[labels.labelers[of] - 7, labels.solutions[of] - 100, step] = rating
        these = ratings[:, start : start + solutions].reshape(2, -1)
        start += solutions
        expected = krippendorff.alpha(these, level_of_measurement="ordinal", value_domain=[-1, 0, 1])
        assert (week.alpha.value, week.alpha.n) == (pytest.approx(expected), solutions * 4)


def test_one_more_opinion_leaves_a_solution_in_its_week() -> None:
    labels, _ = simulated([GOOD, SEVERE], solutions=18)
    second = np.flatnonzero(labels.labelers == 8)
    later = labels.submitted_at.copy()
    later[second] += 30 * 86_400
    labels = replace(labels, submitted_at=later)
    assert [(one.monday.isoformat(), one.alpha.n) for one in weeks(labels)] == [
        ("2025-12-29", 16),
        ("2026-01-05", 28),
        ("2026-01-12", 28),
    ]


def test_a_week_in_which_nobody_met_says_so() -> None:
    labels, _ = simulated([GOOD, SEVERE], solutions=3, overlap=1)
    (week,) = weeks(labels)
    assert (week.alpha.value, week.alpha.n, week.alpha.because) == (None, 0, "no step was rated by two labelers")
    assert days(nothing()) == weeks(nothing()) == by_generation(nothing()) == []
    assert {share.because for share in classes(nothing())} == {"nothing was submitted"}
    assert {share.because for _, share in reasons(nothing())} == {"nothing was submitted"}


def test_a_solution_in_two_generations_is_looked_at_in_each() -> None:
    labels, _ = simulated([GOOD, SEVERE, GOOD, LENIENT], solutions=40, overlap=4)
    labels.generations[labels.labelers >= 9] = 5
    found = by_generation(labels)
    assert [(one.number, one.annotations, one.alpha.n) for one in found] == [(0, 80, 160), (5, 80, 160)]
    for one in found:
        alone = weeks(labels.only(labels.generations == one.number))
        together = krippendorff.alpha(
            value_counts=labels.only(labels.generations == one.number).units.counts,
            level_of_measurement="ordinal",
            value_domain=[-1, 0, 1],
        )
        assert one.alpha.value == pytest.approx(together)
        assert one.alpha.low < one.alpha.value < one.alpha.high
        assert sum(week.alpha.n for week in alone) == one.alpha.n


def test_a_change_is_found_where_it_is_and_so_are_two() -> None:
    random = np.random.default_rng(5)
    values = np.concatenate([random.random(100), random.random(80) + 0.6, random.random(60) - 0.2])
    found = changes(values)
    assert len(found) == 2
    assert found[0] == pytest.approx(100, abs=3)
    assert found[1] == pytest.approx(180, abs=3)


def test_without_a_change_one_series_in_twenty_has_one() -> None:
    random = np.random.default_rng(6)
    for draw in (lambda: random.random(200), lambda: (random.random(300) < 0.1).astype(float)):
        wrong = sum(bool(changes(draw())) for _ in range(400))
        assert 0.01 <= wrong / 400 <= 0.08


@pytest.mark.parametrize("values", [np.zeros(0), np.ones(500), np.arange(2 * SHORTEST - 1.0)])
def test_nothing_changes_in_what_is_constant_or_short(values: np.ndarray) -> None:
    assert changes(values) == []
