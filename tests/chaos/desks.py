"""What a desk's page shows, and what a labeler without a browser knows of it."""

import re
from dataclasses import dataclass, field
from typing import Any

Spot = tuple[int, int]
"""Step and completion."""

TOKEN = re.compile(rb'data-lease="([0-9a-f-]{36})" data-version="(\d+)"')
GROWS = re.compile(r'data-path="([^"]*)" data-reason="(\w+)"')
SPOT = re.compile(r'<fieldset class="spot[^"]*" id="step-(\d+)(?:-(\d+))?"')
RATED = re.compile(r'name="step-(\d+)(?:-(\d+))?" value="(-?[01])" checked')
CRITIQUE = re.compile(r'name="(critique-(\d+)-\d+)" value="1"')
WRITTEN = -1
"""In a path, a step in the labeler's own words."""


@dataclass
class Desk:
    token: str
    version: int
    spots: list[Spot]
    """What can be rated, as far as it is shown."""
    ratings: dict[Spot, str]
    """As the server has acknowledged them; where the solution grows, those of ways left behind, too."""
    critiques: list[tuple[str, int]]
    """Each field and its step."""
    asks: bool
    grows: bool
    path: str = ""
    reason: str = "open"
    """Of a solution that grows: the way so far, and how it ends."""
    written: dict[int, str] = field(default_factory=dict)
    unanswered: dict[Spot, set[str]] = field(default_factory=dict)

    @property
    def way(self) -> list[int]:
        return [int(one) for one in self.path.split(",")] if self.path else []

    def name(self, spot: Spot) -> str:
        step, completion = spot
        return f"step-{step}-{completion}" if completion or self.grows else f"step-{step}"

    def spot(self, name: str) -> Spot:
        step, _, completion = name.removeprefix("step-").partition("-")
        return int(step), int(completion or 0)

    @property
    def is_rich(self) -> bool:
        """Whether more comes of an error than the end."""
        return self.grows or self.asks

    @property
    def on_the_way(self) -> dict[Spot, str]:
        """The ratings that are in the page."""
        return {spot: self.ratings[spot] for spot in self.spots if spot in self.ratings}

    @property
    def error(self) -> int | None:
        return min(
            (step for (step, one), rating in self.ratings.items() if not one and rating == "-1"), default=None
        )

    def options(self, step: int) -> list[Spot]:
        return [spot for spot in self.spots if spot[0] == step]

    def next_spot(self) -> Spot | None:
        """The next one to rate: step by step, with the alternatives of the first negative one; or all offered."""
        for spot in self.spots:
            counts = self.grows or spot[1] == 0 or self.ratings.get((spot[0], 0)) == "-1"
            if counts and spot not in self.ratings:
                return spot
            if not self.grows and self.error is not None and spot == self.options(self.error)[-1]:
                return None
        return None

    def grow(self, said: dict[str, Any]) -> None:
        """Take over where the solution has come to."""
        self.path, self.reason = said["path"], said["reason"]
        if "html" in said:
            self.spots = [spot for spot in self.spots if spot[0] < said["since"]] + spots_in(said["html"])


def spots_in(html: str) -> list[Spot]:
    return [(int(step), int(completion or 0)) for step, completion in SPOT.findall(html)]


def desk_in(page: bytes) -> Desk | None:
    """The desk in a page, if there is one."""
    found = TOKEN.search(page)
    if found is None:
        return None
    html = page.decode()
    grows = GROWS.search(html)
    return Desk(
        token=found[1].decode(),
        version=int(found[2]),
        spots=spots_in(html),
        ratings={(int(step), int(one or 0)): rating for step, one, rating in RATED.findall(html)},
        critiques=[(name, int(step)) for name, step in CRITIQUE.findall(html)],
        asks='class="report"' in html,
        grows=grows is not None,
        path=grows[1] if grows else "",
        reason=grows[2] if grows else "open",
    )
