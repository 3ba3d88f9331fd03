"""Takes the pictures of the README from the running product: `make pictures`."""

import os
import tempfile
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotation.settings")
django.setup()

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.browser.conftest import chromium  # noqa: E402
from tests.chromium import FLAGS  # noqa: E402
from tests.local import ROOT  # noqa: E402
from tests.processes import Installation, installations  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SIZE = {"width": 1100, "height": 760}


def signed_in(browser: Browser, installation: Installation, email: str) -> Page:
    page = browser.new_context(viewport=SIZE).new_page()
    page.goto(installation.manage("login_link", email).stdout.strip())
    page.get_by_role("button", name="Sign in").click()
    return page


def picture_of_desk(page: Page) -> None:
    """Rates some solutions, and stops in the middle of one with a formula in its next step."""
    page.get_by_role("button", name="Start").first.click()
    for keys in ("3333", "33", "2333", "31"):
        page.locator(".scripted .spot[aria-current]").wait_for()
        address = page.url
        for key in keys:
            page.keyboard.press(key)
        if keys == "33":
            page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, before=address: url != before)
    page.keyboard.press("2")
    page.keyboard.press("3")
    page.get_by_text("Saved").wait_for()
    page.screenshot(path=IMAGES / "desk.png")


def picture_of_overview(page: Page) -> None:
    page.goto(f"{page.url.rstrip('/')}/demo/")
    page.screenshot(path=IMAGES / "manager.png")


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, installations(Path(folder)) as make:
        installation = make()
        installation.up()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            picture_of_desk(signed_in(browser, installation, "labeler@demo.localhost"))
            picture_of_overview(signed_in(browser, installation, "manager@demo.localhost"))
            browser.close()


if __name__ == "__main__":
    main()
