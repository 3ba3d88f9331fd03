"""How many requests may be in flight, a number that may change while they are."""

import asyncio
from collections import deque
from types import TracebackType


class Gate:
    """`async with gate:` goes on once fewer than `places` are inside; who waits longest goes first."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # let in, and gone before it knew
                self._leave()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def resize(self, places: int) -> int:
        """Returns how many are inside: those stay, and nobody enters while there are too many."""
        self.places = places
        self._let_in()
        return self.inside

    def _leave(self) -> None:
        self.inside -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self.inside < self.places:
            turn = self._waiting.popleft()
            if not turn.cancelled():
                self.inside += 1
                turn.set_result(None)
