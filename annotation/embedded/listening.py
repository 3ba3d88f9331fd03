"""The port of the product that runs on a data folder, for commands that are not told it."""

from collections.abc import Iterator
from contextlib import contextmanager

from annotation.embedded.home import Home
from annotation.embedded.locks import is_free, try_lock


@contextmanager
def listening(home: Home, port: int) -> Iterator[None]:
    """Keep the port while the block runs. It counts only as long as this process lives, however that ends."""
    with home.port.open("a+") as file:
        if try_lock(file):
            file.truncate(0)
            file.write(str(port))
            file.flush()
        yield


def port_of(home: Home) -> int | None:
    """None when nothing runs."""
    if not home.port.exists() or is_free(home.port):
        return None
    kept = home.port.read_text()
    return int(kept) if kept.isdecimal() else None
