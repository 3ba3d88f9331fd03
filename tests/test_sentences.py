"""Steps that are sentences."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.importing.sentences import sentences
from annotation.models import Completion, Project


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Add 2 and 3. The sum is 5.", ["Add 2 and 3.", "The sum is 5."]),
        ("We get $x = 3. Y$ here. So $y=1$!", ["We get $x = 3. Y$ here.", "So $y=1$!"]),
        ("Is it 3.5? Yes. (See above.) Done", ["Is it 3.5?", "Yes.", "(See above.)", "Done"]),
        ("Some primes, e.g. 7 and 11. Next.", ["Some primes, e.g. 7 and 11.", "Next."]),
        ("By A. Smith. Then \\(a. B\\) holds.", ["By A. Smith.", "Then \\(a. B\\) holds."]),
        ("1. Add them. 2. Divide.", ["1. Add them.", "2. Divide."]),
        ("So $5. That costs $6. Done.", ["So $5. That costs $6.", "Done."]),
        ("no end", ["no end"]),
        ("", []),
    ],
)
def test_it_cuts_between_sentences(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


@given(st.text(alphabet="aB1 .!?$\\()e", max_size=60))
def test_nothing_is_lost_but_spaces(text: str) -> None:
    found = list(sentences(text))
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(part and part == part.strip() for part in found)


def test_a_project_may_have_a_step_for_each_sentence(project: Project, load: Any) -> None:
    Project.objects.update(splits_sentences=True)
    project.refresh_from_db()
    load(project, [{"problem": "p", "solution": "One. Two.\nThree.", "score": 0.5}])
    assert list(Completion.objects.values_list("text", flat=True)) == ["One.", "Two.", "Three."]


def test_steps_that_a_file_names_are_left_as_they_are(project: Project, load: Any) -> None:
    Project.objects.update(splits_sentences=True)
    project.refresh_from_db()
    load(project, [{"problem": "p", "steps": ["One. Two."]}])
    assert Completion.objects.get().text == "One. Two."
