"""Whether two answers are equal by computer algebra. For the sandbox only: it takes what time and memory it takes.

LaTeX is read by latex2sympy's grammar. The reader of plain expressions of math-verify and sympy's own end in
Python's `eval`; neither is used.
"""

import logging

from math_verify import LatexExtractionConfig, parse, verify

LATEX = [LatexExtractionConfig()]

logging.getLogger("math_verify").setLevel(logging.CRITICAL)  # it says at each call that its own time limit is off


def is_equal(given: str, reference: str) -> bool | None:
    """None when one of them cannot be read."""
    one, two = read(given), read(reference)
    if not one or not two:
        return None
    return bool(verify(two, one, timeout_seconds=None))


def read(text: str) -> list[object]:
    """Nothing when it is no LaTeX that the grammar knows."""
    bare = text.strip().strip("$")
    found: list[object] = parse(
        f"${bare}$", LATEX, fallback_mode="no_fallback", extraction_mode="first_match", parsing_timeout=None
    )
    return found
