"""The figures as a text for the terminal and as Markdown for docs/figures.md."""

from collections.abc import Sequence

from tests.bench.figures import Outcome, Table, Target

HEAD = """# Figures

Written by `make bench`; do not edit by hand. What is measured, and how, is in `tests/bench/`.
Client, web server and PostgreSQL share the machine. Each floor is measured in the same run.
"""


def target_table(targets: Sequence[Target]) -> Table:
    rows = [(one.what, one.wanted, one.measured, "yes" if one.is_met else "**no**") for one in targets]
    return Table("Targets", ("", "wanted", "measured", "met"), rows)


def tables_of(machine: Table, outcomes: Sequence[Outcome], peers: Table) -> list[Table]:
    targets = [target for outcome in outcomes for target in outcome.targets]
    subjects = [table for outcome in outcomes for table in outcome.tables]
    return [machine, target_table(targets), *subjects, peers]


def text(tables: Sequence[Table]) -> str:
    return "\n".join(map(text_of, tables)).replace("**", "")


def text_of(table: Table) -> str:
    plain = [[cell.replace("**", "") for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*plain, strict=True)]
    lines = [line_of(row, widths) for row in plain]
    return "\n".join([table.title, *(f"  {line}" for line in (*lines, *table.notes)), ""])


def line_of(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [aligned(*cell) for cell in zip(row, widths, range(len(row)), strict=True)]
    return "  ".join(cells).rstrip()


def aligned(cell: str, width: int, column: int) -> str:
    """Names to the left, figures to the right."""
    return cell.ljust(width) if column == 0 else cell.rjust(width)


def markdown(tables: Sequence[Table]) -> str:
    return HEAD + "\n" + "\n".join(map(markdown_of, tables))


def markdown_of(table: Table) -> str:
    alignment = ["---" if number == 0 else "---:" for number, _ in enumerate(table.columns)]
    rows = [table.columns, alignment, *table.rows]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    notes = [f"- {note}" for note in table.notes]
    return "\n".join([f"## {table.title}", "", *lines, *([""] if notes else []), *notes, ""])
