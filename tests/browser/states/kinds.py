"""What a state of a page is."""

from collections.abc import Callable
from typing import Any, NamedTuple

from playwright.sync_api import Page

Open = Callable[[Any], Page]


class State(NamedTuple):
    page: str | None
    """The name of its address in the URLconf; None for what may stand at any address."""
    open: Open


def at(path: str, who: str = "max", **options: Any) -> Open:
    """The page at this path as somebody of the cast, or as somebody signed out."""
    return lambda cast: cast.visit(getattr(cast, who, None), path, **options)
