"""Give a person roles in a project, or the run of the installation."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from annotation import people
from annotation.management.projects import project_named
from annotation.models import Role


class Command(BaseCommand):
    help = "Add a person to a project with these roles (instead of those they had), or make them staff."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--project")
        parser.add_argument("--role", choices=Role.values, action="append", default=[], dest="roles")
        parser.add_argument("--staff", action="store_true", help="may make projects and manage all of them")

    def handle(
        self, *_: Any, email: str, name: str, project: str | None, roles: list[str], staff: bool, **__: Any
    ) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email}: {error.message}") from error
        if not project and not staff:
            raise CommandError("say --project NAME with --role ROLE, or --staff")
        if staff:
            people.make_staff(actor=None, email=email, name=name)
            self.stdout.write(f"{email} runs this installation.")
        if project:
            found = project_named(project)
            given = [Role(role) for role in roles]
            people.add_member(actor=None, project=found, email=email, name=name, roles=given)
            self.stdout.write(f"{email} is {', '.join(given) or 'without a role'} in {found.slug}.")
