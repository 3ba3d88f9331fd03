"""What stands before the real work of a labeler, and beside it."""

from typing import Any

from django.db import connection, transaction
from playwright.sync_api import Page, expect

from annotation import labeling
from annotation.demo import INSTRUCTIONS
from annotation.learning import course, guidelines
from annotation.learning.progress import SMALLEST
from annotation.models import Annotation, GoldStep, Project, Role, User
from tests.browser.desk_page import at_desk
from tests.browser.states.kinds import State, at
from tests.conftest import person, rated, solution_line
from tests.screening.acts import do, fail, make_course, next_lease

LONG_NOTE = "The sum needs $x_0 = 0$, and " + "that is said nowhere. " * 6


def school_of(cast: Any) -> tuple[Project, User]:
    """A project with two solutions to practise with and four to screen with, and Carol, who is new in it."""
    school = Project.objects.create(slug="school", name="School", screening_size=4)
    cast.load(school, [solution_line(number, steps=2) for number in range(1, 10)])
    make_course(school, practice=[1, 2], screening=[3, 4, 5, 6])
    return school, person("carol", school, Role.LABELER)


def practice(cast: Any) -> Page:
    return at_desk(cast.visit, school_of(cast)[1])


def feedback(cast: Any) -> Page:
    school, carol = school_of(cast)
    do(carol, school, 1, wrong=1)
    GoldStep.objects.update(note=LONG_NOTE)
    return cast.visit(carol, f"/label/{Annotation.objects.latest('pk').token}/feedback/")


def screening(cast: Any) -> Page:
    school, carol = school_of(cast)
    do(carol, school, 3)
    return at_desk(cast.visit, carol)


def to_read(cast: Any) -> Page:
    guidelines.publish(actor=None, project=cast.project, text=f"{INSTRUCTIONS}\nBe fair.", change="All of it.")
    return cast.visit(cast.alice, "/label/in/algebra/instructions/")


def standing_before(cast: Any) -> Page:
    return cast.visit(school_of(cast)[1], "/label/in/school/standing/")


def standing_failed(cast: Any) -> Page:
    school, carol = school_of(cast)
    do(carol, school, 2)
    fail(carol, school)
    return cast.visit(carol, "/label/in/school/standing/")


def standing_passed(cast: Any) -> Page:
    school, carol = school_of(cast)
    do(carol, school, 7)
    return cast.visit(carol, "/label/in/school/standing/")


def start_of_some(cast: Any) -> Page:
    """Carol has failed in one project and can work in another one."""
    school, carol = school_of(cast)
    do(carol, school, 2)
    fail(carol, school)
    person("carol", cast.project, Role.LABELER)
    return cast.visit(carol, "/label/")


def me_with_figures(cast: Any) -> Page:
    """Agreement with gold on five solutions of a week that is over."""
    other = Project.objects.create(slug="geometry", name="Geometry")
    carol = person("carol", other, Role.LABELER)
    numbers = range(1, SMALLEST + 1)
    cast.load(other, [solution_line(number, steps=2) for number in numbers])
    make_course(other, practice=numbers, screening=[])
    course.choose(actor=None, project=other, practice=[], screening=[])
    for _ in numbers:
        labeling.submit(lease=next_lease(carol, other), marks=rated({0: 1, 1: 1}))
    last_week()
    page = cast.visit(carol, "/label/me/")
    expect(page.get_by_text("95 % interval")).to_be_visible()
    return page


def last_week() -> None:
    """Moves all that was submitted to there, which nothing but a test may do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE annotation_annotation SET submitted_at = submitted_at - interval '7 days'")


STATES = {
    "start, failed": State("label", start_of_some),
    "practice": State("desk", practice),
    "practice feedback": State("feedback", feedback),
    "screening": State("desk", screening),
    "guideline": State("guideline", at("/label/in/algebra/instructions/", "alice")),
    "guideline to read": State("guideline", to_read),
    "standing": State("standing", at("/label/in/algebra/standing/", "alice")),
    "standing, before": State("standing", standing_before),
    "standing, failed": State("standing", standing_failed),
    "standing, passed": State("standing", standing_passed),
    "me": State("me", at("/label/me/", "alice")),
    "me, figures": State("me", me_with_figures),
}
