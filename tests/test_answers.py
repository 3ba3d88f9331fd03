"""Where the final answer of a solution stands."""

import pytest

from annotation.answers import final_answer

ENDS = [
    ("So it is 5.\n\n# Answer\n\n28800", "28800"),
    ("# Answer\n\n$x = 5$\n", "$x = 5$"),
    ("# Answer: 12", "12"),
    ("She makes $18.\n#### 18", "18"),
    ("He has 2 * 9 = <<2*9=18>>18\nA: 18", "18"),
    (r"Thus the answer is $\boxed{\frac{1}{2}}$.", r"\frac{1}{2}"),
    (r"First \boxed{1}, then \boxed{\{1,2\}}.", r"\{1,2\}"),
    (r"\fbox{7}", "7"),
    (r"\boxed 5", "5"),
    (r"It is $\boxed 12$.", "12"),
    ("# Answer\n\n\\boxed{42}", "42"),
    ("A: 3\nNo, wait.\nA: 4", "4"),
    (r"\boxed{2} is tempting. # Answer is later" + "\n# Answer\n\n3", "3"),
    ("Nothing is marked here: 5", None),
    ("# Answer\n\n", None),
    (r"\boxed{never closed", None),
    (r"\boxed{}", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "answer"), ENDS)
def test_the_last_mark_counts(text: str, answer: str | None) -> None:
    assert final_answer(text) == answer


def test_only_the_end_of_a_long_text_is_read() -> None:
    assert final_answer("A: 3\n" + "x" * 50_000) is None


def test_braces_without_end_end() -> None:
    assert final_answer(r"\boxed{" * 5_000) is None
