"""Ask whether a part of Stepmark on this machine can work; for health checks of containers."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.management.local import FRESH_SECONDS, is_ready, is_telling


class Command(BaseCommand):
    help = "Exit 0 when the web server, or the scheduler, on this machine does its work."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", nargs="?", choices=("web", "scheduler"), default="web")

    def handle(self, *_: Any, part: str, **__: Any) -> None:
        if part == "scheduler" and not is_telling():
            raise CommandError(f"the scheduler has told Redis nothing for {FRESH_SECONDS:.0f} s")
        if part == "web" and not is_ready(host=settings.ALLOWED_HOSTS[0].lstrip(".")):
            raise CommandError(f"the web server on port {settings.PORT} is not ready")
