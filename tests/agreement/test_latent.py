"""True ratings behind what labelers say."""

import numpy as np
import pytest

from annotation.agreement.latent import ONE_CLASS, PRIOR, TIED, Truth, first_error, judged, majority, truth
from tests.agreement.simulated import CLASSES, GOOD, LENIENT, SEVERE, labels_of, nothing, simulated


def slowly(labels, rounds: int) -> tuple[dict[tuple[int, int], list[float]], dict[int, np.ndarray]]:
    """The same by dictionaries and loops, as the paper writes it: sums for equations 2.3 and 2.4, then 2.5."""
    said: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for of, step, rating in zip(labels.of, labels.steps, labels.ratings, strict=True):
        unit = int(labels.solutions[of]), int(step)
        said.setdefault(unit, []).append((int(labels.labelers[of]), int(rating) + 1))
    belief = {unit: [sum(r == t for _, r in given) / len(given) for t in range(3)] for unit, given in said.items()}
    for _ in range(rounds):
        counts = {int(who): PRIOR.copy() for who in labels.labelers}
        classes = np.ones(3)
        for unit, given in said.items():
            classes += belief[unit]
            for who, rating in given:
                counts[who][:, rating] += belief[unit]
        classes /= classes.sum()
        confusions = {who: count / count.sum(axis=1, keepdims=True) for who, count in counts.items()}
        for unit, given in said.items():
            odds = classes.copy()
            for who, rating in given:
                odds *= confusions[who][:, rating]
            belief[unit] = list(odds / odds.sum())
    return belief, confusions


def test_it_settles_where_the_loop_of_the_paper_does() -> None:
    labels, _ = simulated([GOOD, SEVERE, LENIENT], solutions=40, overlap=2)
    found = truth(labels)
    belief, confusions = slowly(labels, 400)
    assert found.has_settled
    units = zip(labels.units.solutions.tolist(), labels.units.steps.tolist(), strict=True)
    np.testing.assert_allclose(found.steps, [belief[unit] for unit in units], atol=1e-3)
    np.testing.assert_allclose(found.confusions, [confusions[who] for who in found.people], atol=1e-3)


@pytest.fixture(scope="module")
def known() -> tuple[Truth, np.ndarray, object]:
    labels, true = simulated([GOOD, GOOD, SEVERE, LENIENT, GOOD], solutions=1_500, overlap=3)
    return truth(labels), true.ravel(), labels


def test_it_finds_how_each_labeler_uses_the_ratings(known) -> None:
    found, _, _ = known
    drawn = [GOOD, GOOD, SEVERE, LENIENT, GOOD]
    np.testing.assert_allclose(found.confusions, drawn, atol=0.06)
    np.testing.assert_allclose(found.classes, CLASSES, atol=0.03)
    np.testing.assert_allclose(found.accuracy, [CLASSES @ np.diag(one) for one in drawn], atol=0.03)
    assert found.severity.argmax() == 2
    assert found.severity.argmin() == 3
    np.testing.assert_allclose(found.said.sum(axis=1), 1)


def test_it_is_nearer_to_the_truth_than_the_majority(known) -> None:
    found, true, labels = known
    most = majority(labels.units.counts)
    by_majority = np.where(most == TIED, 0, most == true).mean() + (most == TIED).mean() / 3
    assert (found.steps.argmax(axis=1) - 1 == true).mean() > by_majority + 0.005


def test_its_probabilities_are_those_that_come_true(known) -> None:
    found, true, _ = known
    surest = found.steps.max(axis=1)
    right = found.steps.argmax(axis=1) - 1 == true
    for low, high in ((0.5, 0.8), (0.8, 0.95), (0.95, 1.01)):
        these = (surest >= low) & (surest < high)
        assert these.sum() > 50
        assert right[these].mean() == pytest.approx(surest[these].mean(), abs=0.06)


def test_one_who_always_agrees_is_not_infallible() -> None:
    labels = labels_of(
        np.zeros(2, int), np.arange(2), of=np.array([0, 1]), steps=np.zeros(2, int), ratings=np.ones(2, int)
    )
    found = truth(labels)
    assert found.steps[0, 2] > 0.9
    assert found.confusions.max() < 0.95
    assert found.confusions[0, 2, 1] > found.confusions[0, 2, 0], "beside it is likelier"


def test_where_all_say_the_same_nothing_is_told_of_anybody() -> None:
    labels, _ = simulated([GOOD, GOOD], solutions=30)
    labels.ratings[:] = 1
    for person in judged(labels)[1]:
        assert (person.accuracy.value, person.severity.value, person.confusion) == (None, None, None)
        assert person.accuracy.because == ONE_CLASS


def test_what_a_labeler_calls_steps_that_never_came_is_not_told() -> None:
    """No step is neutral, and nobody says so: the row would be the prior."""
    labels, _ = simulated([GOOD, GOOD, GOOD], solutions=60, overlap=3)
    labels.ratings[labels.ratings == 0] = 1
    for person in judged(labels)[1]:
        assert np.isnan(person.confusion[1]).all()
        assert person.confusion[[0, 2]].sum(axis=1) == pytest.approx(1)
        assert person.accuracy.low < person.accuracy.value <= person.accuracy.high


def test_nobody_said_anything() -> None:
    found = truth(nothing())
    assert (found.steps.shape, found.confusions.shape, found.has_settled) == ((0, 3), (0, 3, 3), True)


def test_a_majority_needs_more_than_any_other_rating() -> None:
    assert majority(np.array([[2.0, 1, 0], [1, 0, 1], [0, 0, 1]])).tolist() == [-1, TIED, 1]


def test_the_first_error_is_where_all_before_are_right() -> None:
    found = first_error(np.array([[0.1, 0, 0.9], [0.5, 0, 0.5]]), steps=3)
    assert found == pytest.approx([0.1, 0.45, 0.0, 0.45])
    assert found.sum() == pytest.approx(1)
