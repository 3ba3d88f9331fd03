"""The equations a text holds, as tokens: text, LaTeX and units around them are read over.

`20% of 50 = 10`, `16 eggs - 3 eggs = 13`, `$\\frac{1}{2}x = 4$` and `3 x 4 = 12` are all equations. What cannot be
read with some certainty ("the price * 3 = 12") is marked as broken, and has no value later.
"""

import re
from collections.abc import Iterator

Expression = tuple[str, ...]
Equation = tuple[Expression, ...]
"""The sides of `a = b = c`, two or more."""

SYMBOLS = {
    r"\times": "*",
    r"\cdot": "*",
    r"\div": "/",
    r"\dfrac": r"\frac",
    r"\tfrac": r"\frac",
    r"\left": "",
    r"\right": "",
    r"\displaystyle": "",
    r"\boxed": "",
    r"\quad": " ",
    r"\approx": "≈",
    r"^\circ": "",
    r"^{\circ}": "",
    "°": "",
    r"\!": "",
    r"\,": " ",
    r"\;": " ",
    r"\ ": " ",
    r"\%": "%",
    r"\$": "$",
    "{,}": ",",
    " percent": "%",
    "−": "-",
    "–": "-",
    "×": "*",
    "·": "*",
    "∙": "*",
    "÷": "/",
}
SYMBOL = re.compile("|".join(re.escape(symbol) + r"(?![A-Za-z])" * symbol[-1].isalpha() for symbol in SYMBOLS))
SHORT_FRACTION = re.compile(r"\\frac\s?([0-9])\s?([0-9])")
CROSS = re.compile(r"(?<=[0-9)])(\s?)[xX](?=\s?\$?[0-9])")
SHARE_OF = re.compile(r"(%|/[0-9]{1,9}|\}) of (?:the )?(?=\$?[0-9(])")
UNIT = re.compile(
    r"(?<=[0-9)%]) ?[A-Za-z]{2,20}(?: ?/ ?[A-Za-z]{2,20})?(?: [A-Za-z]{1,20}){0,2}(?= ?[-+*/=≈)])"
)
TOKEN = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
    r"|\\[A-Za-z]+|[A-Za-z]_(?:\{[A-Za-z0-9]{1,6}\}|[A-Za-z0-9])|[A-Za-z]+|\n|[^\S\n]+|.",
    re.DOTALL,
)
SIGNS = {sign: sign for sign in "+-*/^()%!=≈"} | {"[": "(", "]": ")", "{": "(", "}": ")"}
RELATIONS = frozenset("=≈")
LEADING = frozenset("+-*/^%!)")
"""A stretch that begins with one of these after a word lacks its first operand."""
SPACES = frozenset("$&€£")
STOPS = frozenset('.,;:?\n"“”\\')
GREEK = frozenset({r"\pi", r"\theta", r"\alpha", r"\beta", r"\lambda", r"\omega"})
PREFIXES = frozenset({r"\frac", r"\sqrt"})
IN_WORDS = frozenset({r"\text", r"\mathrm", r"\mbox", r"\textbf"})
MULTIPLIERS = frozenset({"hundred", "thousand", "million", "billion", "dozen"})
FUNCTIONS = frozenset("fghPQ")
BROKEN = "?"
"""Stands where an expression was cut off; no expression with it has a value."""


def equations(text: str) -> list[Equation]:
    """All equations of the text, each one once, in their order."""
    return list(dict.fromkeys(tuple(sides(run)) for run in stretches(simplified(text))))


def simplified(text: str) -> str:
    """LaTeX and words that mean a sign as that sign; units between a number and a sign left out."""
    text = SYMBOL.sub(lambda found: SYMBOLS[found[0]], text)
    if "\\frac" in text:
        text = SHORT_FRACTION.sub(r"\\frac{\1}{\2}", text)
    if " of " in text:
        text = SHARE_OF.sub(r"\1 * ", text)
    return UNIT.sub("", CROSS.sub(r"\1*", text))


def sides(run: list[str]) -> Iterator[Expression]:
    """The sides; nothing before the first relation is no side ("Total = 3 + 4 = 7")."""
    begin = 0
    for end, token in enumerate([*run, "="]):
        if token in RELATIONS:
            if end > begin or begin > 0:
                yield tuple(run[begin:end])
            begin = end + 1


def stretches(text: str) -> list[list[str]]:
    """The stretches of mathematics with two sides or more; words, stops and spaces between operands end one."""
    found: list[list[str]] = []
    run: list[str] = []
    before, spaced, cut = "\n", False, False
    for token in TOKEN.findall(text):
        if token in SPACES or (token.isspace() and token != "\n"):
            spaced = True
            continue
        if not is_mathematics(token):
            close(run, found, broken=breaks(token))
            run, cut = [], token not in STOPS
        elif not run:
            run = [BROKEN] if cut and (token in LEADING or not spaced) else []
            run.append(SIGNS.get(token, token))
        elif (link := between(before, token, spaced=spaced)) is None:
            close(run, found, broken=False)
            run, cut = [SIGNS.get(token, token)], False
        else:
            run += [*link, SIGNS.get(token, token)]
        before, spaced = token, False
    close(run, found, broken=False)
    return found


def close(run: list[str], found: list[list[str]], *, broken: bool) -> None:
    """Keep the stretch when it has a relation between two sides."""
    if any(token in RELATIONS for token in run[1:]):
        found.append([*run, BROKEN] if broken else run)


def is_mathematics(token: str) -> bool:
    if token in SIGNS or token[0].isdigit() or token in GREEK or token in PREFIXES:
        return True
    return (token[0].isalpha() and (len(token) == 1 or token[1] == "_")) or (token[0] == "." and len(token) > 1)


def breaks(token: str) -> bool:
    """Whether what follows changes the value before it, as in "5 thousand" or the base of 58_9."""
    if token.isalpha():
        return token in MULTIPLIERS
    return token not in STOPS and token not in IN_WORDS


def between(before: str, token: str, *, spaced: bool) -> tuple[str, ...] | None:
    """What stands between two tokens without being written: a multiplication, nothing, or an end (None)."""
    if not ends_operand(before) or not begins_operand(token):
        return ()
    if (before == "}" and token == "{") or (before[0].isdigit() and token == r"\frac"):
        return ()
    if spaced or (token[0].isdigit() and before not in {")", "}"}):
        return None
    return (BROKEN,) if before in FUNCTIONS and token == "(" else ("*",)


def ends_operand(token: str) -> bool:
    return token in {")", "]", "}", "%", "!"} or not (token in SIGNS or token in PREFIXES)


def begins_operand(token: str) -> bool:
    return token in {"(", "[", "{"} or token not in SIGNS
