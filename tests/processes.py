"""Starting the product as a person does, and looking for what it leaves behind."""

import contextlib
import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode

import psutil

from tests.local import NO_PROXY, ROOT, free_port, wait_for

OWN = {"STEPMARK_DATA", "PORT", "DATABASE_URL", "REDIS_URL", "STATIC_ROOT", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}


CSRF = "csrfmiddlewaretoken"


class Installation:
    """One data folder and port, and the processes that work on it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.output = data.parent / f"{data.name}.log"
        self.environment = {name: value for name, value in os.environ.items() if name not in OWN}
        self.environment |= {"STEPMARK_DATA": str(data), "PORT": str(self.port)}
        self.started: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
            **more,
        )

    def start(self, command: list[str], cwd: Path = ROOT) -> subprocess.Popen[bytes]:
        with self.output.open("ab") as output:
            process = subprocess.Popen(
                command, cwd=cwd, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )
        self.started.append(process)
        return process

    def up(self, *words: str, cwd: Path = ROOT) -> subprocess.Popen[bytes]:
        process = self.start([sys.executable, str(ROOT / "manage.py"), "up", *words], cwd)
        wait_for(lambda: "Ctrl-C stops" in self.printed() or process.poll() is not None, 60)
        assert process.poll() is None, self.printed()
        return process

    def printed(self) -> str:
        return self.output.read_text() if self.output.exists() else ""

    def processes(self) -> list[psutil.Process]:
        """Everything that works on this data folder, found by environment, command line and folder."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                clues = [*process.cmdline(), process.cwd(), process.environ().get("STEPMARK_DATA", "")]
                if any(clue == str(self.data) or f"{self.data}/" in clue for clue in clues):
                    found.append(process)
        return found

    def kill_everything(self) -> None:
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)

    def nothing_is_left(self, seconds: float = 25) -> None:
        deadline = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert [process.cmdline() for process in left] == []

    def clean_up(self) -> None:
        while self.processes():  # a program may be starting another one just now
            self.kill_everything()
        for process in self.started:
            process.wait(10)


class Visitor:
    """A browser without a window: keeps cookies, sends forms with their tokens."""

    def __init__(self, address: str) -> None:
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(NO_PROXY, cookies)

    def get(self, path: str) -> str:
        with self.opener.open(self.url(path), timeout=20) as response:
            self.at = response.url
            return response.read().decode()

    def post(self, path: str, page: str, **fields: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        body = urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        with self.opener.open(self.url(path), body, timeout=20) as response:
            self.at = response.url
            return response.read().decode()

    def upload(self, path: str, page: str, name: str, content: str, **fields: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        head = "--cut\r\nContent-Disposition: form-data; name="
        parts = [f'{head}"{key}"\r\n\r\n{value}\r\n' for key, value in {CSRF: token[1], **fields}.items()]
        parts.append(f'{head}"file"; filename="{name}"\r\n\r\n{content}\r\n--cut--\r\n')
        headers = {"Content-Type": "multipart/form-data; boundary=cut"}
        request = urllib.request.Request(self.url(path), "".join(parts).encode(), headers)
        with self.opener.open(request, timeout=20) as response:
            self.at = response.url
            return response.read().decode()

    def url(self, path: str) -> str:
        return path if path.startswith("http") else self.address + path


def status_of(url: str, **headers: str) -> tuple[int, Any]:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.build_opener(NO_PROXY, Stay).open(request, timeout=10) as response:
            return response.status, response.headers
    except HTTPError as error:
        error.close()
        return error.code, error.headers
    except URLError:
        return 0, {}


@contextlib.contextmanager
def installations(folder: Path) -> Iterator[Callable[[str], Installation]]:
    made: list[Installation] = []

    def make(name: str = "data") -> Installation:
        made.append(Installation(folder / name))
        return made[-1]

    try:
        yield make
    finally:
        for installation in made:
            installation.clean_up()
