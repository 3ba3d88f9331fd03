"""What a sampling run asks for."""

from typing import Annotated

import msgspec
from msgspec import Meta

from annotation.models import PARTS
from annotation.serving.generators import MOST_SAMPLES, Sampling

MOST_STOPS = 16
Stop = Annotated[str, Meta(min_length=1, max_length=100)]
MOST_SEED = 2**31 - 1
MOST_PROBLEMS = 10_000_000
MOST_TOKENS = 65_536
MOST_TEMPERATURE = 2


class BadPlan(Exception):
    """A plan that cannot be; the message is one sentence for a manager."""


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`n` solutions of each problem, `per_request` in a request. Kept as the run's settings.

    `problems` is how many, drawn by the seed; None for all. `only_new` leaves out those that have a solution by
    this model already. A seed of None lets the server have its own; otherwise sample i of a problem has seed + i,
    which servers may or may not keep to.
    """

    n: Annotated[int, Meta(ge=1, le=PARTS)] = 8
    per_request: Annotated[int, Meta(ge=1, le=MOST_SAMPLES)] = 8
    temperature: Annotated[float, Meta(ge=0, le=MOST_TEMPERATURE)] = 1.0
    max_tokens: Annotated[int, Meta(ge=1, le=MOST_TOKENS)] = 1024
    stop: Annotated[tuple[Stop, ...], Meta(max_length=MOST_STOPS)] = ()
    seed: Annotated[int, Meta(ge=0, le=MOST_SEED)] | None = None
    problems: Annotated[int, Meta(ge=1, le=MOST_PROBLEMS)] | None = None
    only_new: bool = False

    @property
    def requests(self) -> int:
        """For each problem."""
        return -(-self.n // self.per_request)

    def asked(self, part: int) -> int:
        """How many samples this request is for."""
        return min(self.per_request, self.n - part * self.per_request)

    def sampling(self, part: int) -> Sampling:
        seed = None if self.seed is None else self.seed + part * self.per_request
        return Sampling(self.temperature, self.stop, seed, self.max_tokens)


def read(settings: object) -> Plan:
    """Raises `BadPlan`."""
    try:
        return msgspec.convert(settings, Plan)
    except msgspec.ValidationError as error:
        raise BadPlan(str(error)) from None
