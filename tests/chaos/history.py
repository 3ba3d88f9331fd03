"""What was asked and what came back, an event an attempt."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["ok", "fail", "info"]
"""`ok`: answered as asked. `fail`: refused by the product, so it did not happen. `info`: unknown."""


@dataclass(frozen=True)
class Event:
    """`start` and `end` are seconds since the epoch, by the clock that the database reads too."""

    who: str
    op: str
    key: str
    start: float
    end: float
    outcome: Outcome
    said: Mapping[str, Any] = field(default_factory=dict)


class History:
    """Thread-safe; every event is in the file at once, so that a killed run can be read too."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.events: list[Event] = []
        self.wrong: list[str] = []
        self.lock = threading.Lock()
        self.file = path.open("w", encoding="utf-8")

    def add(self, who: str, op: str, key: str, start: float, outcome: Outcome, **said: Any) -> Event:
        event = Event(who, op, key, start, time.time(), outcome, said)
        with self.lock:
            self.events.append(event)
            self.file.write(json.dumps(asdict(event)) + "\n")
            self.file.flush()
        return event

    def close(self) -> None:
        self.file.close()

    def complain(self, sentence: str) -> None:
        """Something that a labeler may never see was seen."""
        with self.lock:
            self.wrong.append(sentence)

    def of(self, op: str, outcome: Outcome = "ok") -> list[Event]:
        return [event for event in self.events if event.op == op and event.outcome == outcome]

    def acked(self) -> int:
        return len(self.of("save")) + len(self.of("submit"))
