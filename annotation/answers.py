"""Find the final answer in the text of a solution. Pure.

Solutions end in one of four ways: PRM800K's heading `# Answer`, GSM8K's `#### 18`, its model solutions' `A: 18`,
and MATH's `\\boxed{18}`. The last mark in the text counts; a box within what a mark names is opened.
"""

import re

LINES = (
    re.compile(
        r"^[ \t]*#{1,3}[ \t]*Answer[ \t]*:?[ \t]*\n*[ \t]*(?P<answer>[^\n]*)", re.MULTILINE | re.IGNORECASE
    ),
    re.compile(r"^[ \t]*####[ \t]*(?!Answer)(?P<answer>[^\n]*)", re.MULTILINE),
    re.compile(r"^[ \t]*A:[ \t]*(?P<answer>[^\n]*)", re.MULTILINE),
)
BOX = re.compile(r"\\(?:boxed|fbox)(?![a-zA-Z])\s*")
BARE = re.compile(r"[^\s$]*")
DEEPEST = 200
"""Braces in each other."""
LONGEST = 20_000
"""Characters at the end of a text in which its answer is looked for."""


def final_answer(text: str) -> str | None:
    """The answer as it is written, without the mark; None when there is no mark or nothing after it."""
    text = text[-LONGEST:]
    found = [match for pattern in LINES for match in pattern.finditer(text)]
    last = max(found, key=lambda match: match.start(), default=None)
    box = last_box(text)
    if last is None or (box is not None and box[0] > last.start()):
        return box[1] if box else None
    inner = last_box(last["answer"])
    return (inner[1] if inner else last["answer"].strip()) or None


def last_box(text: str) -> tuple[int, str] | None:
    """Where the last `\\boxed` is, and what is in it."""
    for match in reversed(list(BOX.finditer(text))):
        content = group_at(text, match.end())
        if content is not None and content.strip():
            return match.start(), content.strip()
    return None


def group_at(text: str, start: int) -> str | None:
    """What stands in the braces at this place, or up to the next space; None for braces that never close."""
    if not text.startswith("{", start):
        bare = BARE.match(text, start)
        return bare[0] if bare else None
    depth = 0
    place = start
    while place < len(text) and depth <= DEEPEST:
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start + 1 : place]
        place += 2 if text[place] == "\\" else 1
    return None
