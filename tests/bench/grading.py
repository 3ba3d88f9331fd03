"""Grades a second in the sandbox beside plain math-verify, and the worst case of either."""

import json
import re
import time
from collections.abc import Callable, Sequence
from itertools import chain

from math_verify import LatexExtractionConfig, parse, verify

from annotation.answers import final_answer
from annotation.grading.sandbox import Sandbox
from annotation.grading.verdicts import Pair
from annotation.grading.workers import SECONDS
from tests.bench import workload
from tests.bench.figures import Outcome, Table, Target, milliseconds, whole
from tests.bench.installation import Installation
from tests.bench.processes import BenchError
from tests.bench.sizes import Sizes
from tests.grading.test_sandbox import BOMBS

WANTED = 2_000
PLAIN = 300
"""Pairs that math-verify is given: it takes long."""
FRACTION = re.compile(r"(?<!\d)\\frac\{(\d+)\}\{(\d+)\}")


def measure(_: Installation, __: Sizes) -> Outcome:
    pairs = {"MATH": math_pairs(), "GSM8K": gsm8k_pairs()}
    with Sandbox(2) as sandbox:
        sandbox.grade(pairs["MATH"][:100])
        rates = {name: rate(given, sandbox.grade) for name, given in pairs.items()}
        worst = max(taken(sandbox.grade, [Pair(bomb, "", r"\sin x")]) for bomb in BOMBS)
    plain = {name: rate(sample(given), grade_plainly) for name, given in pairs.items()}
    outcome = Outcome()
    rows = [
        ("Stepmark, two processes", whole(rates["MATH"]), whole(rates["GSM8K"]), milliseconds(worst)),
        ("plain math-verify, one process", whole(plain["MATH"]), whole(plain["GSM8K"]), "5,000-10,000"),
    ]
    columns = ("grades/s", "MATH", "GSM8K", "worst pair ms")
    outcome.tables.append(Table("Grading final answers", columns, rows, NOTES))
    outcome.targets.append(
        Target("grades/s on MATH pairs", f">= {WANTED:,}", whole(rates["MATH"]), rates["MATH"] >= WANTED)
    )
    limit = 2 * SECONDS + 1
    outcome.targets.append(Target("worst pair, s", f"< {limit:.0f}", f"{worst:.1f}", worst < limit))
    return outcome


def lines(name: str) -> list[dict[str, object]]:
    path = workload.generator().parents[1] / "data" / name
    if not path.is_file():
        raise BenchError(f"no {name} in {path.parent}")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def math_pairs() -> list[Pair]:
    """Each reference against itself as it stands in a solution, otherwise written, and against another's."""
    solutions = [str(line["solution"]) for line in lines("math_test.jsonl")]
    answers = [final_answer(solution) for solution in solutions]
    others = answers[1:] + answers[:1]
    same = (Pair(None, solution, answer) for solution, answer in zip(solutions, answers, strict=True))
    written = (Pair(FRACTION.sub(r"(\1/\2)", answer or ""), "", answer) for answer in answers)
    wrong = (Pair(answer, "", other) for answer, other in zip(answers, others, strict=True))
    return list(chain(same, written, wrong))


def gsm8k_pairs() -> list[Pair]:
    return [
        Pair(None, str(solution["solution"]), final_answer(str(line["ground_truth"])))
        for line in lines("gsm8k_model_solutions.jsonl")
        for solution in line.values()
        if isinstance(solution, dict)
    ]


def sample(pairs: Sequence[Pair]) -> list[Pair]:
    return list(pairs[:: max(1, len(pairs) // PLAIN)])


def grade_plainly(pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        given, reference = pair.answer or final_answer(pair.text) or "", pair.reference or ""
        verify(*(parse(f"${text}$", [LatexExtractionConfig()]) for text in (reference, given)))


def taken(grade: Callable[[list[Pair]], object], pairs: list[Pair]) -> float:
    """Seconds."""
    begun = time.perf_counter()
    grade(pairs)
    return time.perf_counter() - begun


def rate(pairs: list[Pair], grade: Callable[[list[Pair]], object]) -> float:
    return len(pairs) / taken(grade, pairs)


NOTES = (
    "MATH: 5,000 references, each against its solution's box, otherwise written, and against another reference.",
    f"Worst: of {len(BOMBS)} hostile answers; each has {SECONDS:.0f} s as one of a chunk, and then alone.",
    "The worst of math-verify is its own time limits of 5 s for reading and 5 s for comparing; not in this run.",
    f"Plain math-verify: an even sample of {PLAIN} pairs, in this process.",
)
