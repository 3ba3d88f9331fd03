"""Shares of a whole, and how far they can be trusted."""

import math

NORMAL = 1.96
"""Standard errors to either side that hold 95 %."""


def wilson(part: float, whole: float, z: float = NORMAL) -> tuple[float, float]:
    """Bounds of a share `part / whole`, both in [0, 1]; `z` = 1.96 for 95 %. Raises `ZeroDivisionError` for none.

    E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927), 209-212.
    """
    share, spread = part / whole, z * z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / whole + spread / whole / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
