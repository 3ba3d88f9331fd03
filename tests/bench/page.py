"""What the labeling page weighs, and when it can be worked with, in Chromium with a cold cache."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tests.bench import workload
from tests.bench.browser import Connection
from tests.bench.chromium import chromium, signed_in
from tests.bench.client import BrowserDoor
from tests.bench.figures import Outcome, Table, Target, one, whole
from tests.bench.installation import Installation
from tests.bench.people import cookies_of, make_labelers
from tests.bench.processes import BenchError
from tests.bench.sizes import Sizes

WANTED_KB = 200
WANTED_MS = 300
PROJECT = "page"
SOLUTIONS = 8
PATIENCE_MS = 15_000

# Looks at each frame: when can a rating be given, by pointer and by key, with all formulas in sight there, and
# when have the fonts of the formulas come as well? Both in milliseconds from the start of the navigation; null
# when that takes too long.
WATCH = """
    const waiting = () => [...document.querySelectorAll('[data-math]:not([data-rendered])')];
    const usable = () => {
        const control = document.querySelector('.ratings input')?.closest('label');
        return document.documentElement.classList.contains('scripted') && control?.getClientRects().length
            && document.querySelector('[data-rendered]')
            && !waiting().some((text) => text.checkVisibility());
    };
    window.watched = new Promise(resolve => {
        let usableAt;
        const look = () => {
            if (usableAt === undefined && usable()) usableAt = performance.now();
            if (usableAt === undefined || document.fonts.status !== 'loaded') requestAnimationFrame(look);
            else resolve([usableAt, performance.now()]);
        };
        requestAnimationFrame(look);
        setTimeout(() => resolve(null), PATIENCE);
    });
""".replace("PATIENCE", str(PATIENCE_MS))


@dataclass
class Load:
    """One load of the page. Bytes as transferred, compressed, heads of the answers included."""

    usable: float = 0.0
    """Milliseconds until a rating can be given and all formulas in sight are rendered."""
    with_fonts: float = 0.0
    """Milliseconds until the fonts of the formulas are there too."""
    sizes: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def bytes_of(self, *, fonts: bool) -> float:
        return sum(size for key, size in self.sizes.items() if (self.kinds[key] == "Font") is fonts)

    def requests(self, *, fonts: bool) -> int:
        return sum((kind == "Font") is fonts for kind in self.kinds.values())


def measure(installation: Installation, sizes: Sizes) -> Outcome:
    workload.load(installation, [PROJECT], SOLUTIONS)
    installation.settle()
    labelers = make_labelers(installation, [PROJECT], 1, "reader")
    with installation.web():
        (cookie,) = cookies_of(installation, labelers)
        address = f"http://127.0.0.1:{installation.port}/label/{lease_for(installation, cookie, PROJECT)}/"
        loads = load_all(address, cookie, sizes.page_loads)
    outcome = Outcome(tables=[table(loads)], targets=targets(loads))
    outcome.wrong += [f"the labeling page: {trouble}" for load in loads for trouble in load.troubles]
    return outcome


def lease_for(installation: Installation, cookie: str, project: str) -> str:
    """The token of a solution at hand."""
    door = BrowserDoor(Connection(installation.port, {"Cookie": cookie}), project)
    status, body = door.first()
    found = door.lease_in(body) if status == 200 else None
    if found is None:
        raise BenchError(f"there is no desk to look at, but {status}: {body[:200]!r}")
    return found.token


def load_all(address: str, cookie: str, count: int) -> list[Load]:
    with chromium() as browser:
        return [load_once(browser, address, cookie) for _ in range(count)]


def load_once(browser: Browser, address: str, cookie: str) -> Load:
    context = signed_in(browser, address, cookie)
    page, load = context.new_page(), Load()
    watch_network(page, load, urlsplit(address).netloc)
    page.add_init_script(WATCH)
    page.goto(address)
    watched = page.evaluate("window.watched")
    if watched is None:
        raise BenchError(f"the labeling page could not be used within {PATIENCE_MS / 1000:.0f} s")
    load.usable, load.with_fonts = watched
    page.wait_for_load_state("networkidle")
    context.close()
    return load


def watch_network(page: Page, load: Load, host: str) -> None:
    """Note what is transferred, and everything that should not happen: errors, refusals, other hosts."""

    def answered(event: dict[str, Any]) -> None:
        response = event["response"]
        load.kinds[event["requestId"]] = event["type"]
        load.sizes.setdefault(event["requestId"], 0)
        if response["status"] >= 400:
            load.troubles.append(f"{response['status']} for {urlsplit(response['url']).path}")
        if urlsplit(response["url"]).netloc != host:
            load.troubles.append(f"something came from {urlsplit(response['url']).netloc}")

    def finished(event: dict[str, Any]) -> None:
        load.sizes[event["requestId"]] = event["encodedDataLength"]

    network = page.context.new_cdp_session(page)
    network.on("Network.responseReceived", answered)
    network.on("Network.loadingFinished", finished)
    network.send("Network.enable")
    page.on("pageerror", lambda error: load.troubles.append(f"script error: {error}"))
    page.on("requestfailed", lambda request: load.troubles.append(f"no answer for {urlsplit(request.url).path}"))


def targets(loads: Sequence[Load]) -> list[Target]:
    kilobytes = median(load.bytes_of(fonts=False) for load in loads) / 1000
    usable = median(load.usable for load in loads)
    return [
        Target("labeling page, kB without fonts", f"< {WANTED_KB}", one(kilobytes), kilobytes < WANTED_KB),
        Target("labeling page, ms until usable", f"< {WANTED_MS}", whole(usable), usable < WANTED_MS),
    ]


def table(loads: Sequence[Load]) -> Table:
    columns = ("", "requests", "kB", "of fonts: requests", "kB", "**usable ms**", "with fonts ms")
    rows = [(f"load {number}", *figures([load])) for number, load in enumerate(loads, 1)]
    rows.append(("median", *figures(loads)))
    return Table("Labeling page: Chromium, cold cache", columns, rows, NOTES)


def figures(loads: Sequence[Load]) -> tuple[str, ...]:
    return (
        whole(median(load.requests(fonts=False) for load in loads)),
        one(median(load.bytes_of(fonts=False) for load in loads) / 1000),
        whole(median(load.requests(fonts=True) for load in loads)),
        one(median(load.bytes_of(fonts=True) for load in loads) / 1000),
        f"**{whole(median(load.usable for load in loads))}**",
        whole(median(load.with_fonts for load in loads)),
    )


NOTES = (
    "Bytes as transferred: compressed, with the heads of the answers. The first two columns are without fonts.",
    "Usable: from the start of navigation until a key or a click rates, and all formulas in sight are rendered.",
)
