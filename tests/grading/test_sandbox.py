"""Whatever is written as an answer: it ends within its limits, decides nothing it should not, and runs no code."""

import ast
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from annotation.grading import sandbox as module
from annotation.grading.sandbox import KEPT, Sandbox, SandboxLost
from annotation.grading.symbolic import is_equal
from annotation.grading.verdicts import Pair, Verdict
from annotation.grading.workers import MEMORY, PATIENCE, Workers, bounded, unbroken, verdict_of

SECONDS = 1.0
DEEP = "(" * 2_000 + "1" + ")" * 2_000

BOMBS = [
    "9**9**9**9", "9**9**9", "9^9**9**9", "9^{9^{9^9}}", "2**(2**(2**30))", "99999999!", "9999999!", "((9!)!)!",
    "(x+1)**99999-(x-1)**99999", "(x+1)**5000", "(x+y)^{3000}(x-y)^{3000}", "(x+y+z)^{500}", DEEP, "{" * 2_000,
    "[" * 5_000, r"\frac{1}{" * 300 + "1" + "}" * 300, r"\sqrt{" * 2_000 + "2" + "}" * 2_000, "'x'*9**9**9",
    r"\sum_{n=1}^{99999999} n^2 \sin n", r"\prod_{n=1}^{99999999} \cos n", r"\binom{9999999}{4999999}",
    "1" * 9_999,
    "1" * 1_000_000, r"\frac{1}{2}" * 80_000, "x+" * 4_000 + "x", r"\{" + ",".join(map(str, range(2_500))) + r"\}",
    r"\int_0^1 \sin(x^x) dx", r"\lim_{x \to 0} \frac{\sin(x^{99})}{x^{99}}", r"\frac{1}{0}",
    r"\infty - \infty", "nan",
    "inf", "1e999999999", "0.1" + "0" * 9_000 + "1", "\x00", "\ud800", "\u202e5", "$" * 9_000, "\\" * 9_000,
    "&" * 9_000,
    r"\begin{pmatrix}" + r"1&2\\" * 1_500 + r"\end{pmatrix}", r"\text{" * 2_000, "a b " * 2_000, "1,000" * 1_500,
    r"x^{x^{x^{x^{x^{x}}}}} = \sin^{99}{x^{99}}", r"\sqrt[99]{99^{99^{99}}}", r"\log_{\log 2}{\log{9^{9^9}}}",
]  # fmt: skip
CANARY = "canary-was-here"
CODE = [
    "__import__('os').system('{}')", "().__class__.__bases__[0].__subclasses__()", "exec(\"open('{1}','w')\")",
    "open('{1}','w').write('x')", "eval(\"open('{1}','w')\")", "id(1)", "lambda: open('{1}','w')",
    "[x for x in [open('{1}','w')]]", "globals()['__builtins__']['open']('{1}','w')", r"\text{open('{1}','w')}",
    r"\operatorname{{eval}}(open('{1}','w'))", "f\"{{open('{1}','w')}}\"", "Symbol('x').func",
    "__builtins__.open('{1}','w')",
    "os.system('{}')", "`{}`", "$({})", "; {} ;", "| {}", r"\input{{/etc/passwd}}", r"\write18{{{}}}",
    r"\immediate\write18{{{}}}",
    "S('open(\"{1}\",\"w\")')", "sympify('open(\"{1}\",\"w\")')", "x.__class__", "(1).__class__",
    "'' if open('{1}','w') else ''",
    "\n import os; os.system('{}')", "#{}", "N(open('{1}','w'))", "cos(open('{1}','w'))",
    "Integer(open('{1}','w'))",
]  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seconds=SECONDS) as sandbox:
        sandbox.grade([Pair("1", "", "2")])
        yield sandbox


@pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
@pytest.mark.parametrize("reference", [r"\frac{1}{3}", r"\sin(x)^{2}+1"])
def test_a_bomb_ends_in_time_and_is_never_right(sandbox: Sandbox, bomb: str, reference: str) -> None:
    begun = time.monotonic()
    (verdict,) = sandbox.grade([Pair(bomb, "", reference)])
    assert time.monotonic() - begun < 2 * PATIENCE * SECONDS + 1  # as one of a chunk, and by itself
    assert verdict.word in {"undecided", "incorrect"}
    if verdict.reason in {"timeout", "memory", "crashed", "unreadable"}:
        assert verdict.word == "undecided"


def test_a_bomb_as_the_reference_or_in_the_text(sandbox: Sandbox) -> None:
    for pair in (
        Pair("1/3", "", "99999999!"),
        Pair(None, r"\boxed{" * 3_000, "5"),
        Pair(None, "A: " * 50_000, "5"),
    ):
        assert sandbox.grade([pair])[0].word != "correct"


def test_its_neighbours_get_their_verdicts() -> None:
    """With twice the seconds: algebra takes a while where Chromium runs beside it."""
    good = [Pair("2/4", "", "1/2"), Pair("3", "", "4"), Pair(r"\sin^2 x + \cos^2 x", "", "1")]
    pairs = [pair for bomb in BOMBS[:6] for pair in (Pair(bomb, "", r"\cos x"), *good)]
    with Sandbox(seconds=2 * SECONDS) as sandbox:
        words = [verdict.word for verdict in sandbox.grade(pairs)]
    for place in range(0, len(words), 4):
        assert words[place + 1 : place + 4] == ["correct", "incorrect", "correct"]


def test_no_text_is_run(sandbox: Sandbox, tmp_path: Path) -> None:
    canary = tmp_path / CANARY
    texts = [code.replace("{1}", str(canary)).replace("{}", f"touch {canary}") for code in CODE]
    pairs = [pair for text in texts for pair in (Pair(text, "", r"\cos x"), Pair(r"\cos x", "", text))]
    pairs += [Pair(None, f"# Answer\n\n{text}", "x^2 - y^x") for text in texts]
    for verdict in sandbox.grade(pairs):
        assert verdict.word != "correct"
    assert not canary.exists()


def test_a_process_of_the_sandbox_knows_no_keys_and_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    with Sandbox(1) as sandbox:
        sandbox.grade([Pair(r"\sin x", "", r"\cos x")])
        server = psutil.Process(sandbox.process.pid)
        family = [server, *server.children(recursive=True)]
        assert len(family) >= 3
        for process in family:
            assert set(process.environ()) <= {*KEPT, "LC_CTYPE"}
            assert not [one.path for one in process.memory_maps() if "psycopg" in one.path]
            assert {one.laddr for one in process.net_connections()} == set()
        limits = {process.rlimit(resource.RLIMIT_AS) for process in family}
        assert (MEMORY, MEMORY) in limits
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive


def test_nothing_of_it_outlives_who_asked(tmp_path: Path) -> None:
    code = (
        "import os\nfrom annotation.grading.sandbox import Sandbox\nfrom annotation.grading.verdicts import Pair\n"
        "s = Sandbox(1, 6)\ns.grade([Pair('1', '', '2')])\nprint(s.process.pid, flush=True)\n"
        "s.grade([Pair('((9!)!)!', '', r'\\cos x')])"
    )
    asking = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert asking.stdout is not None
    server = psutil.Process(int(asking.stdout.readline()))
    family = [server, *server.children(recursive=True)]
    asking.kill()
    asking.wait()
    asking.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=45)
    assert not alive


def test_a_lost_sandbox_says_so(sandbox: Sandbox) -> None:
    with Sandbox(1) as lost:
        lost.grade([Pair("1", "", "2")])
        lost.process.kill()
        lost.process.wait()
        with pytest.raises(SandboxLost, match="ended with -9"):
            lost.grade([Pair("1", "", "2")])


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(seconds=SECONDS) as workers:
        yield workers


def die(_: object, __: float) -> Verdict:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def who(_: object, __: float) -> tuple[int]:
    return (os.getpid(),)


def sleep(_: object, seconds: float) -> Verdict:
    with bounded(seconds):
        time.sleep(60)
    raise AssertionError


def test_what_waits_for_nothing_ends_too(workers: Workers) -> None:
    (outcome,) = workers.each(sleep, [None])
    assert verdict_of(outcome, "5") == Verdict("undecided", "timeout", "5")


def devour(_: object, seconds: float) -> Verdict:
    with bounded(seconds):
        return Verdict("correct", str(len(bytearray(2 * MEMORY))), None)


def break_off(pair: Pair) -> Verdict:
    raise RecursionError(pair.answer)


def test_a_comparison_that_breaks_off_says_nothing() -> None:
    said = Verdict("undecided", "failed", "5")
    assert unbroken(break_off, Pair("5", "", "6"), said) == said
    with pytest.raises(MemoryError):
        unbroken(lambda _: bytearray(1 << 60), Pair("5", "", "6"), said)


def test_what_algebra_cannot_compare_is_not_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> bool:
        raise TypeError("sympy's own")

    monkeypatch.setattr("math_verify.grader.sympy_expr_eq", broken)
    with pytest.raises(TypeError, match="sympy's own"):
        is_equal(r"\sin x", r"\cos x")


def test_killed_a_hundred_times_it_still_grades(workers: Workers) -> None:
    killed = workers.each(die, [None] * 100)
    assert {verdict_of(outcome, "5") for outcome in killed} == {Verdict("undecided", "crashed", "5")}
    (verdict,) = workers.by_rules([Pair("0.5", "", r"\frac12")])
    assert verdict is not None
    assert verdict.word == "correct"


def test_what_takes_too_much_memory_is_told_so(workers: Workers) -> None:
    (outcome,) = workers.each(devour, [None])
    assert verdict_of(outcome, "5") == Verdict("undecided", "memory", "5")


def test_killed_while_they_wait_for_work_they_are_replaced(workers: Workers) -> None:
    """Pebble gives the whole pool up then."""
    for _ in range(3):
        for (pid,) in workers.each(who, [()] * 4):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        (verdict,) = workers.by_rules([Pair("0.5", "", r"\frac12")])
        assert verdict is not None
        assert verdict.word == "correct"


def test_a_pool_whose_processes_take_nothing_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are stopped; pebble would wait for them forever."""
    monkeypatch.setattr("annotation.grading.workers.STARTED_WITHIN", 1.0)
    with Workers(seconds=SECONDS) as workers:
        for (pid,) in set(workers.each(who, [()] * 8)):
            os.kill(pid, signal.SIGSTOP)
        verdicts = workers.by_algebra([Pair("0.5", "", r"\frac12")] * 3)
    assert [verdict.word for verdict in verdicts] == ["correct"] * 3


def test_nothing_in_the_grader_evaluates_text() -> None:
    banned = {
        "eval",
        "exec",
        "sympify",
        "parse_expr",
        "compile",
        "loads",
        "S",
        "ExprExtractionConfig",
        "__import__",
    }
    for path in Path(module.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Name):
                assert node.id not in banned, path
            if isinstance(node, ast.Attribute) and node.attr in banned:
                assert node.attr == "compile", path
                assert isinstance(node.value, ast.Name), path
                assert node.value.id == "re", path
