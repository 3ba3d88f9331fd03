"""The keeper: one process a data folder that runs both servers while anybody holds them.

Started by `hold.py` as `python -m annotation.embedded.keeper DATA_FOLDER`; never by hand.
"""

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from annotation.embedded import postgres, valkey
from annotation.embedded.home import Home
from annotation.embedded.locks import try_lock

START_ATTEMPTS = 40
LOOK_SECONDS = 0.1

log = logging.getLogger("keeper")


def start_server(
    home: Home,
    start: Callable[[Home], subprocess.Popen[bytes]],
    wait_until_ready: Callable[[Home, subprocess.Popen[bytes]], bool],
) -> subprocess.Popen[bytes]:
    """Start a server, again and again for a while: right after a kill -9 leftovers may still be in its way."""
    for _ in range(START_ATTEMPTS):
        server = start(home)
        if wait_until_ready(home, server):
            return server
        time.sleep(0.25)
    raise RuntimeError(f"a server does not start; its last words are in {home.logs}")


def start_postgres(home: Home) -> subprocess.Popen[bytes]:
    return start_server(home, postgres.start, postgres.wait_until_ready)


def start_valkey(home: Home) -> subprocess.Popen[bytes]:
    return start_server(home, valkey.start, valkey.wait_until_ready)


def keep(home: Home, users: IO[str]) -> None:
    """Run both servers until nobody holds `users`; start one again that was killed."""
    postgres.make_cluster(home)
    database, broker = start_postgres(home), start_valkey(home)
    try:
        postgres.make_database(home)
        while not try_lock(users):
            if database.poll() is not None:
                log.warning("PostgreSQL ended with %s; starting it again", database.returncode)
                database = start_postgres(home)
            if broker.poll() is not None:
                log.warning("Valkey ended with %s; starting it again", broker.returncode)
                broker = start_valkey(home)
            time.sleep(LOOK_SECONDS)
    finally:
        postgres.stop(database)
        valkey.stop(broker)
        shutil.rmtree(home.sockets, ignore_errors=True)


def leave_starter() -> None:
    """Go on as a process of its own, in a session of its own, so that nobody has to wait for this one."""
    if os.fork():
        os._exit(0)
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the holders; the servers go after them
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    home = Home(Path(sys.argv[1]))
    with home.keeper_lock.open("w") as alone, home.users_lock.open("w") as users:
        if not try_lock(alone):
            return
        leave_starter()  # the lock goes along
        try:
            keep(home, users)
        except (RuntimeError, OSError) as error:
            log.error("%s", error)  # noqa: TRY400 (the message is for people)
            home.failure.write_text(str(error))


if __name__ == "__main__":
    main()
