"""Files in: every format, every irregularity, twice, broken, and broken off."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from annotation import importing
from annotation.importing import runs
from annotation.models import (
    Annotation,
    Completion,
    LoadRun,
    Membership,
    Place,
    Problem,
    Project,
    Solution,
    StepLabel,
    Task,
)
from tests.conftest import shared_file, solution_line

State = LoadRun.State
LABELER = "e90a38f3-3135-4465-87af-3e6322e3d772"
OTHER_LABELER = "debabc6d-f79c-4ee5-a9db-5e284390254c"


def counts(run: LoadRun) -> dict[str, int]:
    return {name: getattr(run, name) for name in runs.COUNTS if getattr(run, name)}


def completion(text: str, rating: int | None = 1, flagged: bool | None = None) -> dict[str, Any]:
    return {"text": text, "rating": rating, "flagged": flagged}


def step(*completions: dict[str, Any], chosen: int | None = 0, human: Any = None) -> dict[str, Any]:
    return {"completions": list(completions), "human_completion": human, "chosen_completion": chosen}


def phase2(steps: list[dict[str, Any]], pre: list[str], **more: Any) -> dict[str, Any]:
    return {
        "labeler": LABELER,
        "timestamp": "2022-11-06T03:24:46.649379",
        "generation": 5,
        "is_quality_control_question": False,
        "is_initial_screening_question": False,
        "question": {
            "problem": "What is $1 + 1$?",
            "ground_truth_solution": "Count.",
            "ground_truth_answer": "2",
            "pre_generated_steps": pre,
            "pre_generated_answer": "3",
            "pre_generated_verifier_score": 0.25,
        },
        "label": {"steps": steps, "total_time": 1234, "finish_reason": "found_error"},
    } | more


FOUND_ERROR = phase2(
    [
        step(completion("one")),
        step(completion("two", -1), completion("zwei", 1, False), completion("zwei", 0, False), chosen=None),
    ],
    ["one", "two", "three"],
)


def test_real_prm800k_rows_are_history(project: Project, load: Any) -> None:
    run = load(project, shared_file("prm800k_rows.jsonl"))
    assert counts(run) == {"lines": 6, "problems": 6, "solutions": 6, "annotations": 6}
    assert not Task.objects.filter(is_open=True).exists()
    assert Membership.objects.filter(project=project, user=None).count() == 6


def test_the_real_gsm8k_file_waits_for_labels(project: Project, load: Any) -> None:
    run = load(project, shared_file("gsm8k_model_solutions.jsonl"))
    assert counts(run) == {"lines": 1319, "problems": 1319, "solutions": 5276}
    assert Task.objects.filter(project=project, is_open=True).count() == 5276
    first = Solution.objects.select_related("problem").order_by("id")[0]
    assert (first.generator, first.answer, first.is_correct) == ("6b_finetuning", "26", False)
    assert (first.problem.answer, first.length) == ("18", 3)
    last_step = Completion.objects.get(solution=first, step=2)
    assert last_step.text == "A: 26"


def test_the_real_math_problems_have_their_boxed_answers(project: Project, load: Any) -> None:
    run = load(project, shared_file("math_test.jsonl"))
    assert counts(run) == {"lines": 5000, "problems": 5000}
    assert not Problem.objects.filter(answer=None).exists()
    problem = Problem.objects.get(external_id="0")
    assert (problem.subject, problem.level, problem.answer) == ("Algebra", "Level 3", "2")


@pytest.mark.parametrize("name", ["prm800k_rows.jsonl", "gsm8k_model_solutions.jsonl", "math_test.jsonl"])
def test_a_real_file_loaded_twice_changes_nothing(project: Project, load: Any, name: str) -> None:
    load(project, shared_file(name))
    before = snapshot()
    run = load(project, shared_file(name))
    assert counts(run) == {"lines": run.lines, "unchanged": run.lines}
    assert snapshot() == before


def snapshot() -> list[int]:
    return [m.objects.count() for m in (Problem, Solution, Completion, Task, Place, Annotation, StepLabel)]


def test_good_lines_land_and_bad_ones_are_refused_with_line_and_field(project: Project, load: Any) -> None:
    lines = [
        solution_line(1),
        "{",
        solution_line(2),
        {"problem": "p", "steps": ["a", 3]},
        "",
        solution_line(3),
    ]
    run = load(project, lines)
    assert run.state == State.DONE
    assert counts(run) == {"lines": 5, "problems": 1, "solutions": 3, "refused": 2}
    assert list(run.refusals.order_by("line").values_list("line", "field")) == [
        (2, "(line)"),
        (4, "steps[1]"),
    ]


def test_a_line_is_refused_whole(project: Project, load: Any) -> None:
    line = {"question": "q", "ground_truth": "A: 1", "good": {"solution": "A: 1"}, "bad": {"solution": 3}}
    run = load(project, [line])
    assert counts(run) == {"lines": 1, "refused": 1}
    assert not Solution.objects.exists()


def test_every_place_of_a_task_is_made(project: Project, load: Any) -> None:
    project.wanted = 3
    project.save()
    load(project, [solution_line(1)])
    assert list(Place.objects.order_by("slot").values_list("slot", "wanted")) == [(0, 3), (1, 3), (2, 3)]


def test_unlabeled_prm800k_lines_wait_for_labels(project: Project, load: Any) -> None:
    line = {"problem_id": "p1", "solution_id": "s1", "question": FOUND_ERROR["question"]}
    run = load(project, [line])
    assert counts(run) == {"lines": 1, "problems": 1, "solutions": 1}
    solution = Solution.objects.get()
    assert (solution.score, solution.answer, solution.length) == (0.25, "3", 3)
    assert solution.tasks.get().is_open


def test_alternatives_join_the_completions_of_their_step(project: Project, load: Any) -> None:
    load(project, [FOUND_ERROR])
    at_error = Completion.objects.filter(step=1).order_by("index")
    assert [one.text for one in at_error] == ["two", "zwei", "zwei"]
    labels = StepLabel.objects.filter(step=1).order_by("position")
    assert [(one.completion, one.rating, one.flagged) for one in labels] == [
        (0, -1, None),
        (1, 1, False),
        (2, 0, False),
    ]


def test_two_labelers_share_a_solution_and_its_alternatives(project: Project, load: Any) -> None:
    again = phase2(
        [
            step(completion("one", 0)),
            step(completion("two", -1), completion("deux"), completion("zwei", 0), chosen=None),
        ],
        ["one", "two", "three"],
        labeler=OTHER_LABELER,
    )
    run = load(project, [FOUND_ERROR, again])
    assert counts(run) == {"lines": 2, "problems": 1, "solutions": 1, "annotations": 2}
    second = StepLabel.objects.filter(annotation__labeler__pseudonym=OTHER_LABELER, step=1)
    assert list(second.order_by("position").values_list("position", "completion")) == [(0, 0), (1, 3), (2, 1)]


def test_a_first_completion_that_is_not_the_solutions_own_step_is_an_alternative(
    project: Project, load: Any
) -> None:
    load(project, [phase2([step(completion("eins"))], ["one", "two"])])
    assert StepLabel.objects.get().completion == 1


def test_a_phase_1_line_keeps_what_was_offered_and_written(project: Project, load: Any) -> None:
    written = {"text": "mine", "rating": None, "source": "human", "flagged": False, "corrected_rating": 1}
    line = phase2([], []) | {
        "generation": None,
        "question": {"problem": "p", "ground_truth_answer": "2"},
        "label": {
            "steps": [
                step(completion("a", 0), completion("b", -1), chosen=None, human=written),
                {"completions": None, "human_completion": None, "chosen_completion": None},
            ],
            "total_time": 1,
            "finish_reason": "give_up",
        },
    }
    load(project, [line])
    solution, annotation = Solution.objects.get(), Annotation.objects.get()
    assert (solution.pre_generated, solution.length, annotation.chosen) == (False, 2, [None, None])
    human = annotation.human_completions.get()
    assert (human.text, human.corrected_rating, human.has_corrected_rating) == ("mine", 1, True)


def test_the_same_labeler_may_have_labeled_a_solution_twice(project: Project, load: Any) -> None:
    later = FOUND_ERROR | {"timestamp": "2022-12-01T00:00:00"}
    run = load(project, [FOUND_ERROR, later, later])
    assert counts(run) == {"lines": 3, "problems": 1, "solutions": 1, "annotations": 2, "unchanged": 1}
    assert sorted(Task.objects.values_list("repeat", flat=True)) == [0, 1]
    assert counts(load(project, [later, FOUND_ERROR])) == {"lines": 2, "unchanged": 2}


def test_a_label_may_be_both_screening_and_quality_control(project: Project, load: Any) -> None:
    load(
        project,
        [FOUND_ERROR | {"is_quality_control_question": True, "is_initial_screening_question": True}],
    )
    task = Task.objects.get()
    assert task.is_quality_control
    assert task.is_screening


def test_a_bad_timestamp_is_refused(project: Project, load: Any) -> None:
    run = load(project, [FOUND_ERROR | {"timestamp": "yesterday"}])
    assert counts(run)["refused"] == 1
    assert run.refusals.get().field == "timestamp"


def test_a_history_line_does_not_touch_the_queue(waiting: Project, load: Any) -> None:
    before = Task.objects.filter(is_open=True).count()
    load(waiting, [FOUND_ERROR])
    assert Task.objects.filter(is_open=True).count() == before


def test_solutions_find_their_problem_by_id(project: Project, load: Any) -> None:
    problem = {"problem": "p", "level": 3, "solution": "So $\\boxed{\\frac{1}{2}}$.", "unique_id": "alg/1"}
    run = load(
        project, [{"problem_id": "alg/1", "steps": ["early"]}, problem, {"problem_id": "x", "steps": ["b"]}]
    )
    assert counts(run) == {"lines": 3, "problems": 1, "solutions": 1, "refused": 1}
    refusal = run.refusals.get()
    assert (refusal.line, refusal.field) == (3, "problem_id")
    assert "load the problems first" in refusal.reason
    assert Problem.objects.get().answer == "\\frac{1}{2}"


def test_solutions_find_their_problem_by_its_text(project: Project, load: Any) -> None:
    load(project, [{"problem": "p", "level": 1, "solution": "$\\boxed2$"}])
    run = load(project, [{"problem": "p", "steps": ["a"]}, {"problem": "new", "steps": ["a"]}])
    assert counts(run) == {"lines": 2, "problems": 1, "solutions": 2}
    assert Solution.objects.order_by("id")[0].problem.answer == "2"


def test_a_solution_in_one_text_is_cut_at_newlines(project: Project, load: Any) -> None:
    load(project, [{"problem": "p", "solution": "one\n\n  two \nthree", "generator": "m"}])
    assert list(Completion.objects.values_list("text", flat=True)) == ["one", "two", "three"]


def test_a_step_in_a_list_keeps_its_newlines(project: Project, load: Any) -> None:
    load(project, [{"problem": "p", "steps": ["one\n\n# Answer\n\n1"]}])
    assert Completion.objects.get().text == "one\n\n# Answer\n\n1"


def test_equal_solutions_of_two_models_are_two(project: Project, load: Any) -> None:
    lines = [{"problem": "p", "steps": ["a"], "generator": generator} for generator in ("m", "n", "m")]
    assert counts(load(project, lines)) == {"lines": 3, "problems": 1, "solutions": 2, "unchanged": 1}


def test_keys_that_are_not_loaded_are_named(project: Project, load: Any) -> None:
    run = load(project, [solution_line(1, colour="red"), solution_line(2, temperature=0.7)])
    assert run.ignored_keys == ["colour", "temperature"]


def test_it_reads_gzip(project: Project, load: Any, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(solution_line(1)).encode()))
    assert counts(load(project, path)) == {"lines": 1, "problems": 1, "solutions": 1}


def test_a_git_lfs_pointer_is_recognised(project: Project, load: Any) -> None:
    run = load(project, ["version https://git-lfs.github.com/spec/v1", "oid sha256:1", "size 130"])
    assert run.state == State.FAILED
    assert "git lfs pull" in run.failure


def test_a_broken_gzip_file_fails_and_says_so(project: Project, load: Any, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}\n" * 5000)[:-5])
    run = load(project, path)
    assert run.state == State.FAILED
    assert "gzip" in run.failure


def test_nothing_of_another_project_is_touched(project: Project, other_project: Project, load: Any) -> None:
    load(project, [solution_line(1)])
    assert counts(load(other_project, [solution_line(1)])) == {"lines": 1, "problems": 1, "solutions": 1}


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


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"problem_id": "x" * 501, "steps": ["a"]}, "problem_id"),
        ({"problem": "p", "solution_id": "x" * 501, "steps": ["a"]}, "solution_id"),
        ({"question": "q", "ground_truth": "A: 1", "m": {"solution": "a\n" * 10_001}}, "steps"),
        ({"problem": "p", "steps": ["a"] * 10_001}, "steps"),
        ({"problem": " ", "steps": ["a"]}, "problem"),
        (FOUND_ERROR | {"timestamp": "0001-01-01T00:00:00+05:00"}, "timestamp"),
        ({"a\u0000b": 1}, "(line)"),
    ],
)
def test_what_the_tables_cannot_hold_is_refused_by_line(
    project: Project, load: Any, line: dict[str, Any], field: str
) -> None:
    run = load(project, [line, solution_line(1)])
    assert (run.state, run.refused, run.solutions) == (State.DONE, 1, 1)
    assert run.refusals.get().field == field


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


def test_a_gzip_bomb_fails_at_once(project: Project, load: Any, tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n" * 200_000_000, compresslevel=1))
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
