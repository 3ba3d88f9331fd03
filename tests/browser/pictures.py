"""Pictures of what the tests see, for people to look at: where STEPMARK_PICTURES says, if it does."""

import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = os.environ.get("STEPMARK_PICTURES")


def picture(page: Page, name: str, *, full_page: bool = False) -> None:
    if FOLDER:
        page.screenshot(path=Path(FOLDER) / f"{name}.png", full_page=full_page)
