"""A fresh installation of Stepmark in a temporary folder: its servers, its commands, its web server."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString
from urllib.error import URLError

import psycopg
from psycopg import sql

from annotation.embedded import Home, held
from annotation.embedded.process import bound_child
from tests.bench.processes import BenchError, Finished, run

CODE = Path(__file__).resolve().parents[2]
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
READY_SECONDS = 60.0
STOP_SECONDS = 20.0
TIDYING = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
FILLED_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""


class Installation:
    """Nothing of the caller's environment reaches it but what a program needs to run."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.home = Home(folder / "data")
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self.environment = kept | {
            "STEPMARK_DATA": str(self.home.data),
            "PORT": str(port),
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        }

    def manage(self, *arguments: str) -> Finished:
        """Run `manage.py` with these arguments."""
        return run([sys.executable, "manage.py", *arguments], self.environment, CODE)

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.home.database_url, autocommit=True)

    def fetch(self, query: LiteralString, *parameters: Any) -> tuple[Any, ...]:
        """The one row of a query."""
        with self.connect() as connection:
            row = connection.execute(query, parameters).fetchone()
        assert row is not None
        return row

    def settle(self) -> None:
        """Have PostgreSQL gather statistics, tidy up and write out now, not in the middle of what is measured.

        By itself it does so in the background, on the cores that are measured, for minutes after a large load. Not
        of empty tables, which it leaves alone as well, and would plan for them to stay empty.
        """
        with self.connect() as connection:
            for (name,) in connection.execute(FILLED_TABLES).fetchall():
                connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(name)))
            connection.execute("CHECKPOINT")
            while connection.execute(TIDYING).fetchone() != (0,):
                time.sleep(0.2)

    @property
    def postmaster(self) -> int:
        return int((self.home.postgres_data / "postmaster.pid").read_text().split("\n", 1)[0])

    @contextmanager
    def web(self) -> Iterator[int]:
        """The real web server as a child process; gives its process id."""
        command = [sys.executable, "manage.py", "web"]
        with (self.folder / "web.log").open("ab") as log:
            server = subprocess.Popen(
                command,
                env=self.environment,
                cwd=CODE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=bound_child(signal.SIGTERM),  # noqa: PLW1509 (no thread runs here)
            )
        try:
            self._wait_until_ready(server)
            yield server.pid
        finally:
            stop(server)

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and server.poll() is None:
            if answers(f"http://127.0.0.1:{self.port}/readyz"):
                return
            time.sleep(0.05)
        raise BenchError(f"the web server does not answer; its last words: {self.web_words()}")

    def web_words(self) -> str:
        """The end of the web server's log."""
        return (self.folder / "web.log").read_text()[-2000:]


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except (URLError, OSError):
        return False
    return True


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the web server and whatever its process group has left."""
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def fresh_installation() -> Iterator[Installation]:
    """PostgreSQL and Valkey running, migrated, static files collected; gone without a trace afterwards."""
    with tempfile.TemporaryDirectory(prefix="stepmark-bench-") as name:
        installation = Installation(Path(name), free_port())
        try:
            with held(installation.home):
                installation.manage("prepare", "--verbosity", "0")
                yield installation
        finally:
            if installation.home.sockets.exists():
                shutil.rmtree(installation.home.sockets)
