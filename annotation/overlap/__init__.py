"""Adaptive overlap: another labeler is asked while it is unclear where a solution's first error is."""

from annotation.overlap.asking import Budget, ask, budget_of

__all__ = ["Budget", "ask", "budget_of"]
