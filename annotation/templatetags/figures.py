"""A figure in cells of a table: with its interval and its n, or why there is none. Boards have hundreds."""

from typing import NamedTuple

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotation.agreement.figures import Figure
from annotation.templatetags.humane import thousands

register = template.Library()


class Kind(NamedTuple):
    value: str
    bounds: str
    times: int = 1


KINDS = {
    "number": Kind("{:.2f}", "{:.2f} to {:.2f}"),
    "precise": Kind("{:.3f}", "{:.3f} to {:.3f}"),
    "percent": Kind("{:.1f}\u202f%", "{:.1f}–{:.1f}\u202f%", times=100),
    "seconds": Kind("{:.1f}\u202fs", "{:.1f} to {:.1f}"),
}
precise = KINDS["precise"].value.format
exact = "{:.6g}".format
NONE = format_html("<small>{}</small>", "none: too few, or all alike")


@register.simple_tag
def cell(figure: Figure, kind: str = "number") -> SafeString:
    """All in one cell, one below the other."""
    if figure.value is None:
        return format_html(
            '<td class="number compact"><small class="because">undefined: {}</small></td>', figure.because
        )
    written, bounds = KINDS[kind], interval(figure, kind)
    return format_html(
        '<td class="number compact">{}{}<small>n {}</small></td>',
        written.value.format(written.times * figure.value),
        format_html("<small>{}</small>", bounds) if bounds else "",
        thousands(figure.n),
    )


@register.simple_tag
def cells(figure: Figure) -> SafeString:
    """Value, interval and n, a cell each, to three digits."""
    if figure.value is None:
        row = '<td class="number" colspan="2"><small>undefined: {}</small></td><td class="number">{}</td>'
        return format_html(row, figure.because, thousands(figure.n))
    row = '<td class="number">{}</td><td class="number">{}</td><td class="number">{}</td>'
    return format_html(row, precise(figure.value), interval(figure) or NONE, thousands(figure.n))


@register.simple_tag
def plotted(figure: Figure) -> SafeString:
    """All in one cell, which the chart above the table reads as well."""
    if figure.value is None:
        return format_html('<td class="number compact"><small>undefined: {}</small></td>', figure.because)
    bounds = interval(figure)
    return format_html(
        '<td class="number compact" data-value="{}"{}>{}<small>{}n {}</small></td>',
        exact(figure.value),
        format_html(' data-low="{}" data-high="{}"', exact(figure.low), exact(figure.high)) if bounds else "",
        precise(figure.value),
        f"{bounds} · " if bounds else "",
        thousands(figure.n),
    )


@register.filter(name="bounds")
def interval(figure: Figure, kind: str = "precise") -> str:
    """Empty where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    _, bounds, times = KINDS[kind]
    return bounds.format(times * figure.low, times * figure.high)
