"""Sampling runs: whole solutions from a generator, each once, whatever happens to workers and messages."""

from collections.abc import Callable
from typing import Any

import pytest

from annotation import endpoints, runs, sampling
from annotation.grading import grades
from annotation.models import PARTS, Completion, Endpoint, LoadRun, Problem, Project, Run, Solution, User
from annotation.sampling import BadPlan, Plan, samples
from tests.advancing import after, shared_by
from tests.endpoints.registered import fresh
from tests.serving.scripted import Scripted

pytestmark = pytest.mark.django_db(transaction=True)
PROBLEMS = 6


def problem(i: int) -> dict[str, Any]:
    return {"problem": f"What is {i} + 1?", "answer": str(i + 1), "unique_id": f"p{i}", "level": 1}


@pytest.fixture
def start(project: Project, max_: User, load: Callable[..., LoadRun], server: Scripted) -> Callable[..., Run]:
    lines = [problem(i) for i in range(PROBLEMS)]

    def started(script: str = "writes", **plan: Any) -> Run:
        assert not load(project, lines).refused
        kinds = {"role": "generator", "protocol": "completions", "model": "tiny"}
        row = fresh(project, url=server.url(script), parallel=4, seconds=5.0, name="Writer", **kinds)
        found = Endpoint.objects.filter(name="Writer").first()
        endpoint = found or endpoints.register(endpoint=row, actor=max_)
        return sampling.start(endpoint=endpoint, actor=max_, plan=Plan(**{"n": 20, "seed": 0, **plan}))

    return started


def tallies(run: Run) -> dict[str, int]:
    return dict(run.tallies.values_list("word", "count"))


def test_what_is_whole_is_kept_in_the_pool_and_the_rest_is_counted(
    start: Callable[..., Run], server: Scripted
) -> None:
    run = after(start())
    assert (run.state, run.total, run.note) == ("done", PROBLEMS * 3, "")
    assert tallies(run) == {"kept": PROBLEMS * 16, "truncated": PROBLEMS * 2, "empty": PROBLEMS * 2}
    solutions = Solution.objects.filter(run=run)
    assert solutions.count() == PROBLEMS * 16
    assert not solutions.exclude(generator="tiny", pre_generated=True, tasks=None).exists()
    first = solutions.get(problem__external_id="p3", external_id=f"run-{run.pk}-3")
    assert first.answer == "4"
    steps = Completion.objects.filter(solution=first).order_by("step").values_list("text", flat=True)
    assert list(steps) == ["We try 3.", "That is 3 + 1 = 4.", "# Answer\n\n4"]
    assert {one.payload["n"] for one in server.requests} == {8, 4}
    assert {one.payload["seed"] for one in server.requests} == {0, 8, 16}


def test_samples_are_graded_like_what_was_loaded(start: Callable[..., Run]) -> None:
    run = after(start(n=8))
    assert after(grades.start(project=run.project, actor=None)).state == "done"
    right = Solution.objects.filter(run=run, grade__counts_as="correct")
    assert sorted(right.values_list("problem__external_id", flat=True)) == [f"p{i}" for i in range(PROBLEMS)]


def test_the_same_text_again_is_a_solution_of_its_own(start: Callable[..., Run]) -> None:
    after(start(n=2, per_request=1, seed=None))
    texts = Completion.objects.filter(step=0).values_list("text", flat=True)
    assert sorted(texts) == ["We try 0."] * PROBLEMS * 2


def test_a_request_whose_answer_was_kept_is_not_kept_twice(start: Callable[..., Run]) -> None:
    run = start(n=4)
    plan = Plan(n=4, seed=0)
    samples.write_down(run, plan)
    (thing, *_) = runs.take(run, most=PROBLEMS, seconds=60)
    sketch = samples.Sketch(["We try.", "# Answer\n\n1"], is_truncated=False)
    assert samples.keep(run, plan, {thing: [sketch] * 4}) == 1
    assert samples.keep(run, plan, {thing: [sketch] * 4}) == 0
    assert Solution.objects.filter(run=run).count() == 4
    assert tallies(run) == {"kept": 4}


def test_workers_share_the_run_and_its_places(start: Callable[..., Run], server: Scripted) -> None:
    run = start("writes_slowly", per_request=1, n=6)
    assert shared_by(3, run).state == "done"
    assert Solution.objects.filter(run=run).count() == PROBLEMS * 6
    assert server.most_in_flight <= 4
    assert len(server.requests) == PROBLEMS * 6


@pytest.mark.parametrize("script", ["html", "truncated", "status-401", "redirect", "deep"])
def test_what_is_no_answer_stores_nothing_and_says_why(start: Callable[..., Run], script: str) -> None:
    run = after(start(script, n=4))
    assert not Solution.objects.exists()
    assert run.items.count() == PROBLEMS
    assert all(run.items.values_list("reason", flat=True))


def test_a_model_that_writes_what_cannot_be_stored(start: Callable[..., Run], server: Scripted) -> None:
    server.answers = ['{"choices": [{"text": "a\\u0000b", "finish_reason": "stop"}]}'] * 50
    run = after(start("next", n=1, problems=1))
    assert (run.state, tallies(run)) == ("done", {"unreadable": 1})
    assert not Solution.objects.exists()


def test_a_solution_of_a_thousand_steps_and_more_is_left_out(start: Callable[..., Run], server: Scripted) -> None:
    server.answers = ['{"choices": [{"text": "%s", "finish_reason": "stop"}]}' % ("a step\\n" * 1_001)]
    run = after(start("next", n=1, problems=1))
    assert tallies(run) == {"too long": 1}


def test_problems_are_drawn_by_the_seed(start: Callable[..., Run]) -> None:
    def drawn(seed: int) -> list[int]:
        run = start(n=1, problems=3, seed=seed)
        samples.write_down(run, Plan(n=1, problems=3, seed=seed))
        return sorted(thing // PARTS for thing in run.items.values_list("thing", flat=True))

    assert len(drawn(1)) == 3
    assert drawn(1) == drawn(1)
    assert len({tuple(drawn(seed)) for seed in range(8)}) > 1


def test_problems_that_this_model_has_solved_are_left_out_on_wish(start: Callable[..., Run]) -> None:
    after(start(n=1, problems=2, seed=0))
    run = after(start(n=1, only_new=True, seed=0))
    assert run.total == PROBLEMS - 2
    assert Problem.objects.filter(solutions__generator="tiny").distinct().count() == PROBLEMS


def test_one_statement_with_two_references_is_sampled_once(
    start: Callable[..., Run], project: Project, load: Callable[..., LoadRun]
) -> None:
    load(project, [{"problem": "What is 1 + 1?", "answer": "two", "unique_id": "again", "level": 1}])
    assert after(start(n=1)).total == PROBLEMS


def test_another_model_behind_the_endpoint_is_not_sampled_in_the_name_of_the_old_one(
    start: Callable[..., Run], server: Scripted, max_: User
) -> None:
    run = start()
    row = Endpoint.objects.get()
    row.model = "another"
    endpoints.change(endpoint=row, actor=max_)
    run = after(run)
    assert (run.state, len(server.requests)) == ("paused", 0)
    assert "changed since" in run.note


@pytest.mark.parametrize(
    "plan",
    [
        {"n": 0},
        {"n": PARTS + 1},
        {"per_request": 257},
        {"temperature": -1},
        {"temperature": float("nan")},
        {"stop": ("",)},
        {"max_tokens": 0},
        {"seed": -1},
        {"problems": 10**30},
    ],
)
def test_a_plan_that_cannot_be_is_refused(start: Callable[..., Run], plan: dict[str, Any]) -> None:
    with pytest.raises(BadPlan):
        start(**plan)
    assert not Run.objects.exists()
