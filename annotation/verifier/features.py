"""What a step looks like in its context, as numbers. Nothing after the step is looked at."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotation.verifier import hashing
from annotation.verifier.context import Context
from annotation.verifier.figures import Computed, Formed, Novel, Sourced, computed, formed, novel, sourced
from annotation.verifier.looking import Step, step_of
from annotation.verifier.reading import Text, read

VERSION = 1
"""A change of any feature is another version: the weights of a stored model belong to one."""
NAMES = Computed._fields + Sourced._fields + Novel._fields + Formed._fields


class Rows(NamedTuple):
    """Features of steps: `dense` is steps x len(NAMES), `hashed` steps x hashing.BUCKETS."""

    dense: NDArray[np.float64]
    hashed: hashing.Hashed


def rows(problem: str, steps: Sequence[str]) -> Rows:
    """One row a step, each made of the problem and the steps up to it."""
    return rows_of([(problem, steps)])


def rows_of(solutions: Iterable[tuple[str, Sequence[str]]]) -> Rows:
    """One row a step, solution after solution. Solutions of one problem in a row are read faster."""
    dense: list[tuple[float, ...]] = []
    codes: list[list[int]] = []
    last, text = "", read("")
    for problem, steps in solutions:
        last, text = problem, text if problem == last else read(problem)
        for figures, step in looks(text, steps):
            dense.append(figures)
            codes.append(hashing.codes(step.text.terms))
    matrix = np.array(dense, dtype=np.float64).reshape(len(dense), len(NAMES))
    return Rows(matrix, hashing.hashed(codes))


def looks(problem: Text, steps: Sequence[str]) -> Iterable[tuple[tuple[float, ...], Step]]:
    """The dense features of one step after the other."""
    context = Context(problem)
    for text in steps:
        step = step_of(read(text))
        yield figures(context, step), step
        context.add(step)


def figures(context: Context, step: Step) -> tuple[float, ...]:
    algebra = context.unknowns.check(step.text.equations)
    return (
        *computed(context, step, algebra),
        *sourced(context, step),
        *novel(context, step),
        *formed(context, step),
    )
