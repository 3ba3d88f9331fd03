"""A model that writes while the labeler is at the desk: the next step, and alternatives for a first error.

The writer is the worker that `make run` starts, and the model a scripted server.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F
from playwright.sync_api import Page, expect

from annotation import exporting, writing
from annotation.management.commands.up import WRITER
from annotation.models import Annotation, Continuation, Project, User
from tests.browser.conftest import wait_for
from tests.browser.desk_page import Visit, at_desk, press, saved
from tests.endpoints.registered import fresh
from tests.local import ROOT
from tests.servers import database_url
from tests.serving.scripted import Scripted
from tests.writing.written import written

STEPS = ["We add.", "That is five.", "So five it is."]


@pytest.fixture
def live(project: Project, load: Any, server: Scripted) -> Project:
    kinds = {"role": "generator", "protocol": "completions", "model": "tiny"}
    row = fresh(project, url=server.url("next_steps"), parallel=4, seconds=5.0, name="Writer", **kinds)
    row.save()
    project.writer, project.candidates_shown, project.alternatives_asked = row, 3, 2
    project.save()
    return project


def run_in(environment: dict[str, str], command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False, capture_output=True)


@pytest.fixture
def writer(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """The real worker, on the test database."""
    environment = {
        "DATABASE_URL": database_url(connection.settings_dict["NAME"]),
        "REDIS_URL": settings.CELERY_BROKER_URL,
        "SECRET_KEY": settings.SECRET_KEY,
    }
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "annotation.celery"]
    with (tmp_path / "writer.log").open("wb") as log:
        process = subprocess.Popen(
            [*celery, *WRITER], cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log
        )
    ping = [*celery, "inspect", "ping", "--timeout", "2"]
    wait_for(lambda: run_in(environment, ping).returncode == 0, 40)
    yield
    process.terminate()
    process.wait(20)


def grows(project: Project, load: Any) -> None:
    load(project, [{"problem": "What is 21 + 21?", "answer": "42", "level": 1}])
    writing.begin(project=project, actor=None)


def awaited(page: Page) -> Any:
    return page.locator(".awaited")


@pytest.mark.usefixtures("writer")
def test_a_solution_grows_with_the_model_from_nothing_to_its_answer(
    live: Project, alice: User, load: Any, visit: Visit
) -> None:
    grows(live, load)
    page = at_desk(visit, alice)
    expect(page.get_by_text("Try 0.2.")).to_be_visible(timeout=20_000)
    expect(page.locator(".spot[aria-current]")).to_contain_text("Try 0.0.")
    press(page, "3", "1", "2")
    expect(page.get_by_text("Try 1.2.")).to_be_visible(timeout=10_000)
    expect(page.locator(".spot[aria-current]")).to_contain_text("Try 1.0.")
    press(page, "1", "1", "3")
    expect(page.locator("#at-2 .candidate").first).to_contain_text("42", timeout=10_000)
    press(page, "3")
    expect(page.get_by_text("The solution has come to its answer.")).to_be_visible()
    press(page, "Enter")
    wait_for(lambda: Annotation.objects.filter(finish_reason="solution").exists())
    (line,) = exporting.FORMATS["prm800k"](live)
    texts = [[one["text"] for one in step["completions"]] for step in json.loads(line)["label"]["steps"]]
    assert texts[:2] == [["Try 0.0.", "Try 0.1.", "Try 0.2."], ["Try 1.0.", "Try 1.1.", "Try 1.2."]]
    assert texts[2] == ["# Answer\n\n42"]


def test_who_does_not_wait_writes_the_step_and_is_not_disturbed(
    live: Project, alice: User, load: Any, visit: Visit
) -> None:
    grows(live, load)
    page = at_desk(visit, alice)
    expect(awaited(page)).to_contain_text("A model writes the next step")
    page.get_by_role("textbox").first.fill("I begin myse")
    wait_for(writing.are_due)
    written()
    page.wait_for_timeout(1500)
    page.keyboard.type("lf.")
    expect(page.get_by_role("textbox").first).to_have_value("I begin myself.")
    press(page, "Control+Enter")
    expect(page.locator("#at-1")).to_be_visible()
    wait_for(writing.are_due)
    written()
    expect(page.get_by_text("Try 1.2.")).to_be_visible(timeout=5_000)
    assert page.get_by_text("Try 0.0.").count() == 0


def test_a_text_that_is_left_gives_way_to_what_came_and_stays(
    live: Project, alice: User, load: Any, visit: Visit
) -> None:
    grows(live, load)
    page = at_desk(visit, alice)
    page.get_by_role("textbox").first.fill("Perhaps")
    wait_for(writing.are_due)
    written()
    press(page, "Escape")
    expect(page.get_by_text("Try 0.2.")).to_be_visible(timeout=5_000)
    press(page, "1", "1", "1")
    expect(page.get_by_role("textbox").first).to_have_value("Perhaps")


@pytest.mark.usefixtures("writer")
def test_alternatives_come_after_the_first_error(live: Project, alice: User, load: Any, visit: Visit) -> None:
    load(live, [{"problem": "What is 2 + 2?", "steps": STEPS}])
    page = at_desk(visit, alice)
    press(page, "3", "1")
    expect(awaited(page)).to_contain_text("A model writes alternatives")
    expect(page.get_by_role("button", name="Submit")).to_be_disabled()
    expect(page.get_by_text("Try 1.1.")).to_be_visible(timeout=20_000)
    expect(page.locator(".spot[aria-current]")).to_contain_text("Try 1.0.")
    expect(awaited(page)).to_have_count(0)
    press(page, "3", "2")
    saved(page)
    press(page, "Enter")
    wait_for(lambda: Annotation.objects.filter(finish_reason="found_error").exists())
    (line,) = exporting.FORMATS["prm800k"](live)
    completions = json.loads(line)["label"]["steps"][1]["completions"]
    assert [(one["text"], one["rating"]) for one in completions] == [
        ("That is five.", -1),
        ("Try 1.0.", 1),
        ("Try 1.1.", 0),
    ]


def test_a_rating_that_is_corrected_asks_for_nothing_more(
    live: Project, alice: User, load: Any, visit: Visit
) -> None:
    load(live, [{"problem": "What is 2 + 2?", "steps": STEPS}])
    page = at_desk(visit, alice)
    press(page, "3", "1")
    expect(awaited(page)).to_be_visible()
    press(page, "3")
    expect(awaited(page)).to_have_count(0)
    press(page, "3", "3")
    expect(page.get_by_role("button", name="Submit")).to_be_enabled()


def test_a_model_that_refuses_holds_nobody_up(
    live: Project, alice: User, load: Any, visit: Visit, server: Scripted
) -> None:
    server.instead = "status-401"
    load(live, [{"problem": "What is 2 + 2?", "steps": STEPS}])
    page = at_desk(visit, alice)
    press(page, "3", "1")
    expect(awaited(page)).to_be_visible()
    wait_for(writing.are_due)
    written()
    expect(awaited(page)).to_have_count(0, timeout=5_000)
    press(page, "Enter")
    wait_for(lambda: Annotation.objects.filter(finish_reason="found_error").exists())


def test_alternatives_that_came_after_all_are_shown_and_rated(
    live: Project, alice: User, load: Any, visit: Visit, server: Scripted
) -> None:
    server.instead = "status-401"
    load(live, [{"problem": "What is 2 + 2?", "steps": STEPS}])
    page = at_desk(visit, alice, expect_trouble=True)
    press(page, "3", "1")
    wait_for(writing.are_due)
    written()
    expect(awaited(page)).to_have_count(0, timeout=5_000)
    server.instead = ""
    Continuation.objects.update(over_at=None, due_at=F("asked_at"))
    written()
    press(page, "Enter")
    expect(page.get_by_text("Try 1.1.")).to_be_visible(timeout=5_000)
    press(page, "3", "3")
    saved(page)
    press(page, "Enter")
    wait_for(lambda: Annotation.objects.filter(finish_reason="found_error").exists())


def test_a_model_that_does_not_answer_holds_nobody_up_for_long(
    live: Project, alice: User, load: Any, visit: Visit
) -> None:
    load(live, [{"problem": "What is 2 + 2?", "steps": STEPS}])
    page = at_desk(visit, alice)
    page.clock.install()
    press(page, "3", "1")
    expect(awaited(page)).to_be_visible()
    expect(page.get_by_role("button", name="Submit")).to_be_disabled()
    wait_for(lambda: is_let_go(page), 30)
    press(page, "Enter")
    wait_for(lambda: Annotation.objects.filter(finish_reason="found_error").exists())


def is_let_go(page: Page) -> bool:
    page.clock.run_for(1000)
    return "you may submit without" in awaited(page).inner_text()


def test_without_scripts_it_comes_with_the_next_save(live: Project, alice: User, load: Any, visit: Visit) -> None:
    load(live, [{"problem": "What is 2 + 2?", "steps": STEPS}])
    page = visit(alice, "/label/", java_script_enabled=False)
    page.get_by_role("button", name="Start").click()
    page.locator("#step-0 input[value='1']").check()
    page.locator("#step-1 input[value='-1']").check()
    page.get_by_role("button", name="Save for later").click()
    expect(page.get_by_text("A model writes alternatives for that step")).to_be_visible()
    wait_for(writing.are_due)
    written()
    page.get_by_role("button", name="Save for later").click()
    expect(page.get_by_text("Try 1.1.")).to_be_visible()
