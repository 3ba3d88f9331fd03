"""Files in: one module a format, one writer for all of them. Streams; never a list of the whole file."""

from annotation.importing.formats import AUTO, FORMATS
from annotation.importing.runs import BadFile, load_file, load_upload, receive, start_run, take_up_left_runs

__all__ = [
    "AUTO",
    "FORMATS",
    "BadFile",
    "load_file",
    "load_upload",
    "receive",
    "start_run",
    "take_up_left_runs",
]
