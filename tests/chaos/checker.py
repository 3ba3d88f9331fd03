"""What has to be true afterwards. Each check yields sentences about what is not."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row, tuple_row

from tests.chaos.desks import Spot
from tests.chaos.history import History
from tests.chaos.labelers import Labeler
from tests.chaos.spans import filled, intervals, too_many_leases

LEAST = 200
"""A run with fewer acknowledged acts shows nothing."""

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
    "what is packed of an annotation is not what it and its labels say": """
        SELECT coalesce(a.id, l.annotation_id)
        FROM (SELECT a.*, t.generation, s.length, s.pre_generated
              FROM annotation_annotation a
              JOIN annotation_task t ON t.id = a.task_id JOIN annotation_solution s ON s.id = a.solution_id
              WHERE a.submitted_at IS NOT NULL AND NOT a.is_surplus AND NOT t.is_practice) a
        FULL JOIN annotation_packedannotation l ON l.annotation_id = a.id
        CROSS JOIN LATERAL (
            SELECT coalesce(string_agg(
                int4send((step::integer << 18) + (completion::integer << 2) + rating + 1), ''
                ORDER BY step, completion), '') AS ratings
            FROM annotation_steplabel WHERE annotation_id = a.id AND rating IS NOT NULL) said
        WHERE l.project_id IS DISTINCT FROM a.project_id OR l.ratings IS DISTINCT FROM said.ratings
           OR substr(l.facts, 1, 8) IS DISTINCT FROM int4send(a.id::integer) || int4send(a.solution_id::integer)
           OR substr(l.facts, 9, 2) IS DISTINCT FROM int2send(a.labeler_id::smallint)
           OR substr(l.facts, 11, 6) IS DISTINCT FROM substr(int8send(a.active_ms), 3)
           OR substr(l.facts, 17, 8) IS DISTINCT FROM timestamptz_send(a.submitted_at)
           OR substr(l.facts, 25, 5) IS DISTINCT FROM
                  CASE WHEN a.pre_generated THEN int4send(a.length) || '\\x80'::bytea ELSE '\\x0000000000' END
           OR get_byte(l.facts, 29) * 256 + get_byte(l.facts, 30) - 32768 <> coalesce(a.generation, -32768)
           OR get_byte(l.facts, 31) <>
                  array_position('{solution,found_error,bad_problem,give_up}', a.finish_reason::text) - 1
           OR substr(l.facts, 33) IS DISTINCT FROM int4send(length(said.ratings))""",
}

SURPLUS = "SELECT token::text FROM annotation_annotation WHERE is_surplus"
DRAFTS = """
    SELECT a.token::text AS token, a.task_id AS task, a.submitted_at IS NOT NULL AS is_done,
           a.finish_reason AS reason, m.pseudonym::text AS labeler, q.text AS problem,
           s.pre_generated AS is_fixed, a.chosen,
           (SELECT coalesce(json_agg(json_build_array(l.step, l.completion, l.rating) ORDER BY l.step, l.position),
                            '[]') FROM annotation_steplabel l WHERE l.annotation_id = a.id) AS labels,
           (SELECT coalesce(json_agg(json_build_array(h.step, h.text) ORDER BY h.step), '[]')
            FROM annotation_humancompletion h WHERE h.annotation_id = a.id) AS written,
           (SELECT json_build_array(r.step, r.progress, r.category, r.critique, r.ratings)
            FROM annotation_errorreport r WHERE r.annotation_id = a.id) AS report
    FROM annotation_annotation a
    JOIN annotation_membership m ON m.id = a.labeler_id
    JOIN annotation_project p ON p.id = a.project_id
    JOIN annotation_solution s ON s.id = a.solution_id
    JOIN annotation_problem q ON q.id = s.problem_id
    WHERE p.slug LIKE 'chaos%'
"""


@dataclass(frozen=True)
class Draft:
    """What is stored of one annotation."""

    token: str
    task: int
    is_done: bool
    reason: str
    labeler: str
    problem: str
    is_fixed: bool
    chosen: list[int | None]
    labels: list[tuple[int, int, int | None]]
    written: list[tuple[int, str]]
    report: tuple[int, int | None, str | None, str, list[int | None]] | None

    @property
    def ratings(self) -> dict[Spot, str]:
        return {(step, one): str(rating) for step, one, rating in self.labels if rating is not None}

    @property
    def summary(self) -> tuple[Any, ...]:
        """As `summary` has it of the line of the export."""
        steps = [[rating for at, _, rating in self.labels if at == step] for step in range(len(self.chosen))]
        texts = dict(self.written)
        ways = [(tuple(rated), texts.get(step), self.chosen[step]) for step, rated in enumerate(steps)]
        return self.labeler, self.problem, self.reason, tuple(ways), reported(self.report)


def reported(report: Any) -> tuple[Any, ...] | None:
    """Equal for equal reports, wherever they come from."""
    return (*report[:4], tuple(report[4] or ())) if report else None


def complaints(
    *, history: History, labelers: Sequence[Labeler], database: str, exported: Sequence[str], wanted: int
) -> list[str]:
    with psycopg.connect(database) as connection:
        connection.row_factory = class_row(Draft)
        drafts = connection.execute(DRAFTS).fetchall()
        connection.row_factory = tuple_row
        surplus = {token for (token,) in connection.execute(SURPLUS).fetchall()}
        broken = [
            f"{what}: {rows[:5]}"
            for what, query in NEVER.items()
            if (rows := connection.execute(query).fetchall())
        ]
    tasks = {draft.token: draft.task for draft in drafts}
    return [
        *history.wrong,
        *(f"{labeler.name} ended with {labeler.trouble!r}" for labeler in labelers if labeler.trouble),
        *broken,
        *ratings_that_differ(labelers, drafts),
        *reports_that_differ(labelers, drafts),
        *([f"nobody did {some}" for some in what_was_not_done(drafts)]),
        *submits_that_differ(history, drafts),
        *lines_that_differ(drafts, exported),
        *too_many_leases(intervals(history, tasks) + filled(history, tasks, surplus), wanted),
        *([f"only {history.acked()} acts were acknowledged"] if history.acked() < LEAST else []),
    ]


def ratings_that_differ(labelers: Iterable[Labeler], drafts: Iterable[Draft]) -> Iterator[str]:
    """What was acknowledged last is stored, and nothing that nobody sent."""
    stored = {draft.token: draft for draft in drafts}
    for labeler in labelers:
        for token, acked in labeler.acked.items():
            draft = stored[token]
            labels, said = draft.ratings, labeler.submitted.get(token, {})
            if draft.is_done and labels != (up_to_error(said) if draft.is_fixed else said):
                yield f"{token}: submitted {said}, stored {labels}"
            if not draft.is_done and any(labels.get(spot) != rating for spot, rating in acked.items()):
                yield f"{token}: acknowledged {acked}, stored {labels}"
            sent = labeler.attempted.get(token, set())
            if not set(labels.items()) <= sent:
                yield f"{token}: nobody sent {set(labels.items()) - sent}"


def up_to_error(ratings: dict[Spot, str]) -> dict[Spot, str]:
    """The solution's own steps up to the first error, and the alternatives of that one."""
    errors = [step for (step, one), rating in ratings.items() if not one and rating == "-1"]
    first = min(errors, default=None)
    return {
        (step, one): rating
        for (step, one), rating in ratings.items()
        if (first is None and not one) or (first is not None and ((step <= first and not one) or step == first))
    }


def reports_that_differ(labelers: Iterable[Labeler], drafts: Iterable[Draft]) -> Iterator[str]:
    """What was acknowledged last about the first error is stored, and goes with what turned out to have none."""
    stored = {draft.token: draft for draft in drafts}
    for labeler in labelers:
        for token, (step, progress, kind, words, ratings) in labeler.reported.items():
            draft = stored[token]
            is_kept = not draft.is_done or draft.reason == "found_error"
            expected = (step, progress, kind, words, tuple(map(int, ratings))) if is_kept else None
            if reported(draft.report) != expected:
                yield f"{token}: reported {expected}, stored {draft.report}"
    known = {token for labeler in labelers for token in labeler.reported}
    yield from (
        f"{token}: nobody reported {one.report}"
        for token, one in stored.items()
        if one.report and token not in known
    )


def what_was_not_done(drafts: Sequence[Draft]) -> Iterator[str]:
    """A run in which something never happened shows nothing of it."""
    done = [draft for draft in drafts if draft.is_done]
    if not any(draft.is_fixed and any(one for _, one, _ in draft.labels) for draft in done):
        yield "an alternative"
    if not any(draft.report for draft in done):
        yield "a report"
    if not any(not draft.is_fixed for draft in done):
        yield "a tree"


def submits_that_differ(history: History, drafts: Iterable[Draft]) -> Iterator[str]:
    acked = {event.key for event in history.of("submit")}
    tried = acked | {event.key for event in history.of("submit", "info")}
    stored = {draft.token for draft in drafts if draft.is_done}
    if acked - stored:
        yield f"acknowledged submits are not stored: {acked - stored}"
    if stored - tried:
        yield f"nobody submitted {stored - tried}"


def lines_that_differ(drafts: Iterable[Draft], exported: Iterable[str]) -> Iterator[str]:
    """The export has each submitted annotation once, with all that was said in it."""
    expected = Counter(draft.summary for draft in drafts if draft.is_done)
    found = Counter(map(summary, exported))
    if found != expected:
        yield f"the export lacks {list(expected - found)[:3]} and has {list(found - expected)[:3]} too much"


def summary(line: str) -> tuple[Any, ...]:
    row = json.loads(line)
    ways = [
        (
            tuple(one["rating"] for one in step["completions"] or ()),
            step["human_completion"] and step["human_completion"]["text"],
            step["chosen_completion"],
        )
        for step in row["label"]["steps"]
    ]
    said = row["stepmark"]["error_report"]
    report = said and (
        said["step"], said["progress"], said["category"], said["critique"] or "",
        [one["rating"] for one in said["critiques"] or ()],
    )  # fmt: skip
    return row["labeler"], row["question"]["problem"], row["label"]["finish_reason"], tuple(ways), reported(report)
