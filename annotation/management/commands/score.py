"""Score the solutions of a project here and now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.management.projects import project_named
from annotation.models import Scorer
from annotation.scoring import scores, working


class Command(BaseCommand):
    help = "Score a project's solutions with its latest verifier. Stopped, it goes on where it was."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="its name in addresses")
        parser.add_argument("--verifier", type=int, help="its version, if not the latest")

    def handle(self, *_: Any, project: str, verifier: int | None, **__: Any) -> None:
        found = project_named(project)
        verifiers = Scorer.objects.filter(project=found, kind=Scorer.Kind.VERIFIER).order_by("-version")
        scorer = (verifiers if verifier is None else verifiers.filter(version=verifier)).first()
        if scorer is None:
            raise CommandError("there is no such verifier; `manage.py train` makes one")
        run = scores.start(project=found, actor=None, scorer=scorer)
        kept = sum(working.work(run))
        self.stdout.write(f"{kept} solutions scored with {scorer}")
