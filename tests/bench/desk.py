"""How long a labeler waits at the desk, and how many cycles a second several labelers get out of it.

A cycle is one solution submitted and the next one leased. Each round has a project of its own whose queue is
full when it begins. What is compared with the floor is played in turns with it, several times: a machine that
shares its cores with others is faster in one minute than in the next.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from tests.bench import workload
from tests.bench.browser import Connection
from tests.bench.client import ApiDoor
from tests.bench.figures import Outcome, Table, Target, one, quantile, spread, whole
from tests.bench.installation import Installation
from tests.bench.people import Labeler, cookies_of, make_labelers
from tests.bench.playing import Played, Variant, people_of, play_round
from tests.bench.processes import BenchError
from tests.bench.sizes import Sizes

WANTED = 400  # cycles/s with eight labelers
WANTED_NEXT_MS = 10  # and a submit with the next solution, of one labeler


VARIANTS = (
    Variant("queue-api-one", "API", "api", 1),
    Variant("queue-browser-one", "browser", "browser", 1),
    Variant("queue-api", "API", "api", 8, has_target=True, is_compared=True),
    Variant("queue-browser", "browser", "browser", 8, has_target=True, is_compared=True),
    Variant("queue-autosave", "browser, each rating saved first", "browser", 8, autosave=True),
    Variant("queue-many", "browser", "browser", 64),
    Variant("queue-many-autosave", "browser, each rating saved first", "browser", 64, autosave=True),
    Variant("queue-floor-one", "floor: bare SQL", "sql", 1),
    Variant("queue-floor", "floor: bare SQL", "sql", 8, is_compared=True),
)
FIRST = "queue-first"


def measure(installation: Installation, sizes: Sizes) -> Outcome:
    outcome = Outcome()
    plays = plays_of(sizes)
    projects = [variant.project for variant in plays]
    workload.load(installation, [*projects, FIRST], sizes.queue)
    labelers = make_labelers(installation, projects, max(one.labelers for one in VARIANTS), "labeler")
    newcomers = make_labelers(installation, [FIRST], sizes.first_leases, "newcomer")
    with installation.web() as web:
        cookies = cookies_of(installation, labelers)
        waits = first_leases(installation, newcomers, outcome)
        rounds = []
        for variant in plays:
            people = people_of(installation, variant, labelers, cookies)
            rounds.append(play_round(installation, variant, people, sizes, web, outcome))
    if any(played.record.failures for played in rounds):
        print(f"bench: the last words of the web server: {installation.web_words()}", file=sys.stderr)
    outcome.tables += [latency_table(waits, rounds), table(rounds, sizes)]
    outcome.targets += [target(same) for same in alike(rounds) if same[0].variant.has_target]
    outcome.targets += [latency_target(played) for played in rounds if played.variant.is_alone]
    return outcome


def plays_of(sizes: Sizes) -> list[Variant]:
    once = [variant for variant in VARIANTS if not variant.is_compared]
    turns = [
        replace(variant, project=f"{variant.project}-{turn}")
        for turn in range(sizes.turns)
        for variant in VARIANTS
        if variant.is_compared
    ]
    return [*once, *turns]


def alike(rounds: Sequence[Played]) -> list[list[Played]]:
    """The rounds of each variant, slowest first."""
    groups: dict[Variant, list[Played]] = {}
    for played in rounds:
        groups.setdefault(replace(played.variant, project=""), []).append(played)
    return [sorted(same, key=lambda played: played.record.rate) for same in groups.values()]


def middle(same: Sequence[Played]) -> Played:
    return same[len(same) // 2]


def rates(same: Sequence[Played]) -> str:
    """Cycles a second: of the middle round, and of the slowest and the fastest if there are several."""
    least, most = (whole(same[place].record.rate) for place in (0, -1))
    return one(middle(same).record.rate) + (f" ({least} to {most})" if len(same) > 1 else "")


def first_leases(
    installation: Installation, newcomers: Sequence[Labeler], outcome: Outcome
) -> tuple[list[float], list[float]]:
    """Each newcomer asks twice: seconds until the first solution, and until the same one again."""
    claims, agains = [], []
    for newcomer in newcomers:
        connection = Connection(installation.port, {"Authorization": f"Bearer {newcomer.token}"})
        connection.http.connect()
        first, claim = asked(ApiDoor(connection, FIRST))
        again, repeat = asked(ApiDoor(connection, FIRST))
        outcome.expect("the solution at hand, asked for again", again, first)
        claims.append(claim)
        agains.append(repeat)
        connection.http.close()
    return claims, agains


def asked(door: ApiDoor) -> tuple[str, float]:
    """The token of the solution at hand, and the seconds it took to get it."""
    began = time.perf_counter()
    status, body = door.first()
    seconds = time.perf_counter() - began
    lease = door.lease_in(body) if status == 200 else None
    if lease is None:
        raise BenchError(f"a newcomer got no solution but {status}: {body[:200]!r}")
    return lease.token, seconds


def target(same: Sequence[Played]) -> Target:
    variant, rate = same[0].variant, middle(same).record.rate
    what = f"desk, cycles/s with {variant.labelers} labelers ({variant.name})"
    return Target(what, f">= {whole(WANTED)}", rates(same), rate >= WANTED)


def latency_target(played: Played) -> Target:
    middle = quantile(played.record.submits, 0.5) * 1000
    what = f"submit to next solution, p50 ms with one labeler ({played.variant.name})"
    return Target(what, f"< {WANTED_NEXT_MS}", one(middle), middle < WANTED_NEXT_MS)


def latency_table(waits: tuple[list[float], list[float]], rounds: Sequence[Played]) -> Table:
    claims, agains = waits
    rows = [
        ("next solution, API: a labeler's first lease", whole(len(claims)), *spread(claims)),
        ("next solution, API: the one at hand again", whole(len(agains)), *spread(agains)),
    ]
    for played in rounds:
        if played.variant.is_alone:
            submits = played.record.submits
            rows.append((f"submit all ratings, {played.variant.name}", whole(len(submits)), *spread(submits)))
    columns = ("one client", "requests", "p50 ms", "p95 ms", "max ms")
    return Table("Desk: how long a labeler waits", columns, rows, LATENCY_NOTES)


def table(rounds: Sequence[Played], sizes: Sizes) -> Table:
    title = f"Desk: {whole(sizes.queue)} open tasks, {sizes.seconds:g} s each, no think time"
    return table_of(title, rounds, NOTES)


def table_of(title: str, rounds: Sequence[Played], notes: Sequence[str]) -> Table:
    columns = (
        "", "labelers", "cycles", "**cycles/s**", "requests/s", "submit p50 ms", "p95", "max", "save p50 ms",
        "p95", "max", "failed", "duplicates", "lost", "CPU ms a cycle: web", "PostgreSQL",
    )  # fmt: skip
    return Table(title, columns, [row_of(same) for same in alike(rounds)], notes)


def row_of(same: Sequence[Played]) -> tuple[str, ...]:
    """Of the middle round, but for the failures, which are of all."""
    played = middle(same)
    variant, record = played.variant, played.record
    cycles = len(record.done)
    requests = len(record.submits) + len(record.saves)
    is_floor = variant.door == "sql"
    return (
        variant.name, str(variant.labelers), whole(cycles), f"**{rates(same)}**",
        "-" if is_floor else one(requests / record.elapsed), *spread(record.submits), *spread(record.saves),
        *wrongs(same),
        "-" if is_floor else one(played.web_cpu / max(cycles, 1) * 1000),
        one(played.database_cpu / max(cycles, 1) * 1000),
    )  # fmt: skip


def wrongs(same: Sequence[Played]) -> list[str]:
    """Failed requests, duplicates and lost annotations of all rounds."""
    counts = [(played.record.failed, played.duplicates, played.lost) for played in same]
    return [whole(sum(column)) for column in zip(*counts, strict=True)]


LATENCY_NOTES = (
    "The first two lines: straight after loading, as PostgreSQL then knows its tables.",
    "The answer to a submit carries the next solution: the API's as JSON, the browser's as HTML.",
)
NOTES = (
    "A cycle: all ratings of a solution submitted, the next solution in the answer (gzipped).",
    "The clients run on the same cores as the servers. Each round begins after VACUUM, ANALYZE and CHECKPOINT.",
    "With several rounds: the middle one, and the range. API, browser and floor took turns.",
    "Failed: any answer but 2xx. Lost: acknowledged and not in the database.",
    "Duplicates: tasks with more annotations than wanted, labelers who got one solution twice.",
    "Floor: the same rows read and written by bare SQL, two transactions a cycle, one connection a labeler.",
)
