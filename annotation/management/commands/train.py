"""Train the embedded verifier of a project here and now."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.management.projects import project_named
from annotation.models import Scorer
from annotation.scoring import training


class Command(BaseCommand):
    help = "Train the embedded verifier on the labels so far; prints how good it is on held-out problems, as JSON."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="its name in addresses")
        parser.add_argument("--seed", type=int, default=0, help="of the split into seen and held-out problems")

    def handle(self, *_: Any, project: str, seed: int, **__: Any) -> None:
        found = project_named(project)
        run = training.start(project=found, actor=None, seed=seed)
        if not sum(training.work(run)):
            raise CommandError(run.items.values_list("reason", flat=True).get())
        scorer = Scorer.objects.filter(project=found, kind=Scorer.Kind.VERIFIER).latest("version")
        self.stdout.write(json.dumps({"version": scorer.version, "report": scorer.report}, indent=2))
