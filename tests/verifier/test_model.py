import time
from math import prod

import numpy as np
import pytest

from annotation.verifier.measures import auc
from annotation.verifier.model import MAGIC, BadModel, Model
from annotation.verifier.training import Trained
from tests.verifier.conftest import examples

PROBLEM = "Ann has 12 marbles, Ben has 30. They fill 4 bags with as many as both. How many?"
GOOD = ["Together they have 12 + 30 = 42 marbles.", "In the bags there are 42 * 4 = 168 marbles.", "A: 168"]
BAD = ["Together they have 12 + 30 = 45 marbles.", "In the bags there are 45 * 4 = 180 marbles.", "A: 180"]


def test_a_wrong_step_scores_below_a_right_one(trained: Trained) -> None:
    assert trained.model.score(PROBLEM, GOOD)[0] > 0.8
    assert trained.model.score(PROBLEM, BAD)[0] < 0.4


def test_later_steps_have_no_say(trained: Trained) -> None:
    scores = trained.model.score(PROBLEM, GOOD)
    for count in range(len(GOOD)):
        assert trained.model.score(PROBLEM, [*GOOD[:count], "Nonsense: 7 = 99999 - 3."])[:count] == scores[:count]


def test_scores_are_inside_zero_and_one_whatever_comes(trained: Trained) -> None:
    steps = ["1 + 1 = 3 " * 100_000, "", "\x00\ud800", "A: " + "9" * 5_000, *["so 2 = 3"] * 200]
    scores = trained.model.score("", steps)
    assert len(scores) == len(steps)
    assert all(0 < score < 1 for score in scores)
    assert prod(scores[:20]) > 0


def test_many_score_as_each_one_alone(trained: Trained) -> None:
    solutions = [(one.problem, one.steps) for one in examples(1_100, seed=5)]
    alone = [trained.model.score(*solution) for solution in solutions]
    assert list(trained.model.score_many(solutions)) == alone
    assert trained.model.score(PROBLEM, []) == []
    assert list(trained.model.score_many([(PROBLEM, []), (PROBLEM, GOOD)])) == [
        [],
        trained.model.score(PROBLEM, GOOD),
    ]


def test_it_scores_the_same_after_storing(trained: Trained) -> None:
    loaded = Model.load(trained.model.dump())
    assert loaded.score(PROBLEM, BAD) == trained.model.score(PROBLEM, BAD)
    assert loaded.threshold == trained.model.threshold
    assert loaded.dump() == trained.model.dump()


def test_it_ranks_new_problems(trained: Trained) -> None:
    new = examples(200, seed=99)
    correct, scores = [], []
    for one, found in zip(new, trained.model.score_many((one.problem, one.steps) for one in new), strict=True):
        rated = [
            (rating != -1, score) for rating, score in zip(one.ratings, found, strict=True) if rating is not None
        ]
        correct += [is_correct for is_correct, _ in rated]
        scores += [score for _, score in rated]
    area = auc(np.array(correct), np.array(scores))
    assert area is not None
    assert area > 0.95


def test_bytes_of_something_else_are_refused(trained: Trained) -> None:
    for data in (b"", b"PK\x03\x04", b"\x80\x04\x95", MAGIC, trained.model.dump()[1:]):
        with pytest.raises(BadModel, match=r"^(This is not a verifier|The verifier is damaged).*\.$"):
            Model.load(data)


def test_damaged_bytes_are_refused_wherever_the_damage_is(trained: Trained) -> None:
    data = trained.model.dump()
    for place in [*range(0, 400, 7), *range(400, len(data), 4_999), len(data) - 1]:
        damaged = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]
        with pytest.raises(BadModel):
            Model.load(damaged)
    for cut in (len(data) - 1, len(data) // 2, len(MAGIC) + 10):
        with pytest.raises(BadModel, match="damaged"):
            Model.load(data[:cut])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b'"format":1', b'"format":2', "stored in format 2; this version reads format 1"),
        (b'"features":1', b'"features":0', "version 0 of the features; this is version 1. Train it again"),
        (b'"buckets":4096', b'"buckets":4097', "Train it again"),
        (b'"buckets":4096', b'"bucket":4096', "its head cannot be read"),
        (b'"intercept":', b'"intercept":null,"x":', "its head cannot be read"),
    ],
)
def test_another_version_is_refused_with_what_to_do(trained: Trained, old: bytes, new: bytes, says: str) -> None:
    data = trained.model.dump()
    assert old in data
    with pytest.raises(BadModel, match=says):
        Model.load(data.replace(old, new, 1))


def test_it_scores_hundreds_of_steps_a_second_at_the_very_least(trained: Trained) -> None:
    solutions = [(one.problem, one.steps) for one in examples(1_000)]
    begin = time.process_time()
    scored = sum(map(len, trained.model.score_many(solutions)))
    assert scored / (time.process_time() - begin) > 500
