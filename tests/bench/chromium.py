"""Chromium, for the figures that only a browser can give."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.bench.processes import BenchError
from tests.chromium import FLAGS, program


@contextmanager
def chromium() -> Iterator[Browser]:
    """Raises `BenchError` where it cannot be started, and for whatever goes wrong in it."""
    try:
        with sync_playwright() as playwright:
            yield playwright.chromium.launch(executable_path=program() or "/usr/bin/chromium", args=FLAGS)
    except PlaywrightError as error:
        raise BenchError(f"Chromium: {error.message.strip()}") from error


def signed_in(browser: Browser, address: str, cookie: str) -> BrowserContext:
    """A profile of its own, whose cache is empty, with the cookies of a Cookie header."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    pairs = [pair.split("=", 1) for pair in cookie.split("; ")]
    site = urljoin(address, "/")  # Playwright would keep the cookies for this path alone
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in pairs])
    return context
