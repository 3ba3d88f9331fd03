"""What lies in the repository: vendored files as released, locks without addresses, docs that are true."""

import hashlib
import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
VENDORED = [ROOT / "frontend_templates" / "static" / "vendor", ROOT / "tests" / "browser" / "vendor"]


def files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def own_texts() -> list[Path]:
    kinds = {".py", ".js", ".html", ".css", ".md"}
    return [path for path in files() if path.suffix in kinds and not set(VENDORED) & set(path.parents)]


@pytest.mark.parametrize("folder", VENDORED, ids=["product", "browser tests"])
def test_vendored_files_are_as_released_and_listed(folder: Path) -> None:
    listed = dict(re.findall(r"\| ([0-9a-f]{64}) \| (\S+) \|", (folder / "VENDOR.md").read_text()))
    found = {
        hashlib.sha256(path.read_bytes()).hexdigest(): str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VENDOR.md"
    }
    assert found == listed != {}


@pytest.mark.parametrize("name", ["installer", "run", "dev"])
def test_locks_name_no_host_and_pin_every_package(name: str) -> None:
    text = (ROOT / "locks" / f"{name}.txt").read_text()
    assert "://" not in text
    pins = re.findall(r"^[a-z0-9][^ ]*==\S+", text, re.MULTILINE)
    assert pins
    assert text.count("--hash=sha256:") >= len(pins)
    assert all("--hash" in block for block in re.split(r"\n(?=[a-z0-9])", text.strip()))


def test_what_production_runs_is_what_tests_run() -> None:
    pins = [
        set(re.findall(r"^\S+==[^ ]+", (ROOT / "locks" / name).read_text(), re.MULTILINE))
        for name in ("run.txt", "dev.txt")
    ]
    assert set() < pins[0] <= pins[1]


def test_nothing_is_left_to_be_done_later() -> None:
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|NotImplemented" + r"Error")
    assert [str(path) for path in own_texts() if words.search(path.read_text())] == []


def test_no_page_has_script_or_style_of_its_own() -> None:
    inline = re.compile(r"<style|\bstyle=|\son\w+=|<script(?![^>]*\bsrc=)|javascript:", re.IGNORECASE)
    pages = list((ROOT / "frontend_templates").rglob("*.html"))
    assert len(pages) > 40
    assert [str(page) for page in pages if inline.search(page.read_text())] == []


def test_no_text_of_a_model_is_marked_as_safe() -> None:
    unsafe = re.compile(r"\|\s*safe\b|mark_safe|autoescape off|innerHTML|insertAdjacentHTML|outerHTML =")
    hits = [path for path in own_texts() if unsafe.search(path.read_text())]
    assert hits == [Path(__file__)]  # the pattern itself


OWN_COMMANDS = sorted(name for name, app in get_commands().items() if app == "annotation")


@pytest.mark.parametrize("name", OWN_COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    assert f"manage.py {name}" in (ROOT / "docs" / "commands.md").read_text()


def test_every_setting_is_documented() -> None:
    source = (ROOT / "annotation" / "settings.py").read_text()
    names = set(re.findall(r"env\.(?:text|flag|integer|words)\(\s*[\"'](\w+)[\"']", source))
    documented = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert names == documented != set()


def test_every_make_target_of_the_docs_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    texts = "\n".join(path.read_text() for path in files() if path.suffix == ".md")
    named = set(re.findall(r"`make (\w+)`|^    make (\w+)", texts, re.MULTILINE))
    assert {one or other for one, other in named} <= targets
    assert {"run", "setup", "test", "bench"} <= targets


def test_links_in_the_docs_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    targets = [
        (page, target) for page in pages for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    ]
    assert targets
    assert [(page.name, target) for page, target in targets if not (page.parent / target).exists()] == []
