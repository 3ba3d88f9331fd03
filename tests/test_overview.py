"""Figures carry their interval."""

import pytest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from annotation.shares import wilson
from annotation.templatetags.humane import coded, duration, probability, thousands


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (30, 100, 0.2189, 0.3959)],
)
def test_wilson_bounds_are_the_known_ones(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=1e-3)


def test_numbers_read_well() -> None:
    assert thousands(1234567) == "1\u202f234\u202f567"
    assert [duration(ms) for ms in (900, 59_400, 90_000, 3_700_000)] == ["1 s", "59 s", "2 min", "1 h 02 min"]
    assert [probability(one) for one in (None, 0.0, 0.25, 1.1e-6)] == ["–", "0.0000", "0.2500", "1.1e-06"]


def test_code_in_a_text_is_code_and_nothing_else_is_html() -> None:
    assert coded("run `jq '.[]' <b>` & wait") == "run <code>jq &#x27;.[]&#x27; &lt;b&gt;</code> &amp; wait"
    assert coded(gettext_lazy("a `b`")) == "a <code>b</code>"
    assert coded(format_html("<ul>{}</ul>", "`<b>`")) == "<ul>`&lt;b&gt;`</ul>"
