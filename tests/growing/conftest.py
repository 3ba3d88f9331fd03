"""A project with one tree in its queue, which Alice has begun."""

from typing import Any

import pytest

from annotation.models import Lease, Project, User
from tests.growing.trees import tree_line
from tests.leases import lease


@pytest.fixture
def growing(project: Project, load: Any) -> Project:
    load(project, [tree_line()])
    return project


@pytest.fixture
def mine(growing: Project, alice: User) -> Lease:
    return lease(alice, growing)
