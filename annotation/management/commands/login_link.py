"""Make a link that signs a person in once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation import people


class Command(BaseCommand):
    help = "Print a link that signs this person in, once, within 24 hours."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *_: Any, email: str, **__: Any) -> None:
        user = people.find_user(email)
        if user is None:
            raise CommandError(f"nobody has the email {email}; add them: manage.py member {email} --project ...")
        self.stdout.write(f"{settings.PUBLIC_URL}/account/link/{people.make_link(user=user)}/")
