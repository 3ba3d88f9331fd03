"""Cutting the lines of a solution into sentences, for projects whose steps are sentences."""

import re
from collections.abc import Iterator
from dataclasses import replace

from annotation.importing.entries import Entry

# Formulas are not looked into. A sentence ends with a mark, perhaps a closing bracket or quote, and a space before
# something that can begin the next one. After an abbreviation or a single capital (the A. of a name) it goes on.
FORMULA = r"\$\$.+?\$\$|\$(?:\\.|[^$\\])+\$|\\\[.+?\\\]|\\\(.+?\\\)"
END = r"""[.!?][)\]"'”’]*\s+(?=[A-Z0-9$\\("“‘])"""
PARTS = re.compile(f"(?P<formula>{FORMULA})|(?P<end>{END})", re.DOTALL)
GOES_ON = re.compile(r"(?:\b(?:e\.g|i\.e|cf|vs|etc|approx|resp|Eq|Eqs|Fig|No|Dr|Mr|Mrs|Ms|St)|\b[A-Z]|^\s*\d+)$")


def in_sentences(entry: Entry) -> Entry:
    """The entry with each line of a solution that came as one text cut into sentences."""
    solution = entry.solution
    if solution is None or not solution.is_one_text:
        return entry
    steps = [[sentence] for (line,) in solution.completions for sentence in sentences(line)]
    return replace(entry, solution=replace(solution, completions=steps))


def sentences(text: str) -> Iterator[str]:
    """The sentences of a line, without the spaces between them. "1. Add" and a name's "A. Smith" are not cut."""
    begin = 0
    for part in PARTS.finditer(text):
        if part["end"] is None or GOES_ON.search(text[begin : part.start()]):
            continue
        yield text[begin : part.end()].strip()
        begin = part.end()
    if rest := text[begin:].strip():
        yield rest
