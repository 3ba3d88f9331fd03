"""Labelers without a browser. They send what the page sends, again when they do not know what came of it."""

import json
import random
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.bench.browser import FORM, Connection, Reply
from tests.chaos.history import History, Outcome

SCRIPT = {"X-Requested-With": "fetch"}
HTMX = {"HX-Request": "true"}
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([A-Za-z0-9]+)"')
TOKEN = re.compile(rb'data-lease="([0-9a-f-]{36})" data-version="(\d+)"')
RATED = re.compile(rb'name="step-(\d+)" value="(-?[01])" checked')
WAITING = b"/start/"
PAUSE = 0.4  # seconds before something is sent again
PATIENCE = 60.0  # seconds to find out what came of the last act, once the run is over
TIMEOUT = 15.0  # seconds, as in the page


@dataclass
class Desk:
    token: str
    version: int
    steps: int
    ratings: dict[int, str]
    """As the server has acknowledged them."""
    unanswered: dict[int, set[str]] = field(default_factory=dict)

    @property
    def rated(self) -> dict[str, str]:
        return {f"step-{step}": rating for step, rating in self.ratings.items()}


class Labeler(threading.Thread):
    def __init__(self, name: str, *, port: int, cookie: str, slug: str, seed: str, history: History) -> None:
        super().__init__(name=name, daemon=True)
        self.connection = Connection(port, {"Cookie": cookie, "Content-Type": FORM})
        self.connection.http.timeout = TIMEOUT
        self.csrf = ""
        self.slug = slug
        self.random = random.Random(seed)
        self.history = history
        self.stopping = threading.Event()
        self.deadline = float("inf")
        self.acked: dict[str, dict[int, str]] = {}
        self.attempted: dict[str, set[tuple[int, str]]] = {}
        self.submitted: dict[str, dict[int, str]] = {}
        self.trouble: BaseException | None = None

    def stop(self) -> None:
        self.deadline = time.monotonic() + PATIENCE
        self.stopping.set()

    def run(self) -> None:
        try:
            self.label()
        except BaseException as error:
            self.trouble = error
            raise
        finally:
            self.connection.http.close()

    def label(self) -> None:
        desk = None
        while not self.stopping.is_set():
            desk = self.rate(desk) if desk else self.start_page()
            if desk is None:
                self.stopping.wait(PAUSE)

    # --- one solution ---------------------------------------------------------------------------------------

    def start_page(self) -> Desk | None:
        """Press Start; None when there is nothing to rate."""
        while not self.csrf and not self.is_late:
            found = CSRF.search(self.connection.request("GET", "/label/")[1])
            self.csrf = found[1].decode() if found else ""
        page = self.act("start", self.slug, f"/label/in/{self.slug}/start/", {}, {})
        return self.opened(page) if isinstance(page, bytes) else None

    def rate(self, desk: Desk) -> Desk | None:
        """Rate a solution, with second thoughts and pauses, and hand it in; the next desk."""
        while (step := self.next_step(desk)) is not None:
            self.save(desk, step, self.random.choices(("1", "0", "-1"), (8, 2, 1))[0])
            if self.random.random() < 0.08:
                self.save(desk, self.random.randrange(step + 1), self.random.choice(("1", "0")))
            if self.random.random() < 0.05:
                self.act("beat", desk.token, f"/label/{desk.token}/beat/", {"times": ""}, SCRIPT)
            if self.random.random() < 0.03:  # closes the tab and comes back
                return None
            if self.stopping.wait(self.random.uniform(0, 0.15)):
                return None
        return self.submit(desk)

    def next_step(self, desk: Desk) -> int | None:
        for step in range(desk.steps):
            if step not in desk.ratings:
                return step
            if desk.ratings[step] == "-1":
                return None
        return None

    def save(self, desk: Desk, step: int, rating: str) -> None:
        self.attempted.setdefault(desk.token, set()).add((step, rating))
        fields = {f"step-{step}": rating, "times": ""}
        desk.unanswered.setdefault(step, set()).add(rating)
        while True:
            said = self.act(
                "save",
                desk.token,
                f"/label/{desk.token}/save/",
                fields | {"version": str(desk.version)},
                SCRIPT,
                step=step,
                rating=rating,
            )
            if not isinstance(said, dict):
                return
            desk.version = said["version"]
            if "code" not in said:
                break
            if said["code"] != "conflict" or not self.are_mine(desk, said["theirs"]):
                self.history.complain(f"{self.name}: a save was refused: {said}")
                return
        desk.unanswered[step] = {rating}
        desk.ratings[step] = rating
        self.acked.setdefault(desk.token, {})[step] = rating

    def are_mine(self, desk: Desk, theirs: dict[str, dict[str, Any]]) -> bool:
        """Whether what the server has instead was sent from here, and the answer was lost."""
        spots = {int(name.removeprefix("step-")): mark["rating"] for name, mark in theirs.items()}
        return all(rating in desk.unanswered.get(step, ()) for step, rating in spots.items())

    def submit(self, desk: Desk) -> Desk | None:
        fields = desk.rated | {"key": desk.token, "version": str(desk.version), "times": ""}
        self.submitted[desk.token] = dict(desk.ratings)
        page = self.act("submit", desk.token, f"/label/{desk.token}/submit/", fields, HTMX)
        if isinstance(page, dict):
            self.history.complain(f"{self.name}: a submit was refused: {page}")
        if self.random.random() < 0.1:
            return None  # what was sent along is not opened
        return self.opened(page) if isinstance(page, bytes) else None

    def opened(self, page: bytes) -> Desk | None:
        """The desk in a page. It has to show what was acknowledged before."""
        found = TOKEN.search(page)
        if found is None:
            return None
        token, version = found[1].decode(), int(found[2])
        ratings = {int(step): rating.decode() for step, rating in RATED.findall(page)}
        if ratings != self.acked.get(token, {}):
            self.history.complain(f"{self.name}: {token} shows {ratings}, not {self.acked.get(token)}")
        return Desk(token, version, page.count(b'<li class="step"'), ratings)

    # --- one act --------------------------------------------------------------------------------------------

    @property
    def is_late(self) -> bool:
        return time.monotonic() > self.deadline

    def act(
        self, op: str, key: str, path: str, fields: dict[str, str], headers: dict[str, str], **said: Any
    ) -> bytes | dict[str, Any] | None:
        """Send until it is known what came of it: a page, a JSON object (with `code` when refused), or None."""
        body = urlencode({"csrfmiddlewaretoken": self.csrf, **fields}).encode()
        while not self.is_late:
            start = time.time()
            reply = self.connection.request("POST", path, body, headers)
            outcome, content, more = judged(op, reply)
            self.history.add(self.name, op, key, start, outcome, status=reply[0], **said, **more)
            if outcome != "info":
                return content
            time.sleep(self.random.uniform(PAUSE / 2, PAUSE))
        self.history.complain(f"{self.name}: {op} {key} was never answered")
        return None


def judged(op: str, reply: Reply) -> tuple[Outcome, Any, dict[str, Any]]:
    status, body = reply
    if op in {"start", "submit"} and status == 200:
        if found := TOKEN.search(body):
            return "ok", body, {"next": found[1].decode()}
        return ("ok", body, {}) if WAITING in body else ("info", None, {})
    parsed = parsed_json(body)
    if status == 200 and "seconds" in parsed:
        return "ok", parsed, {"seconds": parsed["seconds"], "is_held": parsed["until"] is not None}
    if 400 <= status < 500:
        refusal = parsed if "code" in parsed else {"code": status, "detail": body[:200].decode()}
        return "fail", refusal, {"why": refusal["code"]}
    return "info", None, {}


def parsed_json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
