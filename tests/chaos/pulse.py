"""The clock of a page: it says on a connection of its own that the labeler is at work, whatever is being saved."""

import random
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.bench.browser import Connection
from tests.chaos.replies import SCRIPT, judged

if TYPE_CHECKING:
    from tests.chaos.labelers import Labeler


class Pulse(threading.Thread):
    def __init__(self, labeler: "Labeler", port: int, headers: Mapping[str, str], seed: str) -> None:
        super().__init__(name=f"pulse of {labeler.name}", daemon=True)
        self.labeler = labeler
        self.connection = Connection(port, headers)
        self.random = random.Random(seed)
        self.is_over = threading.Event()

    def run(self) -> None:
        while not self.is_over.wait(self.random.uniform(0.1, 0.7)):
            if token := self.labeler.at:
                self.beat(token)
        self.connection.http.close()

    def beat(self, token: str) -> None:
        """Once: the next one comes soon enough."""
        body = urlencode({"csrfmiddlewaretoken": self.labeler.csrf, "times": ""}).encode()
        start = time.time()
        reply = self.connection.request("POST", f"/label/{token}/beat/", body, SCRIPT)
        outcome, content, more = judged("beat", reply)
        self.labeler.history.add(self.labeler.name, "beat", token, start, outcome, status=reply[0], **more)
        if outcome == "fail":
            self.labeler.history.complain(f"{self.name}: a beat was refused: {content}")
