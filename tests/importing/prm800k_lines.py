"""Lines of PRM800K, put together by hand."""

from typing import Any

LABELER = "e90a38f3-3135-4465-87af-3e6322e3d772"
OTHER_LABELER = "debabc6d-f79c-4ee5-a9db-5e284390254c"


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
