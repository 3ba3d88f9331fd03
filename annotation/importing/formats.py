"""The formats by name, and how a line shows which one it is of."""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import msgspec

from annotation.importing import gsm8k, math, prm800k, solutions, trees
from annotation.importing.entries import Entry, Parsed
from annotation.importing.lines import RawLine
from annotation.importing.refusing import LINE, located
from annotation.importing.sentences import in_sentences
from annotation.records import MAX_STEPS, RecordError

AUTO = "auto"
MODULES: dict[str, ModuleType] = {
    "prm800k": prm800k,
    "tree": trees,
    "gsm8k": gsm8k,
    "math": math,
    "solutions": solutions,
}
FORMATS = (AUTO, *MODULES)

keys_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
anything_decoder = msgspec.json.Decoder()

MAX_ID = 500

SURROGATE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]")


def parse(raw: RawLine, name: str, *, by_sentence: bool = False) -> Parsed:
    """Read one line in the named format, or in the one its keys show when `name` is "auto".

    A solution that comes as one text is cut at its newlines, and `by_sentence` further.
    Raises `RecordError` with the field and the reason.
    """
    if raw.is_too_long:
        raise RecordError(LINE, "longer than 10 MB")
    try:
        module = MODULES[name] if name != AUTO else detect(raw.text)
        parse_line: Callable[[bytes], Parsed] = module.parse
        parsed = parse_line(raw.text)
    except msgspec.ValidationError as error:
        raise located(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecordError(LINE, malformed(raw.text, error)) from error
    if by_sentence:
        parsed.entries = [in_sentences(entry) for entry in parsed.entries]
    for entry in parsed.entries:
        check_sizes(entry)
    if b"\\u0000" in raw.text:  # a bare one is no JSON
        refuse_unstorable(anything_decoder.decode(raw.text), "")
    if hasattr(module, "KEYS"):
        parsed.ignored |= set(keys_decoder.decode(raw.text)) - module.KEYS
    return parsed


def check_sizes(entry: Entry) -> None:
    """Refuse what the tables cannot hold: endless solutions, and ids too long for an index."""
    solution = entry.solution
    if solution is not None and len(solution.completions) > MAX_STEPS:
        raise RecordError("steps", f"more than {MAX_STEPS} steps")
    ids = {
        "problem_id": entry.problem.external_id,
        "solution_id": None if solution is None else solution.external_id,
    }
    for field, value in ids.items():
        if value is not None and len(value) > MAX_ID:
            raise RecordError(field, f"longer than {MAX_ID} characters")


def detect(text: bytes) -> ModuleType:
    keys = keys_decoder.decode(text)
    for module in MODULES.values():
        if module.matches(keys):
            return module
    found = ", ".join(list(keys)[:8]) or "none"
    raise RecordError(LINE, f"no known format has the keys {found}; name one of {', '.join(MODULES)}")


def malformed(text: bytes, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deep"
    try:
        decoded = text.decode()
    except UnicodeDecodeError as wrong:
        return f"not UTF-8 at byte {wrong.start}"
    if SURROGATE.search(decoded):
        return "a lone surrogate (half a character) in a text; write the whole character"
    return f"not JSON: {error}"


def refuse_unstorable(value: Any, path: str) -> None:
    """Refuse the NUL character, which PostgreSQL cannot hold in a text."""
    if isinstance(value, dict):
        for key, item in value.items():
            refuse_unstorable(key, path)
            refuse_unstorable(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            refuse_unstorable(item, f"{path}[{index}]")
    elif isinstance(value, str) and "\x00" in value:
        raise RecordError(path or LINE, "holds a NUL character; remove it")
