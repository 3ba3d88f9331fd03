"""The web server."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from annotation import outage


class Command(BaseCommand):
    help = "Serve the site and the API."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--workers", type=int, default=2, help="processes")
        parser.add_argument("--threads", type=int, default=4, help="requests at once in each process")

    def handle(self, *_: Any, host: str, workers: int, threads: int, **__: Any) -> None:
        os.environ["STEPMARK_DATA"] = str(settings.DATA)
        if reason := outage.why_unreachable():
            self.stderr.write(f"The database cannot be reached yet: {reason}")
        connection.close()  # the server's processes make their own
        Server(
            "annotation.wsgi:application",
            address=host,
            port=settings.PORT,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level=LogLevels.warning,
        ).serve()
