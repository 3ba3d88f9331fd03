"""Files that are packed, broken or too much, and loads that broke off."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from annotation import importing
from annotation.importing import runs
from annotation.models import LoadRun, Project, Solution
from tests.conftest import solution_line
from tests.importing.counting import counts

State = LoadRun.State


def test_it_reads_gzip(project: Project, load: Any, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(solution_line(1)).encode()))
    assert counts(load(project, path)) == {"lines": 1, "problems": 1, "solutions": 1}


def test_a_git_lfs_pointer_is_recognised(project: Project, load: Any) -> None:
    run = load(project, ["version https://git-lfs.github.com/spec/v1", "oid sha256:1", "size 130"])
    assert run.state == State.FAILED
    assert "git lfs pull" in run.failure


ARRAY = [solution_line(1), solution_line(2)]
CSV = b'problem,solution\n"What is 1, 2?","Three, so\n4"\n1,2\n'


NOT_JSONL = {
    "array": (json.dumps(ARRAY).encode(), "one JSON array"),
    "array over lines": (json.dumps(ARRAY, indent=1).encode(), "one JSON array"),
    "array of lines": (b"[" + b",\n".join(json.dumps(line).encode() for line in ARRAY) + b"]\n", "one JSON array"),
    "object over lines": (json.dumps(ARRAY[0], indent=1).encode(), "one JSON object over several lines"),
    "csv": (CSV, "looks like CSV"),
    "csv with semicolons": (CSV.replace(b",", b";"), "looks like CSV"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n", "a PNG picture"),
    "zip": (b"PK\x03\x04\0\n", "an Office file"),
    "utf-16": ('{"problem": 1}\n'.encode("utf-16"), "UTF-16"),
    "bytes": (b"\x01\xfe\0\n\n\xff", "not text"),
    "latin-1": ("Größe\n".encode("latin-1"), "not text"),
    "prose": (b"Once upon a time\n", "not one line of this is JSON"),
    "packed csv": (gzip.compress(CSV), "looks like CSV"),
}


@pytest.mark.parametrize("kind", NOT_JSONL)
def test_a_file_that_is_no_jsonl_is_called_what_it_is(
    kind: str, project: Project, load: Any, tmp_path: Path
) -> None:
    content, said = NOT_JSONL[kind]
    path = tmp_path / "lines.jsonl"
    path.write_bytes(content)
    run = load(project, path)
    assert run.state == State.FAILED
    assert said in run.failure
    assert "one JSON object a line" in run.failure
    assert not run.refusals.exists()
    assert not Solution.objects.exists()


@pytest.mark.parametrize("lines", [["[1]", json.dumps(ARRAY[0])], ["a,b", "1,2", json.dumps(ARRAY[0])]])
def test_one_good_line_lands_whatever_the_others_are(lines: list[str], project: Project, load: Any) -> None:
    run = load(project, lines)
    assert (run.state, run.solutions, run.refused) == (State.DONE, 1, len(lines) - 1)
    assert run.refusals.count() == len(lines) - 1


def test_jsonl_of_no_known_format_is_refused_line_by_line(project: Project, load: Any) -> None:
    run = load(project, [{"a": 1}, "nonsense"])
    assert (run.state, run.refused, run.refusals.count()) == (State.DONE, 2, 2)


def test_a_broken_gzip_file_fails_and_says_so(project: Project, load: Any, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}\n" * 5000)[:-5])
    run = load(project, path)
    assert run.state == State.FAILED
    assert "gzip" in run.failure


def test_a_gzip_bomb_fails_at_once(project: Project, load: Any, tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n" * 40_000_000, compresslevel=1))
    run = load(project, path)
    assert run.state == State.FAILED
    assert "times its size" in run.failure


def test_an_upload_that_broke_off_is_not_loaded(project: Project) -> None:
    content = json.dumps(solution_line(1)).encode()
    with pytest.raises(importing.BadFile, match="broke off"):
        importing.receive(
            project=project, actor=None, file=io.BytesIO(content), name="x", format="auto", size=100_000
        )
    run = LoadRun.objects.get()
    assert run.state == State.FAILED
    assert not run.chunks.exists()


def test_a_load_that_lost_its_database_goes_on_where_it_was(
    project: Project, load: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(json.dumps(solution_line(n)) + "\n" for n in range(1, 8)))
    monkeypatch.setattr(runs, "BATCH_LINES", 2)
    write_batch, calls = runs.write_batch, []

    def write_until_third(run: LoadRun, batch: runs.Batch) -> None:
        calls.append(batch)
        if len(calls) == 3:
            raise OperationalError("the server closed the connection")
        write_batch(run, batch)

    monkeypatch.setattr(runs, "write_batch", write_until_third)
    with path.open("rb") as file:
        size = path.stat().st_size
        run = importing.receive(project=project, actor=None, file=file, name="x", format="auto", size=size)
    with pytest.raises(OperationalError):
        importing.load_upload(run.pk)
    run.refresh_from_db()
    assert (run.state, run.lines, Solution.objects.count()) == (State.RUNNING, 4, 4)
    assert importing.take_up_left_runs() == []
    LoadRun.objects.update(touched_at=run.created_at.replace(year=2020))
    assert importing.take_up_left_runs() == [run.pk]
    importing.load_upload(run.pk)
    run.refresh_from_db()
    assert (run.state, run.lines, run.solutions, Solution.objects.count()) == (State.DONE, 7, 7, 7)
    assert not run.chunks.exists()


def test_a_load_by_command_that_was_killed_is_not_left_running(project: Project, load: Any) -> None:
    run = importing.start_run(project=project, actor=None, name="x", format="auto", size=1, state=State.RUNNING)
    LoadRun.objects.update(touched_at=run.created_at.replace(year=2020))
    assert importing.take_up_left_runs() == []
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "load the file again" in run.failure


def test_a_batch_of_long_lines_is_a_short_one(
    project: Project, load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "BATCH_BYTES", 1000)
    sizes = []
    write_batch = runs.write_batch
    monkeypatch.setattr(
        runs, "write_batch", lambda run, batch: (sizes.append(batch.lines), write_batch(run, batch))
    )
    load(project, [solution_line(number, steps=10) for number in range(1, 9)])
    assert sum(sizes) == 8
    assert max(sizes) < 4
