"""Annotations of a team as PRM800K lines: people who agree more or less, over half a year."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from tests.agreement.simulated import CLASSES, GOOD, LENIENT, SEVERE

TEAM = [f"{number:032x}" for number in (1, 2, 3, 4)]
WAYS = [GOOD, SEVERE, LENIENT, GOOD]
"""Of the team, in its order."""
STEPS = 4
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def team_lines(solutions: int, seed: int = 0) -> list[dict[str, Any]]:
    """Each solution is rated by two or three of the team, every third day one; two generations."""
    random = np.random.default_rng(seed)
    lines = []
    for number in range(solutions):
        true = random.choice(3, size=STEPS, p=CLASSES)
        for who in random.permutation(len(TEAM))[: 2 + number % 2]:
            ratings = [int(random.choice(3, p=WAYS[who][one])) - 1 for one in true]
            at = BEGAN + timedelta(days=3 * number, minutes=int(random.integers(600)))
            lines.append(line(TEAM[who], number, ratings, at, int(random.integers(20_000, 90_000))))
    return lines


def line(labeler: str, number: int, ratings: list[int], at: datetime, active_ms: int) -> dict[str, Any]:
    """Up to the first negative step, as PRM800K has it."""
    ended = ratings.index(-1) + 1 if -1 in ratings else len(ratings)
    texts = [f"From ${step + number} + 1$ follows ${step + number + 1}$." for step in range(STEPS)]
    return {
        "labeler": labeler,
        "timestamp": at.replace(tzinfo=None).isoformat(timespec="microseconds"),
        "generation": number // 30,
        "is_quality_control_question": False,
        "is_initial_screening_question": False,
        "question": {
            "problem": f"What follows {number}?",
            "ground_truth_solution": "Thus.",
            "ground_truth_answer": str(number + STEPS),
            "pre_generated_steps": texts,
            "pre_generated_answer": str(number + STEPS),
            "pre_generated_verifier_score": 0.5,
        },
        "label": {
            "steps": [
                {
                    "completions": [{"text": text, "rating": rating, "flagged": False}],
                    "human_completion": None,
                    "chosen_completion": 0 if rating > -1 else None,
                }
                for text, rating in zip(texts, ratings[:ended], strict=False)
            ],
            "total_time": active_ms,
            "finish_reason": "found_error" if ended < STEPS or ratings[-1] == -1 else "solution",
        },
    }
