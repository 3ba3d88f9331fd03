"""The radio group of a spot. There are many on a page and four kinds of them, so each kind is rendered once."""

from functools import cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from annotation.labeling import Option
from annotation.ratings import Rating

register = template.Library()

NAME = "NAME-OF-THE-SPOT"


@register.simple_tag
def ratings(option: Option) -> SafeString:
    return mark_safe(group(option.rating).replace(NAME, option.name))  # noqa: S308 (a name is letters and digits)


@cache
def group(rating: Rating | None) -> str:
    return render_to_string("labeling/_ratings.html", {"name": NAME, "rating": rating})
