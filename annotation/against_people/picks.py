"""Whether the queue picks well: in how many of the picked solutions labelers found an error."""

from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

import numpy as np

from annotation.agreement.figures import Figure, Indices, numbered
from annotation.agreement.labels import ENDS, Labels
from annotation.agreement.tables import REASONS, packed_rows, whole
from annotation.models import FinishReason
from annotation.selection.picking import UNIFORM
from annotation.shares import wilson

# A generation has a solution once, so that of a label its generation tells which pick it is of.
PICKED = """
    SELECT n.number, p.reason, string_agg(int8send(t.solution_id), '')
    FROM annotation_generation n
    JOIN annotation_pick p ON p.generation_id = n.id
    JOIN annotation_task t ON t.id = p.task_id AND t.project_id = n.project_id
    WHERE n.project_id = %(project)s AND NOT t.is_quality_control AND t.repeat = 0
    GROUP BY n.number, p.reason ORDER BY n.number DESC, p.reason
"""
NONE_BESIDE = "nothing that was drawn uniformly is labeled"


class Picked(NamedTuple):
    """What one generation picked for one reason, neither quality control nor hidden repeats."""

    generation: int
    reason: str
    solutions: Indices


class Row(NamedTuple):
    generation: int
    reason: str
    """Why it was picked."""
    found: Figure
    """Share of the labeled picks in which an error was found, with Wilson's interval."""
    more: Figure
    """By how much that is above the uniform picks of the same generation."""


def picked(project: int) -> list[Picked]:
    """By generation, the latest first, and by the reason of the pick."""
    return [
        Picked(generation, reason, whole(np.frombuffer(packed, dtype=">i8")))
        for generation, reason, packed in packed_rows(PICKED, {"project": project})
    ]


def drawn_uniformly(picks: list[Picked]) -> Indices:
    """Solutions that some generation drew whatever their score."""
    drawn = [one.solutions for one in picks if one.reason == UNIFORM]
    return np.concatenate([np.empty(0, dtype=np.intp), *drawn])


def board(labels: Labels, picks: list[Picked]) -> list[Row]:
    """Of the picks that are labeled; who gave up says nothing."""
    ended = labels.reasons < ENDS
    counts = {}
    for generation, reason, solutions in picks:
        at = np.flatnonzero(ended & (labels.generations == generation))
        at = at[np.isin(labels.solutions[at], solutions)]
        if len(at):
            counts[generation, reason] = with_error(labels.solutions[at], labels.reasons[at])
    return list(rows_of(counts))


def with_error(solutions: Indices, reasons: Indices) -> tuple[int, int]:
    """Of annotations that came to an end, how many of their solutions have an error, and how many there are.

    One that several rated has an error if half of them or more found one.
    """
    different, of = numbered(solutions)
    rated = np.bincount(of)
    found = np.bincount(of[reasons == REASONS.index(FinishReason.FOUND_ERROR)], minlength=len(different))
    return int((2 * found >= rated).sum()), len(different)


def rows_of(counts: dict[tuple[int, str], tuple[int, int]]) -> Iterator[Row]:
    for (generation, reason), (found, n) in counts.items():
        uniform = counts.get((generation, UNIFORM))
        share = Figure(found / n, n, *wilson(found, n))
        if reason == UNIFORM:
            yield Row(generation, reason, share, Figure(None, n, because="it is what the others are held against"))
        elif uniform is None:
            yield Row(generation, reason, share, Figure(None, n, because=NONE_BESIDE))
        else:
            yield Row(generation, reason, share, difference((found, n), uniform))


def difference(one: tuple[int, int], other: tuple[int, int]) -> Figure:
    """Of two independent shares, each a part and a whole, with Newcombe's interval; n counts both.

    R. G. Newcombe, Interval estimation for the difference between independent proportions, Statist. Med. 17
    (1998), 873-890, method 10.
    """
    first, second = one[0] / one[1], other[0] / other[1]
    (low, high), (under, over) = wilson(*one), wilson(*other)
    value = first - second
    return Figure(
        value,
        one[1] + other[1],
        value - sqrt((first - low) ** 2 + (over - second) ** 2),
        value + sqrt((high - first) ** 2 + (second - under) ** 2),
    )
