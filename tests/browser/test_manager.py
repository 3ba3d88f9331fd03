"""Loading a file in the browser, and the pages of a project."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from annotation import tasks
from annotation.models import LoadRun, Project, User
from tests.conftest import shared_file, solution_line

Visit = Callable[..., Page]


def test_a_file_goes_up_and_the_page_follows_its_load(
    project: Project, max_: User, visit: Visit, tmp_path: Path
) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text(f"{json.dumps(solution_line(1))}\nnope\n")
    page = visit(max_, "/projects/algebra/load/")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Upload and load").click()
    expect(page.get_by_text("Waiting for a worker.")).to_be_visible()
    tasks.load(LoadRun.objects.get().pk)
    expect(page.get_by_text("1 line was refused")).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile("not JSON"))).to_be_visible()


def test_a_refused_upload_says_why_and_keeps_the_page(
    project: Project, max_: User, visit: Visit, tmp_path: Path
) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_text("")
    page = visit(max_, "/projects/algebra/load/", expect_trouble=True)
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Upload and load").click()
    expect(page.get_by_role("alert").last).to_contain_text("The submitted file is empty")
    expect(page.get_by_role("button", name="Upload and load")).to_be_enabled()


def test_every_page_of_a_project_opens(
    project: Project, max_: User, visit: Visit, load: Callable[..., LoadRun]
) -> None:
    load(project, shared_file("prm800k_rows.jsonl"))
    page = visit(max_, "/projects/")
    page.get_by_role("link", name="Algebra").click()
    for name in ("Load", "Export", "People", "Settings", "Overview", "Solutions"):
        page.get_by_role("navigation", name="Algebra").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.locator("tbody a").nth(2).click()
    expect(page.locator(".katex").first).to_be_visible()
