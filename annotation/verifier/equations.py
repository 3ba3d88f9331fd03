"""The equations a text holds, as tokens: text, LaTeX and units around them are read over.

`20% of 50 = 10`, `16 eggs - 3 eggs = 13`, `$\\frac{1}{2}x = 4$` and `3 x 4 = 12` are all equations. What cannot be
read with some certainty ("the price * 3 = 12") is marked as broken, and has no value later.
"""

import re
from collections.abc import Iterator
from itertools import islice

Expression = tuple[str, ...]
Equation = tuple[Expression, ...]
"""The sides of `a = b = c`, two or more."""

MAX_SIDES = 8
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
    r"\sqrt[": "_(",
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
    "²": "^2",
    "³": "^3",
    "½": r"\frac{1}{2}",
}
SYMBOL = re.compile("|".join(re.escape(symbol) + r"(?![A-Za-z])" * symbol[-1].isalpha() for symbol in SYMBOLS))
SHORT_FRACTION = re.compile(r"\\frac\s?([0-9])\s?([0-9])")
MIXED = re.compile(r"(?<![0-9/.,])([0-9]{1,6}) ([0-9]{1,3})/([0-9]{1,3})(?![0-9])")
CROSS = re.compile(r"(?<=[0-9)]) [xX] (?=\$?[0-9(])|(?<=[0-9])[xX](?=[0-9])")
SHARE_OF = re.compile(r"(%|/[0-9]{1,9}|\}) of (?:the )?(?=\$?[0-9(])")
SHORT_UNITS = r"(?:cm|mm|km|kg|mg|ml|lbs?|ft|mph|mins?|hrs?|secs?|oz|yd|mi|gb|mb)"
NO_UNIT = r"(?!(?:and|or|so|then|is|are|was|were|if|when|we|thus|that)\b)"
UNIT = re.compile(
    rf"(?<=[0-9)%])(?:{SHORT_UNITS}\b| {NO_UNIT}[A-Za-z]{{2,20}}(?: ?/ ?[A-Za-z]{{2,20}})?"
    rf"(?: {NO_UNIT}[A-Za-z]{{2,20}}){{0,2}})(?= ?(?:[+*/=≈)]|- ))"
)
UNIT_ENDS = re.compile(rf"(?<=[0-9)]){SHORT_UNITS}\b")
TOKEN = re.compile(
    r"[0-9]+:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
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
NEUTRAL = frozenset(
    {r"\text", r"\mathrm", r"\mbox", r"\textbf", r"\implies", r"\Rightarrow", r"\rightarrow", r"\to"}
    | {r"\therefore", r"\because", r"\qquad", r"\begin", r"\end"}
)
"""Commands that are as good as a word or a stop; all others change what comes after them, as in `\\sin 30`."""
ARTICLES = frozenset("aAI")
MULTIPLIERS = frozenset({"hundred", "thousand", "million", "billion", "dozen"})
FUNCTIONS = frozenset("fghpqPQ")
BROKEN = "?"
"""Stands where an expression was cut off; no expression with it has a value."""


def equations(text: str) -> list[Equation]:
    """All equations of the text, each one once, in their order."""
    return list(dict.fromkeys(tuple(islice(sides(run), MAX_SIDES)) for run in stretches(simplified(text))))


def simplified(text: str) -> str:
    """LaTeX and words that mean a sign as that sign; units between a number and a sign left out."""
    if "\\" in text or "{,}" in text or " percent" in text or not text.isascii():
        text = SYMBOL.sub(lambda found: SYMBOLS[found[0]], text)
    if "\\frac" in text:
        text = SHORT_FRACTION.sub(r"\\frac{\1}{\2}", text)
    if "/" in text:
        text = MIXED.sub(r"\1\\frac{\2}{\3}", text)
    if " of " in text:
        text = SHARE_OF.sub(r"\1 * ", text)
    return UNIT_ENDS.sub("", UNIT.sub("", CROSS.sub("*", text)))


def sides(run: list[str]) -> Iterator[Expression]:
    """The sides; nothing before the first relation is no side ("Total = 3 + 4 = 7")."""
    begin = 0
    for end, part in enumerate([*run, "="]):
        if part in RELATIONS:
            if end > begin or begin > 0:
                yield tuple(run[begin:end])
            begin = end + 1


def stretches(text: str) -> list[list[str]]:
    """The stretches of mathematics with two sides or more; words, stops and numbers side by side end one."""
    found: list[list[str]] = []
    run: list[str] = []
    before, spaced = "\n", False
    for part in TOKEN.findall(text):
        if part in SPACES or (part.isspace() and part != "\n"):
            spaced = True
            continue
        if not is_mathematics(part):
            close(run, found, broken=changes_before(part, spaced=spaced))
            run = []
        elif not run:
            run = [BROKEN] if changes_after(before, part, spaced=spaced) else []
            run.append(canonical(part))
        elif (link := between(before, part, spaced=spaced)) is None:
            close(run, found, broken=True)
            run = [canonical(part)] if before in ARTICLES else [BROKEN, canonical(part)]
        else:
            run += [*link, canonical(part)]
        before, spaced = part, False
    close(run, found, broken=False)
    return found


def canonical(part: str) -> str:
    return SIGNS.get(part) or (f"0{part}" if part[0] == "." else part)


def close(run: list[str], found: list[list[str]], *, broken: bool) -> None:
    """Keep the stretch when it has a relation with something on either side."""
    if len(run) > 2 and not RELATIONS.isdisjoint(run[1:]):
        found.append([*run, BROKEN] if broken else run)


def is_mathematics(part: str) -> bool:
    """All but words, stops and what is read as one of them: unknown commands, and ratios like 3:5."""
    if part in SIGNS or part in GREEK or part in PREFIXES:
        return True
    if part[0].isalpha():
        return len(part) == 1 or part[1] == "_"
    return "0" <= part[-1] <= "9" and ":" not in part


def changes_before(part: str, *, spaced: bool) -> bool:
    """Whether it changes the value of what stands before it, as in "5 thousand", 3ab or the base of 58_9."""
    if part.isalpha():
        return not spaced or part in MULTIPLIERS
    return part not in STOPS and part not in NEUTRAL


def changes_after(before: str, part: str, *, spaced: bool) -> bool:
    """Whether what stands before a stretch belongs to it: "the price * 3", `\\sin 30`."""
    if before in STOPS or before in NEUTRAL:
        return False
    return part in LEADING or not spaced or not before.isalpha()


def between(before: str, part: str, *, spaced: bool) -> tuple[str, ...] | None:
    """What stands between two tokens without being written: a multiplication, nothing, or an end (None)."""
    if not ends_operand(before) or not begins_operand(part):
        return ()
    if (before == "}" and part == "{") or (before[0].isdigit() and part == r"\frac"):
        return ()
    if (spaced and part != "(") or (part[0].isdigit() and before not in {")", "}"}):
        return None
    return (BROKEN,) if before in FUNCTIONS and part == "(" else ("*",)


def ends_operand(part: str) -> bool:
    return part in {")", "]", "}", "%", "!"} or not (part in SIGNS or part in PREFIXES)


def begins_operand(part: str) -> bool:
    return part in {"(", "[", "{"} or part not in SIGNS
