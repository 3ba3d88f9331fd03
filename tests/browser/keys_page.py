"""The sheet of keys, as the tests open, read and change it."""

from playwright.sync_api import Locator, Page, expect

SIGNS = {"↑": "ArrowUp", "↓": "ArrowDown"}
# Every key that a keyboard could send; what is asked for is whether the desk takes it.
TAKES = """keys => keys.filter(key => !document.querySelector('.spot[aria-current]').dispatchEvent(
    new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})))"""
NAMED = [
    "Enter",
    "Backspace",
    "Delete",
    "Insert",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Tab",
    "ArrowUp",
    "ArrowDown",
]
NAMED += ["ArrowLeft", "ArrowRight", "F1", "F5", "F12", "ContextMenu", "Shift", "Control", "Dead", "Unidentified"]
EVERY_KEY = [chr(code) for code in range(0x20, 0x250) if not chr(code).isupper()] + NAMED


def sheet_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Keys and ratings")


def open_sheet(page: Page) -> Locator:
    page.get_by_role("button", name="Keys and ratings").click()
    expect(sheet_of(page)).to_be_visible()
    return sheet_of(page)


def keys_in_sheet(page: Page) -> dict[str, list[str]]:
    """What the sheet says: action to keys."""
    sheet = open_sheet(page)
    said = {
        str(row.get_attribute("data-row")): [SIGNS.get(key, key) for key in row.locator("kbd").all_inner_texts()]
        for row in sheet.locator("[data-row]").all()
    }
    sheet.get_by_role("button", name="Close").click()
    return said


def keys_after(page: Page) -> dict[str, list[str]]:
    page.keyboard.press("Escape")
    expect(sheet_of(page)).to_be_hidden()
    return keys_in_sheet(page)


def change(page: Page, what: str, *keys: str) -> None:
    sheet_of(page).get_by_role("button", name=f"Change the key: {what}").click()
    for key in keys:
        page.keyboard.press(key)
