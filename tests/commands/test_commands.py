"""The commands, as an operator types them."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from annotation import demo
from annotation.models import LoadRun, Membership, Project, Solution, User
from tests.conftest import shared_file, solution_line


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, str]:
    call_command(*words)
    captured = capsys.readouterr()
    return captured.out, captured.err


def lines_file(tmp_path: Path, *lines: Any) -> str:
    path = tmp_path / "some.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return str(path)


def test_load_makes_the_project_and_tells_what_it_did(db: None, tmp_path: Path, capsys: Any) -> None:
    path = lines_file(tmp_path, solution_line(1), "nope", solution_line(2))
    out, err = typed(capsys, "load", path, "--project", "New project")
    assert "Made the project new-project." in err
    assert "some.jsonl:2: (line): not JSON" in err
    assert "manage.py member EMAIL --project new-project --role labeler" in err
    assert out.startswith("3 lines: 1 new problems, 2 new solutions, 0 new annotations")
    assert Solution.objects.count() == 2


@pytest.mark.parametrize("name", ["new", "…", "x" * 61])
def test_load_wants_a_name_that_can_be_an_address(db: None, tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match="--project"):
        call_command("load", lines_file(tmp_path, solution_line(1)), "--project", name)


def test_load_says_when_there_is_no_file(project: Project) -> None:
    with pytest.raises(CommandError, match="no such file"):
        call_command("load", "nowhere.jsonl", "--project", "algebra")


def test_load_and_export_give_the_real_rows_back(project: Project, tmp_path: Path, capsys: Any) -> None:
    file, output = shared_file("prm800k_rows.jsonl"), tmp_path / "out.jsonl"
    typed(capsys, "load", str(file), "--project", "algebra")
    out, _ = typed(capsys, "export", "--project", "algebra", "--format", "prm800k", "-o", str(output))
    assert output.read_bytes() == file.read_bytes()
    assert out.startswith(f"6 lines in {output}, written in")
    out, _ = typed(capsys, "export", "--project", "algebra")
    assert out == file.read_text()
    assert list(tmp_path.iterdir()) == [output]


def test_export_names_the_projects_there_are(project: Project) -> None:
    with pytest.raises(CommandError, match="there are: algebra"):
        call_command("export", "--project", "no-such")


def test_login_link_prints_a_link_that_works(alice: User, capsys: Any, client: Client) -> None:
    out, _ = typed(capsys, "login_link", "Alice@lab.example")
    path = out.strip().removeprefix("http://127.0.0.1:8000")
    assert client.post(path).status_code == 302
    assert client.get("/label/").status_code == 200


def test_login_link_knows_who_is_unknown(db: None) -> None:
    with pytest.raises(CommandError, match="nobody has the email"):
        call_command("login_link", "nobody@lab.example")


def test_member_gives_roles(project: Project, capsys: Any) -> None:
    typed(capsys, "member", "new@lab.example", "--project", "algebra", "--role", "labeler", "--role", "manager")
    assert Membership.objects.get().roles == ["labeler", "manager"]
    typed(capsys, "member", "new@lab.example", "--staff")
    assert User.objects.get().is_staff


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["nobody", "--project", "algebra"], "valid email"),
        (["a@lab.example", "--project", "no-such"], "no project"),
        (["a@lab.example"], "say --project"),
    ],
)
def test_member_says_what_is_wrong(project: Project, words: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("member", *words)
    assert not User.objects.exists()


def test_the_demo_is_made_once_and_only_on_empty_ground(db: None) -> None:
    demo.load_if_empty()
    assert [user.name for user in demo.people()] == ["Labeler", "Researcher", "Manager"]
    assert Solution.objects.filter(pre_generated=True).count() == 14
    assert Solution.objects.filter(pre_generated=False).count() == 3
    assert not LoadRun.objects.exclude(refused=0).exists()
    demo.load_if_empty()
    assert Project.objects.count() == 2


def test_the_demo_stays_away_from_real_work(project: Project) -> None:
    demo.load_if_empty()
    assert demo.people() == []
