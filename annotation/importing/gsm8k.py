"""GSM8K's file of model solutions: one problem a line, with the solutions of several models.

Source of the shape: openai/grade-school-math, `example_model_solutions.jsonl`. The last line of a solution is
`A: answer`; it stays a step of its own. `<<16-3=13>>` are the marks of a calculator the model could use.
"""

import msgspec

from annotation.answers import final_answer
from annotation.corpus.entries import ProblemEntry, SolutionEntry
from annotation.importing.entries import Entry, Parsed
from annotation.importing.refusing import LINE, located
from annotation.importing.solutions import split_lines
from annotation.records import RecordError


class ModelSolution(msgspec.Struct, forbid_unknown_fields=True):
    solution: str
    is_correct: bool | None = None


problem_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
text_decoder = msgspec.json.Decoder(str)
model_decoder = msgspec.json.Decoder(ModelSolution)


def matches(keys: dict[str, msgspec.Raw]) -> bool:
    return {"question", "ground_truth"} <= keys.keys() and bytes(keys["question"]).startswith(b'"')


def parse(text: bytes) -> Parsed:
    keys = problem_decoder.decode(text)
    reference = text_of(keys, "ground_truth")
    problem = ProblemEntry(text=text_of(keys, "question"), answer=final_answer(reference), solution=reference)
    models = [name for name in keys if name not in {"question", "ground_truth"}]
    if not models:
        raise RecordError(LINE, "no model's solution beside question and ground_truth")
    return Parsed([Entry(problem, solution_of(name, keys[name])) for name in models])


def text_of(keys: dict[str, msgspec.Raw], name: str) -> str:
    if name not in keys:
        raise RecordError(name, "missing")
    try:
        return text_decoder.decode(keys[name])
    except msgspec.ValidationError as error:
        raise located(error, within=name) from error


def solution_of(model: str, raw: msgspec.Raw) -> SolutionEntry:
    try:
        given = model_decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise located(error, within=model) from error
    steps = split_lines(given.solution)
    if not steps:
        raise RecordError(f"{model}.solution", "holds no step")
    return SolutionEntry(
        completions=[[step] for step in steps],
        answer=final_answer(given.solution),
        generator=model,
        is_correct=given.is_correct,
        is_one_text=True,
    )
