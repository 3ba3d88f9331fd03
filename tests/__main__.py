"""Everything the project can check of itself: `make test`.

Words after it go to pytest alone: `python -m tests -k desk`.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
TEMPLATES = sorted(str(path) for path in (ROOT / "frontend_templates").rglob("*.html"))
FEW = 6
"""So many failures may have to do with a busy machine."""
STRICT = {
    "STEPMARK_PRODUCTION": "1",
    "SECRET_KEY": "only-for-the-check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "FIELD_KEYS": "b25seS1mb3ItdGhlLWNoZWNrLTAxMjM0NTY3ODlhYmM=",
    "ALLOWED_HOSTS": "stepmark.example",
    "DATABASE_URL": "postgresql://stepmark@localhost/stepmark",
    "REDIS_URL": "redis://localhost/0",
}


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


STAGES: dict[str, tuple[list[str], dict[str, str]]] = {
    "lint": (tool("ruff", "check", "."), {}),
    "format": (tool("ruff", "format", "--check", "."), {}),
    "templates": (tool("djade", "--check", *TEMPLATES), {}),
    "types": (tool("mypy"), {}),
    "architecture": (tool("lint-imports"), {}),
    "migrations": (manage("makemigrations", "--check", "--dry-run"), {}),
    "production settings": (manage("check", "--deploy", "--fail-level", "WARNING"), STRICT),
}


def run(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Whether the stage passed; what it printed is shown when it did not."""
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:<20} {verdict:>6}  {time.monotonic() - started:5.1f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def main() -> int:
    only = sys.argv[1:]
    failed = [] if only else [name for name, (command, env) in STAGES.items() if not run(name, command, env)]
    code = pytest("-n", "2", "--dist", "worksteal", *only)
    if code == 1 and not only and 0 < len(last_failed()) <= FEW:
        code = again()
    if failed:
        print(f"Failed before the tests: {', '.join(failed)}")
    return 1 if failed else code


def pytest(*words: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *words], cwd=ROOT, check=False).returncode


def last_failed() -> list[str]:
    cache = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    return sorted(json.loads(cache.read_text())) if cache.exists() else []


def again() -> int:
    """Run the few that failed once more, alone: some wait for real seconds of a browser that gets no core.

    What fails again has failed. What passes is named, so that somebody looks at it.
    """
    names = last_failed()
    code = pytest("-n", "0", "-p", "no:randomly", "--last-failed")
    if code == 0:
        print("Failed among the others and passed alone; look at them:", *names, sep="\n  ")
    return code


if __name__ == "__main__":
    sys.exit(main())
