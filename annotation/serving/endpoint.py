"""What to call, with which key, and within which limits."""

import math
from dataclasses import dataclass, field
from typing import Literal

from annotation.serving.addresses import checked_url
from annotation.serving.errors import Permanent

MOST_SECONDS = 600.0
"""For a generator, which writes many pages in a request; a scorer has `SCORER_SECONDS`."""
SCORER_SECONDS = 60.0
MOST_BYTES = 64 * 2**20
MOST_PARALLEL = 256
MOST_VOTES = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """One endpoint as registered. Raises `Permanent` when it can never be called like this.

    The options after the limits belong to single protocols; the others do not look at them.
    """

    protocol: str
    url: str
    """Where the server is (`http://gpu1:8000`, `https://host/v1`), or the whole address of the call."""
    model: str = ""
    key: str = field(default="", repr=False)
    """Sent as a bearer token; empty for none."""

    seconds: float = 30.0
    """For one request in all: name, connection, headers and the last byte of the answer."""
    most_bytes: int = 8 * 2**20
    """Of one answer."""
    parallel: int = 8
    """Requests in flight."""
    allows_private: bool = False
    """Whether this installation lets endpoints be on this machine and in its own network."""

    separator: str = "<extra_0>"
    """pooling: the token after each step, at which the model scores it."""
    layout: Literal["chat", "text"] = "chat"
    """pooling: messages for the model's chat template (Qwen2.5-Math-PRM), or one text (Math-Shepherd)."""
    positive: int = 1
    """pooling: which column of a row is P(correct)."""
    good: str = "+"
    bad: str = "-"
    """chat: what the model says of a right and of a wrong step."""
    good_id: int | None = None
    bad_id: int | None = None
    """generative, sglang: the ids of these two tokens in the model's vocabulary."""
    votes: int = 0
    """chat: how many answers to sample for a step when the server gives no logprobs; 0 for none."""
    instruction: str = ""
    """chat, pooling, generators: the system message instead of the protocol's own."""
    continues: bool = False
    """chat generator: whether the server goes on with a message begun for it (vLLM, SGLang)."""

    def __post_init__(self) -> None:
        checked_url(self.url, allows_private=self.allows_private)
        if not self.key.isascii() or not self.key.isprintable() or " " in self.key:
            raise Permanent("The key has spaces or characters that no header can carry; paste the token alone.")
        check_limit("seconds", self.seconds, MOST_SECONDS)
        check_limit("most_bytes", self.most_bytes, MOST_BYTES, least=1)
        check_limit("parallel", self.parallel, MOST_PARALLEL, least=1)
        check_limit("votes", self.votes, MOST_VOTES, least=0)


def check_limit(name: str, value: float, most: float, least: float = 0.001) -> None:
    if not math.isfinite(value) or not least <= value <= most:
        raise Permanent(f"{name} is {value:g}; it must be between {least:g} and {most:g}.")
