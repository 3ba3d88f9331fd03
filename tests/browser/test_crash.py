"""Chromium is killed after each step and opened again."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from annotation.models import Project, User
from tests.browser.conftest import Site, chromium, session_of, wait_for
from tests.browser.desk_page import Visit, at_desk, is_rated, line, press, ratings, saved_at_last
from tests.chromium import FLAGS

FASTEST = 80
"""Milliseconds between two keys of one finger."""
RATED = [1, 0, 1]
KEYS = {1: "3", 0: "2"}


class Window:
    """A Chromium of its own with a profile on disk."""

    def __init__(self, browser: Browser, site: Site, profile: Path) -> None:
        self.browser, self.site, self.profile = browser, site, profile
        self.context: BrowserContext | None = None

    def open(self, user: User, path: str) -> Page:
        self.context = self.browser.browser_type.launch_persistent_context(
            str(self.profile), executable_path=chromium(), args=FLAGS, base_url=self.site.address
        )
        self.context.add_cookies([session_of(user, self.site)])
        page = self.context.new_page()
        page.goto(path)
        return page

    def start(self, user: User) -> Page:
        page = self.open(user, "/label/")
        page.get_by_role("button", name="Start").click()
        expect(page.locator(".scripted .spot[aria-current]")).to_be_visible()
        return page

    def kill(self) -> None:
        mine = f"--user-data-dir={self.profile}"
        processes = [one for one in psutil.process_iter(["cmdline"]) if mine in (one.info["cmdline"] or [])]
        assert processes
        for process in processes:
            process.kill()
        psutil.wait_procs(processes, 10)
        try:
            assert self.context is not None
            self.context.close()
        except Error:
            pass  # it is gone already
        self.context = None


@pytest.fixture
def window(browser: Browser, site: Site, transactional_db: None, tmp_path: Path) -> Iterator[Window]:
    window = Window(browser, site, tmp_path / "profile")
    yield window
    if window.context:
        window.context.close()


def test_a_kill_after_each_step_loses_nothing_that_was_saved(
    window: Window, waiting: Project, alice: User
) -> None:
    page = window.start(alice)
    address = page.url
    for step, (key, rating) in enumerate((("3", 1), ("2", 0), ("1", -1))):
        press(page, key)
        saved_at_last(page)
        window.kill()
        page = window.open(alice, address)
        is_rated(page, step, rating)
    assert ratings() == [(0, 1), (1, 0), (2, -1)]


def test_what_was_not_saved_comes_back_from_the_browser(window: Window, waiting: Project, alice: User) -> None:
    page = window.start(alice)
    address = page.url
    press(page, "3")
    saved_at_last(page)
    page.context.set_offline(True)
    press(page, "2")
    expect(line(page)).to_contain_text("Not saved yet")
    window.kill()
    assert ratings() == [(0, 1)]
    page = window.open(alice, address)
    is_rated(page, 0, 1)
    is_rated(page, 1, 0)
    saved_at_last(page)
    assert ratings() == [(0, 1), (1, 0)]


@pytest.mark.parametrize("waits", [0, 20])
def test_a_kill_at_any_moment_loses_the_last_step_at_most(
    window: Window, waiting: Project, alice: User, waits: int
) -> None:
    """Nothing waits for "Saved": the browser dies right after the last key, or some milliseconds later."""
    page = window.start(alice)
    address = page.url
    for rating in RATED:
        page.wait_for_timeout(FASTEST)
        press(page, KEYS[rating])
    page.wait_for_timeout(waits)
    window.kill()
    page = window.open(alice, address)
    for step, rating in enumerate(RATED[:-1]):
        is_rated(page, step, rating)
    wait_for(lambda: [rating for _, rating in ratings()] in (RATED, RATED[:-1]), 15)


def test_many_ratings_that_never_left_the_browser_come_back(window: Window, waiting: Project, alice: User) -> None:
    page = window.start(alice)
    address = page.url
    page.context.set_offline(True)
    for rating in RATED:
        press(page, KEYS[rating])
    expect(line(page)).to_contain_text("Not saved yet")
    window.kill()
    assert ratings() == []
    window.open(alice, address)
    wait_for(lambda: [rating for _, rating in ratings()] == RATED, 15)


# Makes the desk's database in a transaction that takes its time, and tells afterwards what is in it.
SLOW = """() => {
    const asked = indexedDB.open("stepmark-desk", 1);
    asked.onupgradeneeded = () => {
        const store = asked.result.createObjectStore("pages");
        const goOn = () => { if (!window.isReady) store.count().onsuccess = goOn; };
        goOn();
    };
    let base = null;
    asked.onsuccess = () => { base = asked.result; };
    window.onDisk = () => new Promise((done) => {
        if (!base) return done(null);
        const found = base.transaction("pages").objectStore("pages").getAll();
        found.onsuccess = () => done(found.result.map((page) => Object.keys(page.marks ?? {})));
    });
}"""


def test_a_disk_that_takes_its_time_is_waited_for(waiting: Project, alice: User, visit: Visit) -> None:
    other = visit(alice, "/account/", expect_trouble=True)
    other.evaluate(SLOW)

    def tab(_: User, path: str) -> Page:
        page = other.context.new_page()
        page.goto(path)
        return page

    page = at_desk(tab, alice)
    assert other.evaluate("window.onDisk()") is None
    page.context.set_offline(True)
    press(page, "3")
    expect(line(page)).to_contain_text("Not saved yet")
    assert other.evaluate("window.onDisk()") is None
    other.evaluate("window.isReady = true")
    wait_for(lambda: other.evaluate("window.onDisk()") == [["step-0"]], 15)
