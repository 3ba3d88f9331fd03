"""Plans that cannot be, and plans as JSON."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from annotation.selection import BadPlan, Plan, Strategy

GOOD: dict[str, Any] = {"strategy": Strategy.CONVINCING, "scorer": 1, "size": 10}


@pytest.mark.parametrize(
    ("settings", "field", "word"),
    [
        ({"size": None}, "size", "how many"),
        ({"size": 0}, "size", "from 1"),
        ({"per_problem": -1}, "per_problem", "from 1"),
        ({"size": 1_000_001}, "size", "1,000,000"),
        ({"scorer": None}, "scorer", "needs the scores"),
        ({"other_scorer": 2}, "other_scorer", "Only disagreement"),
        ({"strategy": Strategy.DISAGREEMENT}, "other_scorer", "second scorer"),
        ({"strategy": Strategy.DISAGREEMENT, "other_scorer": 1}, "other_scorer", "different"),
        ({"uniform_share": 1}, "uniform_share", "choose uniform"),
        ({"uniform_share": float("nan")}, "uniform_share", "share"),
        ({"mix_share": 1.1}, "mix_share", "0 to 1"),
        ({"overlap_share": -0.1}, "overlap_share", "0 to 1"),
        ({"overlap_wanted": 51}, "overlap_wanted", "50"),
        ({"prefix_cap": 0}, "prefix_cap", "from 1"),
        ({"prefix_cap": 1, "prefix_steps": 0}, "prefix_steps", "from 1"),
        ({"strategy": Strategy.MIX, "size": None, "per_problem": 2}, "per_problem", "how many in all"),
        ({"strategy": Strategy.UNIFORM, "prefix_cap": 1}, "prefix_cap", "no such cap"),
        ({"quality_control_share": -0.1}, "quality_control_share", "from 0"),
        ({"quality_control_share": 0.6}, "quality_control_share", "to 0.5"),
        ({"repeats": -1}, "repeats", "from 0"),
        ({"seed": 2**63}, "seed", "64 bits"),
        ({"since": datetime(2026, 1, 1)}, "since", "time zone"),  # noqa: DTZ001
    ],
)
def test_it_says_which_setting_cannot_be(settings: dict[str, Any], field: str, word: str) -> None:
    with pytest.raises(BadPlan) as refused:
        Plan(**{**GOOD, **settings}).checked()
    assert refused.value.field == field
    assert word in refused.value.sentence


def test_a_plan_survives_json() -> None:
    plan = Plan(**GOOD, subjects=("Algebra",), since=datetime(2026, 1, 1, tzinfo=UTC), seed=-(2**63)).checked()
    assert msgspec.convert(plan.settings(), Plan) == plan


@pytest.mark.parametrize(
    ("share", "ranked", "slice_"), [(0.1, 18, 2), (0.0, 20, 0), (0.99, 0, 20), (0.125, 17, 3)]
)
def test_the_slice_and_the_rest_make_the_size(share: float, ranked: int, slice_: int) -> None:
    plan = Plan(**{**GOOD, "size": 20, "uniform_share": share})
    assert (plan.most_ranked, plan.slice_beside(ranked)) == (ranked, slice_)


@pytest.mark.parametrize(
    ("share", "regular", "labelers", "controls"),
    [(0.1, 90, 1, 10), (0.1, 90, 3, 3), (0.1, 90, 0, 10), (0.5, 40, 4, 10), (0.01, 5, 5, 1), (0.0, 90, 1, 0)],
)
def test_quality_control_is_a_share_of_what_each_labeler_rates(
    share: float, regular: int, labelers: int, controls: int
) -> None:
    plan = Plan(**{**GOOD, "quality_control_share": share}).checked()
    assert plan.controls_beside(regular, labelers) == controls
