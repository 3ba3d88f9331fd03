"""A million open tasks, and up to 300 people who rate at their own pace.

The queue is made by SQL in the database: a load would take minutes and is measured elsewhere. Its solutions have
three short steps. The people save each rating and look at each step for three seconds, which is faster than
anybody reads (PRM800K's labelers took about a minute a step).
"""

from tests.bench.desk import table_of
from tests.bench.figures import Outcome, Target, quantile, whole
from tests.bench.installation import Installation
from tests.bench.people import cookies_of, make_labelers
from tests.bench.playing import Played, Variant, people_of, play_round
from tests.bench.sizes import Sizes

PROJECT = "crowd"
WANTED_MS = 500

PROJECT_SCRIPT = f"""
from annotation import projects
from annotation.models import Project
projects.create(actor=None, project=Project(slug={PROJECT!r}, name="Crowd", wanted=2))
"""
MAKE = """
    WITH project AS (
        SELECT id FROM annotation_project WHERE slug = %(slug)s
    ), problem AS (
        INSERT INTO annotation_problem (project_id, text, answer, digest, statement)
        SELECT id, 'What is $1 + 1$?', '2', gen_random_uuid(), gen_random_uuid() FROM project
        RETURNING id, project_id
    ), solution AS (
        INSERT INTO annotation_solution (project_id, problem_id, pre_generated, length, digest, created_at)
        SELECT project_id, id, true, 3, gen_random_uuid(), now() FROM problem, generate_series(1, %(tasks)s)
        RETURNING id, project_id
    ), completion AS (
        INSERT INTO annotation_completion (solution_id, step, index, text)
        SELECT id, step, 0, 'Step ' || step || ' of $x_{' || id || '} = 1$.'
        FROM solution, generate_series(0, 2) step
    ), task AS (
        INSERT INTO annotation_task (project_id, solution_id, is_quality_control, is_screening, is_practice,
            repeat, wanted, priority, reason, is_open)
        SELECT project_id, id, false, false, false, 0, %(wanted)s, 0, 'loaded', true FROM solution
        RETURNING id
    )
    INSERT INTO annotation_place (task_id, slot, wanted)
    SELECT id, slot, %(wanted)s FROM task, generate_series(0, %(wanted)s - 1) slot
"""


def measure(installation: Installation, sizes: Sizes) -> Outcome:
    outcome = Outcome()
    installation.manage("shell", "--no-imports", "-c", PROJECT_SCRIPT)
    with installation.connect() as connection:
        connection.execute(MAKE, {"slug": PROJECT, "tasks": sizes.crowd_queue, "wanted": 2})
    installation.settle()
    labelers = make_labelers(installation, [PROJECT], max(sizes.crowds), "member")
    with installation.web() as web:
        cookies = cookies_of(installation, labelers)
        rounds = []
        for variant, seconds in variants(sizes):
            people = people_of(installation, variant, labelers, cookies)
            rounds.append(play_round(installation, variant, people, sizes, web, outcome, seconds))
    title = f"Desk: {whole(sizes.crowd_queue)} open tasks, two annotations wanted"
    outcome.tables.append(table_of(title, rounds, NOTES))
    outcome.targets += [target(played) for played in rounds[1:]]
    return outcome


def variants(sizes: Sizes) -> list[tuple[Variant, float]]:
    closed = Variant(PROJECT, "browser, no think time", "browser", sizes.labelers)
    paced = [
        Variant(PROJECT, "browser, each rating saved, 3 s a step", "browser", people, autosave=True, think=3.0)
        for people in sizes.crowds
    ]
    return [(closed, sizes.seconds), *((variant, sizes.crowd_seconds) for variant in paced)]


def target(played: Played) -> Target:
    slow = quantile(played.record.submits, 0.95) * 1000
    what = f"submit to next solution, p95 ms with {played.variant.labelers} labelers at their pace"
    return Target(what, f"< {WANTED_MS}", whole(slow), slow < WANTED_MS)


NOTES = (
    "One queue for all rounds: a labeler's later rounds walk past what they have done and others have not.",
    "Failed, lost, duplicates: as above.",
)
