"""What a step looks like in its context, as numbers. Nothing after the step is looked at."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotation.verifier.context import Context
from annotation.verifier.figures import Computed, Formed, Novel, Sourced, computed, formed, novel, sourced
from annotation.verifier.hashing import Hashed, codes, hashed
from annotation.verifier.looking import Step, step_of
from annotation.verifier.reading import read
from annotation.verifier.shapes import shapes

VERSION = 1
"""A change of any feature is another version: the weights of a stored model belong to one."""
NAMES = Computed._fields + Sourced._fields + Novel._fields + Formed._fields


class Rows(NamedTuple):
    """Features of steps, one row each: `dense` has len(NAMES) columns, the others hashing.BUCKETS."""

    dense: NDArray[np.float64]
    words: Hashed
    shapes: Hashed


def rows(problem: str, steps: Sequence[str]) -> Rows:
    """One row a step, each made of the problem and the steps up to it."""
    return rows_of([(problem, steps)])


def rows_of(solutions: Iterable[tuple[str, Sequence[str]]]) -> Rows:
    """One row a step, solution after solution. Solutions of one problem in a row are read faster."""
    dense: list[tuple[float, ...]] = []
    words: list[list[int]] = []
    forms: list[list[int]] = []
    last, text = "", read("")
    for problem, steps in solutions:
        last, text = problem, text if problem == last else read(problem)
        context = Context(text)
        for step in map(step_of, map(read, steps)):
            dense.append(figures(context, step))
            words.append(codes(step.text.terms))
            forms.append(codes(shapes(context, step)))
            context.add(step)
    matrix = np.array(dense, dtype=np.float64).reshape(len(dense), len(NAMES))
    return Rows(matrix, hashed(words, pairs=True), hashed(forms, pairs=False))


def figures(context: Context, step: Step) -> tuple[float, ...]:
    algebra = context.unknowns.check(step.text.equations)
    return (
        *computed(context, step, algebra),
        *sourced(context, step),
        *novel(context, step),
        *formed(context, step),
    )
