"""The words that models are asked with. A manager's instruction stands in for the system message.

Changing one of these changes what scores and samples mean: those stored before are then another model's.
"""

from collections.abc import Sequence

ANSWER = "# Answer"
"""PRM800K's heading over a final answer."""

MATH_INSTRUCTION = "Please reason step by step, and put your final answer within \\boxed{}."
"""The system message of Qwen2.5-Math-PRM's model card."""

JUDGE_INSTRUCTION = (
    "You check the steps of a solution one after another. For each step answer with + if it is correct and "
    "follows from what came before, or with - if it is not. Answer with that one character."
)
"""For models that were not trained to judge; RLHFlow's process reward models are asked without it."""

JUDGED = "{problem}\n\nSolution so far:\n\n"
JUDGE_QUESTION = "\n\nIs the last step correct? Answer + for yes and - for no.\nAnswer:"
"""For scores by label tokens: the problem, the steps so far and the question, in one text."""

WRITER_INSTRUCTION = (
    "Solve the problem step by step. Write each step on a line of its own. "
    f'End with a line "{ANSWER}: " and the final answer on that same line.'
)
NEXT_STEP = (
    "{problem}\n\nThe solution so far, one step a line:\n{steps}\n\n"
    "Write the next step only, on one line, without repeating what is there."
)
NO_STEPS = "(nothing yet)"

PLAIN = (
    'Problem:\n{problem}\n\nSolution, one step a line, ending with a line "'
    + ANSWER
    + ': " and the final answer:\n{steps}'
)
"""For completions; base models go on after it."""


def lines(steps: Sequence[str]) -> str:
    """Steps as they stand in a prompt that the model goes on with: each ends its line."""
    return "".join(f"{step}\n" for step in steps)


def growing(steps: Sequence[str]) -> list[str]:
    """For each step the text from the first step up to it."""
    return ["\n\n".join(steps[: size + 1]) for size in range(len(steps))]
