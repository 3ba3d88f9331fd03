"""Sampling from language models: whole solutions, and candidates for the next step."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from annotation.serving.client import Client
from annotation.serving.endpoint import Endpoint
from annotation.serving.errors import Permanent
from annotation.serving.openai import CHAT, COMPLETIONS, choices
from annotation.serving.prompts import ANSWER, NEXT_STEP, NO_STEPS, PLAIN, WRITER_INSTRUCTION, lines

MOST_SAMPLES = 256
ANSWER_LINE = re.compile(rf"{ANSWER}\b[:\s]*")


class Sampling(NamedTuple):
    """How to sample. The same seed gives the same samples only where the server keeps to it."""

    temperature: float = 1.0
    stop: Sequence[str] = ()
    seed: int | None = None
    max_tokens: int = 2048


class Sampled(NamedTuple):
    text: str
    finish_reason: str
    """As the server says it: stop, length, content_filter; empty when it does not."""

    @property
    def is_truncated(self) -> bool:
        """Whether the text ended only because `max_tokens` were over."""
        return self.finish_reason == "length"


class Sketch(NamedTuple):
    """A whole solution as sampled."""

    steps: list[str]
    is_truncated: bool


Prompting = Callable[[Endpoint, str, Sequence[str] | None], dict[str, Any]]


def chat_prompt(endpoint: Endpoint, problem: str, prefix: Sequence[str] | None) -> dict[str, Any]:
    """Messages; `prefix` None asks for a whole solution, a list (also an empty one) for the next step."""
    system = {"role": "system", "content": endpoint.instruction or WRITER_INSTRUCTION}
    if prefix is None:
        return {"messages": [system, {"role": "user", "content": problem}]}
    if endpoint.continues:
        return begun(system, problem, prefix)
    asked = NEXT_STEP.format(problem=problem, steps="\n".join(prefix) or NO_STEPS)
    return {"messages": [system, {"role": "user", "content": asked}]}


def begun(system: dict[str, str], problem: str, prefix: Sequence[str]) -> dict[str, Any]:
    """Messages of which the last is the assistant's own, which the server goes on with."""
    messages = [system, {"role": "user", "content": problem}]
    if not prefix:
        return {"messages": messages}
    messages.append({"role": "assistant", "content": lines(prefix)})
    return {"messages": messages, "continue_final_message": True, "add_generation_prompt": False}


def text_prompt(endpoint: Endpoint, problem: str, prefix: Sequence[str] | None) -> dict[str, Any]:
    return {"prompt": PLAIN.format(problem=problem, steps=lines(prefix or ()))}


class Generator(NamedTuple):
    label: str
    help: str
    fields: tuple[str, ...]
    path: str
    prompt: Prompting

    async def sample(
        self, client: Client, endpoint: Endpoint, problem: str, prefix: Sequence[str] | None, n: int, how: Sampling
    ) -> list[Sampled]:
        """`n` samples. Raises `Transient` and `Permanent`."""
        asking = partial(self.request, endpoint, problem, prefix, how)
        found = await choices(client, self.path, asking, n)
        return [Sampled(choice.said, choice.finish_reason or "") for choice in found]

    def request(
        self, endpoint: Endpoint, problem: str, prefix: Sequence[str] | None, how: Sampling, n: int, had: int
    ) -> dict[str, Any]:
        """What to send for `n` more samples when `had` have come: with another seed, or they would be the same."""
        options = {"stop": list(how.stop)} if how.stop else {}
        seed = {} if how.seed is None else {"seed": how.seed + had}
        wanted = {"n": n, "temperature": how.temperature, "max_tokens": how.max_tokens}
        return {"model": endpoint.model, **self.prompt(endpoint, problem, prefix), **wanted, **options, **seed}


GENERATORS: dict[str, Generator] = {
    "chat": Generator(
        "Chat completions",
        "An OpenAI-compatible chat model.",
        ("instruction", "continues"),
        CHAT,
        chat_prompt,
    ),
    "completions": Generator(
        "Completions",
        "An OpenAI-compatible server for models without a chat template: base models, fine-tuned generators.",
        (),
        COMPLETIONS,
        text_prompt,
    ),
}


async def sample(
    client: Client,
    endpoint: Endpoint,
    problem: str,
    *,
    n: int,
    prefix: Sequence[str] | None = None,
    how: Sampling = Sampling(),  # noqa: B008 (it cannot be changed)
) -> list[Sampled]:
    """`n` texts that go on after the prefix, or whole ones without it. Raises `Transient` and `Permanent`."""
    if endpoint.protocol not in GENERATORS:
        raise Permanent("There is no such protocol for a generator.")
    if not 0 < n <= MOST_SAMPLES:
        raise Permanent(f"{n} samples cannot be asked for at once; {MOST_SAMPLES} can.")
    return await GENERATORS[endpoint.protocol].sample(client, endpoint, problem, prefix, n, how)


async def solutions(
    client: Client,
    endpoint: Endpoint,
    problem: str,
    *,
    n: int,
    how: Sampling = Sampling(),  # noqa: B008
) -> list[Sketch]:
    """`n` whole solutions. One that was truncated, or is empty, is among them and can be told."""
    found = await sample(client, endpoint, problem, n=n, how=how)
    return [Sketch(split(one.text), one.is_truncated) for one in found]


async def next_steps(
    client: Client,
    endpoint: Endpoint,
    problem: str,
    prefix: Sequence[str],
    *,
    n: int,
    how: Sampling = Sampling(),  # noqa: B008
) -> list[Sampled]:
    """`n` candidates for the step after the prefix, one line each; those that came out empty are left out.

    A model that writes the heading of its answer on a line of its own is asked for the next line too.
    """
    in_line = how._replace(stop=("\n",))
    found = [tidy(one) for one in await sample(client, endpoint, problem, n=n, prefix=prefix, how=in_line)]
    bare = sum(one.text == ANSWER for one in found)
    if not bare:
        return [one for one in found if one.text]
    headed = [*prefix, f"{ANSWER}\n"]
    answers = [tidy(one) for one in await sample(client, endpoint, problem, n=bare, prefix=headed, how=in_line)]
    whole = [one._replace(text=with_heading(one.text)) for one in answers if one.text]
    return [one for one in found if one.text not in {"", ANSWER}] + whole


def tidy(sampled: Sampled) -> Sampled:
    """The first line that holds something, for servers that do not stop at the end of a line."""
    first = next((line.strip() for line in sampled.text.split("\n") if line.strip()), "")
    return sampled._replace(text=headed(first))


def split(text: str) -> list[str]:
    """The steps of a solution: its lines without the blank ones, and all from the answer's heading on as one."""
    steps: list[str] = []
    for line in (one.strip() for one in text.split("\n")):
        if not line:
            continue
        if steps and ANSWER_LINE.match(steps[-1]):
            steps[-1] += f"\n{line}" if "\n" in steps[-1] else f"\n\n{line}"
        else:
            steps.append(headed(line))
    return steps


def headed(line: str) -> str:
    """`# Answer: 47` as PRM800K writes it: the heading, a blank line, the answer."""
    heading = ANSWER_LINE.match(line)
    if not heading:
        return line
    return with_heading(line[heading.end() :]) if line[heading.end() :] else ANSWER


def with_heading(answer: str) -> str:
    return f"{ANSWER}\n\n{ANSWER_LINE.sub('', answer)}"
