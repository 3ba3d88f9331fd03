"""A small world of solutions: two computations and an answer, of which some are wrong in ways that can be seen."""

import random

import pytest

from annotation.verifier.examples import Example
from annotation.verifier.training import Trained, train


def example(number: int, *, wrong_at: int | None, rng: random.Random) -> Example:
    """A solution of problem `number`; the step at `wrong_at` does not come out, and later ones are not rated."""
    first, second, third = (rng.randrange(11, 90) for _ in range(3))
    total = first + second + (rng.randrange(1, 9) if wrong_at == 0 else 0)
    product = total * third + (rng.randrange(1, 9) if wrong_at == 1 else 0)
    steps = [
        f"Together they have {first} + {second} = <<{first}+{second}={total}>>{total} marbles.",
        f"In the bags there are {total} * {third} = <<{total}*{third}={product}>>{product} marbles.",
        f"A: {product}",
    ]
    ratings: list[int | None] = [1, rng.choice([0, 1]), 1]
    if wrong_at is not None:
        ratings = [*ratings[:wrong_at], -1, *[None] * (2 - wrong_at)]
    problem = f"Ann has {first} marbles, Ben has {second}. They fill {third} bags with as many as both. How many?"
    return Example(f"problem {number}", problem, steps, ratings)


def examples(count: int, *, per_problem: int = 4, seed: int = 0) -> list[Example]:
    """About half of them with an error."""
    rng = random.Random(seed)
    return [
        example(number // per_problem, wrong_at=rng.choice([None, None, 0, 1]), rng=rng) for number in range(count)
    ]


@pytest.fixture(scope="session")
def trained() -> Trained:
    return train(examples(400), seed=1)
