"""Requests of a page that are held back until a test lets them go, or whose answer gets lost."""

from collections.abc import Callable

from playwright.sync_api import Page, Route

from tests.local import wait_for


def eventually(page: Page, condition: Callable[[], bool]) -> None:
    """Waits as the page goes on: its routes are handled in this thread."""

    def is_so() -> bool:
        page.wait_for_timeout(20)
        return condition()

    wait_for(is_so)


class Gate:
    """All requests to an address pass here; made early, as a browser takes its time to send them this way."""

    def __init__(self, page: Page, address: str = "**/save/") -> None:
        self.page = page
        self.act: Callable[[Route], None] = Route.continue_
        self.held: list[Route] = []
        page.route(address, self.handle)

    def handle(self, route: Route) -> None:
        act, self.act = self.act, Route.continue_
        act(route)

    def hold(self) -> None:
        """The next one waits."""
        self.act = self.held.append

    def lose_answer(self) -> None:
        """The next one arrives, its answer does not."""
        self.act = swallow

    def wait(self) -> None:
        eventually(self.page, lambda: bool(self.held))

    def let_go(self) -> None:
        self.wait()
        self.held.pop().continue_()


def swallow(route: Route) -> None:
    route.fetch()
    route.abort("connectionreset")
