"""A project that asks about the first error."""

from collections.abc import Callable
from typing import Any

from annotation.models import Project


def ask_about_errors(project: Project, load: Callable[..., Any]) -> Project:
    """Everything is asked; the second of three steps has a given critique."""
    project.asks_progress = project.asks_critique = True
    project.error_categories = ["arithmetic", "logic"]
    project.save()
    steps, critiques = ["One and one.", "That is three.", "So three."], [[], ["It is two."], []]
    line = {"problem": "What is 1 + 1?", "steps": steps, "critiques": critiques}
    load(project, [line, {**line, "problem": "And again?"}])
    return project
