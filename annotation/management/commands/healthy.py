"""Ask this machine's web server whether it can work; for health checks of containers."""

import urllib.request
from typing import Any
from urllib.error import URLError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Exit 0 when the web server on this machine is ready."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        host = settings.ALLOWED_HOSTS[0].lstrip(".")
        request = urllib.request.Request(f"http://127.0.0.1:{settings.PORT}/readyz", headers={"Host": host})
        try:
            urllib.request.urlopen(request, timeout=4).close()  # noqa: S310
        except (URLError, OSError) as error:
            raise CommandError(f"not ready: {error}") from error
