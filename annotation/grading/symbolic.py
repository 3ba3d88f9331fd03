"""Whether two answers are equal by computer algebra. For the sandbox only: it takes what time and memory it takes.

LaTeX is read by latex2sympy's grammar. The reader of plain expressions of math-verify and sympy's own end in
Python's `eval`; neither is used.
"""

import logging

from math_verify import LatexExtractionConfig, parse, verify
from sympy import Basic, MatrixBase

LATEX = [LatexExtractionConfig()]

logging.getLogger("math_verify").setLevel(logging.CRITICAL)  # it says at each call that its own time limit is off


def is_equal(given: str, reference: str) -> bool | None:
    """None when one of them cannot be read. Whatever fails raises: a comparison that broke off says nothing."""
    one, two = read(given), read(reference)
    if not one or not two:
        return None
    return bool(verify(two, one, timeout_seconds=None, raise_on_error=True))


def read(text: str) -> list[Basic | MatrixBase]:
    """Nothing when it is no LaTeX that the grammar knows; a text that is no expression is nothing to compare."""
    bare = text.strip().strip("$")
    found: list[object] = parse(
        f"${bare}$", LATEX, fallback_mode="no_fallback", extraction_mode="first_match", parsing_timeout=None
    )
    return [one for one in found if isinstance(one, (Basic, MatrixBase))]
