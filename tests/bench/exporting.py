"""How fast `manage.py export` writes PRM800K lines, and what bare COPY does."""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from tests.bench import workload
from tests.bench.copying import copy_out
from tests.bench.figures import Outcome, Table, Target, megabytes, one, whole
from tests.bench.installation import Installation
from tests.bench.loading import project_of
from tests.bench.processes import BenchError
from tests.bench.sizes import Sizes

WANTED = 15_000  # lines/s
COLUMNS = (
    "lines", "labels", "file MB", "command s", "command lines/s", "**export itself lines/s**", "peak MB",
    "floor lines/s", "share of the floor",
)  # fmt: skip

# Each third solution ends with a negative step; of the other steps each fourth is neutral.
RATE_ALL = """
    WITH project AS (SELECT id FROM annotation_project WHERE slug = %(project)s),
    labeler AS (
        INSERT INTO annotation_membership
            (project_id, pseudonym, is_labeler, is_researcher, is_manager, created_at)
        SELECT id, gen_random_uuid(), true, false, false, now() FROM project RETURNING id),
    annotation AS (
        INSERT INTO annotation_annotation
            (project_id, task_id, solution_id, labeler_id, token, started_at, touched_at, submitted_at,
             finish_reason, explanation, active_ms, chosen, is_imported, empty_steps)
        SELECT t.project_id, t.id, s.id, labeler.id, gen_random_uuid(), now(), now(), clock_timestamp(),
               CASE WHEN s.id %% 3 = 0 THEN 'found_error' ELSE 'solution' END, '', 9000 * s.length,
               array_fill(0::smallint, ARRAY[s.length - 1])
                   || CASE WHEN s.id %% 3 = 0 THEN NULL ELSE 0 END::smallint,
               false, '{}'
        FROM annotation_task t JOIN annotation_solution s ON s.id = t.solution_id, labeler
        WHERE t.project_id = (SELECT id FROM project) ORDER BY t.id
        RETURNING id, solution_id)
    INSERT INTO annotation_steplabel (annotation_id, solution_id, step, position, completion, rating)
    SELECT a.id, s.id, step, 0, 0,
           CASE WHEN s.id %% 3 = 0 AND step = s.length - 1 THEN -1 WHEN step %% 4 = 3 THEN 0 ELSE 1 END
    FROM annotation a JOIN annotation_solution s ON s.id = a.solution_id,
         generate_series(0, s.length - 1) AS step
"""
FILL = """
    UPDATE annotation_place p
    SET labeler_id = a.labeler_id, leased_at = now(), expires_at = now(), filled_at = now()
    FROM annotation_annotation a
    WHERE a.task_id = p.task_id AND a.project_id = (SELECT id FROM annotation_project WHERE slug = %s)
"""
CLOSE = """
    UPDATE annotation_task SET is_open = false
    WHERE project_id = (SELECT id FROM annotation_project WHERE slug = %s)
"""
IS_RATED = """
    SELECT EXISTS (SELECT FROM annotation_annotation a JOIN annotation_project p ON p.id = a.project_id
                   WHERE p.slug = %s)
"""
LABELS = """
    SELECT count(*), coalesce(sum(l.rating), 0)
    FROM annotation_steplabel l JOIN annotation_annotation a ON a.id = l.annotation_id
    JOIN annotation_project p ON p.id = a.project_id WHERE p.slug = %s
"""
FLOOR = """
    COPY (SELECT l.annotation_id, l.step, l.rating, c.text
          FROM annotation_annotation a
          JOIN annotation_steplabel l ON l.annotation_id = a.id
          JOIN annotation_completion c
              ON c.solution_id = l.solution_id AND c.step = l.step AND c.index = l.completion
          WHERE a.project_id = {project}) TO STDOUT
"""


@dataclass(frozen=True)
class Exported:
    """Times in seconds, sizes and memory in bytes."""

    lines: int
    labels: int
    size: int
    command: float
    itself: float
    peak_rss: int
    floor: float

    @property
    def rate(self) -> float:
        """Lines a second of the export itself, as the command reports it."""
        return self.lines / self.itself

    @property
    def command_rate(self) -> float:
        """Lines a second from starting the command to its end."""
        return self.lines / self.command


def measure(installation: Installation, sizes: Sizes) -> Outcome:
    outcome = Outcome()
    exports = [export(installation, count, outcome) for count in sizes.solutions]
    outcome.tables.append(table(exports))
    measured = "; ".join(
        f"{whole(one.rate)} with {whole(one.lines)} (whole command {whole(one.command_rate)})" for one in exports
    )
    is_met = all(one.rate >= WANTED for one in exports)
    outcome.targets.append(Target("export, lines/s", f">= {whole(WANTED)}", measured, is_met))
    return outcome


def export(installation: Installation, count: int, outcome: Outcome) -> Exported:
    project = project_of(count)
    workload.load(installation, [project], count)
    rate_all(installation, project)
    labels, rating_sum = installation.fetch(LABELS, project)
    file = installation.folder / "export.jsonl"
    installation.settle()
    finished = installation.manage("export", "--project", project, "-o", str(file))
    floor = copy_bare(installation, project, labels, outcome)
    outcome.expect(f"lines, labels and sum of ratings in the export of {count}", content_of(file),
                   (count, labels, rating_sum))  # fmt: skip
    exported = Exported(count, labels, file.stat().st_size, finished.seconds, seconds_in(finished.output),
                        finished.peak_rss, floor)  # fmt: skip
    file.unlink()
    return exported


def seconds_in(output: str) -> float:
    """What the command says of its own time."""
    found = re.search(r"written in ([\d.]+) s", output)
    if found is None:
        raise BenchError(f"the export did not say how long it took: {output!r}")
    return float(found[1])


def rate_all(installation: Installation, project: str) -> None:
    """Give each solution of the project one submitted annotation with all steps rated, by plain SQL."""
    if installation.fetch(IS_RATED, project) == (True,):
        return
    with installation.connect() as connection:
        connection.execute(RATE_ALL, {"project": project})
        connection.execute(FILL, [project])
        connection.execute(CLOSE, [project])


def content_of(file: Path) -> tuple[int, int, int]:
    """What an export holds: lines, labels, sum of all ratings."""
    lines = labels = ratings = 0
    with file.open() as source:
        for lines, text in enumerate(source, 1):  # noqa: B007 (the last count is the result)
            steps = json.loads(text)["label"]["steps"]
            labels += len(steps)
            ratings += sum(step["completions"][0]["rating"] for step in steps)
    return lines, labels, ratings


def copy_bare(installation: Installation, project: str, labels: int, outcome: Outcome) -> float:
    """Seconds to COPY labels and texts of the project into a file."""
    (number,) = installation.fetch("SELECT id FROM annotation_project WHERE slug = %s", project)
    file = installation.folder / "labels.copy"
    with installation.connect() as connection:
        began = time.perf_counter()
        copied = copy_out(connection, sql.SQL(FLOOR).format(project=sql.Literal(number)), file)
        seconds = time.perf_counter() - began
    outcome.expect("rows of the bare copy out", copied, labels)
    file.unlink()
    return seconds


def table(exports: list[Exported]) -> Table:
    rows = [
        (
            whole(one_.lines), whole(one_.labels), megabytes(one_.size), one(one_.command),
            whole(one_.command_rate), f"**{whole(one_.rate)}**", megabytes(one_.peak_rss),
            whole(one_.lines / one_.floor), f"{one_.floor / one_.itself:.0%}",
        )
        for one_ in exports
    ]  # fmt: skip
    return Table("Export: `manage.py export`, one annotation a solution", COLUMNS, rows, NOTES)


NOTES = (
    "The command includes starting Python; the export itself is what it reports: first query to fsync.",
    "Floor: COPY of labels joined with their texts into a file: no problem text, no JSON.",
)
