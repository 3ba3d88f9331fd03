"""Formulas, calculations and hostile texts, as the desk shows them."""

import json
from typing import Any

import pytest
from playwright.sync_api import FloatRect, expect

from annotation.models import Project, User
from tests.browser.desk_page import Visit, at_desk, saved
from tests.browser.pictures import picture
from tests.browser.pixels import extent
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


UNSEEN = [
    r"The end is \(\href{https://x.y}{42}\) so answer 42.",
    r"See $\url{https://x.y}$ and $\htmlClass{a}{b}$.",
    r"$\def\a#1{\htmlStyle{color:red}{#1}}\a{7}$",
    r"$\kern-5000em gone$",
    r"$\rlap{\hspace{-30em}\text{over}}$",
    "$" + r"\!" * 400 + "left$",
    r"$\def\far{-900em}\hskip\far x$",
]


def test_what_a_formula_would_drop_or_hide_is_shown_as_source(
    project: Project, alice: User, load: Any, visit: Visit
) -> None:
    """A command that is not trusted, and what goes off to the left."""
    kept = r"$a \!\! b \neq \not= -x \hspace{-1em} \mathllap{c} \sqrt[3]{-2}$"
    load(project, [{"problem": UNSEEN[0], "steps": [*UNSEEN, kept], "ground_truth_answer": "1"}])
    page = at_desk(visit, alice)
    for _ in UNSEEN:
        page.keyboard.press("3")
    saved(page)
    assert page.locator(".problem .text").first.inner_text() == UNSEEN[0]
    for step, text in enumerate(UNSEEN):
        assert page.locator(f"#step-{step} .text").inner_text() == text
    assert page.locator(f"#step-{len(UNSEEN)} .unrendered").count() == 0
    assert page.locator(f"#step-{len(UNSEEN)} .katex").count() == 1


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
    text = page.locator("#step-0 .text")
    assert "<<" in first[next(iter(set(first) - {"question", "ground_truth"}))]["solution"]
    assert "<<" not in text.inner_text()
    assert text.locator(".calculated, .calculator").count() >= 1


def test_money_before_a_calculation_is_no_formula(project: Project, alice: User, load: Any, visit: Visit) -> None:
    step = "The house cost $80,000 and the repairs 50,000 so $80,000+50,000=$<<80000+50000=130000>>130,000"
    load(project, [{"problem": "p", "steps": [step]}])
    page = at_desk(visit, alice)
    assert page.locator(".katex").count() == 0


CALCULATIONS = {
    "3 + 4 = <<3+4=7>>7 meals": ("3 + 4 = 7 meals", "calculated"),
    "It is 3 + 4 =$<<3+4=7.0>>7.": ("It is 3 + 4 =$7.", "calculated"),
    "80,000 + 1 = <<80000+1=80001>>80,001": ("80,000 + 1 = 80,001", "calculated"),
    "3 + 4 = <<3+4=7>>8 meals": ("3 + 4 = 3+4=78 meals", "calculator"),
    "3 + 5 = <<3+4=7>>7 meals": ("3 + 5 = 3+4=77 meals", "calculator"),
    "He eats <<3+4=7>>7 meals": ("He eats 3+4=77 meals", "calculator"),
    "3 + 4 = <<3+4=7>>seven": ("3 + 4 = 3+4=7seven", "calculator"),
}


def test_a_calculation_is_said_once_unless_its_mark_says_something_else(
    project: Project, alice: User, load: Any, visit: Visit
) -> None:
    load(project, [{"problem": "p", "steps": list(CALCULATIONS)}])
    Project.objects.update(reveals_all=True)
    page = at_desk(visit, alice)
    for step, (source, (text, kind)) in enumerate(CALCULATIONS.items()):
        shown = page.locator(f"#step-{step} .text")
        assert shown.inner_text() == text, source
        assert shown.locator(".calculated, .calculator").get_attribute("class") == kind, source
    picture(page, "calculations")
    page.keyboard.press("r")
    assert page.locator("#step-0 .text").inner_text() == next(iter(CALCULATIONS))


ANSWERS = {
    r"So.\n\n# Answer\n\n\\frac{5}{36}": 1,
    r"# Answer\n\nx^2 + 1": 1,
    r"# Answer\n\n\\text{ten minutes}": 1,
    r"# Answer\n\n\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}": 1,
    r"# Answer\n\n$x$ and $y$": 2,
    r"# Answer\n\n12": 0,
    r"# Answer\n\nThe half, \\frac{1}{2} of it": 0,
    r"# Answer\n\n\\frac{5": 0,
}


def test_an_answer_in_bare_latex_is_a_formula(project: Project, alice: User, load: Any, visit: Visit) -> None:
    answers = {json.loads(f'"{text}"'): count for text, count in ANSWERS.items()}
    load(project, [{"problem": "p", "steps": list(answers)}])
    Project.objects.update(reveals_all=True)
    page = at_desk(visit, alice)
    for step, (source, count) in enumerate(answers.items()):
        shown = page.locator(f"#step-{step} .text")
        assert shown.locator(".katex").count() == count, source
        assert shown.locator(".heading").inner_text() == "Answer"
        if not count:
            assert shown.inner_text().endswith(source.rsplit("\n", 1)[1])
    picture(page, "answers", full_page=True)


def test_equations_have_no_numbers(project: Project, alice: User, load: Any, visit: Visit) -> None:
    kinds = ["align", "equation", "gather", "align*"]
    load(project, [{"problem": "p", "steps": [rf"\begin{{{one}}} a = b \end{{{one}}}" for one in kinds]}])
    Project.objects.update(reveals_all=True)
    page = at_desk(visit, alice)
    assert page.locator(".steps .katex").count() == len(kinds)
    assert page.locator(".steps :is(.eqn-num, .tag)").count() == 0
    assert page.locator(".unrendered").count() == 0


PAINT = (255, 0, 255)
OVERLAYS = {
    "below": r"$\rlap{\smash{\raisebox{-12em}{\color{#ff00ff}\rule{12em}{8em}}}}$ One.",
    "above": r"$\rlap{\smash{\raisebox{4em}{\color{#ff00ff}\rule{12em}{8em}}}}$ One.",
    "beside": r"$\hspace{-2.5em}\rlap{\smash{\color{#ff00ff}\rule{99em}{1em}}}$ One.",
    "around": r"$\rlap{\smash{\raisebox{-12em}{\color{#ff00ff}\rule{20em}{20em}}}}$ One.",
}
CLIP_MARGIN = 5
"""Pixels around its box that a text may paint, so that no letter is cut; one more for rounding."""


@pytest.mark.parametrize("overlay", OVERLAYS.values(), ids=OVERLAYS)
def test_a_text_paints_only_inside_its_own_box(
    project: Project, alice: User, load: Any, visit: Visit, overlay: str
) -> None:
    """A formula can be as tall as it likes, and stand over the steps around it."""
    load(project, [{"problem": "p", "steps": ["Zero.", overlay, "Two.", "Three."]}])
    Project.objects.update(reveals_all=True)
    page = at_desk(visit, alice)
    text = page.locator("#step-1 [data-math]")
    expect(text.locator(".katex")).to_have_count(1)
    box = text.bounding_box()
    assert box is not None
    assert box["height"] < 60
    painted = extent(page, PAINT)
    assert painted is None or is_inside(painted, box)
    text.evaluate("(text) => { text.style.overflow = 'visible'; }")
    beyond = extent(page, PAINT)
    assert beyond is not None, "nothing to hold back"
    assert not is_inside(beyond, box)


def is_inside(painted: FloatRect, box: FloatRect) -> bool:
    return all(
        painted[start] >= box[start] - CLIP_MARGIN
        and painted[start] + painted[size] <= box[start] + box[size] + CLIP_MARGIN
        for start, size in (("x", "width"), ("y", "height"))
    )


def test_thousands_of_formulas_do_not_hold_up_the_page(
    project: Project, alice: User, load: Any, visit: Visit
) -> None:
    """They come bit by bit; of a text with too many, the rest stays source."""
    load(project, [{"problem": "p", "steps": ["$x_1^2$ " * 2400, *["$y_1^2$ " * 60] * 40]}])
    page = at_desk(visit, alice)
    page.keyboard.press("3")
    expect(page.locator("#step-1[aria-current]")).to_be_visible()
    expect(page.locator("[data-math]:not([data-rendered])")).to_have_count(0, timeout=20_000)
    assert page.locator("#step-0 .katex").count() > 200
    assert page.locator("#step-0 .unrendered").count() > 200
    assert page.locator("#step-40 .unrendered").count() == 0
