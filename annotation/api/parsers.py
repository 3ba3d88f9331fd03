"""Bodies that are files, read as they come in."""

import json
from typing import Any, BinaryIO

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser


class ShallowJSONParser(JSONParser):
    """JSON that is not nested without end, and whose texts are Unicode."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            body = super().parse(stream, media_type, parser_context)
            json.dumps(body, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError("The JSON is nested too deep.") from error
        except UnicodeEncodeError as error:
            raise ParseError("There is half of a surrogate pair in a text.") from error
        return body


class LinesParser(BaseParser):
    """A JSONL body, handed on as a stream."""

    media_type = "application/jsonl"

    def parse(self, stream: BinaryIO, media_type: str | None = None, parser_context: Any = None) -> BinaryIO:  # type: ignore[override]
        return stream


class GzipLinesParser(LinesParser):
    media_type = "application/gzip"
