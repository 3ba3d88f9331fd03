"""A project that screens its labelers."""

import pytest

from annotation.models import Project
from tests.conftest import solution_line
from tests.screening.acts import Load, make_course


@pytest.fixture
def school(project: Project, load: Load) -> Project:
    """Solutions 1 to 9: two to practise with, four to screen with, all of them in the queue."""
    load(project, [solution_line(number, steps=2) for number in range(1, 10)])
    Project.objects.update(screening_size=4)
    project.refresh_from_db()
    make_course(project, practice=[1, 2], screening=[3, 4, 5, 6])
    return project
