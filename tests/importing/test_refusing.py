"""A bad line is refused whole, by its number and field, and the good ones land."""

from typing import Any

import pytest

from annotation.models import LoadRun, Project, Solution
from tests.conftest import solution_line
from tests.importing.counting import counts
from tests.importing.prm800k_lines import FOUND_ERROR

State = LoadRun.State


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


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"problem_id": "x" * 501, "steps": ["a"]}, "problem_id"),
        ({"problem": "p", "solution_id": "x" * 501, "steps": ["a"]}, "solution_id"),
        ({"question": "q", "ground_truth": "A: 1", "m": {"solution": "a\n" * 1_001}}, "steps"),
        ({"problem": "p", "steps": ["a"] * 1_001}, "steps"),
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
