"""No more inside than there are places, whoever goes away meanwhile and however the places change."""

import asyncio
import random

from annotation.serving.gate import Gate
from tests.serving.running import run


async def stay(gate: Gate, seen: list[int]) -> None:
    async with gate:
        seen.append(gate.inside - gate.places)
        await asyncio.sleep(0.001)


def test_who_waits_longest_goes_first() -> None:
    came: list[int] = []

    async def visit(gate: Gate, number: int) -> None:
        async with gate:
            came.append(number)
            await asyncio.sleep(0)

    async def all_of_them() -> None:
        gate = Gate(2)
        await asyncio.gather(*(visit(gate, number) for number in range(9)))

    run(all_of_them())
    assert came == list(range(9))


def test_who_is_cancelled_keeps_no_place() -> None:
    """Before they were let in, in the moment when they are, and inside."""
    seen: list[int] = []

    async def many() -> int:
        draw, gate = random.Random(7), Gate(3)
        visits = [asyncio.create_task(stay(gate, seen)) for _ in range(300)]
        while not all(visit.done() for visit in visits):
            draw.choice(visits).cancel()
            await asyncio.sleep(draw.choice((0, 0, 0.0005)))
        await asyncio.gather(*visits, return_exceptions=True)
        return gate.inside

    assert run(many()) == 0
    assert max(seen) == 0
    assert len(seen) > 20


def test_a_place_less_is_one_less_once_somebody_has_left() -> None:
    async def many() -> list[int]:
        gate, seen = Gate(3), list[int]()
        visits = asyncio.gather(*(stay(gate, seen) for _ in range(9)))
        await asyncio.sleep(0)
        counted = [gate.resize(0)]
        await asyncio.sleep(0.05)
        counted += [gate.resize(0), len(seen), gate.resize(2)]
        await visits
        return [*counted, max(seen), gate.inside]

    assert run(many()) == [3, 0, 3, 2, 0, 0]
