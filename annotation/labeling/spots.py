"""Marks: what a labeler says of one completion of one step, and where."""

from collections.abc import Mapping
from typing import NamedTuple

from annotation.ratings import Rating

Spot = tuple[int, int]
"""Step and position of a completion, both counted from 0. Position 0 is the solution's own step."""


class Mark(NamedTuple):
    rating: Rating | None
    unsure: bool | None = None
    """None where the project does not ask."""


Marks = Mapping[Spot, Mark]


class Stored(NamedTuple):
    mark: Mark
    version: int
    """Of the draft, when this was last changed."""
