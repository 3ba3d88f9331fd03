"""docs/score-protocol.md is true: its example server works, and its schemas describe what is sent and taken."""

import re
import threading
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from annotation.serving import ServingError
from tests.serving.calls import KEY, local, scored
from tests.serving.scripted import Scripted

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "score-protocol.md").read_text()


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


def schema(name: str) -> dict[str, Any]:
    return yaml.safe_load(block("yaml"))["components"]["schemas"][name]


def test_the_example_server_scores() -> None:
    names: dict[str, Any] = {"__name__": "example"}
    exec(block("python").replace("9000", "0"), names)
    example = names["server"]
    names["Scores"].log_message = lambda *arguments: None
    thread = threading.Thread(target=example.serve_forever, args=(0.01,))
    thread.start()
    try:
        found = scored(local(f"http://127.0.0.1:{example.server_port}"), ["2 + 2 = 4", "Or is it?", "It is."])
    finally:
        example.shutdown()
        thread.join()
        example.server_close()
    assert found.steps == [0.9, 0.5, 0.9]


@pytest.mark.parametrize("model", ["", "prm-1"])
def test_what_is_sent_is_as_described(server: Scripted, model: str) -> None:
    scored(local(server.url("golden"), model=model, key=KEY))
    jsonschema.validate(server.requests[0].payload, schema("Solution"), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("body", "is_fine"),
    [
        ('{"scores":[0,1]}', True),
        ('{"scores":[0.25,0.5],"more":"is ignored"}', True),
        ('{"scores":[0.5,1.5]}', False),
        ('{"scores":[0.5,"0.5"]}', False),
        ('{"scores":[0.5,null]}', False),
        ('{"scores":0.5}', False),
        ("[0.5,0.5]", False),
        ("{}", False),
    ],
)
def test_what_is_taken_is_as_described(server: Scripted, body: str, is_fine: bool) -> None:
    checker = jsonschema.Draft202012Validator(schema("Scores"))
    assert checker.is_valid(yaml.safe_load(body)) is is_fine
    server.answers = [body]
    if is_fine:
        scored(local(server.url("next")))
    else:
        with pytest.raises(ServingError):
            scored(local(server.url("next")))
