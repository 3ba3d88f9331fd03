"""The desk by keyboard, as a labeler works at it."""

from playwright.sync_api import Route, expect

from annotation.models import Annotation, Project, User
from tests.browser.desk_page import Visit, at_desk, current, ratings, saved
from tests.local import wait_for


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


def test_the_next_step_is_laid_out_ahead_and_nobody_meets_it(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    ahead = page.locator(".step.is-next")
    for step in (2, 3):
        expect(ahead.locator("legend").first).to_contain_text(f"Step {step}")
        expect(ahead).to_be_hidden()
        assert ahead.locator(".text").evaluate("text => text.getClientRects().length")
        assert f"Step {step}" not in page.locator("main").aria_snapshot()
        height = "document.documentElement.scrollHeight"
        assert page.evaluate(height) == page.evaluate(f"document.querySelector('.is-next').remove(), {height}")
        page.reload()
        for _ in range(step - 1):
            page.keyboard.press("3")
        saved(page)


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


def test_what_is_clicked_before_the_scripts_are_there_counts(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/desk/main*.js", hold)
    page.reload(wait_until="commit")
    wait_for(lambda: page.evaluate("document.getElementById('step-0') !== null") and bool(held))
    page.evaluate("document.querySelector('#step-0 [value=\"0\"]').click()")
    assert ratings() == []
    held[0].continue_()
    saved(page)
    assert ratings() == [(0, 0)]
