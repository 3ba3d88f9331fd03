"""Active learning: which solutions a generation puts in the queue, and why."""

from annotation.selection.drawing import close, draw
from annotation.selection.plan import BadPlan, Plan, Strategy
from annotation.selection.preview import Bin, Example, Preview, preview

__all__ = ["BadPlan", "Bin", "Example", "Plan", "Preview", "Strategy", "close", "draw", "preview"]
