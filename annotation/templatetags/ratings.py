"""The radio group of a spot. There are many on a page and four kinds of them, so each kind is rendered once."""

from functools import cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotation.labeling import Given, Option
from annotation.ratings import Rating

register = template.Library()


@register.simple_tag
def ratings(spot: Option | Given) -> SafeString:
    return format_html(group(spot.rating), name=spot.name)


@cache
def group(rating: Rating | None) -> str:
    """With a place for the name."""
    return render_to_string("labeling/_ratings.html", {"name": "{name}", "rating": rating})
