"""Where the bar on top leads this person."""

from typing import NamedTuple

from django import template

from annotation.access import Person, memberships_of
from annotation.models import Role

register = template.Library()


class Doors(NamedTuple):
    label: bool
    projects: bool


@register.simple_tag
def doors_of(user: Person) -> Doors:
    """What the person's roles open; one query. Whoever has none is told so at the labelers' door."""
    roles = {role for membership in memberships_of(user) for role in membership.roles}
    views = bool(roles - {Role.LABELER}) or (user.is_authenticated and user.is_staff)
    return Doors(label=Role.LABELER in roles or not views, projects=views)
