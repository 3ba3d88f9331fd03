"""Settings are strict: what is not understood, or is weak in production, stops the start and is named."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from annotation.management.commands.up import programs
from tests.__main__ import STRICT

ROOT = Path(__file__).resolve().parent.parent


def start(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a new process; what it prints is its secret key."""
    kept = {name: value for name, value in os.environ.items() if name not in {*STRICT, "STEPMARK_DATA"}}
    return subprocess.run(
        [sys.executable, "-c", "from annotation import settings; print(settings.SECRET_KEY)"],
        cwd=ROOT,
        env=kept | {"STEPMARK_DATA": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_starts_without_any_setting_and_makes_its_own_key(tmp_path: Path) -> None:
    first, again = start(tmp_path), start(tmp_path)
    assert first.returncode == 0
    assert first.stdout == again.stdout
    other = start(tmp_path / "other")
    assert other.stdout != first.stdout
    for name in ("secret_key", "field_key"):
        assert ((tmp_path / name).stat().st_mode & 0o777) == 0o600
        assert (tmp_path / name).read_text() != (tmp_path / "other" / name).read_text()


def test_production_starts_with_all_it_needs(tmp_path: Path) -> None:
    assert start(tmp_path, **STRICT).returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "too short"),
        ("SECRET_KEY", "a" * 80),
        ("SECRET_KEY", "django-insecure-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2),
        ("FIELD_KEYS", ""),
        ("FIELD_KEYS", "too short"),
        ("DEBUG", "1"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("DATABASE_URL", ""),
        ("REDIS_URL", ""),
    ],
)
def test_production_refuses_what_is_weak(tmp_path: Path, name: str, value: str) -> None:
    refused = start(tmp_path, **{**STRICT, name: value})
    assert refused.returncode == 1
    assert name in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "yes please"),
        ("STEPMARK_PRODUCTION", "on"),
        ("PORT", "80000"),
        ("PORT", "eighty"),
        ("UPLOAD_MAX_MB", "-1"),
        ("DATABASE_URL", "sqlite:///db"),
        ("DATABASE_URL", "postgresql://["),
        ("DATABASE_URL", "postgresql://stepmark:an@unescaped/password@localhost/stepmark"),
        ("DATABASE_URL", "postgresql://stepmark@localhost"),
        ("REDIS_URL", "localhost"),
        ("REDIS_URL", "http://localhost/"),
        ("REDIS_URL", "redis://localhost:port/0"),
        ("REDIS_URL", "redis://localhost/zero"),
        ("REDIS_URL", "redis://:an@unescaped/password@localhost/0"),
    ],
)
def test_a_value_that_is_not_understood_is_named(tmp_path: Path, name: str, value: str) -> None:
    refused = start(tmp_path, **{name: value})
    assert refused.returncode == 1
    assert f"{name} is not set right" in refused.stderr


def test_queries_of_the_web_server_end_after_their_time() -> None:
    """Settings are loaded before the server starts its workers, as `manage.py web` does it."""
    script = """
import django; django.setup()
import annotation.wsgi
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(cursor.fetchone()[0])
"""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "annotation.settings"}
    shown = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "15s"


def test_containers_run_the_commands_of_make_run() -> None:
    """docker-compose.yml cannot be run here: its commands, at least, are those of `manage.py up`."""
    text = (ROOT / "docker-compose.yml").read_text()
    services = yaml.safe_load(text)["services"]
    for program in programs():
        words = [Path(program.arguments[0]).name, *program.arguments[1:]]
        command = (
            services[program.name]["command"].replace(" --host 0.0.0.0", "").replace("python ", f"{words[0]} ")
        )
        assert command.split() == words
        assert set(services[program.name]["depends_on"]) == {"migrate", "postgres", "redis"}
        assert services[program.name]["environment"].keys() >= STRICT.keys()
    assert all(
        f"${{{secret}:?" in text for secret in ("SECRET_KEY", "FIELD_KEYS", "POSTGRES_PASSWORD", "REDIS_PASSWORD")
    )
    assert [name for name, service in services.items() if "build" in service] == ["migrate"]


def test_containers_are_told_every_setting_an_operator_may_change() -> None:
    settings = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    told = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["x-stepmark"]["environment"].keys()
    assert settings - told == {"DEBUG", "PORT", "STATIC_ROOT", "STEPMARK_DATA"}
