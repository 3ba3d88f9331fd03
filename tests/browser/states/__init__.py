"""Every page of the product, each in the states in which people see it.

One list a subject; each state says which page of the URLconf it shows.
"""

from tests.browser.states.account import STATES as ACCOUNT
from tests.browser.states.generation import STATES as GENERATION
from tests.browser.states.kinds import State
from tests.browser.states.labeler import STATES as LABELER
from tests.browser.states.learner import STATES as LEARNER
from tests.browser.states.manager import STATES as MANAGER
from tests.browser.states.researcher import STATES as RESEARCHER

STATES: dict[str, State] = ACCOUNT | LABELER | LEARNER | MANAGER | RESEARCHER | GENERATION

NO_PAGE = {
    "home": "sends people on",
    "livez": "a word for programs",
    "readyz": "a word for programs",
    "refusals": "a file",
    "next-contested": "sends people on",
    "against-people-table": "a file",
    "agreement-table": "a file",
    "ratings": "a file",
}
"""Addresses that are no page for people, and why."""
