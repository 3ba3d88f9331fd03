import gzip
from collections.abc import Iterator

import pytest

from annotation.importing import formats
from annotation.importing.lines import MAX_LINE, BrokenGzipError, RawLine, read_lines
from annotation.records import RecordError


def in_blocks(content: bytes, size: int = 7) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def texts(content: bytes, size: int = 7) -> list[tuple[int, bytes]]:
    return [(line.number, line.text) for line in read_lines(in_blocks(content, size))]


def test_it_numbers_lines_as_an_editor_does() -> None:
    assert texts(b"a\n\nb\r\n  \nc") == [(1, b"a"), (3, b"b"), (5, b"c")]


def test_it_takes_off_a_byte_order_mark() -> None:
    assert texts(b'\xef\xbb\xbf{"a":1}\n') == [(1, b'{"a":1}')]


def test_it_reads_an_empty_file() -> None:
    assert texts(b"") == []
    assert texts(b"\n\n") == []


@pytest.mark.parametrize("members", [1, 2])
def test_it_reads_gzip(members: int) -> None:
    content = b"".join(gzip.compress(b"first\nsecond\n") for _ in range(members))
    assert [text for _, text in texts(content)] == [b"first", b"second"] * members


def test_it_says_when_gzip_breaks_off() -> None:
    with pytest.raises(BrokenGzipError):
        texts(gzip.compress(b"first\n" * 1000)[:-9])


def test_it_does_not_hold_a_line_that_is_too_long() -> None:
    blocks = (b"x" * 1_000_000 if at < 11 else b"\nnext" for at in range(12))
    first, second = read_lines(blocks)
    assert first.is_too_long
    assert first.text == b""
    assert (second.number, second.text) == (2, b"next")
    assert MAX_LINE < 11_000_000


BROKEN = [
    (b"nope", "(line)", "not JSON"),
    (b'{"a": 1} x', "(line)", "no known format|not JSON"),
    (b"[1]", "(line)", "must be an object, is"),
    (b'"text"', "(line)", "must be an object, is"),
    (b"\xff\xfe", "(line)", "not UTF-8 at byte 0"),
    (b'{"problem_id": 1, "steps": ["\\ud800"]}', "(line)", "lone surrogate"),
    (b'{"problem_id": 1, "steps": ["ok", "a\\u0000b"]}', "steps[1]", "NUL"),
    (b'{"problem_id": 1, "steps": [7]}', "steps[0]", "must be a text, is a whole number"),
    (b'{"problem_id": 1, "steps": []}', "steps", "holds no step"),
    (b'{"problem_id": 1, "steps": ["a", " "]}', "steps[1]", "empty"),
    (b'{"problem_id": 1, "steps": "abc"}', "steps", "must be a list or null, is a text"),
    (b'{"problem_id": 1, "steps": ["a"], "score": NaN}', "(line)", "not JSON"),
    (b'{"problem_id": 1, "steps": ["a"], "score": 1e999}', "score", "out of range"),
    (b'{"problem_id": 1, "steps": ["a"], "score": ' + b"9" * 5000 + b"}", "score", "out of range"),
    (b'{"problem_id": 1, "steps": ' + b"[" * 100_000, "(line)", "nested too deep|not JSON"),
    (b'{"problem": "p", "solution": "s"}', "(line)", "no known format"),
    (b'{"question": {"problem": 3}}', "question.problem", "must be a text, is a whole number"),
    (b'{"question": {"problem": "p", "answer": 3}}', "question.answer", "not a field"),
    (b'{"question": "q", "ground_truth": "A: 1"}', "(line)", "no model's solution"),
    (b'{"question": "q", "ground_truth": 3, "m": {"solution": "s"}}', "ground_truth", "must be a text"),
    (b'{"question": "q", "ground_truth": "A: 1", "m": {"text": "s"}}', "m.text", "not a field"),
]


@pytest.mark.parametrize(("text", "field", "reason"), BROKEN)
def test_it_refuses_with_field_and_reason(text: bytes, field: str, reason: str) -> None:
    with pytest.raises(RecordError) as refused:
        formats.parse(RawLine(1, text, len(text)), "auto")
    assert refused.value.field == field
    assert any(one in refused.value.reason for one in reason.split("|"))


def test_whole_characters_beyond_the_first_plane_are_fine() -> None:
    parsed = formats.parse(RawLine(1, b'{"problem_id": 1, "steps": ["\\ud83d\\ude00"]}', 1), "auto")
    assert parsed.entries[0].solution is not None
    assert parsed.entries[0].solution.completions == [["😀"]]


def test_it_names_the_keys_it_does_not_use() -> None:
    parsed = formats.parse(RawLine(1, b'{"problem_id": 1, "steps": ["a"], "colour": "red"}', 1), "auto")
    assert parsed.ignored == {"colour"}
