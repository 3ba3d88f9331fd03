"""A file from its first byte to its last line: parse, write batch by batch, keep count, survive."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from annotation import audit
from annotation.importing import formats, looks
from annotation.importing.batches import ParsedLine, Refused, Written, write
from annotation.importing.entries import Parsed
from annotation.importing.lines import BLOCK, BrokenGzipError, RawLine, blocks_of, read_lines
from annotation.models import (
    Annotation,
    Completion,
    LoadRun,
    Place,
    Project,
    Refusal,
    Solution,
    StepLabel,
    Task,
    UploadChunk,
    User,
)
from annotation.records import RecordError

BATCH_LINES = 1_000
BATCH_BYTES = 16 * 1024 * 1024
KEPT_REFUSALS = 1_000
STALE = timedelta(seconds=60)
UPLOAD_PATIENCE = timedelta(hours=1)
MANY = 2_000
COUNTS = ("lines", "problems", "restated", "solutions", "annotations", "unchanged", "refused")

State = LoadRun.State


class Overtaken(Exception):
    """Another worker has gone on with this run."""


class BadFile(ValueError):
    """The file as a whole cannot be read; the message says why and what to do."""


@transaction.atomic
def start_run(
    *,
    project: Project,
    actor: User | None,
    name: str,
    format: str,  # noqa: A002
    size: int,
    state: State,
    for_pool: bool = False,
) -> LoadRun:
    """`for_pool` keeps new solutions out of the queue: generations draw from them (`selection`)."""
    run = LoadRun.objects.create(
        project=project, actor=actor, name=name[:200], format=format, size=size, state=state, for_pool=for_pool
    )
    audit.record(actor, "load", run, project=project, file=run.name, format=format, bytes=size)
    return run


def receive(*, file: BinaryIO, size: int, **given: Any) -> LoadRun:
    """Keep an uploaded file for a worker; the run waits for one. Tell one afterwards (`tasks.nudge_load`).

    `given` is what else `start_run` takes.

    Raises `BadFile` when fewer bytes come than were announced.
    """
    run = start_run(**given, size=size, state=State.RECEIVING)
    with transaction.atomic():
        received = 0
        for index, block in enumerate(iter(lambda: file.read(BLOCK), b"")):
            UploadChunk.objects.create(run=run, index=index, data=block)
            received += len(block)
        if received != size:
            run.chunks.all().delete()
            end(run, State.FAILED, f"the upload broke off after {received} of {size} bytes; upload the file again")
        else:
            run.state = State.WAITING
            run.save()
    if run.is_over:
        raise BadFile(run.failure)
    return run


def load_file(run: LoadRun, path: Path, on_progress: Callable[[LoadRun], None]) -> None:
    """Load a file of this machine."""
    work(run, blocks_of(path), on_progress)


def load_upload(run_id: int) -> None:
    """Load what `receive` kept, then drop it; do nothing when another worker is at it or it is over."""
    stale = timezone.now() - STALE
    claimed = LoadRun.objects.filter(
        Q(state=State.WAITING) | Q(state=State.RUNNING, touched_at__lt=stale), pk=run_id
    ).update(state=State.RUNNING, touched_at=timezone.now())
    if not claimed:
        return
    run = LoadRun.objects.select_related("project").get(pk=run_id)
    work(run, chunks_of(run), lambda _: None)
    if run.is_over:
        run.chunks.all().delete()


def chunks_of(run: LoadRun) -> Iterator[bytes]:
    index = 0
    while chunk := UploadChunk.objects.filter(run=run, index=index).first():
        yield bytes(chunk.data)
        index += 1


def take_up_left_runs() -> list[int]:
    """Ids of uploads that wait for a worker, or whose worker is gone; give up on runs nobody can go on with.

    A load by command ends with its command, and an upload that broke off has no file: these fail, saying so.
    """
    stale = timezone.now() - STALE
    lost = LoadRun.objects.filter(touched_at__lt=stale, chunks=None)
    now = timezone.now()
    lost.filter(state=State.RUNNING).update(
        state=State.FAILED, failure="the command was stopped; load the file again to go on", ended_at=now
    )
    LoadRun.objects.filter(state=State.RECEIVING, touched_at__lt=now - UPLOAD_PATIENCE).update(
        state=State.FAILED, failure="the upload broke off; upload the file again", ended_at=now
    )
    left = LoadRun.objects.filter(Q(state=State.WAITING) | Q(state=State.RUNNING, touched_at__lt=stale))
    return list(left.order_by("id").values_list("id", flat=True))


def work(run: LoadRun, blocks: Iterable[bytes], on_progress: Callable[[LoadRun], None]) -> None:
    """Load all lines; the run ends as done, or as failed with the reason.

    Each batch is one transaction with the counts of the run, so a kill between two batches leaves a true
    account, and the run goes on after the lines that are counted. When the database goes away the run stays
    as it is, for the sweep to take up.
    """
    head: list[bytes] = []
    lines = islice(looks.remembered(read_lines(blocks), head), run.lines, None)
    try:
        for batch in parsed_ahead(lines, reader(run)):
            write_batch(run, batch)
            on_progress(run)
        check_kind(run, head)
    except (BadFile, BrokenGzipError) as error:
        end(run, State.FAILED, str(error))
    except Overtaken:
        run.refresh_from_db()
    except OperationalError as error:
        if not is_passing(error):
            end(run, State.FAILED, f"the database refuses it: {error}")
        raise
    except KeyboardInterrupt:
        end(run, State.FAILED, "stopped by hand; load the file again to go on")
        raise
    except Exception:
        end(run, State.FAILED, "an error of Stepmark's own; the log has it. Nothing is half-written")
        raise
    else:
        end(run, State.DONE)
        if run.solutions + run.annotations >= MANY:
            refresh_statistics(run)


def check_kind(run: LoadRun, head: Sequence[bytes]) -> None:
    """Raise `BadFile` with what the file is when not one line could be loaded, instead of a reason for each."""
    if run.refused == run.lines and head and (why := looks.when_all_is_refused(head)):
        run.refusals.all().delete()
        raise BadFile(why)


@dataclass
class Batch:
    """Some lines of the file: what they hold, or why they are refused."""

    lines: int
    end: int
    parsed: list[ParsedLine]
    refused: list[Refused]
    ignored: set[str]


def parsed_ahead(lines: Iterator[RawLine], read: Callable[[RawLine], Parsed]) -> Iterator[Batch]:
    """The file in batches. The next one is parsed in a thread while the database works on this one."""
    with ThreadPoolExecutor(1) as thread:
        coming: Future[Batch] | None = None
        while raw := next_batch(lines):
            if raw[0].number == 1 and (why := looks.at_first_sight(raw[0].text)):
                raise BadFile(why)
            ready, coming = coming, thread.submit(parse_batch, raw, read)
            if ready is not None:
                yield ready.result()
        if coming is not None:
            yield coming.result()


def reader(run: LoadRun) -> Callable[[RawLine], Parsed]:
    """How a line of this load is read."""
    return partial(formats.parse, name=run.format, by_sentence=run.project.splits_sentences)


def next_batch(lines: Iterator[RawLine]) -> list[RawLine]:
    """Up to `BATCH_LINES` lines, fewer when they are long: a batch has `BATCH_BYTES` and one line at most."""
    batch: list[RawLine] = []
    size = 0
    for line in islice(lines, BATCH_LINES):
        batch.append(line)
        size += len(line.text)
        if size >= BATCH_BYTES:
            break
    return batch


def parse_batch(raw_lines: list[RawLine], read: Callable[[RawLine], Parsed]) -> Batch:
    batch = Batch(len(raw_lines), raw_lines[-1].end, [], [], set())
    for raw in raw_lines:
        try:
            found = read(raw)
        except RecordError as error:
            batch.refused.append(Refused(raw.number, error.field, error.reason))
            continue
        batch.parsed.append(ParsedLine(raw.number, found.entries))
        batch.ignored |= found.ignored
    return batch


def is_passing(error: OperationalError) -> bool:
    """Whether trying again may help: a lost connection, a lock, a full disk; not a limit of the data."""
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate is None or sqlstate[:2] in {"08", "40", "53", "55", "57"}


def write_batch(run: LoadRun, batch: Batch) -> None:
    with transaction.atomic():
        written = write(run.project, batch.parsed, batch.refused, for_pool=run.for_pool)
        keep_refusals(run, batch.refused)
        count(run, batch, written)


def keep_refusals(run: LoadRun, refused: list[Refused]) -> None:
    """Store the first thousand; all of them are counted."""
    room = max(0, KEPT_REFUSALS - run.refused)
    Refusal.objects.bulk_create(
        Refusal(run=run, line=one.line, field=storable(one.field)[:200], reason=storable(one.reason)[:1000])
        for one in sorted(refused, key=lambda one: one.line)[:room]
    )


def storable(text: str) -> str:
    """What a refusal quotes of a line may itself be what PostgreSQL cannot hold."""
    return text.replace("\x00", "\\u0000").encode(errors="backslashreplace").decode()


def count(run: LoadRun, batch: Batch, written: Written) -> None:
    """Add the batch to the counts of the run; raises `Overtaken` when another worker has gone on with it."""
    expected = run.lines
    run.read = batch.end
    run.lines += batch.lines
    run.problems += written.problems
    run.restated += written.restated
    run.solutions += written.solutions
    run.annotations += written.annotations
    run.unchanged += written.unchanged
    run.refused += len(batch.refused)
    run.ignored_keys = sorted({*run.ignored_keys, *batch.ignored})[:50]
    run.touched_at = timezone.now()
    names = ("read", *COUNTS, "ignored_keys", "touched_at")
    values = {name: getattr(run, name) for name in names}
    if not LoadRun.objects.filter(pk=run.pk, state=State.RUNNING, lines=expected).update(**values):
        raise Overtaken


def refresh_statistics(run: LoadRun) -> None:
    """Tell PostgreSQL's planner what has been filled; by itself it would learn within minutes.

    Of a table that it was told is empty it thinks so for minutes too, however fast that grows.
    """
    filled = [Task, Place, Completion, Solution] + ([Annotation, StepLabel] if run.annotations else [])
    tables = [model._meta.db_table for model in filled]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def end(run: LoadRun, state: State, failure: str = "") -> None:
    run.state, run.failure, run.ended_at = state, failure, timezone.now()
    if state is State.DONE:
        run.read = run.size
    run.save()
