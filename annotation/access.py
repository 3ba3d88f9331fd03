"""The only way from a request to a row.

Each function returns a row that this person may use in this way, or raises `Http404`: what belongs to another
project looks the same as what does not exist. Staff count as managers of every project.
"""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from annotation.models import (
    LEASE,
    Annotation,
    ApiToken,
    Endpoint,
    Flag,
    Generation,
    Lease,
    LoadRun,
    Membership,
    Project,
    Role,
    Run,
    SavedFilter,
    Scorer,
    Solution,
    Stage,
    User,
)

Person = User | AnonymousUser

VIEWERS = (Role.RESEARCHER, Role.MANAGER)
MANAGERS = (Role.MANAGER,)


def signed_in(user: Person) -> User:
    """The person of a request that only lets people in who are signed in."""
    assert isinstance(user, User)
    return user


def projects_for(user: Person, roles: tuple[Role, ...]) -> QuerySet[Project]:
    """The projects in which the person has one of the roles."""
    if not user.is_authenticated:
        return Project.objects.none()
    if user.is_staff and Role.MANAGER in roles:
        return Project.objects.order_by("name", "id")
    holds = Q()
    for role in roles:
        holds |= Q(**{f"is_{role.value}": True})
    mine = Membership.objects.filter(holds, user=user)
    return Project.objects.filter(memberships__in=mine).order_by("name", "id")


def project_for(user: Person, slug: str, roles: tuple[Role, ...]) -> Project:
    return get_object_or_404(projects_for(user, roles), slug=slug)


def memberships_of(user: Person) -> QuerySet[Membership]:
    """What the person is, project by project."""
    return Membership.objects.filter(user=user) if user.is_authenticated else Membership.objects.none()


def labelers_for(user: Person) -> QuerySet[Membership]:
    """What the person is as a labeler, one row a project."""
    mine = memberships_of(user).filter(is_labeler=True)
    return mine.select_related("project").order_by("project__name", "id")


def labeler_for(user: Person, slug: str) -> Membership:
    return get_object_or_404(labelers_for(user), project__slug=slug)


LEASE_OF_USER = (
    LEASE.format(annotations="annotation_annotation")
    + "JOIN annotation_membership m ON m.id = a.labeler_id WHERE a.token = %s AND m.user_id = %s AND m.is_labeler"
)


def lease_for(user: Person, token: UUID) -> Lease:
    """What this labeler works on, or has submitted, under this token."""
    with connection.cursor() as cursor:
        cursor.execute(LEASE_OF_USER, [token, user.pk])
        row = cursor.fetchone()
    if row is None:
        raise Http404
    return Lease(*row)


def run_for(user: Person, slug: str, run: int) -> LoadRun:
    return get_object_or_404(LoadRun, pk=run, project=project_for(user, slug, MANAGERS))


def work_for(user: Person, slug: str, run: int) -> Run:
    runs = Run.objects.select_related("project", "scorer", "endpoint")
    return get_object_or_404(runs, pk=run, project=project_for(user, slug, MANAGERS))


def generation_for(user: Person, slug: str, generation: int) -> Generation:
    generations = Generation.objects.select_related("project")
    return get_object_or_404(generations, pk=generation, project=project_for(user, slug, MANAGERS))


def scorer_for(user: Person, slug: str, scorer: int) -> Scorer:
    scorers = Scorer.objects.select_related("project").defer("weights")
    return get_object_or_404(scorers, pk=scorer, project=project_for(user, slug, MANAGERS))


def endpoint_for(user: Person, slug: str, endpoint: int) -> Endpoint:
    endpoints = Endpoint.objects.select_related("project__writer")
    return get_object_or_404(endpoints, pk=endpoint, project=project_for(user, slug, MANAGERS))


def solution_for(user: Person, slug: str, solution: int) -> Solution:
    project = project_for(user, slug, VIEWERS)
    return get_object_or_404(Solution.objects.select_related("problem", "project"), pk=solution, project=project)


def membership_for(user: Person, slug: str, membership: int) -> Membership:
    return get_object_or_404(Membership, pk=membership, project=project_for(user, slug, MANAGERS))


def flag_for(user: Person, slug: str, flag: int) -> Flag:
    found = Flag.objects.select_related("labeler__project")
    return get_object_or_404(found, pk=flag, labeler__project=project_for(user, slug, MANAGERS))


def saved_filter_for(user: Person, slug: str, kept: int) -> SavedFilter:
    """To do away with: one's own, or any for who manages the project."""
    project = project_for(user, slug, VIEWERS)
    mine = Q(author=signed_in(user)) | Q(project__in=projects_for(user, MANAGERS))
    return get_object_or_404(SavedFilter.objects.filter(mine, project=project).select_related("project"), pk=kept)


def managed_solution_for(user: Person, slug: str, solution: int) -> Solution:
    """A solution of which this person may decide the gold and the grade."""
    project = project_for(user, slug, MANAGERS)
    return get_object_or_404(Solution.objects.select_related("problem", "project"), pk=solution, project=project)


def token_for(user: Person, token: int) -> ApiToken:
    """One of one's own."""
    found: ApiToken = get_object_or_404(ApiToken.objects.select_related("user"), user=signed_in(user), pk=token)
    return found


def practised_for(user: User, token: UUID) -> Annotation:
    """What this labeler has submitted in practice under this token: the only work that is explained."""
    practised = Annotation.objects.filter(round__stage=Stage.PRACTICE, submitted_at__isnull=False)
    mine = practised.filter(labeler__user_id=user.pk, labeler__is_labeler=True)
    return get_object_or_404(mine.select_related("solution__problem", "labeler__project"), token=token)
