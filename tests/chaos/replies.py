"""What came of an act, from the answer to it."""

import json
from typing import Any

from tests.bench.browser import Reply
from tests.chaos.desks import TOKEN
from tests.chaos.history import Outcome

SCRIPT = {"X-Requested-With": "fetch"}
HTMX = {"HX-Request": "true"}
WAITING = b"/start/"


def judged(op: str, reply: Reply) -> tuple[Outcome, Any, dict[str, Any]]:
    """The outcome; what was said, with `code` in it when it was refused; and what the history keeps of it."""
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
