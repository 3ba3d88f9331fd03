"""A pytest plugin: the servers of the test run, which are the embedded ones unless others are named.

`STEPMARK_TEST_DATABASE_URL` and `STEPMARK_TEST_REDIS_URL` name others, on this machine. The role must be allowed
to create databases; the Redis database is taken to be nobody else's. Either way the tests find their servers in
`DATABASE_URL` and `REDIS_URL`.
"""

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

DATA_VARIABLE = "STEPMARK_DATA"
OWNER_VARIABLE = "STEPMARK_TEST_OWNER"

if OWNER_VARIABLE not in os.environ:  # the first process of the run; xdist's workers inherit what it set
    os.environ[OWNER_VARIABLE] = str(os.getpid())
    os.environ[DATA_VARIABLE] = tempfile.mkdtemp(prefix="stepmark-tests-")

from annotation.embedded import Home, held  # noqa: E402 (after the environment is set)

DATA = Path(os.environ[DATA_VARIABLE])
HOME = Home(DATA)
NAMED = [os.environ.get(f"STEPMARK_TEST_{name}", "") for name in ("DATABASE_URL", "REDIS_URL")]
if any(NAMED) and not all(NAMED):
    raise SystemExit("Name both STEPMARK_TEST_DATABASE_URL and STEPMARK_TEST_REDIS_URL, or none of them.")
os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = NAMED if all(NAMED) else (HOME.database_url, HOME.redis_url)
hold = held(None if all(NAMED) else HOME)
hold.__enter__()


def database_url(name: str) -> str:
    """The URL of another database on the server of this test run."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def pytest_unconfigure() -> None:
    hold.__exit__(None, None, None)
    if os.environ[OWNER_VARIABLE] == str(os.getpid()):
        shutil.rmtree(DATA, ignore_errors=True)
