"""What is rated, as HTML. Spots differ in little besides their texts, so each frame around a text is kept."""

from functools import lru_cache
from typing import NamedTuple, Protocol

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotation.labeling import Desk, DeskStep, Option
from annotation.ratings import Rating

register = template.Library()


class Rated(Protocol):
    @property
    def name(self) -> str:
        """Of its field in the page."""

    @property
    def rating(self) -> Rating | None: ...


class Frame(NamedTuple):
    """What tells spots apart besides their texts and times."""

    name: str
    unsure_name: str
    title: str
    of: str
    is_own: bool
    is_first_alternative: bool
    is_current: bool
    is_fixed: bool
    rating: Rating | None
    allows_unsure: bool
    unsure: bool


@register.simple_tag
def spot(option: Option, step: DeskStep, desk: Desk) -> SafeString:
    """One completion of a step with its rating."""
    is_own = option.position == 0
    frame = Frame(
        name=option.name,
        unsure_name=option.unsure_name,
        title=option.title,
        of=desk.count,
        is_own=is_own,
        is_first_alternative=option.is_first_alternative,
        is_current=is_own and step.index == desk.current,
        is_fixed=step.is_after_error,
        rating=option.rating,
        allows_unsure=bool(desk.lease.allows_unsure),
        unsure=option.unsure,
    )
    return format_html(around(frame), ms=step.ms, text=option.text)


@register.simple_tag
def ratings(rated: Rated) -> SafeString:
    """A radio group."""
    return format_html(ratings_of(rated.rating), name=rated.name)


@lru_cache(maxsize=4096)
def around(frame: Frame) -> str:
    """With places for the time and the text, as `str.format` has them."""
    return render_to_string("labeling/_spot.html", {**frame._asdict(), "ms": "{ms}", "text": "{text}"})


@lru_cache
def ratings_of(rating: Rating | None) -> str:
    """With a place for the name."""
    return render_to_string("labeling/_ratings.html", {"name": "{name}", "rating": rating})
