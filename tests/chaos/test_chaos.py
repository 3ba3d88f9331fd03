"""The short form of `python -m tests.chaos`."""

import secrets
from pathlib import Path

from tests.chaos.run import run


def test_nothing_is_lost_doubled_or_made_up_under_kill_9(tmp_path: Path) -> None:
    result = run(folder=tmp_path, seed=secrets.token_hex(3), seconds=20, labelers=20)
    print(result)
    assert result.wrong == [], result
    assert result.kills["worker"] >= 1
    assert result.kills["postgres"] >= 1
    assert result.kills["redis"] >= 1
