"""What has to be true afterwards. Each check yields sentences about what is not."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg

from tests.chaos.history import Event, History
from tests.chaos.labelers import Labeler

LEAST = 200
"""A run with fewer acknowledged acts shows nothing."""
UNOPENED_SECONDS = 120

# Every change of a place, with the clock of the transaction that made it.
LOG = """
    CREATE TABLE chaos_place (
        at timestamptz, task_id bigint, slot int, labeler_before bigint, until_before timestamptz,
        filled_before timestamptz, labeler bigint, filled timestamptz);
    CREATE FUNCTION chaos_log() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO chaos_place VALUES (now(), OLD.task_id, OLD.slot, OLD.labeler_id, OLD.expires_at,
                                        OLD.filled_at, NEW.labeler_id, NEW.filled_at);
        RETURN NEW;
    END $$;
    CREATE TRIGGER chaos_log AFTER UPDATE ON annotation_place FOR EACH ROW EXECUTE FUNCTION chaos_log();
"""
UNLOG = "DROP TABLE chaos_place; DROP FUNCTION chaos_log CASCADE"

NEVER = {
    "a lease was taken from its holder while it lasted": """
        SELECT * FROM chaos_place
        WHERE labeler_before IS NOT NULL AND labeler IS DISTINCT FROM labeler_before AND until_before >= at""",
    "a filled place changed": "SELECT * FROM chaos_place WHERE filled_before IS NOT NULL",
    "two annotations of one labeler for one task": """
        SELECT task_id, labeler_id FROM annotation_annotation GROUP BY 1, 2 HAVING count(*) > 1""",
    "a task is open with all places filled": """
        SELECT id FROM annotation_task t WHERE is_open
          AND NOT EXISTS (SELECT FROM annotation_place WHERE task_id = t.id AND filled_at IS NULL)""",
    "a task is closed with a free place": """
        SELECT t.id, p.slot FROM annotation_task t JOIN annotation_place p ON p.task_id = t.id
        WHERE NOT is_open AND filled_at IS NULL""",
    "a task counts other filled places than it has": """
        SELECT t.id FROM annotation_task t
        WHERE filled <> (SELECT count(*) FROM annotation_place WHERE task_id = t.id AND filled_at IS NOT NULL)""",
    "a task has more or fewer places than it wants": """
        SELECT t.id FROM annotation_task t LEFT JOIN annotation_place p ON p.task_id = t.id
        GROUP BY t.id HAVING count(p.slot) <> t.wanted""",
    "a place is filled without an annotation": """
        SELECT p.task_id, p.slot FROM annotation_place p
        WHERE filled_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM annotation_annotation a WHERE a.task_id = p.task_id AND a.labeler_id = p.labeler_id
              AND a.submitted_at IS NOT NULL AND NOT a.is_surplus)""",
    "a submitted annotation that is not surplus has no place": """
        SELECT a.id FROM annotation_annotation a
        WHERE submitted_at IS NOT NULL AND NOT is_surplus AND NOT EXISTS (
            SELECT FROM annotation_place p WHERE p.task_id = a.task_id AND p.labeler_id = a.labeler_id
              AND p.filled_at IS NOT NULL)""",
}

SURPLUS = "SELECT token::text FROM annotation_annotation WHERE is_surplus"
DRAFTS = """
    SELECT a.token::text, a.task_id, a.submitted_at IS NOT NULL, a.finish_reason, m.pseudonym::text, c.text,
           coalesce(json_agg(json_build_array(l.step, l.rating) ORDER BY l.step) FILTER (WHERE l.step IS NOT NULL),
                    '[]')
    FROM annotation_annotation a
    JOIN annotation_membership m ON m.id = a.labeler_id
    JOIN annotation_project p ON p.id = a.project_id
    JOIN annotation_completion c ON c.solution_id = a.solution_id AND c.step = 0 AND c.index = 0
    LEFT JOIN annotation_steplabel l ON l.annotation_id = a.id
    WHERE p.slug = 'chaos' GROUP BY a.id, m.pseudonym, c.text
"""


def complaints(
    *, history: History, labelers: Sequence[Labeler], database: str, exported: Sequence[str], wanted: int
) -> list[str]:
    with psycopg.connect(database) as connection:
        drafts = connection.execute(DRAFTS).fetchall()
        surplus = {token for (token,) in connection.execute(SURPLUS).fetchall()}
        broken = [
            f"{what}: {rows[:5]}"
            for what, query in NEVER.items()
            if (rows := connection.execute(query).fetchall())
        ]
    tasks = {token: task for token, task, *_ in drafts}
    return [
        *history.wrong,
        *(f"{labeler.name} ended with {labeler.trouble!r}" for labeler in labelers if labeler.trouble),
        *broken,
        *ratings_that_differ(labelers, drafts),
        *submits_that_differ(history, drafts),
        *lines_that_differ(drafts, exported),
        *too_many_leases(intervals(history, tasks) + filled(history, tasks, surplus), wanted),
        *([f"only {history.acked()} acts were acknowledged"] if history.acked() < LEAST else []),
    ]


def ratings_that_differ(labelers: Iterable[Labeler], drafts: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """What was acknowledged last is stored, and nothing that nobody sent."""
    stored = {
        token: ({step: str(rating) for step, rating in labels}, done) for token, _, done, *_, labels in drafts
    }
    for labeler in labelers:
        for token, acked in labeler.acked.items():
            labels, is_submitted = stored.get(token, ({}, False))
            if is_submitted and labels != up_to_error(labeler.submitted.get(token, {})):
                yield f"{token}: submitted {labeler.submitted.get(token)}, stored {labels}"
            if not is_submitted and any(labels.get(step) != rating for step, rating in acked.items()):
                yield f"{token}: acknowledged {acked}, stored {labels}"
            sent = labeler.attempted.get(token, set())
            if not set(labels.items()) <= sent:
                yield f"{token}: nobody sent {set(labels.items()) - sent}"


def up_to_error(ratings: dict[int, str]) -> dict[int, str]:
    first = min((step for step, rating in ratings.items() if rating == "-1"), default=len(ratings))
    return {step: rating for step, rating in ratings.items() if step <= first}


def submits_that_differ(history: History, drafts: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    acked = {event.key for event in history.of("submit")}
    tried = acked | {event.key for event in history.of("submit", "info")}
    stored = {token for token, _, done, *_ in drafts if done}
    if acked - stored:
        yield f"acknowledged submits are not stored: {acked - stored}"
    if stored - tried:
        yield f"nobody submitted {stored - tried}"


def lines_that_differ(drafts: Iterable[tuple[Any, ...]], exported: Iterable[str]) -> Iterator[str]:
    """The export has each submitted annotation once, with its ratings."""
    expected = Counter(
        (who, text, reason, tuple(str(rating) for _, rating in labels))
        for _, _, done, reason, who, text, labels in drafts
        if done
    )
    found = Counter(map(summary, exported))
    if found != expected:
        yield f"the export lacks {list(expected - found)[:3]} and has {list(found - expected)[:3]} too much"


def summary(line: str) -> tuple[Any, ...]:
    row = json.loads(line)
    rated = [step["completions"][0] for step in row["label"]["steps"]]
    first = row["question"]["pre_generated_steps"][0]
    return row["labeler"], first, row["label"]["finish_reason"], tuple(str(one["rating"]) for one in rated)


# --- leases -------------------------------------------------------------------------------------------------

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
    for number, event in enumerate(events):
        token, seconds = claim(event)
        if token is None:
            continue
        ends = [event.end + seconds]
        ends += [max(lapse.start, event.end) for lapse in lapses if lapse.end >= event.start]
        ends += [later.start for later in events[number + 1 :] if later.op in {"start", "submit"}][:1]
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
