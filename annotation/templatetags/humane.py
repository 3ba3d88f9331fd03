"""Numbers and texts as people read them."""

import re
from uuid import UUID

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from annotation.shares import wilson

register = template.Library()
CODE = re.compile(r"`([^`]+)`")


@register.filter
def thousands(value: int) -> str:
    """12345 as "12 345", with narrow spaces that do not break."""
    return f"{value:,}".replace(",", "\u202f")


@register.filter
def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


@register.filter
def percent(value: float) -> str:
    """A share of 0.1234 as 12.3 %."""
    return f"{100 * value:.1f}\u202f%"


@register.filter
def interval(part: int, whole: int) -> str:
    """The 95 % interval of a share, in percent."""
    low, high = wilson(part, whole)
    return f"{100 * low:.0f}–{100 * high:.0f} %"


@register.filter
def duration(milliseconds: int) -> str:
    seconds = round(milliseconds / 1000)
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


@register.filter
def per_second(rate: float) -> str:
    """A rate; a minute's when it is slow."""
    if rate >= 10:
        return f"{thousands(round(rate))} a second"
    return f"{rate:.1f} a second" if rate >= 1 else f"{60 * rate:.1f} a minute"


@register.filter
def roughly(seconds: float) -> str:
    return "a moment" if seconds < 2 else f"about {duration(round(1000 * seconds))}"


@register.filter
def probability(value: float | None) -> str:
    """Four digits after the point, or an exponent for what would read as nothing."""
    if value is None:
        return "–"
    return f"{value:.4f}" if value >= 0.0001 or value == 0 else f"{value:.1e}"


@register.filter
def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


@register.filter
def pseudonym(value: UUID) -> str:
    """The first part of a pseudonym: enough to tell labelers apart on one page."""
    return str(value)[:8]


@register.filter
def item(values: dict[int, object], key: int) -> object:
    return values[key]


@register.filter
def coded(text: object) -> SafeString:
    """What stands between backticks as code. What is HTML already stays as it is."""
    said = str(text)
    if isinstance(said, SafeString):
        return said
    parts = (
        (format_html("<code>{}</code>", part) if at % 2 else part,) for at, part in enumerate(CODE.split(said))
    )
    return format_html_join("", "{}", parts)
