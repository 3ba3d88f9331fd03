"""Quoting what a server said, in a message or on a page: short, on one line, and without the key."""

from collections.abc import Iterator

WINDOW = 8
"""A stretch of the key of so many characters is taken out; servers quote keys cut short, and so do we."""
LONGEST = 200


def quoted(body: bytes | str, *, key: str, most: int = LONGEST) -> str:
    """The text on one line: what does not print is escaped, the key is taken out, the end may be missing."""
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    line = "".join(printable(" ".join(without(text, key).split())))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def printable(text: str) -> Iterator[str]:
    for character in text:
        yield character if character.isprintable() else character.encode("unicode_escape").decode()


def without(text: str, key: str) -> str:
    """The text with a `•` for each character of the key, as it is or as JSON may escape it."""
    hidden = {place for form in {key, key.replace("/", "\\/")} for place in places(text, form)}
    return "".join("•" if at in hidden else character for at, character in enumerate(text))


def places(text: str, secret: str) -> Iterator[int]:
    """Where the text has a stretch of the secret, or the whole of a short one."""
    width = min(WINDOW, len(secret))
    parts = {secret[at : at + width] for at in range(len(secret) - width + 1)} - {""}
    for at in range(len(text) - width + 1):
        if text[at : at + width] in parts:
            yield from range(at, at + width)
