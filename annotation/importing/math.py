"""Problems as MATH JSONL: `problem, level, type|subject, solution, answer`; the solution is the reference.

Source of the shape: hendrycks/math and the JSONL forms of it. Without `answer`, the answer is that of the
solution (`answers.final_answer`).
"""

import msgspec

from annotation.answers import final_answer
from annotation.corpus.entries import ProblemEntry
from annotation.importing.entries import Entry, Parsed, as_text
from annotation.importing.naming import first_id


class MathLine(msgspec.Struct):
    problem: str
    solution: str | None = None
    answer: str | int | float | None = None
    level: str | int | None = None
    type: str | None = None
    subject: str | None = None
    problem_id: str | int | None = None
    unique_id: str | int | None = None
    id: str | int | None = None
    idx: str | int | None = None


decoder = msgspec.json.Decoder(MathLine)
KEYS = set(MathLine.__struct_fields__)


def matches(keys: dict[str, msgspec.Raw]) -> bool:
    return "problem" in keys and not {"level", "type", "subject"}.isdisjoint(keys) and "steps" not in keys


def parse(text: bytes) -> Parsed:
    line = decoder.decode(text)
    answer = final_answer(line.solution or "") if line.answer is None else str(line.answer)
    problem = ProblemEntry(
        text=line.problem,
        external_id=first_id(line.problem_id, line.unique_id, line.id, line.idx),
        answer=answer,
        solution=line.solution,
        subject=line.subject or line.type,
        level=as_text(line.level),
    )
    return Parsed([Entry(problem)])
