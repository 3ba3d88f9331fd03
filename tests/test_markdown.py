"""Instructions as HTML: what managers can write, and what nobody can."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotation.learning.markdown import TAGS, as_html

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<p onclick=alert(1)>x</p>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&#58;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "![x](https://elsewhere.example/pixel.png)",
    "![x][r]\n\n[r]: https://elsewhere.example/pixel.png",
    "<javascript:alert(1)>",
    "$<img src=x onerror=alert(1)>$",
    "$$<script>alert(1)</script>$$",
    "> [!good] <svg onload=alert(1)>",
    "> [!<b>good] x",
    '<a href="https://x.example" style="position:fixed">x</a>',
    "```<script>\nx\n```",
    "<!-- <style>x</style> -->",
]


class Found(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    found = Found()
    found.feed(as_html(text))
    return found.elements


def is_harmless(text: str) -> bool:
    for tag, attributes in elements(text):
        if tag not in TAGS or not attributes.keys() <= {"href", "title", "rel", "class", "start", "data-math"}:
            return False
        link = attributes.get("href")
        if link is not None:
            scheme = re.match(r"\s*([^/?#]*?):", link)
            if attributes.get("rel") != "noopener noreferrer":
                return False
            if scheme and scheme[1].lower() not in {"http", "https", "mailto"}:
                return False
    return True


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_harmful_comes_through(text: str) -> None:
    assert is_harmless(text)
    assert not {"script", "img", "svg", "style"} & {tag for tag, _ in elements(text)}


@given(st.text(alphabet=st.sampled_from("<>[]()!$\\&;:\"'`#*_-|= \n/abjscriptonerror0"), max_size=80))
@example("> [!bad")
def test_nothing_harmful_comes_through_whatever_is_written(text: str) -> None:
    assert is_harmless(text)


def test_formulas_are_left_to_the_page() -> None:
    html = as_html(r"Let $a_1 * b_1 < c$ and \(x_1\\y_1\), at $2 or $18.")
    assert '<span data-math="">$a_1 * b_1 &lt; c$</span>' in html
    assert r'<span data-math="">\(x_1\\y_1\)</span>' in html
    assert "at $2 or $18." in html
    assert "<em>" not in html


@pytest.mark.parametrize(("mark", "word"), [("good", "Good"), ("NEUTRAL", "Neutral"), ("bad", "Bad")])
def test_an_example_bears_its_verdict_as_a_word(mark: str, word: str) -> None:
    html = as_html(f"> [!{mark}] Uses *what is known*\n> So $x = 2$.")
    assert f'<blockquote class="example {word.lower()}">' in html
    assert f'<strong class="verdict">{word}</strong> Uses <em>what is known</em><br>' in html
    assert '<span data-math="">$x = 2$</span>' in html


def test_the_page_keeps_its_only_first_heading() -> None:
    assert as_html("# One\n\n###### Six") == "<h2>One</h2>\n<h6>Six</h6>\n"


def test_links_lead_only_where_links_lead() -> None:
    html = as_html("[a](https://x.example) [b](mailto:a@x.example) [c](ftp://x.example)")
    assert html.count('rel="noopener noreferrer"') == 3
    assert "ftp:" not in html.replace("[c](ftp", "")


@pytest.mark.parametrize(
    "part", ["\\[", "$$", "\\(", "$a ", "> ", "[", "![", "*_", "`", "<", "&", "- ", "|", "\n"]
)
def test_no_text_takes_long(part: str) -> None:
    started = time.monotonic()
    as_html(part * (20_000 // len(part)))
    assert time.monotonic() - started < 5
