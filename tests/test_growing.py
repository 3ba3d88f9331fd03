"""Phase 1: a solution grows under the labeler's hands, from a stored tree of completions."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connections, transaction

from annotation import exporting, labeling, people
from annotation.labeling import (
    AlreadySubmitted,
    Conflict,
    Growth,
    Mark,
    NoReason,
    NotOffered,
    OtherSubmit,
    OtherWay,
    Turn,
    Unfinished,
    WrongChoice,
)
from annotation.models import (
    Annotation,
    Choice,
    Completion,
    HumanCompletion,
    Lease,
    Place,
    Project,
    Role,
    Solution,
    StepLabel,
    Task,
    User,
)
from annotation.ratings import Rating
from tests.conftest import shared_file, solution_line
from tests.test_leasing import lease

KEY = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


def node(text: str, *children: dict[str, Any]) -> dict[str, Any]:
    return {"text": text, "children": list(children)} if children else {"text": text}


def tree_line(**more: Any) -> dict[str, Any]:
    """Two first steps; after "Double it." three second ones, after "Add." one."""
    return {
        "problem": "What is $3 + 3$?",
        "ground_truth_answer": "6",
        "generator": "hand",
        "tree": [
            node(
                "Double it.",
                node("That is six.\n\n# Answer\n\n6"),
                node("That is seven.", node("Seven it is.\n\n# Answer\n\n7")),
                node("That is six.\n\n# Answer\n\n6"),
            ),
            node("Add.", node("It is \\boxed{6}.")),
        ],
        **more,
    }


@pytest.fixture
def growing(project: Project, load: Any) -> Project:
    load(project, [tree_line()])
    return project


@pytest.fixture
def mine(growing: Project, alice: User) -> Lease:
    return lease(alice, growing)


def rate(mine: Lease, *ratings: tuple[int, int, Rating | None], **more: Any) -> Growth:
    """Save ratings, each as step, completion and rating."""
    marks = {(step, completion): Mark(rating) for step, completion, rating in ratings}
    return labeling.grow(lease=mine, marks=marks, **{"turns": {}, **more}).growth


def turn(mine: Lease, step: int, completion: int | None, text: str = "", **more: Any) -> Growth:
    return rate(mine, turns={step: Turn(completion, text)}, **more)


def hand_in(mine: Lease, **more: Any) -> labeling.Submitted:
    return labeling.hand_in(lease=mine, **{"marks": {}, "turns": {}, **more})


def shown(growth: Growth) -> list[list[str]]:
    return [[option.text.split("\n")[0] for option in step.options] for step in growth.steps]


def labels(mine: Lease) -> list[tuple[int, int, int, int | None]]:
    found = StepLabel.objects.filter(annotation=mine.annotation).order_by("step", "position")
    return list(found.values_list("step", "position", "completion", "rating"))


def exported(project: Project) -> list[str]:
    return list(exporting.FORMATS["prm800k"](project))


# --- loading ---------------------------------------------------------------------------------------------


def test_a_tree_is_stored_with_its_branches(growing: Project) -> None:
    solution = Solution.objects.get()
    assert (solution.pre_generated, solution.length, solution.generator) == (False, 3, "hand")
    rows = Completion.objects.order_by("step", "index").values_list("step", "index", "parent")
    assert list(rows) == [(0, 0, None), (0, 1, None), (1, 0, 0), (1, 1, 0), (1, 2, 0), (1, 3, 1), (2, 0, 1)]
    assert Task.objects.get().is_open


def test_a_tree_loaded_twice_changes_nothing(growing: Project, load: Any) -> None:
    run = load(growing, [tree_line()])
    assert (run.solutions, run.unchanged) == (0, 1)
    other = tree_line()
    other["tree"][1]["children"], other["tree"][0]["children"] = other["tree"][0]["children"], []
    assert load(growing, [other]).solutions == 1


def deep(levels: int) -> str:
    """A line with a tree of so many steps; put together as text, as it is deeper than Python's stack."""
    return '{"problem": "P", "tree": ' + '[{"text": "t", "children": ' * levels + "[]" + "}]" * levels + "}"


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ({"problem": "P", "tree": []}, "tree", "empty"),
        ({"problem": "P", "tree": {"text": "t"}}, "tree", "must be a list"),
        ({"problem": " ", "tree": [{"text": "t"}]}, "problem", "empty"),
        ({"problem": "P", "tree": ["t"]}, "tree[0]", "must be an object"),
        (
            {"problem": "P", "tree": [{"text": "t", "children": [{"text": " "}]}]},
            "tree[0].children[0].text",
            "empty",
        ),
        ({"problem": "P", "tree": [{"text": "t"}, {"children": []}]}, "tree[1].text", "missing"),
        ({"problem": "P", "tree": [{"text": 3}]}, "tree[0].text", "must be a text"),
        ({"problem": "P", "tree": [{"text": "t", "children": 3}]}, "tree[0].children", "must be a list"),
        ({"problem": "P", "tree": [{"text": "t"}] * 1001}, "tree", "more than 1000"),
        (
            {"problem": "P", "tree": [{"text": "t", "children": [{"text": "u"}] * 900}] * 6},
            "tree",
            "more than 5000",
        ),
        ({"problem_id": "nowhere", "tree": [{"text": "t"}]}, "problem_id", "no problem 'nowhere'"),
        ({"problem": "P", "tree": [{"text": "a\0b"}]}, "tree[0].text", "NUL"),
    ],
)
def test_a_broken_tree_is_refused_with_the_way_to_it(
    line: Any, field: str, reason: str, project: Project, load: Any
) -> None:
    refusal = load(project, [line]).refusals.get()
    assert (refusal.line, refusal.field) == (1, field)
    assert reason in refusal.reason
    assert not Solution.objects.exists()


@pytest.mark.parametrize(("levels", "reason"), [(201, "deeper than 200"), (100_000, "deep")])
def test_a_tree_that_is_too_deep_is_refused_and_breaks_nothing(
    levels: int, reason: str, project: Project, load: Any
) -> None:
    run = load(project, [deep(levels), deep(200)])
    assert reason in run.refusals.get().reason
    assert Solution.objects.get().length == 200


def test_unknown_keys_in_a_tree_are_named(project: Project, load: Any) -> None:
    run = load(project, [{"problem": "P", "tree": [{"text": "t", "score": 1}], "model": "m"}])
    assert run.ignored_keys == ["model", "tree.score"]


def test_the_database_refuses_a_branch_from_nowhere(growing: Project) -> None:
    solution = Solution.objects.get()
    for step, parent in ((2, 9), (0, 0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Completion.objects.create(solution=solution, step=step, index=7, parent=parent, text="t")


# --- growing ---------------------------------------------------------------------------------------------


def test_the_next_step_comes_when_all_of_a_step_is_rated(mine: Lease) -> None:
    assert shown(rate(mine)) == [["Double it.", "Add."]]
    assert len(rate(mine, (0, 0, 1)).steps) == 1
    growth = rate(mine, (0, 1, 0))
    assert growth.path == (0,)
    assert shown(growth)[1] == ["That is six.", "That is seven.", "That is six."]
    assert growth.current == 1


def test_the_lot_falls_on_a_positive_one_else_on_a_neutral_one(mine: Lease) -> None:
    assert rate(mine, (0, 0, -1), (0, 1, 0)).path == (1,)
    assert rate(mine, (0, 0, 1)).path == (0,)
    assert rate(mine, (0, 0, -1), (0, 1, -1)).path == ()
    assert rate(mine, (0, 0, 1), (0, 1, 1)).path in {(0,), (1,)}


def test_every_positive_one_may_be_drawn_and_a_retry_gives_the_same(growing: Project, alice: User) -> None:
    mine = lease(alice, growing)
    drawn = set()
    for _ in range(40):
        Choice.objects.all().delete()
        token = uuid4()
        first = rate(mine._replace(token=token), (0, 0, 1), (0, 1, 1)).path
        Choice.objects.all().delete()
        assert rate(mine._replace(token=token)).path == first
        drawn.add(first)
    assert drawn == {(0,), (1,)}


def test_the_lot_is_not_cast_anew_while_it_may_stand(mine: Lease) -> None:
    path = rate(mine, (0, 0, 0), (0, 1, 0)).path
    for _ in range(3):
        assert rate(mine, (0, 0, 0), (0, 1, 0)).path == path
    other = 1 - path[0]
    assert rate(mine, (0, other, 1)).path == (other,)
    assert rate(mine, (0, path[0], 1)).path == (other,)


def test_the_project_says_how_many_are_shown_at_most(growing: Project, alice: User) -> None:
    Project.objects.update(candidates_shown=2)
    mine = lease(alice, growing)
    growth = rate(mine, (0, 0, 1), (0, 1, -1))
    assert shown(growth)[1] == ["That is six.", "That is seven."]
    with pytest.raises(NotOffered):
        rate(mine, (1, 2, 1))


def test_showing_fewer_from_now_on_leaves_nobody_without_a_way(growing: Project, alice: User) -> None:
    rate(lease(alice, growing), (0, 0, -1), (0, 1, 1))
    Project.objects.update(candidates_shown=1)
    mine = lease(alice, growing)
    assert labeling.growing_desk_of(mine).growing.path == ()
    assert turn(mine, 0, None, "Mine.").path == (-1,)
    rate(mine, (0, 0, 0), turns={0: Turn(None)})
    Project.objects.update(candidates_shown=5)
    desk = labeling.growing_desk_of(lease(alice, growing))
    assert (desk.growing.path, desk.lease.version) == ((1,), Annotation.objects.get().version)


@pytest.mark.parametrize("spot", [(0, 2), (1, 0), (7, 0), (70_000, 0)])
def test_what_is_not_offered_cannot_be_rated(spot: tuple[int, int], mine: Lease) -> None:
    with pytest.raises(NotOffered):
        rate(mine, (*spot, 1))
    assert not StepLabel.objects.exists()


def test_the_labeler_may_choose_another_that_is_not_negative(mine: Lease) -> None:
    rate(mine, (0, 0, 1), (0, 1, 0))
    growth = turn(mine, 0, 1)
    assert (growth.path, shown(growth)[1]) == ((1,), ["It is \\boxed{6}."])
    assert rate(mine, (0, 0, 1)).path == (1,)
    assert not growth.steps[0].choice.is_drawn  # type: ignore[union-attr]
    rate(mine, (0, 1, -1))
    with pytest.raises(WrongChoice, match="negative"):
        turn(mine, 0, 1)
    assert rate(mine).path == (0,)


def test_a_step_cannot_be_chosen_before_all_of_it_is_rated(mine: Lease) -> None:
    with pytest.raises(WrongChoice, match="rate all"):
        rate(mine, (0, 0, 1), turns={0: Turn(0)})
    assert not StepLabel.objects.exists()
    with pytest.raises(WrongChoice, match="not come so far"):
        turn(mine, 4, 0)


def test_the_labeler_may_write_the_step_when_none_is_positive(mine: Lease) -> None:
    rate(mine, (0, 0, 1), (0, 1, 0))
    with pytest.raises(WrongChoice, match="positive"):
        turn(mine, 0, None, "Mine.")
    rate(mine, (0, 0, -1), (0, 1, -1))
    growth = turn(mine, 0, None, "Count: $4, 5, 6$.")
    assert (growth.path, shown(growth), growth.current) == ((-1,), [["Double it.", "Add."], []], 1)
    growth = turn(mine, 1, None, "So it is six.\n\n# Answer\n\n6")
    assert (growth.path, growth.finish_reason) == ((-1, -1), "solution")


def test_a_written_step_yields_to_a_completion_that_turns_out_positive_and_comes_back(mine: Lease) -> None:
    rate(mine, (0, 0, 0), (0, 1, -1))
    assert turn(mine, 0, None, "Mine.").path == (-1,)
    growth = rate(mine, (0, 0, 1))
    assert (growth.path, growth.steps[0].own_text) == ((0,), "Mine.")
    rate(mine, (0, 0, -1))
    assert turn(mine, 0, None, "Mine.").path == (-1,)
    assert turn(mine, 0, None).path == ()


def test_what_was_said_on_another_way_counts_again_on_the_way_back(mine: Lease) -> None:
    rate(mine, (0, 0, 1), (0, 1, 1))
    turn(mine, 0, 0)
    rate(mine, (1, 0, 0), (1, 1, 0), (1, 2, 0))
    there = turn(mine, 1, 1).path
    turn(mine, 0, 1)
    assert rate(mine, (1, 3, 1)).finish_reason == "solution"
    assert turn(mine, 0, 0).path == there == (0, 1)
    hand_in(mine, marks={(2, 0): Mark(1)})
    assert {step: place for step, place, completion, _ in labels(mine) if completion == 2} == {1: 2}
    assert (1, 0, 3, 1) not in labels(mine)


# --- the end ---------------------------------------------------------------------------------------------


def test_it_ends_with_an_answer(mine: Lease) -> None:
    rate(mine, (0, 0, 1), (0, 1, 0))
    with pytest.raises(Unfinished, match="Step 2 is not rated yet"):
        hand_in(mine)
    done = hand_in(mine, marks={(1, 0): Mark(-1), (1, 1): Mark(-1), (1, 2): Mark(1)})
    row = Annotation.objects.get(pk=mine.annotation)
    assert (done.finish_reason, row.chosen, row.empty_steps) == ("solution", [0, 2], [])
    assert labels(mine) == [(0, 0, 0, 1), (0, 1, 1, 0), (1, 0, 0, -1), (1, 1, 1, -1), (1, 2, 2, 1)]
    assert not StepLabel.objects.exclude(flagged=False).exists()
    assert not Task.objects.get().is_open
    assert Place.objects.get().filled_at is not None


def test_position_and_completion_differ_where_another_branch_comes_first(mine: Lease) -> None:
    rate(mine, (0, 0, -1), (0, 1, 1))
    hand_in(mine, marks={(1, 3): Mark(1)})
    assert labels(mine)[-1] == (1, 0, 3, 1)
    assert Annotation.objects.get().chosen == [1, 0]


def test_without_an_answer_it_is_written_on_or_given_up(project: Project, alice: User, load: Any) -> None:
    load(project, [{"problem": "P", "tree": [{"text": "A dead end."}]}])
    mine = lease(alice, project)
    rate(mine, (0, 0, 1))
    with pytest.raises(Unfinished, match="write it, or give up"):
        hand_in(mine)
    with pytest.raises(NoReason):
        hand_in(mine, early_end="give_up")
    done = hand_in(mine, early_end="give_up", explanation="Nowhere to go.")
    assert (done.finish_reason, Annotation.objects.get().chosen) == ("give_up", [0, None])


@pytest.mark.parametrize("end", ["give_up", "bad_problem"])
def test_an_early_end_keeps_the_step_at_hand(end: Any, mine: Lease, growing: Project) -> None:
    rate(mine, (0, 0, 1), (0, 1, 0), (0, 1, None))
    hand_in(mine, early_end=end, explanation="Too long.")
    (line,) = exported(growing)
    (step,) = json.loads(line)["label"]["steps"]
    assert [one["rating"] for one in step["completions"]] == [1, None]
    assert (step["human_completion"], step["chosen_completion"]) == (None, None)


# --- windows, lost answers, other people -----------------------------------------------------------------


def test_a_save_whose_answer_was_lost_may_come_again(mine: Lease) -> None:
    marks = {(0, 0): Mark(0), (0, 1): Mark(-1)}
    turns = {0: Turn(None, "Mine.")}
    for _ in range(3):
        grown = labeling.grow(lease=mine, marks=marks, turns=turns, base=0)
    assert (grown.growth.path, grown.others) == ((-1,), {})
    assert Choice.objects.count() == 1


def test_two_windows_that_rate_differently_conflict(mine: Lease) -> None:
    rate(mine, (0, 0, 1), base=0)
    with pytest.raises(Conflict) as refused:
        rate(mine, (0, 0, -1), base=0)
    assert refused.value.theirs == {(0, 0): Mark(1, unsure=False)}
    grown = labeling.grow(lease=mine, marks={(0, 1): Mark(0)}, turns={}, base=0)
    assert grown.others == {(0, 0): Mark(1, unsure=False)}


def test_two_windows_that_choose_differently_conflict(mine: Lease) -> None:
    begun = labeling.grow(lease=mine, marks={(0, 0): Mark(0), (0, 1): Mark(0)}, turns={}, base=0)
    other = 1 - begun.growth.path[0]
    turn(mine, 0, other, base=begun.version)
    with pytest.raises(OtherWay, match="step 1") as refused:
        turn(mine, 0, None, "Mine.", base=begun.version)
    assert rate(mine).path == (other,)
    turn(mine, 0, None, "Mine.", base=refused.value.version)
    with pytest.raises(OtherWay):
        turn(mine, 1, 3, base=refused.value.version)
    assert rate(mine).path == (-1,)


def test_a_choice_prevails_over_the_lot(mine: Lease) -> None:
    rate(mine, (0, 0, 1), (0, 1, 1), base=0)
    assert turn(mine, 0, 1, base=0).path == (1,)


def test_a_late_save_is_fine_when_it_says_nothing_new(mine: Lease) -> None:
    rate(mine, (0, 0, -1), (0, 1, 1))
    hand_in(mine, marks={(1, 3): Mark(1)})
    rate(mine, (1, 3, 1), turns={0: Turn(1)}, base=0)
    with pytest.raises(AlreadySubmitted):
        rate(mine, (1, 3, 0))
    with pytest.raises(AlreadySubmitted):
        turn(mine, 0, None, "Mine.")


def test_a_submit_sent_again_is_answered_and_another_one_refused(mine: Lease) -> None:
    rate(mine, (0, 0, -1), (0, 1, 0))
    end = {"marks": {(1, 3): Mark(1)}, "key": KEY}
    first = hand_in(mine, **end)
    assert hand_in(mine, **end) == first
    with pytest.raises(OtherSubmit):
        hand_in(mine, **end, turns={0: Turn(None, "Mine.")})
    assert not HumanCompletion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_cast_one_lot(load: Any) -> None:
    project = Project.objects.create(slug="busy", name="Busy")
    load(project, [tree_line()])
    people.add_member(actor=None, project=project, email="alice@lab.example", roles=[Role.LABELER])
    mine = lease(User.objects.get(), project)

    def save(_: int) -> Any:
        try:
            return rate(mine, (0, 0, 1), (0, 1, 1)).path
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as threads:
        assert len(set(threads.map(save, range(20)))) == 1


def test_labelers_share_a_tree_and_go_their_own_ways(project: Project, alice: User, bob: User, load: Any) -> None:
    Project.objects.update(wanted=2)
    project.refresh_from_db()
    load(project, [tree_line()])
    hers, his = lease(alice, project), lease(bob, project)
    assert hers.solution == his.solution
    assert rate(hers, (0, 0, 1), (0, 1, -1)).path == (0,)
    assert rate(his, (0, 0, -1), (0, 1, 1)).path == (1,)
    hand_in(his, marks={(1, 3): Mark(1)})
    hand_in(hers, marks={(1, 0): Mark(1), (1, 1): Mark(-1), (1, 2): Mark(-1)})
    assert [len(json.loads(line)["label"]["steps"]) for line in exported(project)] == [2, 2]


def test_time_is_counted_step_by_step(mine: Lease) -> None:
    rate(mine, (0, 0, -1), (0, 1, -1), step_ms=[10])
    turn(mine, 0, None, "One.")
    turn(mine, 1, None, "Two.")
    turn(mine, 2, None, "Three.")
    hand_in(mine, turns={3: Turn(None, "# Answer\n\n6")}, step_ms=[10, 20, 30, 1])
    assert Annotation.objects.get().step_ms == [10, 20, 30, 1]


# --- the export ------------------------------------------------------------------------------------------


def test_it_exports_as_phase_1_rows_are_built(mine: Lease, growing: Project, alice: User) -> None:
    rate(mine, (0, 0, 0), (0, 1, -1))
    turn(mine, 0, None, "Count on from $3$.")
    hand_in(mine, turns={1: Turn(None, "So six.\n\n# Answer\n\n6")})
    row = Annotation.objects.select_related("labeler").get()
    assert row.submitted_at is not None
    label = {
        "steps": [
            {
                "completions": [
                    {"text": "Double it.", "rating": 0, "flagged": False},
                    {"text": "Add.", "rating": -1, "flagged": False},
                ],
                "human_completion": {
                    "text": "Count on from $3$.",
                    "rating": None,
                    "source": "human",
                    "flagged": False,
                },
                "chosen_completion": None,
            },
            {
                "completions": [],
                "human_completion": {
                    "text": "So six.\n\n# Answer\n\n6",
                    "rating": None,
                    "source": "human",
                    "flagged": False,
                },
                "chosen_completion": None,
            },
        ],
        "total_time": row.active_ms,
        "finish_reason": "solution",
    }
    line = {
        "labeler": str(row.labeler.pseudonym),
        "timestamp": row.submitted_at.replace(tzinfo=None).isoformat(),
        "generation": None,
        "is_quality_control_question": False,
        "is_initial_screening_question": False,
        "question": {"problem": "What is $3 + 3$?", "ground_truth_answer": "6"},
        "label": label,
    }
    assert exported(growing) == [json.dumps(line) + "\n"]


def shape(value: Any, name: str = "") -> Any:
    """Keys in their order and kinds of values; what differs between good rows is left open."""
    if isinstance(value, dict):
        return [(key, shape(one, key)) for key, one in value.items()]
    if isinstance(value, list):
        return sorted({json.dumps(shape(one, name)) for one in value})
    return "any" if name in {"rating", "ground_truth_answer"} else type(value).__name__


def test_its_shape_is_that_of_the_real_rows(project: Project, alice: User, load: Any) -> None:
    """What was offered in real rows is made a tree and labeled here in the same way: the same steps come out.

    As far as a tree reaches: real labelers were offered more after a step they wrote.
    """
    rows = [json.loads(line) for line in shared_file("prm800k_rows.jsonl").read_text().splitlines()]
    real = [row for row in rows if "pre_generated_steps" not in row["question"]]
    assert len(real) == 2
    Project.objects.update(candidates_shown=100)
    written = 0
    for row in real:
        row["label"]["steps"] = stretch(row["label"]["steps"])
        written += row["label"]["steps"][-1]["human_completion"] is not None
        relabel(row, lease_of(row, project, alice, load))
    assert written == 1
    for line, theirs in zip(exported(project), real, strict=True):
        ours = json.loads(line)
        steps = theirs["label"]["steps"]
        assert json.dumps(ours["label"]["steps"][: len(steps)]) == json.dumps(steps)
        ours["label"]["steps"] = steps
        assert shape(ours) == shape(theirs)


def stretch(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps after a written first one, up to and with the next written one."""
    steps = steps[1:] if steps[0]["human_completion"] else steps
    ends = [index for index, step in enumerate(steps) if step["human_completion"]]
    return steps[: ends[0] + 1] if ends else steps


def lease_of(row: dict[str, Any], project: Project, user: User, load: Any) -> Lease:
    load(project, [{**row["question"], "tree": tree_of(row["label"]["steps"])}])
    return lease(user, project)


def relabel(row: dict[str, Any], mine: Lease) -> None:
    for index, step in enumerate(row["label"]["steps"]):
        offered = rate(mine).steps[index].options
        pairs = zip(offered, step["completions"], strict=True)
        marks = {(index, option.position): Mark(said["rating"]) for option, said in pairs}
        human, chosen = step["human_completion"], step["chosen_completion"]
        said = Turn(None, human["text"]) if human else Turn(offered[chosen].position)
        growth = labeling.grow(lease=mine, marks=marks, turns={index: said}).growth
    hand_in(mine, turns={} if growth.is_done else {growth.last.index: Turn(None, "# Answer\n\nthis")})


def tree_of(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first, *others = steps
    nodes = [{"text": one["text"]} for one in first["completions"]]
    if others and first["chosen_completion"] is not None:
        nodes[first["chosen_completion"]]["children"] = tree_of(others)  # type: ignore[assignment]
    return nodes


def test_an_export_comes_in_again_with_the_same_bytes(
    mine: Lease, growing: Project, other_project: Project, load: Any, tmp_path: Any
) -> None:
    rate(mine, (0, 0, 1), (0, 1, 0))
    rate(mine, (1, 0, 0), (1, 1, -1), (1, 2, 0))
    turn(mine, 1, None, "Mine.")
    hand_in(mine, turns={2: Turn(None, "# Answer\n\n6")})
    path = tmp_path / "export.jsonl"
    path.write_text("".join(exported(growing)), encoding="utf-8")
    assert load(growing, path).annotations == 0
    run = load(other_project, path)
    assert (run.refused, run.annotations) == (0, 1)
    assert "".join(exported(other_project)) == path.read_text(encoding="utf-8")


def test_phase_2_goes_on_as_before_beside_a_tree(growing: Project, alice: User, load: Any) -> None:
    load(growing, [solution_line(1)])
    first = lease(alice, growing)
    hand_in(first, early_end="give_up", explanation="Enough.")
    second = lease(alice, growing)
    assert not second.grows
    labeling.submit(lease=second, marks={(0, 0): Mark(-1)})
    assert [len(json.loads(line)["question"]) for line in exported(growing)] == [2, 6]
