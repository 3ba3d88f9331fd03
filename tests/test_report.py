"""What is asked about the first error besides its rating, where a project asks."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from annotation import labeling
from annotation.exporting import FORMATS
from annotation.labeling import Report, ReportIncomplete, WrongReport
from annotation.models import Annotation, ErrorReport, Project, User
from tests.conftest import rated
from tests.leases import lease

WRONG = rated({0: 1, 1: -1})


@pytest.fixture
def asking(project: Project, load: Any) -> Project:
    """A project that asks everything, and a solution with two critiques of its second step."""
    project.asks_progress = project.asks_critique = True
    project.error_categories = ["arithmetic", "logic"]
    project.save()
    critiques = [[], ["It is two.", "Wrong way."], []]
    steps = ["One and one.", "That is three.", "# Answer\n\n3"]
    load(project, [{"problem": "What is 1 + 1?", "steps": steps, "critiques": critiques}])
    return project


def whole(**other: Any) -> Report:
    return Report(step=1, progress=1, category="arithmetic", ratings=[1, -1])._replace(**other)


def test_it_is_kept_with_the_annotation(asking: Project, alice: User) -> None:
    mine = lease(alice, asking)
    desk = labeling.desk_of(mine)
    assert desk.asks is not None
    assert desk.asks.critiques == {1: ["It is two.", "Wrong way."]}
    labeling.submit(lease=mine, marks=WRONG, report=whole())
    kept = ErrorReport.objects.get()
    assert (kept.step, kept.progress, kept.category, kept.ratings) == (1, 1, "arithmetic", [1, -1])


def test_a_draft_of_it_counts_at_the_submit(asking: Project, alice: User) -> None:
    mine = lease(alice, asking)
    for _ in range(2):
        labeling.save_report(lease=mine, report=whole())
    labeling.submit(lease=mine, marks=WRONG)
    assert ErrorReport.objects.get().category == "arithmetic"


@pytest.mark.parametrize(
    ("report", "missing"),
    [
        (None, "how far"),
        (whole(step=0), "how far"),
        (whole(progress=None), "how far"),
        (whole(category=None), "what kind"),
        (whole(ratings=[1]), "how good each critique"),
        (whole(ratings=[1, None]), "how good each critique"),
        (whole(ratings=[-1, 0]), "in your own words"),
    ],
)
def test_what_is_missing_is_said(report: Report | None, missing: str, asking: Project, alice: User) -> None:
    with pytest.raises(ReportIncomplete, match=missing):
        labeling.submit(lease=lease(alice, asking), marks=WRONG, report=report)
    assert Annotation.objects.get().submitted_at is None


def test_words_of_ones_own_stand_in_for_a_good_critique(asking: Project, alice: User) -> None:
    report = whole(ratings=[-1, 0], critique="One and one is two.")
    labeling.submit(lease=lease(alice, asking), marks=WRONG, report=report)
    assert ErrorReport.objects.get().critique == "One and one is two."


@pytest.mark.parametrize("report", [whole(progress=7), whole(category="bad luck"), whole(ratings=[1, 1, 1])])
def test_what_nobody_asked_is_refused(report: Report, asking: Project, alice: User) -> None:
    with pytest.raises(WrongReport):
        labeling.save_report(lease=lease(alice, asking), report=report)
    assert not ErrorReport.objects.exists()


def test_without_an_error_there_is_no_report(asking: Project, alice: User) -> None:
    mine = lease(alice, asking)
    labeling.save_report(lease=mine, report=whole())
    labeling.submit(lease=mine, marks=rated({0: 1, 1: 1, 2: 1}))
    assert not ErrorReport.objects.exists()


def test_whoever_gives_up_is_asked_nothing_more(asking: Project, alice: User) -> None:
    done = labeling.submit(lease=lease(alice, asking), marks=WRONG, early_end="give_up", explanation="No idea.")
    assert done.finish_reason == "give_up"


def test_a_project_that_asks_nothing_takes_nothing(waiting: Project, alice: User) -> None:
    with pytest.raises(WrongReport):
        labeling.save_report(lease=lease(alice, waiting), report=whole())
    labeling.submit(lease=lease(alice, waiting), marks=WRONG)


def test_it_is_fixed_once_submitted(asking: Project, alice: User) -> None:
    labeling.submit(lease=lease(alice, asking), marks=WRONG, report=whole())
    with pytest.raises(Exception, match="submitted"):
        ErrorReport.objects.update(category="logic")


def test_the_extra_export_tells_it_and_can_be_loaded_again(
    asking: Project, other_project: Project, alice: User, load: Any, tmp_path: Any
) -> None:
    labeling.submit(lease=lease(alice, asking), marks=WRONG, report=whole(), step_ms=[10, 20])
    (plain,) = FORMATS["prm800k"](asking)
    (line,) = FORMATS["prm800k-extra"](asking)
    extra = json.loads(line).pop("stepmark")
    assert line.startswith(plain.rstrip().removesuffix("}"))
    assert extra["error_report"]["critiques"] == [
        {"text": "It is two.", "rating": 1},
        {"text": "Wrong way.", "rating": -1},
    ]
    assert (extra["step_ms"], extra["is_surplus"], extra["error_report"]["progress"]) == ([10, 20], False, 1)
    run = load(other_project, [line.rstrip()])
    assert (run.refused, run.ignored_keys) == (0, ["stepmark"])
    assert list(FORMATS["prm800k"](other_project)) == [plain]


def test_another_report_with_the_same_ratings_is_another_submit(asking: Project, alice: User) -> None:
    mine = lease(alice, asking)
    done = labeling.submit(lease=mine, marks=WRONG, report=whole())
    assert labeling.submit(lease=mine, marks=WRONG, report=whole()) == done
    with pytest.raises(labeling.AlreadySubmitted):
        labeling.submit(lease=mine, marks=WRONG, report=whole(category="logic"))


@pytest.mark.django_db(transaction=True)
def test_submits_and_saves_of_a_report_that_come_at_once_agree(asking: Project, alice: User) -> None:
    """The submits are one and the same; what is said of the error after it is refused, not added."""
    mine = lease(alice, asking)

    def act(number: int) -> object:
        try:
            if number % 3:
                return labeling.submit(lease=mine, marks=WRONG, report=whole())
            labeling.save_report(lease=mine, report=whole(category="logic"))
        except labeling.AlreadySubmitted:
            return None
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(12) as threads:
        assert len(set(threads.map(act, range(48))) - {None}) == 1
    assert ErrorReport.objects.get().category == "arithmetic"


def test_nothing_is_said_of_the_error_of_a_solution_that_was_given_up(asking: Project, alice: User) -> None:
    mine = lease(alice, asking)
    labeling.save_report(lease=mine, report=whole())
    labeling.submit(lease=mine, marks=WRONG, early_end="give_up", explanation="Too hard.")
    with pytest.raises(labeling.AlreadySubmitted):
        labeling.save_report(lease=mine, report=whole())
    assert not ErrorReport.objects.exists()


def test_on_the_page_too_another_report_is_another_submit(asking: Project, alice: User, sign_in: Any) -> None:
    page, mine = sign_in(alice), lease(alice, asking)
    said = {"report-progress": "1", "report-category": "arithmetic", "critique-1-0": "1", "critique-1-1": "-1"}
    form = {"step-0": "1", "step-1": "-1", **said}

    def submit(**other: str) -> int:
        status: int = page.post(
            f"/label/{mine.token}/submit/", form | other, headers={"HX-Request": "true"}
        ).status_code
        return status

    assert (submit(), submit(), submit(**{"report-category": "logic"})) == (200, 200, 409)
    assert ErrorReport.objects.get().category == "arithmetic"
