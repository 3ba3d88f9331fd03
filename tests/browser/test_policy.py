"""No state of the desk breaks its policy: no inline style, no inline script, nothing from elsewhere."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page

from annotation.models import Project, User
from tests.browser.desk_page import Visit, at_desk, press, saved
from tests.browser.holding import eventually
from tests.browser.states import STATES
from tests.conftest import solution_line, with_instructions
from tests.growing.trees import node

LISTEN = """document.addEventListener('securitypolicyviolation', event =>
    noteViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"""


class Watch:
    """Opens pages as `visit` does, and keeps what they did against their policy."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.found: list[str] = []

    def open(self, user: User | None, path: str = "/", **options: Any) -> Page:
        page = self.visit(user, "about:blank", **options)
        page.context.expose_binding("noteViolation", lambda _, said: self.found.append(said))
        page.context.add_init_script(LISTEN)
        page.goto(path)
        return page


@pytest.fixture
def watch(visit: Visit) -> Watch:
    return Watch(visit)


@pytest.fixture
def cast(project: Project, alice: User, load: Callable[..., Any], watch: Watch) -> Any:
    Project.objects.update(allows_unsure=True)
    with_instructions(project, "Look closely.")
    more = {"alternatives": [[], ["Or so."], []], "critiques": [[], ["It is two."], []]}
    load(project, [solution_line(11) | more, solution_line(12)])
    return SimpleNamespace(alice=alice, project=project, load=load, visit=watch.open)


def desk_grown(watch: Watch, user: User) -> Page:
    page = at_desk(watch.open, user)
    press(page, "1", "1", "n")
    page.keyboard.type("So $1 + 1 = 2$.\n\n# Answer\n\n2")
    press(page, "Control+Enter")
    saved(page)
    press(page, "u", "r", "?")
    return page


@pytest.mark.parametrize("state", [name for name, state in STATES.items() if state.page == "desk"])
def test_no_state_of_the_desk_breaks_its_policy(cast: Any, watch: Watch, state: str) -> None:
    STATES[state].open(cast).wait_for_timeout(200)
    assert watch.found == []


def test_a_solution_that_grows_keeps_to_it(
    project: Project, alice: User, watch: Watch, load: Callable[..., Any]
) -> None:
    load(project, [{"problem": "$P$", "tree": [node("$A$", node("B")), node("C")]}])
    desk_grown(watch, alice).wait_for_timeout(200)
    assert watch.found == []


def test_a_breach_would_be_seen(rich: Project, alice: User, watch: Watch) -> None:
    page = watch.open(alice, "/label/", expect_trouble=True)
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    eventually(page, lambda: bool(watch.found))
    assert watch.found[0].startswith("style-src")
