"""Grade the final answers of a project here and now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from annotation.grading import figures, grades
from annotation.management.projects import project_named


class Command(BaseCommand):
    help = "Grade the final answers of a project's solutions. Stopped, it goes on where it was."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="its name in addresses")

    def handle(self, *_: Any, project: str, **__: Any) -> None:
        found = project_named(project)
        run = grades.start(project=found, actor=None)
        for kept in grades.work(run):
            if kept:
                self.stderr.write(f"{kept} graded")
        counts = figures.of(found)
        self.stdout.write(
            f"{counts.correct} correct, {counts.incorrect} incorrect, {counts.undecided} undecided,"
            f" {counts.ungraded} not graded"
        )
        if counts.loaded:
            self.stdout.write(f"{counts.agreeing} of {counts.loaded} agree with the verdict they were loaded with")
