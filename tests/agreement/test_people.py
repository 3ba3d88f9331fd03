"""How a labeler rates, week by week, and beside gold."""

from dataclasses import astuple
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.agreement.against_gold import Judged, held
from annotation.agreement.drift import drift, lengths, weeks
from annotation.agreement.latent import judged
from annotation.agreement.people import extremes, profiles
from annotation.learning.quality import Agreement, Expected, agreement
from tests.agreement.simulated import GOOD, LENIENT, SEVERE, labels_of, nothing, simulated
from tests.test_quality import golds, ratings

NOBODY = np.zeros(0, dtype=np.intp)
NO_GOLD = Judged(NOBODY, NOBODY, NOBODY, np.zeros((0, 3), bool), np.zeros(0, bool), NOBODY)


def gold_of(solutions: list[int], steps: int, seed: int = 3) -> Judged:
    random = np.random.default_rng(seed)
    accepted = random.random((len(solutions) * steps, 3)) < 0.5
    accepted[~accepted.any(axis=1), 2] = True
    return Judged(
        np.repeat(solutions, steps),
        np.tile(np.arange(steps), len(solutions)),
        np.zeros(len(solutions) * steps, dtype=np.intp),
        accepted,
        accepted[:, 0] & (random.random(len(accepted)) < 0.7),
        NOBODY,
    )


def test_annotations_are_held_against_gold_as_the_screening_does_it() -> None:
    labels, _ = simulated([GOOD, SEVERE, LENIENT], solutions=40)
    labels = labels.only(np.ones(len(labels.annotations), dtype=bool))
    labels.grown[:] = False
    labels.reasons[::7] = 3
    gold = gold_of(list(range(100, 125)), 4)
    found = held(labels, gold)
    for at, solution in enumerate(labels.solutions):
        expected = {
            (int(gold.steps[entry]), 0): Expected(
                frozenset((np.flatnonzero(gold.accepted[entry]) - 1).tolist()), bool(gold.first[entry])
            )
            for entry in np.flatnonzero(gold.solutions == solution)
        }
        said = {(int(labels.steps[one]), 0): int(labels.ratings[one]) for one in np.flatnonzero(labels.of == at)}
        slow = agreement(said, expected, is_finished=labels.reasons[at] < 2) if expected else Agreement()
        assert [column[at] for column in found] == [slow.right, slow.judged, slow.found, slow.solutions]


@given(st.lists(st.tuples(ratings, st.booleans()), max_size=6), golds)
def test_both_say_the_same_rule(annotations, gold) -> None:  # type: ignore[no-untyped-def]
    """Of annotations of one solution, some of them given up."""
    said = [
        (of, step, rating)
        for of, (one, _) in enumerate(annotations)
        for (step, _), rating in one.items()
        if rating is not None
    ]
    of, steps, rated = np.array(said, dtype=np.intp).reshape(-1, 3).T
    nobody = np.zeros(len(annotations), dtype=np.intp)
    labels = labels_of(nobody, nobody, of=of, steps=steps, ratings=rated)
    labels.grown[:] = False
    labels.reasons[:] = [0 if is_finished else 3 for _, is_finished in annotations]
    places = np.array(list(gold), dtype=np.intp).reshape(-1, 2).T
    judged = Judged(
        np.full(len(gold), 100),
        *places,
        np.array([[one in expected.accepted for one in (-1, 0, 1)] for expected in gold.values()]).reshape(-1, 3),
        np.array([expected.can_be_first_error for expected in gold.values()], dtype=np.bool_),
        NOBODY,
    )
    slow = [agreement(one, gold, is_finished=done) if gold else Agreement() for one, done in annotations]
    assert list(zip(*held(labels, judged), strict=True)) == [astuple(one) for one in slow]


def test_whose_annotation_became_gold_is_not_held_against_it() -> None:
    labels, _ = simulated([GOOD, SEVERE], solutions=10)
    gold = gold_of(list(range(100, 110)), 4)
    full, left = held(labels, gold), held(labels, gold._replace(sources=np.array([0, 5])))
    for before, after in zip(full, left, strict=True):
        assert after.tolist() == [0 if at in {0, 5} else one for at, one in enumerate(before.tolist())]
    assert full.judged[[0, 5]].all()


def test_gold_that_nobody_rated_and_nobody_at_all() -> None:
    assert [one.tolist() for one in held(nothing(), gold_of([1], 2))] == [[], [], [], []]
    assert profiles(nothing(), NO_GOLD) == []
    (only, *_) = profiles(simulated([GOOD, GOOD], solutions=3)[0], NO_GOLD)
    assert (only.gold.value, only.gold.because) == (None, "no step with gold was rated")


def test_the_severest_come_first_and_the_lenient_last() -> None:
    labels, _ = simulated([GOOD, LENIENT, SEVERE, GOOD], solutions=200)
    found = profiles(labels, gold_of([100], 4))
    assert (found[0].labeler, found[-1].labeler) == (9, 8)
    for one in found:
        own = np.flatnonzero(labels.labelers == one.labeler)
        ratings = labels.ratings[np.isin(labels.of, own)]
        assert one.ways.negative.value == pytest.approx(np.mean(ratings == -1))
        assert one.ways.neutral.value == pytest.approx(np.mean(ratings == 0))
        assert one.ways.seconds.value == pytest.approx(60 * len(own) / len(ratings))
        assert one.ways.severity.low < one.ways.severity.value < one.ways.severity.high
        assert one.ways.position.because == "no error was found", "solutions that grow have no first error"


def test_who_has_rated_little_is_no_extreme_and_comes_last() -> None:
    """The fifth labeler calls one step negative that others call positive: -2 or 2, of one annotation."""
    labels, _ = simulated([GOOD, LENIENT, SEVERE, GOOD, GOOD], solutions=200)
    own = np.flatnonzero(labels.labelers == 11)
    fewer = labels.only(~np.isin(np.arange(len(labels.annotations)), own[1:]))
    fewer.ratings[fewer.labelers[fewer.of] == 11] = -1
    found = profiles(fewer, NO_GOLD)
    assert found[-1].labeler == 11
    assert found[-1].ways.severity.value is not None
    assert [one.labeler for one in extremes(found)] == [9, 8]
    alone = [one for one in found if one.labeler in {9, 11}]
    assert extremes(alone) == [], "one of whom something is sure is beside nobody"


def test_the_surest_are_named_not_those_with_the_greatest_values() -> None:
    labels, _ = simulated([GOOD, LENIENT, SEVERE, GOOD], solutions=200)
    found = profiles(labels, NO_GOLD)
    severest, lenient = extremes(found)
    assert severest.ways.severity.low == max(one.ways.severity.low for one in found)
    assert lenient.ways.severity.high == min(one.ways.severity.high for one in found)
    assert extremes([]) == []


def test_a_truth_behind_the_labels_tells_who_is_severe_too_and_its_interval_holds_what_was_drawn() -> None:
    drawn = [GOOD, LENIENT, SEVERE, GOOD]
    classes = np.array([0.15, 0.2, 0.65])
    held_true = 0
    for seed in range(40):
        _, people = judged(simulated(drawn, solutions=150, overlap=3, seed=seed)[0])
        for person, confusion in zip(people, drawn, strict=True):
            true = float(classes @ [-1, 0, 1] - classes @ confusion @ [-1, 0, 1])
            held_true += person.severity.low <= true <= person.severity.high
    assert 0.85 <= held_true / 160 <= 0.99


def test_where_a_labeler_changes_is_found_with_its_day_and_where_nothing_does_is_not() -> None:
    """Of two labelers on a solution a day, the second is severe from day 60 on."""
    before, _ = simulated([GOOD, GOOD], solutions=60, steps=8)
    after, _ = simulated([GOOD, SEVERE], solutions=60, steps=8, seed=1)
    both = labels_of(
        np.concatenate([before.solutions, after.solutions + 60]) - 100,
        np.concatenate([before.labelers, after.labelers]) - 7,
        of=np.concatenate([before.of, after.of + len(before.annotations)]),
        steps=np.concatenate([before.steps, after.steps]),
        ratings=np.concatenate([before.ratings, after.ratings]),
    )
    found = {one.what: one for one in drift(both, 8)}
    change = found["severity"]
    assert abs((change.day - date(2026, 3, 2)).days) <= 8
    assert change.after > change.before + 0.3
    assert change.annotations == 120
    assert "seconds a rating" not in found, "each took a minute"
    by_week = weeks(both, 8)
    assert sum(one.annotations for one in by_week) == 120
    assert by_week[0].monday == date(2025, 12, 29)
    assert by_week[-1].ways.severity.value > by_week[0].ways.severity.value


def test_speed_by_length_has_quarters_of_the_annotations() -> None:
    found = lengths(np.array([5.0, 1, 2, 3, 4, 6, 7, 8]), np.array([50, 10, 20, 30, 40, 60, 70, 80]))
    assert found == [(2, 15.0, 1.5), (2, 35.0, 3.5), (2, 55.0, 5.5), (2, 75.0, 7.5)]
    assert lengths(np.zeros(0), np.zeros(0, dtype=np.intp)) == []
