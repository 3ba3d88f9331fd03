"""Everything in the foreground: servers, migrations, web, worker and scheduler. `make run` calls this."""

import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation import demo, people
from annotation.embedded import Home, current_hold, listening
from annotation.embedded.supervisor import Program, Supervisor, bind_to_parent
from annotation.management.local import is_ready

BIN = Path(sys.executable).parent
WRITER = ("worker", "-Q", "live", "-P", "threads", "--concurrency", "8", "-n", "writer@%h")
"""Asks generators for what labelers wait for: calls, side by side."""


class Command(BaseCommand):
    help = "Run everything in the foreground until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--with-parent", action="store_true", help="stop when the parent process ends")

    def handle(self, *_: Any, with_parent: bool, **__: Any) -> None:
        if with_parent:
            bind_to_parent()
        require_free_port(settings.PORT)
        call_command("prepare", verbosity=0)
        supervisor = Supervisor(programs(), settings.BASE_DIR, each_second=ensure_servers)
        supervisor.say("Starting …")
        with listening(Home(settings.DATA), settings.PORT):
            failed = supervisor.run(when_started=lambda: welcome(supervisor))
        if failed:
            sys.exit(1)


def programs() -> list[Program]:
    """The commands that docker-compose.yml runs too, one a service."""
    celery = [str(BIN / "celery"), "--quiet", "-A", "annotation.celery"]
    data = {"STEPMARK_DATA": str(settings.DATA), "PYTHONWARNINGS": "ignore:You're running the worker"}
    return [
        Program("web", [sys.executable, "manage.py", "web"], data),
        Program("worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"], data),
        Program("writer", [*celery, *WRITER, "--loglevel", "WARNING"], data),
        Program("scheduler", [*celery, "beat", "--loglevel", "WARNING"], data),
    ]


def ensure_servers() -> None:
    if (hold := current_hold()) is not None:
        hold.ensure()


def require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(f"port {port} is taken; choose another: PORT=8001 make run") from error


def welcome(supervisor: Supervisor) -> bool:
    """Say where to go, once the site answers."""
    if not is_ready():
        return False
    supervisor.say(f"Stepmark is ready: {settings.PUBLIC_URL}/")
    for user in demo.people():
        link = people.make_link(user=user)
        supervisor.say(f"  sign in as the {user.name.lower()}: {settings.PUBLIC_URL}/account/link/{link}/")
    supervisor.say("Links work once; `manage.py login_link EMAIL` makes more. Ctrl-C stops everything.")
    return True
