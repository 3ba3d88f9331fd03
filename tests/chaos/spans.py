"""How long each labeler could rely on a solution being theirs, and that no task was with too many at once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tests.chaos.history import Event, History

UNOPENED_SECONDS = 120

Interval = tuple[int, str, float, float]
"""Task, holder, from, until."""


def intervals(history: History, tasks: dict[str, int]) -> list[Interval]:
    """When the labelers were told that a solution was theirs; never longer than it surely was."""
    lapses = [event for event in history.events if event.who == "nemesis" and event.op == "lapse"]
    by_labeler = defaultdict(list)
    for event in history.events:
        by_labeler[event.who].append(event)
    return [
        interval
        for who, events in by_labeler.items()
        if who != "nemesis"
        for interval in of_labeler(events, lapses, tasks)
    ]


def of_labeler(events: Sequence[Event], lapses: Sequence[Event], tasks: dict[str, int]) -> Iterator[Interval]:
    """A beat may be answered while a submit is under way, which ends the lease that it tells of."""
    turns = [event for event in events if event.op in {"start", "submit"}]
    for event in events:
        token, seconds = claim(event)
        if token is None:
            continue
        ends = [event.end + seconds]
        ends += [max(lapse.start, event.end) for lapse in lapses if lapse.end >= event.start]
        ends += [other.start for other in turns if other is not event and other.end >= event.start]
        if min(ends) > event.end:
            yield tasks[token], event.who, event.end, min(ends)


def filled(history: History, tasks: dict[str, int], surplus: set[str]) -> list[Interval]:
    """Places that are taken for good. From the answer on: the database notes when the submit began."""
    handed_in = {event.key: event.end for event in history.of("submit") if event.key not in surplus}
    return [(tasks[token], f"filled by {token}", at, float("inf")) for token, at in handed_in.items()]


def claim(event: Event) -> tuple[str | None, float]:
    """Which solution is the labeler's by this answer, and for how many seconds from its start at least."""
    if event.outcome != "ok":
        return None, 0
    spent = event.end - event.start
    if event.op in {"save", "beat"}:
        return (event.key, event.said["seconds"] - 1 - spent) if event.said["is_held"] else (None, 0)
    return event.said.get("next"), UNOPENED_SECONDS - 1 - spent


def too_many_leases(spans: Iterable[Interval], wanted: int) -> Iterator[str]:
    """Sweeps over the beginnings and ends of each task's intervals, and counts the holders at any time."""
    changes = defaultdict(list)
    for task, holder, start, end in spans:
        changes[task] += [(start, 1, holder), (end, -1, holder)]
    for task, moments in changes.items():
        live: Counter[str] = Counter()
        for at, change, holder in sorted(moments):
            live[holder] += change
            holders = [name for name, count in live.items() if count]
            if len(holders) > wanted:
                yield f"at {at:.3f} task {task}, which wants {wanted}, was with {holders}"
                break
