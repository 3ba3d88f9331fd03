"""What a manager sees of an endpoint that is tried out."""

import pytest

from annotation.serving import Endpoint, Permanent
from annotation.serving.trying import StepScore, Trial, try_generator, try_scorer
from tests.serving.calls import PROBLEM, STEPS, local
from tests.serving.running import run
from tests.serving.scripted import Scripted, closed_port


def tried(endpoint: Endpoint, steps: list[str] | None = None) -> Trial:
    return run(try_scorer(endpoint, PROBLEM, steps or STEPS))


def test_a_trial_shows_how_steps_map_to_scores(server: Scripted) -> None:
    trial = tried(local(server.url("golden")))
    assert trial.scores == [StepScore(STEPS[0], 0.99951, None), StepScore(STEPS[1], 0.18127, None)]
    assert trial.error == ""
    assert not trial.covers
    assert 0 < trial.seconds < 5


def test_a_trial_shows_what_was_sent_and_what_came(server: Scripted) -> None:
    (exchange,) = tried(local(server.url("golden"))).exchanges
    assert exchange.path == "/score"
    assert exchange.sent == '{"problem":"What is 2 + 2?","steps":["2 + 2 = 4","So it is 4."]}'
    assert exchange.came == '{"scores":[0.99951,0.18127]}'


def test_a_trial_of_a_chat_shows_the_first_exchanges_and_the_covered_share(server: Scripted) -> None:
    trial = tried(local(server.url("golden"), "chat"), ["a", "b", "c", "d", "e"])
    assert len(trial.exchanges) == 3
    assert trial.covers
    assert [score.covered for score in trial.scores] == pytest.approx([0.99199] * 5, abs=1e-4)


def test_a_trial_that_fails_says_why_and_shows_what_came(server: Scripted) -> None:
    trial = tried(local(server.url("short")))
    assert (trial.error, trial.is_transient) == ("1 scores came for 2 steps.", False)
    assert trial.exchanges[0].came == '{"scores":[0.9]}'
    assert trial.scores == []


def test_a_trial_of_nobody_says_that_it_may_pass() -> None:
    with closed_port() as port:
        trial = tried(local(f"http://127.0.0.1:{port}"))
    assert (trial.error, trial.is_transient) == ("127.0.0.1 cannot be reached: Connection refused.", True)
    assert [(exchange.path, exchange.came) for exchange in trial.exchanges] == [("/score", "")]


def test_a_trial_that_is_refused_shows_what_was_sent(server: Scripted) -> None:
    trial = tried(local(server.url("status-400")))
    assert trial.error.startswith("The server answered 400: ")
    assert trial.exchanges[0].sent == '{"problem":"What is 2 + 2?","steps":["2 + 2 = 4","So it is 4."]}'


def test_a_trial_of_a_generator_shows_a_solution_or_the_next_steps(server: Scripted) -> None:
    endpoint = local(server.url("golden"), "completions")
    assert run(try_generator(endpoint, PROBLEM)).samples == ["2 + 2 = 4", "# Answer\n\n4"]
    assert run(try_generator(endpoint, PROBLEM, ["first"])).samples == ["2 + 2 = 4"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seconds", 601.0),
        ("seconds", 0.0),
        ("seconds", float("nan")),
        ("most_bytes", 2**30),
        ("parallel", 0),
        ("votes", -1),
    ],
)
def test_limits_have_limits(name: str, value: float) -> None:
    with pytest.raises(Permanent, match=name):
        local("http://127.0.0.1", **{name: value})
