"""A file's bytes, cut into lines. Flat memory whatever the file holds."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_LINE = 10 * 1024 * 1024
BLOCK = 1024 * 1024
MOST_INFLATED = 100
GZIP_MAGIC = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class RawLine:
    number: int
    """From 1, blank lines counted."""
    text: bytes
    """Without its line end; empty when `is_too_long`."""
    end: int
    """How many bytes of the file have been read so far."""
    is_too_long: bool = False


class BrokenGzipError(ValueError):
    pass


def blocks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def inflated(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Blocks of content with the count of file bytes read, whether the file is gzip or plain."""
    read = inflated_bytes = 0
    gunzip: Gunzip | None = None
    for block in blocks:
        if read == 0 and block.startswith(GZIP_MAGIC):
            gunzip = Gunzip()
        read += len(block)
        for content in [block] if gunzip is None else gunzip.contents(block):
            inflated_bytes += len(content)
            if inflated_bytes > MOST_INFLATED * read + MAX_LINE:
                raise BrokenGzipError(f"this holds more than {MOST_INFLATED} times its size; unpack it first")
            yield content, read
    if gunzip is not None and gunzip.is_within_member:
        raise BrokenGzipError("broken gzip file: it ends too early")


class Gunzip:
    """Inflates gzip members one after the other, a block of content at a time."""

    def __init__(self) -> None:
        self.member = zlib.decompressobj(wbits=31)
        self.is_within_member = False

    def contents(self, block: bytes) -> Iterator[bytes]:
        while block:
            self.is_within_member = True
            try:
                yield self.member.decompress(block, BLOCK)
            except zlib.error as error:
                raise BrokenGzipError(f"broken gzip file: {error}") from error
            block = self.member.unconsumed_tail
            if self.member.eof:
                block = self.member.unused_data
                self.member = zlib.decompressobj(wbits=31)
                self.is_within_member = False


def read_lines(blocks: Iterable[bytes]) -> Iterator[RawLine]:
    """Each line that is not blank. A line over `MAX_LINE` bytes is reported, not held."""
    number, read, rest, skipping = 0, 0, b"", False
    for content, read in inflated(blocks):
        *whole, rest = (rest + content).split(b"\n")
        for text in whole:
            number += 1
            if skipping or len(text) > MAX_LINE:
                skipping = False
                yield RawLine(number, b"", read, is_too_long=True)
            elif line := clean(text, number):
                yield RawLine(number, line, read)
        if len(rest) > MAX_LINE:
            skipping, rest = True, b""
    if skipping:
        yield RawLine(number + 1, b"", read, is_too_long=True)
    elif line := clean(rest, number + 1):
        yield RawLine(number + 1, line, read)


def clean(text: bytes, number: int) -> bytes:
    return (text.removeprefix(BOM) if number == 1 else text).strip(b" \t\r")
