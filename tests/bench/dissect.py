"""Runs inside the installation: submits solutions through the test client and says where the time went."""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.template.backends.django import Template
from django.test import Client

NAMES = (
    ("annotation_session", "SQL: session and person"),
    ("WITH me", "SQL: next solution leased, draft begun"),
    ("WITH draft", "SQL: labels, place, task and annotation written"),
    ("json_agg", "SQL: draft read"),
    ("c.text", "SQL: steps of the next solution"),
    ("JOIN annotation_membership", "SQL: lease with access"),
)


class Watch:
    """Seconds and times by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.times: dict[str, int] = defaultdict(int)

    def took(self, name: str, began: float) -> None:
        self.seconds[name] += time.perf_counter() - began
        self.times[name] += 1

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.took(next((name for part, name in NAMES if part in sql), "SQL: other"), began)


def run(project: str, secret: str, cycles: int) -> None:
    """Print a line for each part: its name, how often, milliseconds; with tabs between."""
    settings.ALLOWED_HOSTS.append("testserver")
    client, watch = Client(), Watch()
    client.post(f"/account/link/{secret}/")
    address = client.post(f"/label/in/{project}/start/")["Location"]
    for _ in range(20):
        address = submit(client, address)
    watch_templates(watch)
    watch_commits(watch)
    began = time.perf_counter()
    with connection.execute_wrapper(watch.statement):
        for _ in range(cycles):
            address = submit(client, address)
    total = time.perf_counter() - began
    say(watch, total, cycles)


def submit(client: Client, address: str) -> str:
    fields = {f"step-{step}": "1" for step in range(4)} | {"step-4": "-1"}
    answer = client.post(f"{address}submit/", fields, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.content
    return str(answer["HX-Push-Url"])


def watch_templates(watch: Watch) -> None:
    render = Template.render

    def watched(self: Template, *arguments: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return render(self, *arguments, **named)
        finally:
            watch.took("template: the next desk", began)

    Template.render = watched  # type: ignore[method-assign]


def watch_commits(watch: Watch) -> None:
    commit = connection.commit

    def watched() -> None:
        began = time.perf_counter()
        commit()
        watch.took("COMMIT, with its wait for the disk", began)

    connection.commit = watched  # type: ignore[method-assign]


def say(watch: Watch, total: float, cycles: int) -> None:
    parts = sorted(watch.seconds, key=lambda name: -watch.seconds[name])
    rest = total - sum(watch.seconds.values())
    for name in parts:
        print(f"{name}\t{watch.times[name] / cycles:g}\t{watch.seconds[name] / cycles * 1000:.2f}")
    print(f"the rest: Django and the test client\t1\t{rest / cycles * 1000:.2f}")
    print(f"all\t1\t{total / cycles * 1000:.2f}")
