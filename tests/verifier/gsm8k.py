"""GSM8K's model solutions, with step labels guessed from the other solutions of the same problem.

The file says only whether the final answer is correct. In a wrong solution the first step is taken for wrong
whose calculator's mark does not come out, or that finds a value which neither the reference nor a correct solution
finds.
This is good enough to try a verifier on, and not to train one for use.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from annotation.verifier.examples import Example
from annotation.verifier.looking import Step, step_of
from annotation.verifier.reading import read
from annotation.verifier.values import Value
from tests.conftest import shared_file

MODELS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")


def lines() -> list[dict[str, Any]]:
    text = shared_file("gsm8k_model_solutions.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def examples_of(line: Mapping[str, Any]) -> Iterator[Example]:
    """The solutions of one problem for which a label can be guessed."""
    right = set().union(*(found_in(text) for text in [line["ground_truth"], *correct_solutions(line)]))
    for model in MODELS:
        steps = line[model]["solution"].split("\n")
        ratings = [1] * len(steps) if line[model]["is_correct"] else guessed(steps, right)
        if line[model]["is_correct"] or -1 in ratings:
            yield Example(line["question"], line["question"], steps, ratings)


def correct_solutions(line: Mapping[str, Any]) -> list[str]:
    return [line[model]["solution"] for model in MODELS if line[model]["is_correct"]]


def found_in(solution: str) -> set[Value]:
    return set().union(*(values(step_of(read(step))) for step in solution.split("\n")))


def values(step: Step) -> set[Value]:
    return {*step.made} | ({step.answer} if step.answer is not None else set())


def guessed(steps: list[str], right: set[Value]) -> list[int]:
    read_steps = [step_of(read(step)) for step in steps]
    return [-1 if step.wrong_marks or not values(step) <= right else 1 for step in read_steps]
