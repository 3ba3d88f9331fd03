"""One round: who takes part, what it costs the servers, and whether all that was acknowledged is there, once."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.figures import Outcome
from tests.bench.installation import Installation
from tests.bench.people import Labeler
from tests.bench.processes import cpu_seconds
from tests.bench.rounds import Record, Round, play
from tests.bench.sizes import Sizes

MEMBERS = """
    SELECT array_agg(m.id::text ORDER BY m.id)
    FROM annotation_membership m JOIN annotation_project p ON p.id = m.project_id
    WHERE p.slug = %s AND m.is_labeler
"""
DONE = """
    SELECT count(*) FROM annotation_annotation a JOIN annotation_project p ON p.id = a.project_id
    WHERE p.slug = %s AND a.submitted_at IS NOT NULL
"""
# Of one project: tasks with more annotations than they want, labelers who did one solution twice,
# acknowledged annotations that are not submitted, and submitted ones whose labels are not what was sent.
CHECK = """
    WITH project AS (SELECT id FROM annotation_project WHERE slug = %(project)s),
    annotation AS (SELECT a.* FROM annotation_annotation a JOIN project ON project.id = a.project_id)
    SELECT
        (SELECT count(*) FROM (SELECT FROM annotation a JOIN annotation_task t ON t.id = a.task_id
                               GROUP BY t.id, t.wanted HAVING count(*) > t.wanted) x)
        + (SELECT count(*) FROM (SELECT FROM annotation GROUP BY solution_id, labeler_id
                                 HAVING count(*) > 1) x),
        (SELECT count(*) FROM unnest(%(done)s::uuid[]) AS done (token)
         WHERE NOT EXISTS (SELECT FROM annotation a
                           WHERE a.token = done.token AND a.submitted_at IS NOT NULL)),
        (SELECT count(*) FROM annotation a JOIN annotation_solution s ON s.id = a.solution_id
         WHERE a.submitted_at IS NOT NULL AND s.length <> (
            SELECT count(*) FROM annotation_steplabel l
            WHERE l.annotation_id = a.id AND l.rating = CASE WHEN l.step %% 3 = 2 THEN 0 ELSE 1 END)),
        (SELECT count(*) FROM annotation WHERE submitted_at IS NOT NULL)
"""


@dataclass(frozen=True)
class Variant:
    project: str
    name: str
    door: str
    labelers: int
    autosave: bool = False
    has_target: bool = False
    think: float = 0.0
    is_compared: bool = False

    @property
    def is_alone(self) -> bool:
        return self.labelers == 1 and self.door != "sql"


@dataclass(frozen=True)
class Played:
    """What a round came to. CPU times in seconds, of the web server and of PostgreSQL."""

    variant: Variant
    record: Record
    web_cpu: float
    database_cpu: float
    duplicates: int
    lost: int


def people_of(
    installation: Installation, variant: Variant, labelers: Sequence[Labeler], cookies: Sequence[str]
) -> list[str]:
    """What names each labeler of the round at its door."""
    if variant.door == "sql":
        (members,) = installation.fetch(MEMBERS, variant.project)
        return list(members)[: variant.labelers]
    names = cookies if variant.door == "browser" else [labeler.token for labeler in labelers]
    return list(names)[: variant.labelers]


def play_round(
    installation: Installation,
    variant: Variant,
    people: list[str],
    sizes: Sizes,
    web: int,
    outcome: Outcome,
    seconds: float = 0,
) -> Played:
    database = installation.home.database_url
    round_ = Round(
        variant.door,
        variant.project,
        people,
        seconds or sizes.seconds,
        variant.autosave,
        installation.port,
        database,
        variant.think,
    )
    installation.settle()
    (done_before,) = installation.fetch(DONE, variant.project)
    servers = (web, installation.postmaster)
    before = [cpu_seconds(server) for server in servers]
    record = play(installation, round_, min(sizes.client_processes, len(people)))
    web_cpu, database_cpu = (cpu_seconds(server) - spent for server, spent in zip(servers, before, strict=True))
    duplicates, lost = check(installation, variant, record, outcome, done_before)
    return Played(variant, record, web_cpu, database_cpu, duplicates, lost)


def check(
    installation: Installation, variant: Variant, record: Record, outcome: Outcome, done_before: int
) -> tuple[int, int]:
    """Duplicates and lost annotations of a round."""
    with installation.connect() as connection:
        values = {"project": variant.project, "done": record.done}
        row = connection.execute(CHECK, values).fetchone()
    assert row is not None
    duplicates, lost, mislabeled, submitted = row
    name = f"{variant.name}, {variant.labelers} at once"
    outcome.expect(f"duplicates ({name})", duplicates, 0)
    outcome.expect(f"acknowledged and lost ({name})", lost, 0)
    outcome.expect(f"submitted with other labels than were sent ({name})", mislabeled, 0)
    outcome.expect(f"failed requests ({name})", record.failures, {})
    outcome.expect(f"submitted in the database ({name})", submitted, done_before + len(record.done))
    return duplicates, lost
