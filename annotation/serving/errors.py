"""What can go wrong with an endpoint. Each message is one sentence for a manager, and never holds the key."""


class ServingError(Exception):
    """The base: nothing of the answer may be stored."""


class Transient(ServingError):
    """May pass by itself: refused, reset, too slow, 408, 425, 429 and 5xx.

    `retry_after` is how many seconds the server asked us to wait, where it did.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Permanent(ServingError):
    """Trying again brings the same: other statuses, redirects, wrong bodies, forbidden addresses."""
