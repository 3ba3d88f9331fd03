"""When to try again, and when to leave an endpoint alone. Pure: times are seconds on the caller's clock."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import NamedTuple

LONGEST_WAIT = 600.0
"""No server makes us wait longer."""
FAILURES = 5
"""So many transient failures in a row open the breaker."""
PROBE_EVERY = 30.0
MOST_DOUBLINGS = 30


def delay(
    attempt: int,
    *,
    random: Callable[[], float],
    base: float = 1.0,
    cap: float = 60.0,
    retry_after: float | None = None,
) -> float:
    """Seconds to wait after failure number `attempt`, counted from 0.

    Full jitter: evenly between 0 and `base` doubled each time up to `cap` (Brooker, AWS Architecture Blog, 2015),
    so that those who failed together do not come back together. What the server asked for is the least that
    is waited.
    """
    longest = min(cap, base * 2.0 ** min(attempt, MOST_DOUBLINGS))
    return max(random() * longest, min(retry_after or 0.0, LONGEST_WAIT))


def retry_after(header: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for, at most `LONGEST_WAIT`; None when it says nothing.

    `now` is Unix time, for headers that name a date (RFC 9110, 10.2.3).
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return min(max(0.0, moment.timestamp() - now), LONGEST_WAIT)


class Breaker(NamedTuple):
    """Whether an endpoint is left alone. Plain values, to be kept in a row that many workers lock and share.

    Closed, everybody may call. After `FAILURES` transient failures in a row it is open: one caller may probe each
    `PROBE_EVERY` seconds, also when the last one never came back. Any success closes it. A permanent failure is
    none of the breaker's business: the endpoint is there.
    """

    failures: int = 0
    opened_at: float | None = None
    """When it opened, or was last probed; None while closed."""
    probing: bool = False

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None

    def wait(self, now: float) -> float:
        """Seconds until somebody may call; 0 for now."""
        if self.opened_at is None:
            return 0.0
        return min(PROBE_EVERY, max(0.0, self.opened_at + PROBE_EVERY - now))

    def asked(self, now: float) -> tuple[bool, "Breaker"]:
        """Whether the caller may call, and the state to keep."""
        if self.opened_at is None:
            return True, self
        if self.wait(now) > 0:
            return False, self
        return True, self._replace(opened_at=now, probing=True)

    def succeeded(self) -> "Breaker":
        return Breaker()

    def failed(self, now: float) -> "Breaker":
        """After a transient failure. Calls that were in flight when it opened do not put off the next probe."""
        failures = min(self.failures + 1, FAILURES)
        if self.opened_at is None:
            return Breaker(failures, now if failures == FAILURES else None)
        return Breaker(failures, now if self.probing else self.opened_at)
