"""The process between a grading run and those that grade: a line of JSON in, a line of JSON out.

    python -m annotation.grading.server WORKERS SECONDS

Ends when its input does, whatever became of the process that wrote it.
"""

import os
import sys

import msgspec

from annotation.grading.verdicts import Pair, Verdict
from annotation.grading.workers import Workers


class Question(msgspec.Struct):
    pairs: list[Pair]
    is_hard: bool
    """Whether algebra is asked; else only the exact rules."""


Answer = list[Verdict | None]


def main(workers: int, seconds: float) -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    decode, encode = msgspec.json.Decoder(Question).decode, msgspec.json.encode
    with Workers(workers, seconds) as pool:
        for line in sys.stdin.buffer:
            question = decode(line)
            verdicts = pool.by_algebra(question.pairs) if question.is_hard else pool.by_rules(question.pairs)
            answers.write(encode(verdicts) + b"\n")
            answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
