"""Labels as arrays, drawn at random: who rates what is known, and how well."""

import numpy as np

from annotation.agreement.labels import Labels

GOOD = np.array([[0.85, 0.1, 0.05], [0.1, 0.8, 0.1], [0.03, 0.07, 0.9]])
"""Probabilities of what is said (columns) given the true rating (rows)."""
SEVERE = np.array([[0.96, 0.03, 0.01], [0.4, 0.55, 0.05], [0.1, 0.2, 0.7]])
LENIENT = np.array([[0.5, 0.3, 0.2], [0.05, 0.5, 0.45], [0.01, 0.04, 0.95]])
CLASSES = np.array([0.15, 0.2, 0.65])
DAY = 86_400.0


def simulated(
    confusions: list[np.ndarray], *, solutions: int, steps: int = 4, overlap: int = 2, seed: int = 0
) -> tuple[Labels, np.ndarray]:
    """`overlap` of the labelers rate each solution to its end; with the true ratings (solutions, steps).

    One solution a day, and all that is said of it, from 2026-01-01 (a Thursday) on.
    """
    random = np.random.default_rng(seed)
    true = random.choice(3, size=(solutions, steps), p=CLASSES)
    by = np.stack([random.permutation(len(confusions))[:overlap] for _ in range(solutions)]).ravel()
    of_solution = np.repeat(np.arange(solutions), overlap)
    of = np.repeat(np.arange(len(by)), steps)
    step = np.tile(np.arange(steps), len(by))
    chances = np.stack(confusions)[by[of], true[of_solution[of], step]]
    ratings = (random.random((len(of), 1)) > chances.cumsum(axis=1)).sum(axis=1) - 1
    return labels_of(of_solution, by, of=of, steps=step, ratings=ratings), true - 1


def labels_of(
    solutions: np.ndarray, labelers: np.ndarray, *, of: np.ndarray, steps: np.ndarray, ratings: np.ndarray
) -> Labels:
    """Of solutions that grow: what comes after a negative step counts."""
    count = len(solutions)
    return Labels(
        annotations=np.arange(count),
        solutions=solutions + 100,
        labelers=labelers + 7,
        lengths=np.full(count, steps.max(initial=-1) + 1),
        grown=np.ones(count, dtype=bool),
        generations=np.zeros(count, dtype=np.intp),
        reasons=np.zeros(count, dtype=np.intp),
        active_ms=np.full(count, 60_000),
        submitted_at=1_767_225_600.0 + DAY * solutions,
        of=of,
        steps=steps,
        completions=np.zeros(len(of), dtype=np.intp),
        ratings=ratings,
    )


def nothing() -> Labels:
    no = np.zeros(0, dtype=np.intp)
    return labels_of(no, no, of=no, steps=no, ratings=no)
