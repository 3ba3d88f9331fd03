"""The names under which the desk's pages speak of marks."""


def name_of(step: int, position: int, *, grows: bool) -> str:
    """Of the field of a rating. Where the solution grows no step is its own, so each position is named."""
    return f"step-{step}-{position}" if position or grows else f"step-{step}"


def unsure_name_of(name: str) -> str:
    """Of the field that says that the labeler is unsure of the rating in field `name`."""
    return f"un{name.replace('step', 'sure')}"
