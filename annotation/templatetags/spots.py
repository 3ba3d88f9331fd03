"""What is rated, as HTML. There are many spots on a page and few kinds of them, so each kind is rendered once."""

from functools import cache
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


class Kind(NamedTuple):
    """What tells spots apart besides their names, numbers and texts."""

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
    kind = Kind(
        is_own=is_own,
        is_first_alternative=option.is_first_alternative,
        is_current=is_own and step.index == desk.current,
        is_fixed=step.is_after_error,
        rating=option.rating,
        allows_unsure=bool(desk.lease.allows_unsure),
        unsure=option.unsure,
    )
    return format_html(
        spot_of(kind),
        name=option.name,
        unsure_name=option.unsure_name,
        title=option.title,
        count=desk.count,
        ms=step.ms,
        text=option.text,
    )


@register.simple_tag
def ratings(rated: Rated) -> SafeString:
    """A radio group."""
    return format_html(ratings_of(rated.rating), name=rated.name)


@cache
def spot_of(kind: Kind) -> str:
    """With places for what differs, as `str.format` has them."""
    places = {name: f"{{{name}}}" for name in ("name", "unsure_name", "title", "count", "ms", "text")}
    return render_to_string("labeling/_spot.html", {**places, **kind._asdict()})


@cache
def ratings_of(rating: Rating | None) -> str:
    """With a place for the name."""
    return render_to_string("labeling/_ratings.html", {"name": "{name}", "rating": rating})
