"""Run several programs in the foreground: their lines interleaved, all of them gone when this process is.

Each program leads a process group of its own, so that Ctrl-C reaches only this process, which then stops them
one after the other. Should this process be killed, Linux tells each of them to stop.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from annotation.embedded.process import bound_child, die_with_parent

STOP_SECONDS = 15.0
COLOURS = ("36", "33", "35", "32", "34")


@dataclass
class Program:
    """One program: what to start, and how it fares."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_again_at: float = 0.0
    rest: bytes = b""

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    def __init__(self, programs: Sequence[Program], folder: Path, each_second: Callable[[], None]) -> None:
        self.programs = programs
        self.folder = folder
        self.each_second = each_second
        self.selector = selectors.DefaultSelector()
        self.stopping = False
        self.is_settled = False
        self.failed = False
        self.width = max(len(program.name) for program in programs)

    def run(self, when_started: Callable[[], bool]) -> int:
        """Run until a signal comes, or a program ends before all is well; 0, or 1 for a failure.

        `when_started` is asked again and again until it says that all is well.
        """
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._on_signal)
        for program in self.programs:
            self._start(program)
        next_second = 0.0
        while not self.stopping:
            self._pump(0.2)
            self._revive()
            if time.monotonic() >= next_second and not self.stopping:
                next_second = time.monotonic() + 1
                self.each_second()
                self.is_settled = self.is_settled or when_started()
        self._stop()
        return int(self.failed)

    def say(self, text: str, name: str = "stepmark") -> None:
        colour = COLOURS[[p.name for p in self.programs].index(name)] if name != "stepmark" else "1"
        head = f"{name:<{max(self.width, 8)}} │"
        head = f"\x1b[{colour}m{head}\x1b[0m" if sys.stdout.isatty() else head
        print(f"{head} {text}", flush=True)  # noqa: T201 (the console is the product here)

    def _on_signal(self, _signum: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self, program: Program) -> None:
        program.process = subprocess.Popen(
            program.arguments,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **program.environment},
            preexec_fn=bound_child(signal.SIGTERM),  # noqa: PLW1509 (this process has one thread)
            cwd=self.folder,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        program.started = time.monotonic()
        assert program.process.stdout is not None
        os.set_blocking(program.process.stdout.fileno(), False)
        self.selector.register(program.process.stdout, selectors.EVENT_READ, program)

    def _pump(self, seconds: float) -> None:
        """Print the lines that have come, waiting for some at most so long."""
        for key, _ in self.selector.select(seconds):
            program: Program = key.data
            content = os.read(key.fd, 65536)
            if not content:
                self.selector.unregister(key.fileobj)
                continue
            *lines, program.rest = (program.rest + content).split(b"\n")
            for line in lines:
                self.say(line.decode(errors="replace"), program.name)

    def _revive(self) -> None:
        """Start again what ended by itself, later and later; before all is well it ends everything instead."""
        now = time.monotonic()
        for program in self.programs:
            if program.is_running or self.stopping:
                continue
            assert program.process is not None
            if not program.start_again_at:
                self._pump(0.1)
                kill_group(program.process)
                if not self.is_settled:
                    self.say(f"{program.name} ended with {program.process.returncode} at the start; stopping")
                    self.failed = self.stopping = True
                    return
                long_ago = now - program.started > 60
                program.failures = 1 if long_ago else program.failures + 1
                wait = min(30, 2 ** (program.failures - 1))
                self.say(f"{program.name} ended with {program.process.returncode}; again in {wait} s")
                program.start_again_at = now + wait
            elif now >= program.start_again_at:
                program.start_again_at = 0.0
                self._start(program)

    def _stop(self) -> None:
        """Ask the programs to end, last first; then end them."""
        self.say("Stopping …")
        running = [program for program in reversed(self.programs) if program.is_running]
        for program in running:
            assert program.process is not None
            program.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while any(program.is_running for program in running) and time.monotonic() < deadline:
            self._pump(0.1)
        for program in self.programs:
            if program.process is not None:
                kill_group(program.process)
                program.process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End whatever is left of the program's process group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def bind_to_parent() -> None:
    """Stop when the process that started this one is gone, even by SIGKILL."""
    parent = os.getppid()
    die_with_parent(signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
