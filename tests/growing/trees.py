"""Lines with trees of completions to load."""

from typing import Any


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
