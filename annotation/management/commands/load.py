"""Load a file into a project."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import slugify

from annotation import importing, projects
from annotation.models import LoadRun, Membership, Project

SHOWN_REFUSALS = 20


class Command(BaseCommand):
    help = "Load problems, solutions or annotations. Bad lines are refused, good ones land; twice changes nothing."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="JSONL, plain or gzip")
        parser.add_argument("--project", required=True, help="its name in addresses; made when there is none")
        parser.add_argument("--format", choices=importing.FORMATS, default=importing.AUTO)
        parser.add_argument(
            "--pool", action="store_true", help="keep solutions out of the queue, for generations to draw from"
        )
        parser.add_argument("--progress", action=argparse.BooleanOptionalAction, default=sys.stderr.isatty())

    def handle(
        self,
        *_: Any,
        file: Path,
        project: str,
        format: str,  # noqa: A002
        pool: bool,
        progress: bool,
        **__: Any,
    ) -> None:
        if not file.is_file():
            raise CommandError(f"{file}: no such file")
        found = self.project(project)
        run = importing.start_run(
            project=found,
            actor=None,
            name=file.name,
            format=format,
            size=file.stat().st_size,
            state=LoadRun.State.RUNNING,
            for_pool=pool,
        )
        importing.load_file(run, file, self.show if progress else lambda _: None)
        self.report(run)
        if not Membership.objects.filter(project=found, is_labeler=True).exists():
            self.stderr.write(
                f"Nobody labels here yet: manage.py member EMAIL --project {found.slug} --role labeler"
            )
        if run.failure:
            raise CommandError(f"{file}: {run.failure}")

    def project(self, name: str) -> Project:
        project = Project.objects.filter(slug=name).first()
        if project is None:
            new = Project(slug=slugify(name), name=name[:120])
            project = Project.objects.filter(slug=new.slug).first() or self.created(new)
        return project

    def created(self, project: Project) -> Project:
        try:
            project.full_clean()
        except ValidationError as error:
            raise CommandError(f"--project {project.name!r}: {' '.join(error.messages)}") from error
        self.stderr.write(f"Made the project {project.slug}.")
        return projects.create(actor=None, project=project)

    def show(self, run: LoadRun) -> None:
        self.stderr.write(f"\r{run.percent:3} %  {run.lines:,} lines", ending="")

    def report(self, run: LoadRun) -> None:
        for one in run.refusals.order_by("line")[:SHOWN_REFUSALS]:
            self.stderr.write(f"{run.name}:{one.line}: {one.field}: {one.reason}")
        if run.refused > SHOWN_REFUSALS:
            self.stderr.write(
                f"... and {run.refused - SHOWN_REFUSALS:,} refused lines more; the Load page lists them"
            )
        if run.ignored_keys:
            self.stderr.write(f"Keys that are not loaded: {', '.join(run.ignored_keys)}")
        self.stdout.write(
            f"{run.lines:,} lines: {run.problems:,} new problems, {run.solutions:,} new solutions, "
            f"{run.annotations:,} new annotations; {run.unchanged:,} held nothing new, {run.refused:,} refused"
        )
