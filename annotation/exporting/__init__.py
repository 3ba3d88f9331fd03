"""Files out: one module a format. Streams; never a list of the whole."""

from annotation.exporting import prm800k

FORMATS = {"prm800k": prm800k.lines}

__all__ = ["FORMATS"]
