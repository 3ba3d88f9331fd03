"""What the decoder says of a wrong line, as field and reason."""

import re

import msgspec

from annotation.records import RecordError

LINE = "(line)"
"""Stands for the field when the line as a whole is wrong."""


def located(error: msgspec.ValidationError, within: str = "") -> RecordError:
    """msgspec's "what - at `$.path`" as field and reason; `within` is the path to what was decoded."""
    reason, _, path = str(error).partition(" - at `$")
    unknown = re.fullmatch(r"Object (contains unknown|missing required) field `(.*)`", reason)
    field = ".".join(filter(None, [within, path.rstrip("`").lstrip("."), unknown and unknown[2]]))
    if unknown:
        missing = unknown[1].startswith("missing")
        return RecordError(field, "missing" if missing else "not a field of this format; remove it")
    return RecordError(field or LINE, in_words(reason))


KINDS = {
    "str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "null",
    "array": "a list", "object": "an object",
}  # fmt: skip


def in_words(reason: str) -> str:
    """msgspec's "Expected `str | null`, got `int`" as "must be a text or null, is a whole number"."""
    wrong = re.fullmatch(r"Expected `([^`]+)`, got `([^`]+)`", reason)
    if wrong is None:
        return reason
    wanted = " or ".join(KINDS.get(kind, kind) for kind in wrong[1].split(" | "))
    return f"must be {wanted}, is {KINDS.get(wrong[2], wrong[2])}"
