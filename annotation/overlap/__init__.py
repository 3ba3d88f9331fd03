"""Adaptive overlap: another labeler is asked while it is unclear where a solution's first error is."""

from annotation.overlap.asking import SETTINGS, Budget, ask, budget_of, due, forget

__all__ = ["SETTINGS", "Budget", "ask", "budget_of", "due", "forget"]
