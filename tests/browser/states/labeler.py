"""The desk, in every state in which labelers see it, and what is around it."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from annotation import writing
from annotation.models import Project, Role
from tests.browser.desk_page import at_desk, press, saved, two_windows
from tests.browser.keys_page import change, open_sheet
from tests.browser.states.kinds import State, at
from tests.conftest import person
from tests.endpoints.registered import fresh
from tests.growing.trees import tree_line

LONG = r"So $\frac{1}{2} + x = \sum_{k=1}^{n} k^2$, and $$a_1 + a_2 + a_3 + a_4 + a_5 + a_6 = \frac{b}{c}$$ holds."


def desk(cast: Any, keys: str = "", **options: Any) -> Page:
    page = at_desk(cast.visit, cast.alice, **options)
    for key in keys:
        page.keyboard.press(key)
    if keys:
        saved(page)
    return page


def desk_all_revealed(cast: Any) -> Page:
    Project.objects.update(reveals_all=True, stops_at_error=False)
    return desk(cast, "31")


def desk_contested(cast: Any) -> Page:
    return two_windows(cast.visit, cast.alice)[1]


def desk_not_saved(cast: Any) -> Page:
    page = desk(cast, "3", expect_trouble=True)
    page.context.set_offline(True)
    page.keyboard.press("3")
    expect(page.locator(".saved.trouble")).to_be_visible()
    return page


def desk_signed_out(cast: Any) -> Page:
    page = desk(cast, expect_trouble=True)
    page.context.clear_cookies(name=f"stepmark-{urlsplit(page.url).port}")
    page.keyboard.press("3")
    expect(page.get_by_role("dialog", name="Sign in again")).to_be_visible()
    return page


def desk_sheet(cast: Any) -> Page:
    page = desk(cast)
    open_sheet(page)
    change(page, "rate positive", "w")
    return page


def desk_open(cast: Any) -> Page:
    page = desk(cast, "3")
    page.keyboard.press("i")
    page.keyboard.press("e")
    return page


def submitted(cast: Any) -> Page:
    page = desk(cast, "31")
    for key in "33":
        page.keyboard.press(key)
    saved(page)
    address = page.url
    page.keyboard.press("Enter")
    expect(page.locator("#heard")).to_contain_text("Submitted")
    page.goto(address)
    return page


def waiting(cast: Any) -> Page:
    return cast.visit(cast.alice, "/label/in/algebra/")


def desk_asks(cast: Any) -> Page:
    """Everything that can be asked about an error, some of it said."""
    kinds = ["arithmetic", "a step that does not follow from what was there before it"]
    Project.objects.update(asks_progress=True, asks_critique=True, error_categories=kinds)
    page = desk(cast, "31")
    report = page.get_by_role("region", name="About the error")
    report.get_by_label("Some").check()
    report.get_by_role("group", name="Critique 1").get_by_text("Neutral").click()
    return page


def growing(cast: Any, keys: str = "", **more: Any) -> Page:
    """Carol's desk in a project of trees."""
    trees = Project.objects.create(slug="trees", name="Trees", allows_unsure=True)
    cast.load(trees, [tree_line(**more), tree_line(problem="Another problem.")])
    page = at_desk(cast.visit, person("carol", trees, Role.LABELER))
    press(page, *keys)
    return page


def growing_second_step(cast: Any) -> Page:
    page = growing(cast, "32")
    expect(page.locator(".spot[aria-current] legend")).to_contain_text("Step 2,")
    saved(page)
    return page


def growing_own_words(cast: Any) -> Page:
    page = growing(cast, "11")
    expect(page.get_by_role("textbox")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("Count: $4, 5, 6$.")
    return page


def growing_done(cast: Any) -> Page:
    page = growing(cast, "31")
    expect(page.locator(".spot[aria-current] legend")).to_contain_text("Step 2,")
    press(page, *"113")
    expect(page.get_by_text("The solution has come to its answer.")).to_be_visible()
    saved(page)
    return page


def with_writer(project: Project) -> Project:
    """Its model is asked, and nobody answers."""
    row = fresh(project, name="Writer", role="generator", protocol="completions")
    row.save()
    project.writer, project.alternatives_asked = row, 3
    project.save()
    return project


def growing_awaited(cast: Any) -> Page:
    live = with_writer(Project.objects.create(slug="live", name="Live"))
    cast.load(live, [{"problem": "What is $21 + 21$?", "answer": "42", "level": 1}])
    writing.begin(project=live, actor=None)
    page = at_desk(cast.visit, person("carol", live, Role.LABELER))
    expect(page.locator(".awaited")).to_contain_text("A model writes the next step")
    return page


def desk_awaited(cast: Any) -> Page:
    with_writer(cast.project)
    page = desk(cast, "1")
    expect(page.locator(".awaited")).to_contain_text("A model writes alternatives")
    return page


STATES = {
    "start": State("label", at("/label/", "alice")),
    "desk": State("desk", desk),
    "desk, half rated": State("desk", lambda cast: desk(cast, "34")),
    "desk, first error": State("desk", lambda cast: desk(cast, "313")),
    "desk, done": State("desk", lambda cast: desk(cast, "3333")),
    "desk, all revealed": State("desk", desk_all_revealed),
    "desk, contested": State("desk", desk_contested),
    "desk, not saved": State("desk", desk_not_saved),
    "desk, signed out": State("desk", desk_signed_out),
    "desk, sheet": State("desk", desk_sheet),
    "desk, texts open": State("desk", desk_open),
    "desk, source": State("desk", lambda cast: desk(cast, "r3")),
    "desk, error report": State("desk", desk_asks),
    "desk, alternatives awaited": State("desk", desk_awaited),
    "growing, awaited": State("desk", growing_awaited),
    "growing": State("desk", growing),
    "growing, second step": State("desk", growing_second_step),
    "growing, own words": State("desk", growing_own_words),
    "growing, done": State("desk", growing_done),
    "submitted": State("desk", submitted),
    "waiting": State("waiting", waiting),
}
