"""Bodies that are files, read as they come in."""

from typing import Any, BinaryIO

from rest_framework.parsers import BaseParser


class LinesParser(BaseParser):
    """A JSONL body, handed on as a stream."""

    media_type = "application/jsonl"

    def parse(self, stream: BinaryIO, media_type: str | None = None, parser_context: Any = None) -> BinaryIO:  # type: ignore[override]
        return stream


class GzipLinesParser(LinesParser):
    media_type = "application/gzip"
