"""Export a project's annotations."""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandParser

from annotation import audit, exporting
from annotation.management.projects import project_named
from annotation.models import Project

BLOCK = 2**20
"""Bytes written at once; with Python's own 8 kB, 400 MB cost a quarter of a second more."""


class Command(BaseCommand):
    help = "Write the submitted annotations of a project, as a stream."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True)
        parser.add_argument("--format", choices=exporting.FORMATS, default="prm800k")
        parser.add_argument("-o", "--output", type=Path, help="file to write; without it, standard output")

    def handle(self, *_: Any, project: str, format: str, output: Path | None, **__: Any) -> None:  # noqa: A002
        found = project_named(project)
        audit.record(None, "export", found, project=found, format=format)
        if output is None:
            write(found, format, sys.stdout)
            return
        started = time.monotonic()
        unfinished = output.with_name(f"{output.name}.unfinished")
        with unfinished.open("w", encoding="utf-8", buffering=BLOCK) as file, ThreadPoolExecutor(1) as disk:
            count = write(found, format, file, lambda: disk.submit(os.fsync, file.fileno()))
            file.flush()
            disk.submit(os.fsync, file.fileno()).result()
        unfinished.replace(output)
        seconds = time.monotonic() - started
        self.stdout.write(f"{count:,} lines in {output}, written in {seconds:.2f} s")


def write(project: Project, name: str, file: TextIO, now_and_then: Callable[[], object] = lambda: None) -> int:
    """Write all lines; the disk is kept busy meanwhile, or it would have everything to do at the end."""
    count = 0
    for count, line in enumerate(exporting.FORMATS[name](project), 1):
        file.write(line)
        if count % 5_000 == 0:
            now_and_then()
    return count
