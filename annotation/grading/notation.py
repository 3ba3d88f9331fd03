"""One way of writing for what is written in many: spaces, sizes, fonts, units, currencies, thousands. Pure."""

import re
from typing import NamedTuple

SAME = {
    "−": "-", "–": "-", "×": r"\times ", "·": r"\cdot ", "÷": r"\div ",
    "π": r"\pi ", "∞": r"\infty ", "√": r"\sqrt ", "½": r"\frac{1}{2}", "°": "", "≤": r"\le ", "≥": r"\ge ",
    "∪": r"\cup ", "∈": r"\in ", "…": r"\ldots ", "\u00a0": " ", "~": " ",
}  # fmt: skip
SAME_CHARACTERS = str.maketrans(SAME)
WRAPPED = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))
FONTS = "mathrm|textrm|textbf|textit|mathbf|mbox|operatorname|textnormal|mathit|text"
REPLACED = (
    (re.compile(r"\\[dtc]frac(?![a-zA-Z])"), r"\\frac"),
    (re.compile(r"\\[dt]binom(?![a-zA-Z])"), r"\\binom"),
    (re.compile(r"\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|limits)(?![a-zA-Z])\s*"), ""),
    (re.compile(r"(?<!\\)\\[!,;:> ]|\\q?quad\b"), " "),
    (re.compile(rf"\\(?:{FONTS})\s*(?=\{{)"), r"\\text"),
    (re.compile(r"\^\s*(?:\{\s*\\circ\s*\}|\\circ)|\\degree\b|\\circ\b"), ""),
    (re.compile(r"\\\$|\\pounds\b|\\(?:euro|texteuro)\b|[£€]"), ""),
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\(?:leq|leqslant)\b"), r"\\le"),
    (re.compile(r"\\(?:geq|geqslant)\b"), r"\\ge"),
    (re.compile(r"\\(?:ldots|cdots|dots)\b"), r"\\ldots"),
)  # fmt: skip
THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:(?:,|\{,\}|,\\!|\\,)\d{3})+(?![\d,])")
THOUSANDS_IN_BRACKETS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:(?:\{,\}|,\\!|\\,)\d{3})+(?!\d)")
"""There a bare comma stands between two values."""
BRACKETS = re.compile(r"(?:\\left\s*)?(?:[(\[]|\\\{)")
KNOWN = (
    "mm|cm|km|kg|mph|ft|in|sq|mi|lb|lbs|oz|hrs?|mins?|secs?|inches|feet|units?|degrees?|dollars?|cents?|percent"
)
UNIT = re.compile(
    r"^(?P<value>.*[\d})\]a-zA-Z%])\s*"
    rf"(?:\\text\{{\s*(?P<text>[^{{}}]*?)\s*\}}"
    rf"|(?:\s|(?<=\d)(?={KNOWN}))(?P<plain>[a-zA-Z]{{2,}}\.?(?:\s+[a-zA-Z]+\.?)*))"
    r"\s*(?:\^\s*\{?\s*[23]\s*\}?)?\s*$",
    re.DOTALL,
)
JOINING = re.compile(r"\b(?:and|or)\b")
WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{2,}")
TEXT = re.compile(r"\\text\s*\{([^{}]*)\}")


class Written(NamedTuple):
    """An answer in plain notation."""

    math: str
    unit: str


def plain(text: str) -> Written:
    """The answer without what does not change its value, and the unit that stood after it."""
    text = unwrapped(text.translate(SAME_CHARACTERS).strip())
    thousands = THOUSANDS_IN_BRACKETS if BRACKETS.match(text) else THOUSANDS
    text = thousands.sub(lambda match: re.sub(r"\D", "", match[0]), text)
    for pattern, by in REPLACED:
        text = pattern.sub(by, text)
    text = text.replace("$", " ").strip().rstrip(".").strip()
    found = UNIT.match(text)
    unit = " ".join((found["text"] or found["plain"] or "").lower().split()) if found else ""
    if found is None or JOINING.search(unit) or is_words(found["value"]):
        return Written(text, "")
    return Written(found["value"].strip(), unit)


def is_words(value: str) -> bool:
    """Whether what stands before a unit is itself words, and no value."""
    return "\\text" in value or bool(WORD.search(value) and not re.search(r"\d", value))


def unwrapped(text: str) -> str:
    for left, right in WRAPPED:
        inner = text[len(left) : -len(right)]
        if text.startswith(left) and text.endswith(right) and len(text) > len(left + right) and left not in inner:
            return inner.strip()
    return text


def words_of(text: str) -> str:
    """The text as words only, for answers that are no mathematics."""
    said = TEXT.sub(r" \1 ", text)
    return " ".join(re.sub(r"[\\{}$^_]", " ", said).casefold().replace("-", " ").split()).strip(" .!")
