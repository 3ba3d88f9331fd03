"""The desk on a phone: narrow, touched, and paid for by the byte."""

import pytest

from annotation.models import Project, User
from tests.browser.conftest import Site
from tests.browser.desk_page import Visit, at_desk


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_desk_without_scrolling_sideways(
    waiting: Project, alice: User, visit: Visit, scheme: str
) -> None:
    page = at_desk(visit, alice, viewport={"width": 360, "height": 700}, color_scheme=scheme, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    labels = page.locator(".spot[aria-current] .ratings label").all()
    assert len(labels) == 3
    for label in labels:
        box = label.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_the_bar_of_a_project_takes_two_lines(project: Project, max_: User, visit: Visit) -> None:
    page = visit(max_, "/projects/algebra/settings/", viewport={"width": 360, "height": 700}, has_touch=True)
    bar = page.locator("header.bar").bounding_box()
    here = page.locator(".tabs [aria-current]").bounding_box()
    assert bar is not None
    assert bar["height"] <= 90
    assert here is not None
    assert 0 <= here["x"] <= 360 - here["width"]


def test_the_page_is_light(waiting: Project, alice: User, visit: Visit, site: Site) -> None:
    page = visit(alice, "/label/")
    page.wait_for_load_state("networkidle")  # its own icon may come late
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    weight: dict[str, float] = {}
    kinds: dict[str, str] = {}
    session.on("Network.responseReceived", lambda one: kinds.update({one["requestId"]: one["type"]}))
    session.on("Network.loadingFinished", lambda one: weight.update({one["requestId"]: one["encodedDataLength"]}))
    page.get_by_role("button", name="Start").click()
    page.wait_for_load_state("networkidle")
    weighed = [
        kind for kind in kinds.values() if kind not in {"Fetch", "Font"}
    ]  # the clock may have asked already
    weighed = weighed[weighed.index("Document") :]  # the icon of the page before may come late
    assert {"Document", "Script", "Stylesheet"} <= set(weighed)
    assert len(weighed) <= 18  # the icon comes with them or later
    assert sum(size for key, size in weight.items() if kinds.get(key) != "Font") < 200_000
