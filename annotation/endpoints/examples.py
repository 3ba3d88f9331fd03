"""A solution to try an endpoint with."""

from collections.abc import Sequence

from annotation.models import Project, Solution

EXAMPLE = (
    "Mia has 3 boxes with 12 pencils each and 4 more. How many pencils has she?",
    ("3 boxes hold 3 * 12 = 36 pencils.", "With the others she has 36 + 4 = 40.", "# Answer\n\n40"),
)


def example_of(project: Project) -> tuple[str, Sequence[str]]:
    """A problem and steps: those of the project's first solution; without one, an example of our own."""
    first = (
        Solution.objects.filter(project=project, pre_generated=True)
        .select_related("problem")
        .order_by("pk")
        .first()
    )
    if first is None:
        return EXAMPLE
    steps = first.completions.filter(index=0).order_by("step").values_list("text", flat=True)
    return first.problem.text, list(steps)
