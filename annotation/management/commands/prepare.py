"""What must have happened before web and worker start: migrations, static files, and the demo if wanted."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from annotation import demo


class Command(BaseCommand):
    help = "Migrate, collect static files and, where nothing is there yet, load the demo project."

    def handle(self, *_: Any, verbosity: int, **__: Any) -> None:
        call_command("migrate", interactive=False, verbosity=verbosity)
        call_command("collectstatic", interactive=False, verbosity=0)
        if not settings.PRODUCTION:
            demo.load_if_empty()
