"""After a large load the planner knows the tables that were filled, and expects nothing of the others."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.importing.runs import refresh_statistics
from annotation.models import LoadRun


def analyzed(run: LoadRun) -> set[str]:
    with CaptureQueriesContext(connection) as said:
        refresh_statistics(run)
    (statement,) = said
    return set(statement["sql"].removeprefix("ANALYZE ").split(", "))


def test_a_table_that_was_left_empty_is_not_called_empty(db: None) -> None:
    solutions = analyzed(LoadRun(solutions=5_000))
    assert {"annotation_solution", "annotation_place"} <= solutions
    assert not {"annotation_annotation", "annotation_steplabel"} & solutions


def test_history_fills_all_of_them(db: None) -> None:
    assert {"annotation_annotation", "annotation_steplabel"} <= analyzed(LoadRun(annotations=5_000))
