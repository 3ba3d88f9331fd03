"""What the queue reads to find what a labeler gets, has and waits for."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from annotation.labeling import leasing
from annotation.labeling.waiting import WAITING
from annotation.models import Project, User
from tests.bench.crowd import MAKE
from tests.conftest import labeler, solution_line
from tests.leases import lease, submit


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def plan_of(query: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", given)
        ((found,),) = cursor.fetchall()
    return list(nodes(found[0]["Plan"]))


def walk(labeler: int) -> list[dict[str, Any]]:
    """How a free place is found where PostgreSQL would rather neither read whole tables nor sort."""
    query = leasing.NEXT.format(who=leasing.ANYBODY, locked="SKIP LOCKED")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        found = plan_of(query, {"labeler": labeler, "opened": True, "unopened": 2, "token": str(uuid4())})
        transaction.set_rollback(True)
    (free,) = (node for node in found if node.get("Subplan Name") == "CTE free")
    return list(nodes(free))


@pytest.fixture
def many(project: Project, alice: User, bob: User) -> Project:
    """Twenty thousand open tasks, of which two labelers have done some; the statistics know."""
    with connection.cursor() as cursor:
        cursor.execute(MAKE, {"slug": project.slug, "tasks": 20_000, "wanted": 2})
        cursor.execute("ANALYZE annotation_task, annotation_place, annotation_solution")
    for user in (alice, bob):
        for _ in range(15):
            submit(lease(user, project))
        lease(user, project)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotation_place, annotation_annotation, annotation_membership")
    return project


@pytest.mark.parametrize("query", [leasing.CURRENT, WAITING])
def test_what_a_labeler_has_and_waits_for_is_found_without_all_places_and_tasks(
    query: str, many: Project, alice: User
) -> None:
    read = plan_of(query, {"labeler": labeler(alice, many).pk})
    places = [node for node in read if node.get("Relation Name") == "annotation_place"]
    assert places
    for node in places:  # an index may return few rows, and be read from end to end for them
        assert node["Shared Hit Blocks"] + node["Shared Read Blocks"] < 100, node
    for node in read:
        if node.get("Relation Name") == "annotation_task":
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            assert rows * node["Actual Loops"] < 200, node


def test_the_queue_is_walked_in_its_index_and_sorted_by_nobody(waiting: Project, alice: User) -> None:
    found = walk(labeler(alice, waiting).pk)
    assert "task_queue" in {node.get("Index Name") for node in found}
    assert not [node for node in found if "Sort" in node["Node Type"]]


def test_each_task_that_is_passed_costs_a_look_at_its_own_annotations(
    project: Project, alice: User, bob: User, load: Any
) -> None:
    """Also for a labeler whom the statistics do not know yet."""
    project.wanted = 3
    project.save()
    load(project, [solution_line(number) for number in range(200)])
    for _ in range(15):
        submit(lease(bob, project))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotation_task, annotation_place, annotation_annotation")
    for _ in range(15):
        submit(lease(alice, project))
    found = walk(labeler(alice, project).pk)
    read = [node for node in found if node.get("Relation Name") == "annotation_annotation"]
    assert sum(round(node["Actual Rows"] * node["Actual Loops"]) for node in read) == 15
    assert not [node for node in found if node.get("Rows Removed by Join Filter")]
