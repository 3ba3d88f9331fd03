"""Whatever is written as an answer: it ends within its limits, decides nothing it should not, and runs no code."""

import ast
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotation.grading import sandbox as module
from annotation.grading.sandbox import MEMORY, Sandbox, bounded, verdict_of
from annotation.grading.verdicts import Pair, Verdict

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
    assert time.monotonic() - begun < 2 * SECONDS + 1  # as one of a chunk, and by itself
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


def test_its_neighbours_get_their_verdicts(sandbox: Sandbox) -> None:
    good = [Pair("2/4", "", "1/2"), Pair("3", "", "4"), Pair(r"\sin^2 x + \cos^2 x", "", "1")]
    pairs = [pair for bomb in BOMBS[:6] for pair in (Pair(bomb, "", r"\cos x"), *good)]
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


def surroundings(_: object, __: float) -> tuple[dict[str, str], list[str], tuple[int, int]]:
    return dict(os.environ), list(sys.modules), resource.getrlimit(resource.RLIMIT_AS)


def test_a_process_of_the_sandbox_knows_no_keys_and_no_django(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(1) as sandbox:
        environment, modules, memory = sandbox.schedule(surroundings, None).result()
    assert not {name for name in environment if name.startswith(("STEPMARK", "DATABASE", "REDIS", "SECRET"))}
    assert {"django", "psycopg", "celery"}.isdisjoint(modules)
    assert "sympy" in modules
    assert memory == (MEMORY, MEMORY)


def die(_: object, __: float) -> Verdict:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def devour(_: object, seconds: float) -> Verdict:
    with bounded(seconds):
        return Verdict("correct", str(len(bytearray(2 * MEMORY))), None)


def test_killed_a_hundred_times_it_still_grades(sandbox: Sandbox) -> None:
    killed = [sandbox.schedule(die, None) for _ in range(100)]
    assert {verdict_of(future, "5") for future in killed} == {Verdict("undecided", "crashed", "5")}
    assert sandbox.grade([Pair("0.5", "", r"\frac12")])[0].word == "correct"


def test_what_takes_too_much_memory_is_told_so(sandbox: Sandbox) -> None:
    assert verdict_of(sandbox.schedule(devour, None), "5") == Verdict("undecided", "memory", "5")


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
