"""Formulas, calculations and hostile texts, as the desk shows them."""

import json
from typing import Any

from playwright.sync_api import expect

from annotation.models import Project, User
from tests.browser.desk_page import Visit, at_desk, saved
from tests.conftest import shared_file


def test_formulas_are_rendered_and_broken_ones_stay_readable(
    project: Project, alice: User, load: Any, visit: Visit
) -> None:
    step = r"Money $5 and $6, math $x^2$ and \(y\), $$\frac{1}{2}$$ and \[z\], broken $\frac{1$ and \$7."
    load(
        project,
        [{"problem": r"\begin{align*}a&=b\end{align*}", "steps": [step], "ground_truth_answer": r"\frac{1}{2}"}],
    )
    page = at_desk(visit, alice)
    text = page.locator("#step-0 .text")
    assert text.locator(".katex").count() == 4
    assert page.locator(".answer .katex").count() == 1
    assert page.locator(".problem .katex-display, .problem .display").count() >= 1
    assert text.locator(".unrendered").inner_text() == r"$\frac{1$"
    assert text.inner_text().startswith("Money $5 and $6, math")
    assert text.inner_text().rstrip().endswith("and $7.")


HOSTILE = [
    "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>",
    r"$\href{javascript:window.hacked=1}{x}$ $\htmlData{onclick=alert(1)}{x}$ $\includegraphics{http://evil.example/x.png}$",
    r"$\def\a{\a\a}\a$ $\gdef\frac{}$ " + "$" + "{" * 3000 + "$",
    "$" + r"\sqrt{" * 500 + "x" + "}" * 500 + "$",
    "$" + r"\displaystyle\Large" * 1000 + " x$",
    "$" + r"\left(" * 800 + "x" + r"\right)" * 800 + "$",
    "$" + "x" * 15_000 + "$",
    "</textarea></script><svg onload=window.hacked=1>{{7*7}}",
    "x" * 30_000,
]


def test_hostile_text_stays_text(project: Project, alice: User, load: Any, visit: Visit) -> None:
    load(project, [{"problem": HOSTILE[0], "steps": HOSTILE, "ground_truth_answer": HOSTILE[1]}])
    page = at_desk(visit, alice)
    for _ in HOSTILE:
        page.keyboard.press("3")
    saved(page)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".text a, .text img, .text script, .text svg[onload]").count() == 0
    assert page.locator("#step-0 .text").inner_text() == HOSTILE[0]
    assert page.locator("#step-8 .text").inner_text() == HOSTILE[8]


def test_one_step_cannot_change_how_the_next_is_read(
    project: Project, alice: User, load: Any, visit: Visit
) -> None:
    load(project, [{"problem": "p", "steps": [r"$\gdef\frac#1#2{hacked}\frac12$", r"$\frac{1}{2}$"]}])
    page = at_desk(visit, alice)
    page.keyboard.press("3")
    assert "hacked" in page.locator("#step-0 .katex").inner_text()
    expect(page.locator("#step-1 .katex .mfrac").first).to_be_visible()
    assert "hacked" not in page.locator("#step-1 .text").inner_text()


def test_gsm8k_reads_well(project: Project, alice: User, load: Any, visit: Visit) -> None:
    first = json.loads(shared_file("gsm8k_model_solutions.jsonl").read_text().split("\n", 1)[0])
    load(project, [first])
    page = at_desk(visit, alice)
    assert page.locator(".problem .text").first.inner_text() == first["question"]
    assert page.locator(".katex").count() == 0
    assert page.locator("#step-0 .calculator").inner_text() == "16-3=13"


def test_money_before_a_calculation_is_no_formula(project: Project, alice: User, load: Any, visit: Visit) -> None:
    step = "The house cost $80,000 and the repairs 50,000 so $80,000+50,000=$<<80000+50000=130000>>130,000"
    load(project, [{"problem": "p", "steps": [step]}])
    page = at_desk(visit, alice)
    assert page.locator(".katex").count() == 0
