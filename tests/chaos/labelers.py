"""Labelers without a browser. They send what the page sends, again when they do not know what came of it."""

import random
import re
import threading
import time
from typing import Any
from urllib.parse import urlencode

from tests.bench.browser import FORM, Connection
from tests.chaos.desks import WRITTEN, Desk, Spot, desk_in
from tests.chaos.history import History
from tests.chaos.pulse import Pulse
from tests.chaos.replies import HTMX, SCRIPT, judged

CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([A-Za-z0-9]+)"')
PAUSE = 0.4  # seconds before something is sent again
PATIENCE = 60.0  # seconds to find out what came of the last act, once the run is over
TIMEOUT = 15.0  # seconds, as in the page
KINDS = ("arithmetic", "logic")
"""Of errors, as the projects have them."""

Reported = tuple[int, int, str, str, tuple[str, ...]]
"""Step, progress, kind, words, and ratings of the critiques."""


class Labeler(threading.Thread):
    def __init__(self, name: str, *, port: int, cookie: str, slug: str, seed: str, history: History) -> None:
        super().__init__(name=name, daemon=True)
        headers = {"Cookie": cookie, "Content-Type": FORM}
        self.connection = Connection(port, headers)
        self.connection.http.timeout = TIMEOUT
        self.csrf = ""
        self.slug = slug
        self.random = random.Random(seed)
        self.history = history
        self.stopping = threading.Event()
        self.deadline = float("inf")
        self.at: str | None = None
        """The solution that is open in the page, for its clock."""
        self.acked: dict[str, dict[Spot, str]] = {}
        self.attempted: dict[str, set[tuple[Spot, str]]] = {}
        self.paths: dict[str, str] = {}
        self.reported: dict[str, Reported] = {}
        self.submitted: dict[str, dict[Spot, str]] = {}
        self.trouble: BaseException | None = None
        self.pulse = Pulse(self, port, headers, f"{seed}/pulse")

    def stop(self) -> None:
        self.deadline = time.monotonic() + PATIENCE
        self.stopping.set()

    def run(self) -> None:
        self.pulse.start()
        try:
            self.label()
        except BaseException as error:
            self.trouble = error
            raise
        finally:
            self.pulse.is_over.set()
            self.pulse.join()
            self.connection.http.close()

    def label(self) -> None:
        desk = None
        while not self.stopping.is_set():
            desk = self.work(desk) if desk else self.start_page()
            self.at = desk.token if desk else None
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

    def work(self, desk: Desk) -> Desk | None:
        """Rate a solution, with second thoughts and pauses, and hand it in; the next desk."""
        while (spot := desk.next_spot()) is not None or (desk.grows and desk.reason == "open"):
            if spot is not None:
                self.rate(desk, spot, self.random.choices(("1", "0", "-1"), (8, 2, 3 if desk.is_rich else 1))[0])
            else:
                self.write(desk)
            if desk.on_the_way and self.random.random() < 0.08:
                self.rate(desk, self.random.choice(list(desk.on_the_way)), self.random.choice(("1", "0")))
            if desk.path and self.random.random() < 0.15:
                self.turn(desk)
            if self.random.random() < 0.03:  # closes the tab and comes back
                return None
            if self.stopping.wait(self.random.uniform(0, 0.15)):
                return None
        report = self.report(desk) if desk.asks and desk.error is not None else {}
        return self.submit(desk, report)

    def rate(self, desk: Desk, spot: Spot, rating: str) -> None:
        self.attempted.setdefault(desk.token, set()).add((spot, rating))
        desk.unanswered.setdefault(spot, set()).add(rating)
        if self.save(desk, {desk.name(spot): rating}, spot=list(spot), rating=rating):
            desk.unanswered[spot] = {rating}
            desk.ratings[spot] = rating
            self.acked.setdefault(desk.token, {})[spot] = rating

    def turn(self, desk: Desk) -> None:
        """Have a step go on with another completion, if there is one that may."""
        step = self.random.randrange(len(desk.way))
        others = [one for at, one in desk.options(step) if desk.ratings.get((at, one), "-1") != "-1"]
        if others:
            self.save(desk, {f"choice-{step}": str(self.random.choice(others))}, turn=step)

    def write(self, desk: Desk) -> None:
        """The step at hand in one's own words, as nothing that is offered will do; mostly with the answer."""
        step = len(desk.way)
        text = self.random.choice(("Let me think.", "So 1.\n\n# Answer\n\n1", "It is 2.\n\n# Answer\n\n2"))
        desk.written[step] = text
        self.save(desk, {f"choice-{step}": "written", f"written-{step}": text}, written=step)

    def save(self, desk: Desk, given: dict[str, str], **said: Any) -> bool:
        """Whether it was acknowledged. Then the desk is as the answer says."""
        path = f"/label/{desk.token}/save/"
        while True:
            fields = (
                given | {"times": "", "version": str(desk.version)} | ({"path": desk.path} if desk.grows else {})
            )
            answer = self.act("save", desk.token, path, fields, SCRIPT, **said)
            if not isinstance(answer, dict):
                return False
            desk.version = answer.get("version", desk.version)
            if "code" not in answer:
                break
            if answer["code"] != "conflict" or not self.are_mine(desk, answer["theirs"]):
                self.history.complain(f"{self.name}: a save was refused: {answer}")
                return False
        if desk.grows:
            desk.grow(answer)
            self.paths[desk.token] = desk.path
        return True

    def are_mine(self, desk: Desk, theirs: dict[str, dict[str, Any]]) -> bool:
        """Whether what the server has instead was sent from here, and the answer was lost."""
        spots = {desk.spot(name): mark["rating"] for name, mark in theirs.items()}
        return all(rating in desk.unanswered.get(spot, ()) for spot, rating in spots.items())

    def report(self, desk: Desk) -> dict[str, str]:
        """Say what the project asks about the first error; the fields of it."""
        critiques = [name for name, step in desk.critiques if step == desk.error]
        ratings = {name: self.random.choice(("1", "0", "-1")) for name in critiques}
        progress, kind = self.random.randrange(3), self.random.choice(KINDS)
        words = f"Wrong in {self.random.randrange(1000)} ways."
        assert desk.error is not None
        fields = {
            "report-progress": str(progress),
            "report-category": kind,
            "report-critique": words,
            **ratings,
        }
        if self.save(desk, fields, report=True):
            self.reported[desk.token] = (desk.error, progress, kind, words, tuple(ratings.values()))
        return fields

    def submit(self, desk: Desk, report: dict[str, str]) -> Desk | None:
        fields = {desk.name(spot): rating for spot, rating in desk.on_the_way.items()} | report
        fields |= {"key": desk.token, "version": str(desk.version), "times": ""}
        for step, way in enumerate(desk.way):
            if way == WRITTEN and step not in desk.written:
                continue  # written before the tab was closed; what is not said stays
            fields[f"choice-{step}"] = "written" if way == WRITTEN else str(way)
            fields[f"written-{step}"] = desk.written.get(step, "") if way == WRITTEN else ""
        self.submitted[desk.token] = desk.on_the_way
        page = self.act("submit", desk.token, f"/label/{desk.token}/submit/", fields, HTMX)
        if isinstance(page, dict):
            self.history.complain(f"{self.name}: a submit was refused: {page}")
        if self.random.random() < 0.1:
            return None  # what was sent along is not opened
        return self.opened(page) if isinstance(page, bytes) else None

    def opened(self, page: bytes) -> Desk | None:
        """The desk in a page. It has to show what was acknowledged before."""
        desk = desk_in(page)
        if desk is None:
            return None
        known = self.acked.get(desk.token, {})
        expected = {spot: known[spot] for spot in desk.spots if spot in known} if desk.grows else known
        if desk.ratings != expected or desk.path != self.paths.get(desk.token, ""):
            self.history.complain(
                f"{self.name}: {desk.token} shows {desk.ratings} by {desk.path!r}, "
                f"not {expected} by {self.paths.get(desk.token)!r}"
            )
        desk.ratings = dict(known)
        return desk

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
