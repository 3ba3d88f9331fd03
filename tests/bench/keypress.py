"""From a key press to the painted state of the desk, in Chromium. No network is in between."""

from playwright.sync_api import Page

from tests.bench import workload
from tests.bench.chromium import chromium, signed_in
from tests.bench.figures import Outcome, Table, Target, quantile, spread, whole
from tests.bench.installation import Installation
from tests.bench.page import lease_for
from tests.bench.people import cookies_of, make_labelers
from tests.bench.sizes import Sizes

PROJECT = "keys"
SOLUTIONS = 40
WANTED_MS = 16

# For each key press: until the desk's script is done with it, and until the layout that it asks for is done as
# well. What then remains is the next frame of the screen, which comes at its own time.
WATCH = """
    window.presses = [];
    const painted = (began, handled, laidOut) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => window.presses.push([handled, laidOut, performance.now() - began]);
        channel.port2.postMessage(0);
    };
    addEventListener('keydown', () => {
        const began = performance.now();
        addEventListener('keydown', () => {
            const handled = performance.now() - began;
            document.body.getBoundingClientRect();
            const laidOut = performance.now() - began;
            requestAnimationFrame(() => painted(began, handled, laidOut));
        }, {once: true});
    }, true);
"""


def measure(installation: Installation, sizes: Sizes) -> Outcome:
    workload.load(installation, [PROJECT], SOLUTIONS)
    labelers = make_labelers(installation, [PROJECT], 1, "typist")
    with installation.web():
        (cookie,) = cookies_of(installation, labelers)
        address = f"http://127.0.0.1:{installation.port}/label/{lease_for(installation, cookie, PROJECT)}/"
        presses = press_keys(address, cookie, sizes.presses)
    scripts, layouts, frames = ([one[part] / 1000 for one in presses] for part in range(3))
    slow = quantile(layouts, 0.95) * 1000
    target = Target(
        "key press to the new state laid out, p95 ms", f"< {WANTED_MS}", f"{slow:.1f}", slow < WANTED_MS
    )
    rows = [
        ("until the script is done", *spread(scripts)),
        ("until the new state is laid out", *spread(layouts)),
        ("until the frame after it is painted (60 Hz)", *spread(frames)),
    ]
    columns = (f"{whole(len(presses))} ratings by key", "p50 ms", "p95 ms", "max ms")
    return Outcome(tables=[Table("Desk: key press to painted state", columns, rows, NOTES)], targets=[target])


def press_keys(address: str, cookie: str, count: int) -> list[tuple[float, float, float]]:
    """Milliseconds of each of `count` ratings."""
    with chromium() as browser:
        page = signed_in(browser, address, cookie).new_page()
        page.add_init_script(WATCH)
        page.goto(address)
        return pressed(page, count)


def pressed(page: Page, count: int) -> list[tuple[float, float, float]]:
    found: list[tuple[float, float, float]] = []
    while len(found) < count:
        page.wait_for_selector(".scripted .spot[aria-current]:not([disabled])")
        open_steps = page.locator(".spot.own").count()
        page.evaluate("window.presses = []")
        for _ in range(open_steps):
            page.keyboard.press("3")
            page.wait_for_timeout(40)
        found += page.evaluate("window.presses")
        address = page.url
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, before=address: url != before)
    return [(script, layout, frame) for script, layout, frame in found[:count]]


NOTES = (
    "A rating by key changes the step, reveals the next one, moves the focus and scrolls; its save runs beside.",
    "A frame comes every 16.7 ms, whenever the key was pressed: half a frame of the last line is waiting for it.",
)
