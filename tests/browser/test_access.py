"""Every page against WCAG 2.2 AA with axe, light and dark, on a desk and a phone; and what axe cannot see."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Locator, Page, expect

from annotation.models import Project, User
from tests.browser.desk_page import Visit, saved
from tests.browser.pictures import picture
from tests.browser.states import STATES
from tests.browser.states.labeler import LONG, desk
from tests.conftest import solution_line, with_instructions

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
RUN = """() => axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    rules: {'target-size': {enabled: true}},
    resultTypes: ['violations'],
})"""
SIZES = [(1280, 900), (640, 450), (360, 700)]  # a desk, the same at 200 %, a phone


@pytest.fixture
def cast(project: Project, alice: User, max_: User, sam: User, load: Callable[..., Any], visit: Visit) -> Any:
    Project.objects.update(allows_unsure=True)
    with_instructions(project, "Look closely.\nBe fair.")
    steps, others = ["A first step.", LONG, "A third step.", "The end."], [[], ["Or so.", LONG], [], []]
    first = {
        "problem": f"What is it? {LONG}",
        "ground_truth_answer": "2",
        "steps": steps,
        "alternatives": others,
        "critiques": [[], ["It is two.", LONG], [], []],
    }
    run = load(project, [first, solution_line(11), "nonsense"])
    assert run.refused == 1
    return SimpleNamespace(alice=alice, max=max_, sam=sam, run=run, project=project, load=load, visit=visit)


@pytest.mark.parametrize("state", STATES)
def test_every_page_keeps_to_wcag(cast: Any, state: str) -> None:
    page = STATES[state].open(cast)
    assert STATES[state].page in (None, resolve(urlsplit(page.url).path).url_name)
    page.evaluate(AXE)
    found = {}
    for scheme, width in looks(page):
        violations = page.evaluate(RUN)["violations"]
        found |= {f"{one['id']} {scheme} {width}": nodes(one) for one in violations}
        picture(page, f"{state}-{width}-{scheme}", full_page=width != 640)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{width} scrolls sideways"
    assert found == {}


def looks(page: Page) -> Iterator[tuple[str, int]]:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            yield scheme, width


def nodes(violation: Any) -> list[str]:
    return [f"{node['target']} {node['failureSummary']}" for node in violation["nodes"]]


# Where the bar at the bottom begins; and what has the focus, whether that is hidden, and whether a ring shows it.
FLOOR = """() => {
    const finish = document.querySelector('.finish');
    return getComputedStyle(finish).position === 'fixed' ? finish.getBoundingClientRect().top : innerHeight;
}"""
FOCUSED = """() => {
    const one = document.activeElement;
    const box = one.getBoundingClientRect();
    const floor = one.closest('.finish') ? innerHeight : (FLOOR)();
    const rings = [one, one.closest('label') ?? one].map(ringed => getComputedStyle(ringed));
    return {
        name: one.outerHTML.slice(0, 60),
        isHidden: box.top < 0 || box.bottom > floor + 1,
        isRinged: rings.some(ring => ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2),
    };
}""".replace("FLOOR", FLOOR)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_focus_is_always_in_sight(cast: Any, width: int, height: int, key: str) -> None:
    page = desk(cast, "33", viewport={"width": width, "height": height})
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    seen = []
    for _ in range(24):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement !== document.body"):
            seen.append(page.evaluate(FOCUSED))
    assert len({one["name"] for one in seen}) > 8
    assert [one for one in seen if one["isHidden"] or not one["isRinged"]] == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_step_to_rate_is_always_in_sight(cast: Any, width: int, height: int) -> None:
    """So are its ratings, unless the step is taller than the window."""
    page = desk(cast, viewport={"width": width, "height": height})
    for _ in range(4):
        last = page.locator(".spot[aria-current] .ratings label").last.bounding_box()
        floor = page.evaluate(FLOOR)
        assert last is not None
        assert last["y"] > 0
        assert last["y"] + last["height"] <= floor
        page.keyboard.press("3")
        saved(page)


def test_a_finger_finds_every_target(cast: Any) -> None:
    """24 px for everything, 44 px for what is pressed again and again."""
    page = desk(cast, "3", viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True)
    controls = page.locator("button:visible, summary:visible, .desk label:visible, nav a:visible").all()
    assert len(controls) > 8
    for control in controls:
        assert height_of(control) >= 24, control.inner_text()
    pressed = page.locator(".spot[aria-current] .ratings label, .submit").all()
    assert len(pressed) == 4
    for rating in pressed:
        assert height_of(rating) >= 44


def height_of(control: Locator) -> float:
    box = control.bounding_box()
    assert box is not None
    return box["height"]


PAPER = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("system", ["light", "dark"])
def test_colours_follow_the_system_or_the_person(cast: Any, system: str) -> None:
    page = cast.visit(cast.alice, "/account/", color_scheme=system)
    as_system = page.evaluate(PAPER)
    seen = {}
    for theme in ("Light", "Dark", "As the system"):
        page.get_by_label(theme).check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        seen[theme] = page.evaluate(PAPER)
    assert seen["As the system"] == as_system == seen[system.title()]
    assert seen["Light"] != seen["Dark"]
