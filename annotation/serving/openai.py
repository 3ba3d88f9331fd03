"""The parts of OpenAI's API that vLLM, SGLang, llama.cpp and the hosted ones share."""

from collections.abc import Callable
from typing import Any

import msgspec

from annotation.serving.client import Client
from annotation.serving.errors import Permanent
from annotation.serving.scored import shaped

CHAT = "/v1/chat/completions"
COMPLETIONS = "/v1/completions"

Asking = Callable[[int, int], dict[str, Any]]
"""The request for so many choices, when so many have come already."""


class Likely(msgspec.Struct):
    token: str
    logprob: float


class Position(Likely):
    top_logprobs: list[Likely] = []


class Logprobs(msgspec.Struct):
    content: list[Position] | None = None


class Message(msgspec.Struct):
    content: str | None = None


class ChatChoice(msgspec.Struct):
    message: Message
    finish_reason: str | None = None
    logprobs: Logprobs | None = None

    @property
    def said(self) -> str:
        """Empty where a model thought until its end, or was kept from answering."""
        return self.message.content or ""


class ChatAnswer(msgspec.Struct):
    choices: list[ChatChoice]


class TextChoice(msgspec.Struct):
    text: str
    finish_reason: str | None = None

    @property
    def said(self) -> str:
        return self.text


class TextAnswer(msgspec.Struct):
    choices: list[TextChoice]


Choice = ChatChoice | TextChoice


def read(body: Any, path: str) -> list[Choice]:
    chat = path == CHAT
    found: list[Choice] = [*(shaped(body, ChatAnswer).choices if chat else shaped(body, TextAnswer).choices)]
    if not found:
        raise Permanent("The answer has no choices.")
    return found


async def choices(client: Client, path: str, asking: Asking, count: int) -> list[Choice]:
    """`count` choices, asked for at once; what is left out is asked for again, as some servers know no `n`."""
    found: list[Choice] = []
    while len(found) < count:
        body = await client.post(path, asking(count - len(found), len(found)))
        found += read(body, path)
    return found[:count]
