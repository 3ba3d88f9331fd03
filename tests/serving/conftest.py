"""The scripted server, and calls to it."""

from collections.abc import Iterator

import pytest

from tests.serving.scripted import Scripted


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as running:
        yield running
