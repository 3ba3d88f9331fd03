import json
from typing import Any

import msgspec
import pytest

from annotation.records import Line, RecordError, validate

decoder = msgspec.json.Decoder(Line)


def labeled(**label: Any) -> dict[str, Any]:
    return {
        "labeler": "e90a38f3-3135-4465-87af-3e6322e3d772",
        "timestamp": "2022-07-13T18:55:54.496450",
        "generation": 3,
        "is_quality_control_question": False,
        "is_initial_screening_question": False,
        "question": {"problem": "?", "ground_truth_answer": "1", "pre_generated_steps": ["a", "b"]},
        "label": {"steps": [], "total_time": 5, "finish_reason": "give_up"} | label,
    }


def read(value: Any) -> Line:
    line = decoder.decode(json.dumps(value))
    validate(line)
    return line


@pytest.mark.parametrize("rating", [2, -2, "1", True, 0.5])
def test_it_refuses_what_is_no_rating(rating: Any) -> None:
    step = {"completions": [{"text": "a", "rating": rating, "flagged": None}]}
    with pytest.raises(msgspec.ValidationError, match=r"completions\[0\].rating"):
        read(labeled(steps=[step]))


@pytest.mark.parametrize("reason", ["done", None, ""])
def test_it_refuses_an_unknown_finish_reason(reason: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match="finish_reason"):
        read(labeled(finish_reason=reason))


@pytest.mark.parametrize("chosen", [-1, 1, 99])
def test_it_refuses_a_chosen_completion_out_of_range(chosen: int) -> None:
    step = {"completions": [{"text": "a", "rating": 1, "flagged": None}], "chosen_completion": chosen}
    with pytest.raises(RecordError) as refused:
        read(labeled(steps=[step]))
    assert refused.value.field == "label.steps[0].chosen_completion"


def test_it_refuses_more_labels_than_steps() -> None:
    with pytest.raises(RecordError, match="3 steps are labeled, but 2"):
        read(labeled(steps=[{}, {}, {}]))


def test_it_refuses_a_key_that_would_be_lost() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `colour`"):
        read(labeled(colour="red"))


@pytest.mark.parametrize("missing", ["labeler", "timestamp", "generation", "is_quality_control_question"])
def test_a_labeled_line_needs_its_head(missing: str) -> None:
    value = labeled()
    del value[missing]
    with pytest.raises(RecordError) as refused:
        read(value)
    assert refused.value.field == missing


def test_a_line_without_steps_and_label_holds_nothing() -> None:
    with pytest.raises(RecordError, match="nothing to rate"):
        read({"question": {"problem": "?"}})


@pytest.mark.parametrize("time", [-1, 10**16])
def test_it_refuses_times_that_are_none(time: int) -> None:
    with pytest.raises(RecordError, match="milliseconds"):
        read(labeled(total_time=time))


def test_it_refuses_a_generation_out_of_range() -> None:
    with pytest.raises(RecordError, match="out of range"):
        read(labeled() | {"generation": 99999})


@pytest.mark.parametrize("timestamp", ["yesterday", "", "2022-13-01", "0001-01-01T00:00:00+05:00"])
def test_it_refuses_what_is_no_time(timestamp: str) -> None:
    with pytest.raises(RecordError) as refused:
        read(labeled() | {"timestamp": timestamp})
    assert refused.value.field == "timestamp"
