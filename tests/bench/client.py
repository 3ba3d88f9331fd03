"""A client process: labelers who rate one solution after another through the API or the browser's route."""

import json
import random
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.bench.browser import FORM, Connection, Reply, csrf_token
from tests.bench.rounds import Record, Round, keep_going, rating_of, serve

JSON = {"Content-Type": "application/json"}
TOKEN = re.compile(rb'data-lease="([0-9a-f-]{36})"')
STEP = re.compile(rb'<li class="step"')


@dataclass
class Lease:
    token: str
    steps: int
    version: int
    csrf: str = ""


class Door(ABC):
    """How a labeler reaches the desk. Each method sends one request."""

    def __init__(self, connection: Connection, project: str) -> None:
        self.connection = connection
        self.project = project

    @abstractmethod
    def first(self) -> Reply: ...

    @abstractmethod
    def save(self, lease: Lease, step: int) -> Reply:
        """Rate one step; the lease is at the version in the answer afterwards."""

    @abstractmethod
    def submit(self, lease: Lease) -> Reply: ...

    @abstractmethod
    def lease_in(self, body: bytes) -> Lease | None:
        """The solution at hand in an answer; None when there is nothing left."""


class ApiDoor(Door):
    def first(self) -> Reply:
        return self.connection.request("POST", f"/api/v1/projects/{self.project}/lease/")

    def save(self, lease: Lease, step: int) -> Reply:
        return self.send("PATCH", f"/api/v1/leases/{lease.token}/ratings/", lease, range(step, step + 1))

    def submit(self, lease: Lease) -> Reply:
        path = f"/api/v1/leases/{lease.token}/submit/"
        return self.send("POST", path, lease, range(lease.steps), key=lease.token)

    def send(self, method: str, path: str, lease: Lease, steps: range, **more: str) -> Reply:
        ratings = [{"step": step, "rating": rating_of(step)} for step in steps]
        body = {"ratings": ratings, "version": lease.version, "step_ms": times(steps), **more}
        return learned(lease, self.connection.request(method, path, json.dumps(body).encode(), JSON))

    def lease_in(self, body: bytes) -> Lease | None:
        answer = json.loads(body)
        lease: dict[str, Any] | None = answer.get("next", answer)["lease"]
        return Lease(lease["token"], len(lease["steps"]), lease["version"]) if lease else None


class BrowserDoor(Door):
    """What htmx and the desk's scripts send."""

    def first(self) -> Reply:
        """The start page, its form, and the desk that it leads to."""
        status, page = self.connection.request("GET", "/label/")
        if status != 200:
            return status, page
        return self.post(f"/label/in/{self.project}/start/", {"csrfmiddlewaretoken": csrf_token(page)}, {})

    def save(self, lease: Lease, step: int) -> Reply:
        headers = {"X-Requested-With": "fetch"}
        return learned(
            lease, self.post(f"/label/{lease.token}/save/", fields(lease, range(step, step + 1)), headers)
        )

    def submit(self, lease: Lease) -> Reply:
        body = {"key": lease.token, **fields(lease, range(lease.steps))}
        return self.post(f"/label/{lease.token}/submit/", body, {"HX-Request": "true"})

    def post(self, path: str, body: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        return self.connection.request("POST", path, urlencode(body).encode(), {"Content-Type": FORM, **headers})

    def lease_in(self, body: bytes) -> Lease | None:
        token = TOKEN.search(body)
        return Lease(token[1].decode(), len(STEP.findall(body)), 0, csrf_token(body)) if token else None


def fields(lease: Lease, steps: range) -> dict[str, str]:
    ratings = {f"step-{step}": str(rating_of(step)) for step in steps}
    spent = ",".join(map(str, times(steps)))
    return {"csrfmiddlewaretoken": lease.csrf, "version": str(lease.version), "times": spent, **ratings}


def times(steps: range) -> list[int]:
    """What the page would have measured: a moment for each step so far."""
    return [5] * steps.stop


def learned(lease: Lease, reply: Reply) -> Reply:
    """The reply, whose version the lease is at from now on."""
    status, body = reply
    if status == 200 and body.startswith(b"{"):
        lease.version = json.loads(body).get("version", lease.version)
    return reply


def door_of(round_: Round, person: str) -> Door:
    if round_.door == "api":
        return ApiDoor(Connection(round_.port, {"Authorization": f"Bearer {person}"}), round_.project)
    return BrowserDoor(Connection(round_.port, {"Cookie": person}), round_.project)


Hand = tuple[Door, Lease | None]


def prepare(round_: Round, person: str, record: Record) -> Hand:
    """The labeler's first solution."""
    door = door_of(round_, person)
    return door, next_lease(door, door.first(), record)


def label(round_: Round, hand: Hand, record: Record) -> None:
    """Rate solutions until the round is over or none is left."""
    door, lease = hand
    began = time.monotonic()
    pause(round_.think)
    while lease is not None and keep_going(round_, began, record):
        lease = cycle(door, lease, record, autosave=round_.autosave, think=round_.think)
    record.elapsed = time.monotonic() - began


def cycle(door: Door, lease: Lease, record: Record, *, autosave: bool, think: float) -> Lease | None:
    """Rate one solution and get the next; after a refusal, whatever is at hand."""
    for step in range(lease.steps if autosave else 0):
        pause(think)
        began = time.perf_counter()
        reply = door.save(lease, step)
        record.saves.append(time.perf_counter() - began)
        is_good(reply, record)
    pause(think)
    began = time.perf_counter()
    reply = door.submit(lease)
    record.submits.append(time.perf_counter() - began)
    if not is_good(reply, record):
        return next_lease(door, door.first(), record)
    record.done.append(lease.token)
    return door.lease_in(reply[1])


def pause(think: float) -> None:
    """Look at a step for about `think` seconds, half as long up to half as long again."""
    if think:
        time.sleep(random.uniform(think / 2, think * 3 / 2))


def next_lease(door: Door, reply: Reply, record: Record) -> Lease | None:
    return door.lease_in(reply[1]) if is_good(reply, record) else None


def is_good(reply: Reply, record: Record) -> bool:
    """Whether the answer is 2xx; another one is counted by its status."""
    status, body = reply
    if 200 <= status < 300:
        return True
    record.fail(str(status) if status else body.decode())
    return False


if __name__ == "__main__":
    serve(prepare, label)
