"""A pytest plugin: the embedded servers, on a data folder that lives as long as the test run."""

import os
import shutil
import tempfile
from pathlib import Path

DATA_VARIABLE = "STEPMARK_DATA"
OWNER_VARIABLE = "STEPMARK_TEST_OWNER"

if OWNER_VARIABLE not in os.environ:  # the first process of the run; xdist's workers inherit what it set
    os.environ[OWNER_VARIABLE] = str(os.getpid())
    os.environ[DATA_VARIABLE] = tempfile.mkdtemp(prefix="stepmark-tests-")
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("REDIS_URL", None)

from annotation.embedded import Home, held  # noqa: E402 (after the environment is set)

DATA = Path(os.environ[DATA_VARIABLE])
hold = held(Home(DATA))
hold.__enter__()


def pytest_unconfigure() -> None:
    hold.__exit__(None, None, None)
    if os.environ[OWNER_VARIABLE] == str(os.getpid()):
        shutil.rmtree(DATA, ignore_errors=True)
