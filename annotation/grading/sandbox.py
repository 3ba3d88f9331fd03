"""Grades in processes that know nothing of this installation: no environment, no keys, no connection.

They are started by one of their own (`grading.server`) that is asked through a pipe, as a worker of Celery may
have no children by `multiprocessing`, and so that nothing of them outlives the one who asks.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from annotation.grading.server import Answer, Question
from annotation.grading.verdicts import Pair, Verdict
from annotation.grading.workers import SECONDS

CODE = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV")
decode = msgspec.json.Decoder(Answer).decode


class SandboxLost(Exception):
    """The process that grades has ended; what it was asked for is not graded."""


class Sandbox:
    """A context manager: the processes are gone when it is left."""

    def __init__(self, workers: int = 2, seconds: float = SECONDS) -> None:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "annotation.grading.server", str(workers), str(seconds)],
            cwd=CODE,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):  # it has ended before
            self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def grade(self, pairs: Sequence[Pair]) -> list[Verdict]:
        """The verdicts, in the order of the pairs; undecided for a pair that takes more than it may.

        Raises `SandboxLost`, as the others do.
        """
        settled = self.by_rules(pairs)
        hard = iter(self.by_algebra([pair for pair, verdict in zip(pairs, settled, strict=True) if not verdict]))
        return [verdict or next(hard) for verdict in settled]

    def by_rules(self, pairs: Sequence[Pair]) -> Answer:
        """Quick: None for what is left to algebra, and for all of a chunk in which something took too long."""
        return self.ask(pairs, is_hard=False)

    def by_algebra(self, pairs: Sequence[Pair]) -> list[Verdict]:
        """Takes twice the sandbox's seconds at most for each pair of each worker (`workers.PATIENCE`)."""
        return [verdict for verdict in self.ask(pairs, is_hard=True) if verdict]

    def ask(self, pairs: Sequence[Pair], *, is_hard: bool) -> Answer:
        if not pairs:
            return []
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(msgspec.json.encode(Question(list(map(sendable, pairs)), is_hard)) + b"\n")
            self.process.stdin.flush()
            return decode(self.process.stdout.readline())
        except (BrokenPipeError, msgspec.DecodeError) as error:
            raise SandboxLost(f"the grader ended with {self.process.poll()}") from error


def sendable(pair: Pair) -> Pair:
    """Without halves of characters, which no encoding has."""
    return msgspec.convert([text and text.encode(errors="replace").decode() for text in pair], Pair)
