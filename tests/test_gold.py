"""Gold: what experts accept, where it comes from, and who may set it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from annotation import labeling
from annotation.agreement import tables
from annotation.learning import course, gold
from annotation.learning.gold import Judgement
from annotation.learning.quality import Agreement
from annotation.models import Annotation, AuditEntry, Gold, GoldStep, LoadRun, Project, Solution, User
from tests.api.script import Script
from tests.conftest import labeler, rated, shared_file, solution_line

SignIn = Callable[[User], Client]


def rate(user: User, project: Project, *ratings: int) -> Annotation:
    """Submit the next solution with these ratings."""
    lease = labeling.lease_next(labeler=labeler(user, project).pk)
    assert lease is not None
    labeling.submit(lease=lease, marks=rated(dict(enumerate(ratings))))
    return Annotation.objects.select_related("solution__project").get(pk=lease.annotation)


def accepted(solution: Solution) -> list[tuple[int, int, set[int], bool]]:
    found = gold.judgements_of(solution).values()
    return [(one.step, one.completion, set(one.accepted), one.can_be_first_error) for one in found]


def test_gold_is_made_from_an_annotation(waiting: Project, alice: User, sam: User) -> None:
    annotation = rate(alice, waiting, 1, 0, -1)
    made = gold.make_from(actor=sam, annotation=annotation)
    assert (made.author, made.sources.get().annotation) == (sam, annotation)
    assert accepted(annotation.solution) == [(0, 0, {1}, False), (1, 0, {0}, False), (2, 0, {-1}, True)]
    assert gold.agreements([annotation]) == {}, "it agrees with itself"
    made.sources.all().delete()
    assert gold.agreements([annotation]) == {annotation.pk: Agreement(3, 3, 1, 1)}


def test_a_second_annotation_widens_it_or_takes_its_place(
    waiting: Project, alice: User, bob: User, sam: User
) -> None:
    first = rate(alice, waiting, 1, 0, -1)
    Annotation.objects.exclude(pk=first.pk).delete()
    gold.make_from(actor=sam, annotation=first)
    other = Annotation.objects.get(pk=first.pk)
    solution = other.solution
    judgements = gold.judgements_of(solution) | {(1, 0): Judgement(1, 0, frozenset({-1}), can_be_first_error=True)}
    both = gold.merged(gold.judgements_of(solution), {(1, 0): judgements[1, 0]})
    gold.write(actor=sam, solution=solution, judgements=list(both.values()))
    assert accepted(solution) == [(0, 0, {1}, False), (1, 0, {-1, 0}, True), (2, 0, {-1}, True)]
    gold.make_from(actor=sam, annotation=first)
    assert accepted(solution)[1] == (1, 0, {0}, False)
    gold.make_from(actor=sam, annotation=first, as_well=True)
    assert accepted(solution)[1] == (1, 0, {0}, False)
    before = [entry.data["before"] for entry in AuditEntry.objects.filter(verb="set gold").order_by("id")]
    assert [len(one) for one in before] == [0, 3, 3, 3]


def test_nothing_it_was_made_from_is_held_against_it(
    project: Project, load: Callable[..., LoadRun], alice: User, bob: User, sam: User
) -> None:
    project.wanted = 2
    project.save()
    load(project, [solution_line()])
    first, second = rate(alice, project, 1, 1, 1), rate(bob, project, 1, 0, 1)
    gold.make_from(actor=sam, annotation=first)
    gold.make_from(actor=sam, annotation=second, as_well=True)
    assert gold.agreements([first, second]) == {}
    assert sorted(tables.gold(project.pk).sources) == [first.pk, second.pk]
    step = Judgement(0, 0, frozenset({1}))
    gold.write(actor=sam, solution=first.solution, judgements=[step])
    assert gold.agreements([first, second]) == {}, "written anew by hand, it still comes from them"
    gold.write(actor=sam, solution=first.solution, judgements=[step], sources=())
    assert len(gold.agreements([first, second])) == 2
    gold.make_from(actor=sam, annotation=second)
    assert set(gold.agreements([first, second])) == {first.pk}, "in place of the old one"


def test_gold_is_made_from_loaded_rows(project: Project, load: Any, sam: User) -> None:
    load(project, shared_file("prm800k_rows.jsonl"))
    loaded = Annotation.objects.filter(solution__pre_generated=True).select_related("solution__project")
    made = 0
    for annotation in loaded:
        is_finished = annotation.finish_reason in {"solution", "found_error"}
        if is_finished and annotation.labels.filter(rating__isnull=False).exists():
            gold.make_from(actor=sam, annotation=annotation).sources.all().delete()
            found = gold.agreements([annotation])[annotation.pk]
            assert (found.right, found.found) == (found.judged, 1)
            made += 1
    assert made >= 3
    assert GoldStep.objects.filter(completion__gt=0).exists()


def test_whoever_gave_up_makes_no_gold(waiting: Project, alice: User, sam: User) -> None:
    lease = labeling.lease_next(labeler=labeler(alice, waiting).pk)
    assert lease is not None
    labeling.submit(lease=lease, marks=rated({0: 1}), early_end="give_up", explanation="Too long.")
    with pytest.raises(ValidationError, match="not brought to its end"):
        gold.make_from(actor=sam, annotation=Annotation.objects.get())


@pytest.mark.parametrize(
    ("judgement", "why"),
    [
        (Judgement(3, 0, frozenset({1})), "no step 4"),
        (Judgement(0, 1, frozenset({1})), "completion 1"),
        (Judgement(0, 0, frozenset()), "accepts no rating"),
        (Judgement(0, 0, frozenset({2})), "accepts no rating"),
        (Judgement(0, 0, frozenset({1}), can_be_first_error=True), "only if negative"),
    ],
)
def test_what_is_no_judgement_is_refused(judgement: Judgement, why: str, waiting: Project) -> None:
    solution = Solution.objects.order_by("id")[0]
    with pytest.raises(ValidationError, match=why):
        gold.write(actor=None, solution=solution, judgements=[judgement])
    assert not Gold.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE annotation_goldstep SET accepted = '{2}'",
        "UPDATE annotation_goldstep SET accepted = '{}'",
        "UPDATE annotation_goldstep SET can_be_first_error = true",
        "UPDATE annotation_goldstep SET step = 7",
        "UPDATE annotation_goldstep SET completion = 1",
    ],
)
def test_the_database_itself_refuses(change: str, waiting: Project) -> None:
    solution = Solution.objects.order_by("id")[0]
    gold.write(actor=None, solution=solution, judgements=[Judgement(0, 0, frozenset({1}))])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_manager_makes_gold_from_an_annotation_and_edits_it(
    waiting: Project, alice: User, max_: User, sign_in: SignIn
) -> None:
    annotation = rate(alice, waiting, 1, -1)
    solution = annotation.solution
    manager, page = sign_in(max_), f"/projects/algebra/solutions/{solution.pk}/"
    assert "Make gold" in manager.get(page).content.decode()
    assert manager.post(f"{page}gold/from/", {"annotation": annotation.pk})["Location"] == f"{page}gold/"
    assert accepted(solution) == [(0, 0, {1}, False), (1, 0, {-1}, True)]
    fields = {"accept-0-0": ["0", "1"], "accept-2-0": ["-1"], "error-2": "1", "note-2-0": "It is $4$."}
    assert manager.post(f"{page}gold/", fields).status_code == 302
    assert accepted(solution) == [(0, 0, {0, 1}, False), (2, 0, {-1}, True)]
    assert "It is $4$." in manager.get(f"{page}gold/").content.decode()
    assert manager.post(f"{page}gold/", {"accept-1-0": "1", "error-1": "1"}).status_code == 400
    assert manager.post(f"{page}gold/", {"accept-1-0": "5"}).status_code == 400
    assert manager.post(f"{page}gold/from/", {"annotation": 10**12}).status_code == 404
    assert manager.post(f"{page}gold/", {"remove": "1"}).status_code == 302
    assert not Gold.objects.exists()


def test_a_researcher_sees_no_button(waiting: Project, alice: User, rita: User, sign_in: SignIn) -> None:
    solution = rate(alice, waiting, -1).solution
    page = sign_in(rita).get(f"/projects/algebra/solutions/{solution.pk}/").content.decode()
    assert "✕ negative" in page
    assert "Make gold" not in page


def test_a_script_writes_gold(waiting: Project, alice: User, max_: User) -> None:
    solution = Solution.objects.order_by("id")[0]
    path = f"projects/algebra/solutions/{solution.pk}/gold/"
    script = Script(max_)
    steps = [{"step": 0, "accepted": [0, 1]}, {"step": 1, "accepted": [-1], "can_be_first_error": True}]
    assert script("PUT", path, {"steps": steps}).status_code == 200
    assert accepted(solution) == [(0, 0, {0, 1}, False), (1, 0, {-1}, True)]
    assert [one["accepted"] for one in script("GET", path).json()["steps"]] == [[0, 1], [-1]]
    assert script("PUT", path, {"steps": [{"step": 9, "accepted": [1]}]}).status_code == 400
    assert script("PUT", path, {"steps": [{"step": 0, "accepted": [3]}]}).status_code == 400
    assert Script(alice)("GET", path).status_code == 404


def test_nothing_is_said_twice(waiting: Project, alice: User) -> None:
    annotation = rate(alice, waiting, 1, 0, -1)
    twice = Judgement(0, 0, frozenset({1}), can_be_first_error=False)
    with pytest.raises(ValidationError, match="once"):
        gold.write(actor=None, solution=annotation.solution, judgements=[twice, twice])
    made = gold.make_from(actor=None, annotation=annotation)
    with pytest.raises(ValidationError, match="once"):
        course.choose(actor=None, project=waiting, practice=[made.pk, made.pk], screening=[])
