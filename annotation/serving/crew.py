"""Calls side by side in a thread of their own, for callers who do other things meanwhile and know no `async`."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from annotation.serving.client import Client
from annotation.serving.endpoint import Endpoint
from annotation.serving.errors import ServingError

Result = TypeVar("Result")
Call = Callable[[Client], Awaitable[Result]]


class Crew(Generic[Result]):
    """`with Crew(endpoint) as crew: crew.share(8); crew.start({17: call}); done = crew.collect(1.0)`."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.client = Client(endpoint)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.open: set[int] = set()
        """The keys of what is under way, or waits to be collected."""
        self._done: SimpleQueue[tuple[int, Result | BaseException]] = SimpleQueue()
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self.thread.start()
        self._wait(self.client.__aenter__())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wait(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def share(self, places: int) -> int:
        """Begin no request from now on while so many are in flight. Returns how many are."""
        return int(self._wait(self.client.share(places)))

    def start(self, calls: Mapping[int, Call[Result]]) -> None:
        self.open.update(calls)
        self.loop.call_soon_threadsafe(self._begin, calls)

    def collect(self, seconds: float) -> dict[int, Result | ServingError]:
        """What has ended, after waiting for something to end; empty when nothing did within so many seconds."""
        found: dict[int, Result | ServingError] = {}
        try:
            key, outcome = self._done.get(timeout=seconds)
            while True:
                if isinstance(outcome, BaseException) and not isinstance(outcome, ServingError):
                    raise outcome
                found[key] = outcome
                key, outcome = self._done.get_nowait()
        except Empty:
            self.open.difference_update(found)
            return found

    def _begin(self, calls: Mapping[int, Call[Result]]) -> None:
        for key, call in calls.items():
            task = self.loop.create_task(self._make(key, call))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _make(self, key: int, call: Call[Result]) -> None:
        """Whatever goes wrong, the caller hears of it."""
        try:
            self._done.put((key, await call(self.client)))
        except Exception as error:  # noqa: BLE001 (raised by `collect`)
            self._done.put((key, error))

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.client.__aexit__(None, None, None)

    def _wait(self, doing: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result()
