"""Where the embedded servers keep their files and listen."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SHORT = Path("/tmp")  # noqa: S108 (make_folders checks whose folder it is)
"""Not the environment's temporary folder, which may differ between two processes of one installation."""


@dataclass(frozen=True)
class Home:
    """The data folder of one installation and the names derived from it.

    Sockets lie in a short folder of their own under /tmp: the path of a Unix socket may
    have 107 bytes at most, and a checkout can lie deep.
    """

    data: Path

    @property
    def sockets(self) -> Path:
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return SHORT / f"stepmark-{os.getuid()}-{digest}"

    @property
    def postgres_data(self) -> Path:
        return self.data / "postgres"

    @property
    def valkey_data(self) -> Path:
        return self.data / "valkey"

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def users_lock(self) -> Path:
        """Held shared by each process that needs the servers; exclusively by the keeper as it stops."""
        return self.data / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held exclusively by the one keeper of this folder."""
        return self.data / "keeper.lock"

    @property
    def port(self) -> Path:
        """Where the running product listens; held exclusively by it."""
        return self.data / "web.port"

    @property
    def failure(self) -> Path:
        """Why the keeper could not start the servers, in words for people."""
        return self.data / "keeper.failed"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def database_url(self) -> str:
        return f"postgresql://stepmark@/stepmark?host={quote(str(self.sockets), safe='')}"

    @property
    def redis_url(self) -> str:
        return f"redis+socket://{self.valkey_socket}"

    def make_folders(self) -> None:
        """Create the folders, private to this user; refuse a socket folder that somebody else made."""
        for folder in (self.data, self.logs, self.valkey_data):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise PermissionError(f"{self.sockets} must be a folder that only this user can open; remove it")
