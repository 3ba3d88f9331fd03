"""Grown solutions as PRM800K's phase 1 has them."""

import json
from typing import Any

from annotation import labeling
from annotation.labeling import Mark, Turn
from annotation.models import Annotation, Lease, Project, User
from tests.conftest import shared_file
from tests.growing.acts import exported, hand_in, rate, turn
from tests.leases import lease


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
