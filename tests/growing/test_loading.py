"""Trees come in whole or are refused with the way to what is wrong."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from annotation.models import Completion, Project, Solution, Task
from tests.growing.trees import tree_line


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
