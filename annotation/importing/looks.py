"""What a file looks like that is not JSONL, and what to do about it."""

import csv
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from annotation.importing.lines import RawLine

HEAD = 20
"""So many first lines are looked at."""
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive or an Office file",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
WANTED = "JSONL has one JSON object a line, in UTF-8, plain or packed with gzip"
decoder: msgspec.json.Decoder[object] = msgspec.json.Decoder()


def remembered(lines: Iterable[RawLine], head: list[bytes]) -> Iterator[RawLine]:
    """The same lines; the first ones are kept in `head`."""
    for line in lines:
        if len(head) < HEAD:
            head.append(line.text)
        yield line


def at_first_sight(first: bytes) -> str | None:
    """Why a file with this first line cannot be JSONL, whatever comes after it."""
    if first.startswith(LFS_POINTER):
        return "this is a Git LFS pointer, not the data; run `git lfs pull` where it came from"
    for magic, kind in MAGIC.items():
        if first.startswith(magic):
            return f"this is {kind}. {WANTED}"
    if first.startswith(b"[") and value_of(first) is None:
        return ARRAY
    return None


def when_all_is_refused(head: Sequence[bytes]) -> str | None:
    """What the file is instead of JSONL, from its first lines; None where they are JSON objects after all."""
    values = [value_of(line) for line in head]
    if any(isinstance(value, dict) for value in values):
        return None
    if isinstance(values[0], list):
        return ARRAY
    if head[0].startswith(b"{"):
        return f"this is one JSON object over several lines. {WANTED}; `jq -c . FILE` puts it on one"
    if any(b"\0" in line for line in head) or not all(is_text(line) for line in head):
        return f"this is not text. {WANTED}"
    if is_table(head):
        return f"this looks like CSV. {WANTED}: write each row as an object, with the column names as keys"
    return f"not one line of this is JSON. {WANTED}"


ARRAY = f"this is one JSON array. {WANTED}; `jq -c '.[]' FILE` writes the array so"


def value_of(line: bytes) -> object:
    """The JSON value of a line; None for what is no JSON."""
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_table(head: Sequence[bytes]) -> bool:
    """Whether the first two lines have the same number of columns, and more than one."""
    texts = [line.decode() for line in head[:2]]
    for mark in ",;\t":
        widths = {len(row) for row in csv.reader(texts, delimiter=mark)}
        if len(widths) == 1 and widths != {1}:
            return True
    return False
