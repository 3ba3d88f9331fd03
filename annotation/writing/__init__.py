"""What a generator writes while labelers are at the desk, because they asked for it (`labeling.continuing`)."""

from annotation.writing.beginning import NoWriter, begin
from annotation.writing.figures import Figures, figures_of
from annotation.writing.working import are_due, work

__all__ = ["Figures", "NoWriter", "are_due", "begin", "figures_of", "work"]
