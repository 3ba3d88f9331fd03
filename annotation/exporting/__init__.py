"""Files out: one module a format. Streams; never a list of the whole."""

from annotation.exporting import extra, prm800k

FORMATS = {"prm800k": prm800k.lines, "prm800k-extra": extra.lines}

__all__ = ["FORMATS"]
