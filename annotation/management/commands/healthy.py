"""Ask this machine's web server whether it can work; for health checks of containers."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from annotation.management.local import is_ready


class Command(BaseCommand):
    help = "Exit 0 when the web server on this machine is ready."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        if not is_ready(host=settings.ALLOWED_HOSTS[0].lstrip(".")):
            raise CommandError(f"the web server on port {settings.PORT} is not ready")
