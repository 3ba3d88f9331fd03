"""The desk by keyboard, as a labeler works at it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation import people
from annotation.models import Annotation, Place, Project, StepLabel, User
from tests.browser.conftest import Site
from tests.conftest import shared_file
from tests.local import wait_for

Visit = Callable[..., Page]


def at_desk(visit: Visit, user: User, **options: Any) -> Page:
    page = visit(user, "/label/", **options)
    page.get_by_role("button", name=re.compile("Start|Resume")).first.click()
    expect(page.locator(".scripted .spot[aria-current]")).to_be_visible()
    return page


def ratings() -> list[tuple[int, int | None]]:
    return list(StepLabel.objects.order_by("annotation", "step").values_list("step", "rating"))


def current(page: Page) -> str:
    return page.locator(".spot[aria-current] legend").inner_text()


def saved(page: Page) -> None:
    expect(page.locator(".saved")).to_have_text("Saved")


def test_a_clean_solution_costs_a_key_a_step_and_enter(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    for key in "323":
        page.keyboard.press(key)
    expect(page.get_by_text("All steps are rated, none is negative.")).to_be_visible()
    address = page.url
    page.keyboard.press("Enter")
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()
    assert page.url != address
    assert ratings() == [(0, 1), (1, 0), (2, 1)]
    assert Annotation.objects.exclude(submitted_at=None).get().finish_reason == "solution"


def test_steps_are_revealed_one_after_the_other(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    assert page.locator(".step:visible").count() == 1
    page.keyboard.press("2")
    assert page.locator(".step:visible").count() == 2
    assert current(page).startswith("Step 2")


def test_the_first_negative_greys_the_rest_and_can_be_submitted(
    waiting: Project, alice: User, visit: Visit
) -> None:
    page = at_desk(visit, alice)
    page.keyboard.press("3")
    page.keyboard.press("1")
    assert page.locator(".step:visible").count() == 3
    last = page.locator(".step").last
    expect(last.locator("input").first).to_be_disabled()
    colours = [page.locator("#step-0 .text"), last.locator(".text").first]
    assert len({text.evaluate("text => getComputedStyle(text).color") for text in colours}) == 2
    page.keyboard.press("Enter")
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()
    assert ratings() == [(0, 1), (1, -1)]
    assert Annotation.objects.exclude(submitted_at=None).get().finish_reason == "found_error"


def test_each_rating_is_on_the_server_and_a_reload_goes_on(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.keyboard.press("3")
    saved(page)
    assert ratings() == [(0, 1)]
    page.reload()
    assert current(page).startswith("Step 2")
    expect(page.locator("#step-0 input[value='1']")).to_be_checked()
    page.keyboard.press("2")
    saved(page)
    assert ratings() == [(0, 1), (1, 0)]


def test_u_undoes_again_and_again(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.keyboard.press("3")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("1")
    page.keyboard.press("u")
    expect(page.locator("#step-0 input[value='1']")).to_be_checked()
    page.keyboard.press("u")
    assert page.locator(".step:visible").count() == 1
    assert current(page).startswith("Step 1")
    wait_for(lambda: ratings() == [(0, None)])


def test_arrows_move_and_a_rating_can_be_corrected(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.keyboard.press("3")
    page.keyboard.press("1")
    page.keyboard.press("ArrowUp")
    assert current(page).startswith("Step 1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    assert current(page).startswith("Step 3")
    page.keyboard.press("ArrowDown")
    assert current(page).startswith("Step 3")


def test_enter_does_nothing_before_the_end(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.keyboard.press("3")
    address = page.url
    page.keyboard.press("Enter")
    saved(page)
    assert page.url == address
    assert not Annotation.objects.exclude(submitted_at=None).exists()


def test_the_mouse_does_what_the_keys_do(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    for _ in range(3):
        page.locator(".spot[aria-current]").get_by_text("Positive").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()
    assert [rating for _, rating in ratings()] == [1, 1, 1]


def test_the_question_mark_shows_the_keys_and_they_rest_meanwhile(
    waiting: Project, alice: User, visit: Visit
) -> None:
    page = at_desk(visit, alice)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys and ratings")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.locator("input:checked").count() == 0


def test_no_key_rates_while_typing(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.get_by_text("I cannot rate this").click()
    page.get_by_label("Why?").press_sequentially("1 2 3 u ?")
    assert page.locator("input:checked").count() == 0
    page.get_by_role("button", name="Give up").click()
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()
    done = Annotation.objects.exclude(submitted_at=None).get()
    assert (done.finish_reason, done.explanation) == ("give_up", "1 2 3 u ?")


def test_giving_up_without_a_reason_keeps_the_page(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.keyboard.press("3")
    saved(page)
    page.get_by_text("I cannot rate this").click()
    page.get_by_role("button", name="The problem is bad").click()
    expect(page.locator(".saved")).to_contain_text("Say in a few words why")
    expect(page.locator("#step-0 input[value='1']")).to_be_checked()


def test_the_end_of_the_queue_is_told(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    for number in (2, 3, 0):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        if number:
            expect(page.get_by_text(f"Step 1 of solution {number}")).to_be_visible()
    expect(page.get_by_role("heading", name="you have rated 3 solutions")).to_be_visible()


def test_it_works_without_javascript(waiting: Project, alice: User, visit: Visit) -> None:
    page = visit(alice, "/label/", java_script_enabled=False)
    page.get_by_role("button", name="Start").click()
    page.locator("#step-0").get_by_text("Positive").click()
    page.get_by_role("button", name="Save for later").click()
    assert ratings() == [(0, 1)]
    page.locator("#step-1").get_by_text("Negative").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()
    assert Annotation.objects.exclude(submitted_at=None).get().finish_reason == "found_error"


def test_a_lost_network_loses_no_rating(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.context.set_offline(True)
    page.keyboard.press("3")
    page.keyboard.press("2")
    expect(page.locator(".saved.trouble")).to_contain_text("Not saved yet")
    assert ratings() == []
    page.context.set_offline(False)
    saved(page)
    assert ratings() == [(0, 1), (1, 0)]


def test_a_submit_without_network_can_be_repeated(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.keyboard.press("1")
    saved(page)
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator(".saved.trouble")).to_contain_text("Not submitted")
    expect(page.locator("#step-0 input[value='-1']")).to_be_checked()
    page.context.set_offline(False)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()


def test_whoever_is_signed_out_signs_in_elsewhere_and_goes_on(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.context.clear_cookies()
    page.keyboard.press("3")
    expect(page.locator(".saved.trouble")).to_contain_text("Not saved yet")
    other = page.context.new_page()
    other.goto(f"/account/link/{people.make_link(user=alice)}/")
    other.get_by_role("button", name="Sign in").click()
    expect(page.locator(".saved")).to_have_text("Saved", timeout=15_000)
    assert ratings() == [(0, 1)]
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()


def test_nothing_can_be_rated_while_a_submit_is_under_way(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.route("**/submit/", lambda route: (page.wait_for_timeout(800), route.continue_()))
    for key in ("3", "3", "3", "Enter", "1"):
        page.keyboard.press(key)
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()
    assert [rating for _, rating in ratings()] == [1, 1, 1]


def test_u_undoes_what_was_changed_not_what_was_repeated(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    for key in "333333":
        page.keyboard.press(key)
    page.keyboard.press("u")
    assert page.locator("#step-2 input:checked").count() == 0
    saved(page)
    page.reload()
    expect(page.locator(".scripted")).to_be_visible()
    page.keyboard.press("u")
    assert page.locator("#step-1 input:checked").count() == 0


def test_a_solution_that_went_to_somebody_else_is_explained(
    waiting: Project, alice: User, bob: User, visit: Visit
) -> None:
    page = at_desk(visit, alice)
    Place.objects.filter(labeler__user=alice).update(labeler=bob.memberships.get())
    page.keyboard.press("3")
    expect(page.locator(".hold")).to_contain_text("Somebody else has this solution too")
    for key in ("1", "u", "3", "3", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".notice")).to_contain_text("kept as one more opinion")
    assert Annotation.objects.exclude(submitted_at=None).get().is_surplus


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_desk_without_scrolling_sideways(
    waiting: Project, alice: User, visit: Visit, scheme: str
) -> None:
    page = at_desk(visit, alice, viewport={"width": 360, "height": 700}, color_scheme=scheme, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for label in page.locator(".spot[aria-current] .ratings label").all():
        box = label.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_the_page_is_light(waiting: Project, alice: User, visit: Visit, site: Site) -> None:
    page = visit(alice, "/label/")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    weight: dict[str, float] = {}
    kinds: dict[str, str] = {}
    session.on("Network.responseReceived", lambda one: kinds.update({one["requestId"]: one["type"]}))
    session.on("Network.loadingFinished", lambda one: weight.update({one["requestId"]: one["encodedDataLength"]}))
    page.get_by_role("button", name="Start").click()
    page.wait_for_load_state("networkidle")
    weighed = [
        kind for kind in kinds.values() if kind not in {"Fetch", "Font"}
    ]  # the clock may have asked already
    assert len(weighed) <= 18  # the icon comes with them or later
    assert sum(size for key, size in weight.items() if kinds.get(key) != "Font") < 200_000
