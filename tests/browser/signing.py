"""Somebody is signed out in the middle of the work, and signs in again in its dialog."""

from playwright.sync_api import Locator, Page

from annotation.models import Session, User
from tests.browser.desk_page import Visit, at_desk, press, saved

PASSWORD = "a long enough password"


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def with_ended_session(visit: Visit, user: User, key: str) -> Page:
    """A desk where the key was pressed and its rating saved; the person has a password, and is signed out."""
    page = at_desk(visit, with_password(user), expect_trouble=True)
    press(page, key)
    saved(page)
    Session.objects.all().delete()
    return page


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Sign in again")


def sign_in(page: Page, password: str = PASSWORD, email: str = "") -> None:
    """In the dialog; without an email, as the person it names."""
    if email:
        page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_label("Password").press("Enter")
