"""Instructions: Markdown that managers write, as HTML that is safe to show.

CommonMark and tables. Raw HTML stays visible text, images are left out, and what comes out passes an allowlist.
Formulas (`$..$`, `$$..$$`, `\\(..\\)`, `\\[..\\]`) stay as they are in a `data-math` span, for static/math.js.
An example is a quote that begins with its verdict:

    > [!good] A short title
    > The step, and why it is good.
"""

import re
from functools import lru_cache
from typing import Any

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# The same places as in math.js. What stands between the dollars is never read as Markdown. A formula has a bounded
# length, so that openings without an end cost little.
MATH = re.compile(
    r"""\$\$.{1,2000}?\$\$ | \\\[.{1,2000}?\\\] | \\\(.{1,2000}?\\\)
      | \$(?![\s$])(?:\\.|[^\\$])*?(?:\\.|[^\s\\$])\$(?!\d)""",
    re.DOTALL | re.VERBOSE,
)
VERDICT = re.compile(r"\[!(good|neutral|bad)\][ \t]*", re.IGNORECASE)
TITLES = {"good": "Good", "neutral": "Neutral", "bad": "Bad"}

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li",
    "a", "table", "thead", "tbody", "tr", "th", "td", "span",
}  # fmt: skip
CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}, "span": {"data-math"}},
    allowed_classes={"blockquote": {"example", *TITLES}, "strong": {"verdict"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)


def formula(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it calls it so)
    match = MATH.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("formula", "", 0).content = match[0]
    state.pos = match.end()
    return True


def render_formula(renderer: Any, tokens: list[Token], index: int, options: Any, environment: Any) -> str:
    return f'<span data-math="">{nh3.clean_text(tokens[index].content)}</span>'


def mark_examples(state: StateCore) -> None:
    """Give quotes that begin with a verdict its class, and the verdict as a word."""
    for index in range(len(state.tokens) - 2):
        quote, _, inline = state.tokens[index : index + 3]
        found = VERDICT.match(inline.content) if quote.type == "blockquote_open" else None
        if found and inline.type == "inline":
            verdict = found[1].lower()
            quote.attrSet("class", f"example {verdict}")
            inline.content = inline.content[found.end() :]
            children: list[Token] = []
            state.md.inline.parse(inline.content, state.md, state.env, children)
            inline.children = [*title(verdict), *with_title_line(children)]


def title(verdict: str) -> list[Token]:
    return [
        Token("strong_open", "strong", 1, attrs={"class": "verdict"}),
        Token("text", "", 0, content=TITLES[verdict]),
        Token("strong_close", "strong", -1),
        Token("text", "", 0, content=" "),
    ]


def with_title_line(children: list[Token]) -> list[Token]:
    """The first line is the example's title: the line after it begins anew."""
    for token in children:
        if token.type == "softbreak":
            token.type = "hardbreak"
            break
    return children


def lower_headings(state: StateCore) -> None:
    """The page itself has the heading of the first level."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"


def parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.inline.ruler.before("escape", "formula", formula)
    made.add_render_rule("formula", render_formula)
    made.core.ruler.push("examples", mark_examples)
    made.core.ruler.push("headings", lower_headings)
    return made


PARSER = parser()


@lru_cache(maxsize=128)
def as_html(text: str) -> SafeString:
    """The Markdown as HTML that holds nothing but the allowlist. The only place that calls HTML safe."""
    return SafeString(CLEANER.clean(PARSER.render(text)))
