"""The real web server and a real Chromium. No page may break its policy, fail a request or throw."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from annotation.models import Project, User
from tests.chromium import FLAGS, program
from tests.conftest import IN_CI, solution_line, with_instructions
from tests.local import ROOT, answers, free_port, wait_for
from tests.servers import database_url

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Whatever fails is shown with the last words of its web server."""
    report = yield
    for one in item.funcargs.values() if report.failed else ():
        if isinstance(one, Site):
            report.sections.append(("the web server's last words", one.words()[-3000:]))
    return report


def chromium() -> str:
    found = program()
    if found is None:
        message = "no Chromium for the browser tests: `apt-get install chromium`, or name one in CHROMIUM"
        pytest.fail(message) if IN_CI else pytest.skip(message)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Site:
    """The web server of `manage.py web` on the test database."""

    def __init__(self, folder: Path, redis_url: str = "") -> None:
        self.log = folder / "web.log"
        self.redis_url = redis_url
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            "DATABASE_URL": database_url(connection.settings_dict["NAME"]),
            "REDIS_URL": self.redis_url or settings.CELERY_BROKER_URL,
            "PORT": str(self.port),
            "SECRET_KEY": settings.SECRET_KEY,
            "STATIC_ROOT": str(settings.STATIC_ROOT),
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "web", "--workers", "1"],
                cwd=ROOT,
                env=os.environ | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(lambda: answers(f"{self.address}/readyz"))

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)

    def kill(self) -> None:
        """SIGKILL for the server and its workers at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def words(self) -> str:
        """What it has logged so far."""
        return self.log.read_text() if self.log.exists() else ""


@pytest.fixture(scope="session")
def site(
    django_db_setup: None,
    django_db_blocker: Any,
    static_files: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    with django_db_blocker.unblock():
        site.start()
    yield site
    site.stop()


@pytest.fixture
def visit(browser: Browser, site: Site, transactional_db: None) -> Iterator[Callable[..., Page]]:
    """Opens pages as a person. At the end nothing may have gone wrong in any of them."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []
    note = troubles.append

    def open_page(user: User | None, path: str = "/", site: Site = site, **options: Any) -> Page:
        expect_trouble = options.pop("expect_trouble", False)
        has_scripts = options.get("java_script_enabled", True)
        context = browser.new_context(base_url=site.address, **options)
        contexts.append(context)
        if user is not None:
            context.add_cookies([session_of(user, site)])
        page = context.new_page()
        if not expect_trouble:
            page.on(
                "console",
                lambda one: note(f"{one.text} {one.location}") if one.type == "error" else None,
            )
            page.on(
                "requestfailed",
                lambda one: note(f"{one.url} {one.failure}") if is_failure(one, has_scripts) else None,
            )
        page.on("pageerror", lambda error: note(f"{error} {error.stack}"))
        page.on("request", lambda one: note(one.url) if not is_ours(one.url, site) else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    wait_for(nobody_is_at_work)  # what a page sent last; the tables are emptied next
    assert troubles == []


@pytest.fixture
def rich(project: Project, alice: User, bob: User, load: Callable[..., Any]) -> Project:
    """Everything that can be done at a desk can be done here."""
    Project.objects.update(allows_unsure=True)
    with_instructions(project, "Look closely.")
    load(project, [solution_line(number) for number in (1, 2, 3, 4)])
    return project


AT_WORK = """
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND (state <> 'idle' OR state_change > clock_timestamp() - interval '60 ms')
"""


def nobody_is_at_work() -> bool:
    """Whether nobody but us does anything in the test database, or is between two statements of a request."""
    with connection.cursor() as cursor:
        cursor.execute(AT_WORK)
        return cursor.fetchone() is None


def is_failure(request: Request, has_scripts: bool) -> bool:
    """Whether it is more than a page's own decision not to wait, or a script where scripts are off."""
    return request.failure != "net::ERR_ABORTED" and (has_scripts or request.failure != "csp")


def is_ours(url: str, site: Site) -> bool:
    return url.startswith((site.address, "data:", "blob:", "about:"))


def session_of(user: User, site: Site) -> Any:
    client = Client()
    client.force_login(user, backend="annotation.sessions.Backend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": f"stepmark-{site.port}", "value": value, "url": site.address}
