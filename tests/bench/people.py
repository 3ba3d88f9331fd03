"""Labelers with an API token and a browser session each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.browser import sign_in
from tests.bench.installation import Installation


@dataclass(frozen=True)
class Labeler:
    """`secret` is that of a sign-in link, which works once."""

    token: str
    secret: str


def make_labelers(installation: Installation, slugs: Sequence[str], count: int, prefix: str) -> list[Labeler]:
    """`count` new people, labelers in each of the projects."""
    script = f"from tests.bench.cast import make; make({list(slugs)!r}, {count}, {prefix!r})"
    finished = installation.manage("shell", "--no-imports", "-c", script)
    return [Labeler(**entry) for entry in json.loads(finished.output.splitlines()[-1])]


def cookies_of(installation: Installation, labelers: Sequence[Labeler]) -> list[str]:
    """Sign each of them in; their Cookie headers."""
    return [sign_in(installation.port, labeler.secret) for labeler in labelers]
