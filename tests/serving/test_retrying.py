"""When to try again, on a clock that the tests turn."""

import heapq
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.serving.retrying import FAILURES, LONGEST_WAIT, PROBE_EVERY, Breaker, delay, retry_after

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.integers(0, 10**6), st.floats(0, 1, exclude_max=True))
def test_delays_are_between_nothing_and_the_doubled_base(attempt: int, lot: float) -> None:
    assert 0 <= delay(attempt, random=lambda: lot) <= min(60, 2.0 ** min(attempt, 10))


@given(st.integers(0, 100), st.floats(0, 10**9))
def test_the_server_is_given_the_time_it_asks_for(attempt: int, asked: float) -> None:
    waited = delay(attempt, random=lambda: 0.0, retry_after=asked)
    assert waited == min(asked, LONGEST_WAIT)


def test_those_that_failed_together_come_back_apart() -> None:
    lot = random.Random(7)
    times = [delay(6, random=lot.random) for _ in range(1_000)]
    tenths = [sum(low <= time < low + 6 for time in times) for low in range(0, 60, 6)]
    assert min(tenths) > 60


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        (" 7 ", 7),
        ("86400", LONGEST_WAIT),
        ("9" * 5_000, LONGEST_WAIT),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("Mon, 99 Nov 2026 12:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW.timestamp()) == seconds


@given(st.text())
def test_any_retry_after_is_understood_or_left(header: str) -> None:
    seconds = retry_after(header, NOW.timestamp())
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT


def broken(now: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker = breaker.failed(now)
    return breaker


def test_failures_in_a_row_open_it() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker = breaker.failed(0.0)
    assert not breaker.is_open
    assert breaker.failed(0.0).is_open
    assert not breaker.succeeded().failed(0.0).is_open


def test_one_caller_may_probe_every_thirty_seconds() -> None:
    breaker = broken()
    assert breaker.asked(29.9)[0] is False
    assert breaker.wait(20.0) == 10.0
    may, probing = breaker.asked(30.0)
    assert may
    assert probing.asked(30.0)[0] is False
    assert probing.failed(31.0).asked(60.9)[0] is False
    assert probing.failed(31.0).asked(61.0)[0] is True


def test_a_success_closes_it() -> None:
    _, probing = broken().asked(30.0)
    assert probing.succeeded() == Breaker()
    assert probing.succeeded().asked(30.0) == (True, Breaker())


def test_a_probe_that_never_comes_back_blocks_nobody() -> None:
    _, probing = broken().asked(30.0)
    assert probing.asked(59.9)[0] is False
    assert probing.asked(60.0)[0] is True


def test_calls_in_flight_when_it_opens_do_not_put_off_the_probe() -> None:
    assert broken(0.0).failed(25.0).asked(30.0)[0] is True


def test_a_clock_that_is_set_back_does_not_lock_it_for_longer() -> None:
    assert broken(1_000.0).wait(0.0) == PROBE_EVERY


@pytest.mark.parametrize("workers", [1, 16])
def test_a_thousand_jobs_probe_a_dead_endpoint_at_most_once_in_thirty_seconds(workers: int) -> None:
    """Every job asks; where it may call it fails after half a second; and it waits. All in made-up time."""
    lot, breaker, probes, calls = random.Random(3), Breaker(), [], 0
    events = [(lot.random(), job, "ask") for job in range(1_000)]
    heapq.heapify(events)
    attempts = [0] * 1_000
    in_flight = 0
    while events[0][0] < 600:
        now, job, what = heapq.heappop(events)
        if what == "fail":
            in_flight -= 1
            breaker = breaker.failed(now)
            heapq.heappush(events, (now + delay(attempts[job], random=lot.random), job, "ask"))
            continue
        was_open = breaker.is_open
        may, breaker = breaker.asked(now) if in_flight < workers else (False, breaker)
        if may:
            in_flight, calls = in_flight + 1, calls + 1
            attempts[job] += 1
            probes += [now] if was_open else []
            heapq.heappush(events, (now + 0.5, job, "fail"))
        else:
            heapq.heappush(events, (now + breaker.wait(now) + lot.random(), job, "ask"))
    assert len(probes) >= 15
    assert all(later - earlier >= PROBE_EVERY for earlier, later in pairwise(probes))
    assert calls - len(probes) < FAILURES + workers


def test_when_the_endpoint_is_back_all_jobs_go_through() -> None:
    _, breaker = broken().asked(30.0)
    breaker = breaker.succeeded()
    assert all(breaker.asked(30.0)[0] for _ in range(1_000))
