"""Several calls at once, of which the first failure ends all."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from annotation.serving.errors import Permanent, ServingError

Result = TypeVar("Result")


async def together(calls: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """The results in order. Raises one `ServingError` of those that came, rather a permanent one."""
    failures: list[ServingError] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(call) for call in calls]
    except* ServingError as found:
        failures = [error for error in found.exceptions if isinstance(error, ServingError)]
    if failures:
        raise min(failures, key=lambda error: not isinstance(error, Permanent))
    return [task.result() for task in tasks]
