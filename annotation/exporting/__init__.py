"""Files out: one module a format. Streams; never a list of the whole."""

from annotation.exporting import extra, prm800k

FORMATS = {"prm800k": prm800k.lines, "prm800k-extra": extra.lines}
ABOUT = {
    "prm800k": "As the released files: for training, and for every program that reads PRM800K.",
    "prm800k-extra": (
        "The same lines and the surplus ones, with what PRM800K has no field for under the key `stepmark`: "
        "reports on errors, reasons for giving up, time by step."
    ),
}
"""What each format is for, in a sentence for managers."""

__all__ = ["ABOUT", "FORMATS"]
