"""What the figures were measured on, without anything that names the machine or its owner."""

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import Table
from tests.bench.installation import Installation


def describe(installation: Installation, surroundings: Mapping[str, str]) -> Table:
    (postgres,) = installation.fetch("SELECT split_part(current_setting('server_version'), ' ', 1)")
    rows = [
        ("date", f"{datetime.now(UTC):%Y-%m-%d}"),
        ("processor", f"{os.cpu_count()} cores, {processor()}"),
        ("memory", f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.1f} GiB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("PostgreSQL", f"{postgres}, as it comes with Stepmark"),
    ]
    rows += [(f"during {name}", around) for name, around in surroundings.items()]
    return Table("Machine", ("", ""), rows)


def processor() -> str:
    """The model name in /proc/cpuinfo, where there is one."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
