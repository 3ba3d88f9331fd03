"""The boards' tables as comma-separated values."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isnan
from typing import Any

import numpy as np
from django.http import HttpResponse

from annotation import overview
from annotation.agreement import (
    amounts,
    board,
    contested,
    drift,
    first_errors,
    latent,
    pairwise,
    parts,
    people,
    tables,
)
from annotation.agreement.contested import Contested
from annotation.agreement.figures import Figure
from annotation.agreement.labels import Labels
from annotation.learning import adjudication
from annotation.models import Completion, ConsensusStep, Membership, Project, Solution

Rows = Iterator[Sequence[Any]]
FIGURE = ("value", "low", "high", "n", "undefined_because")
RATINGS = ("negative", "neutral", "positive")
DOWNLOADED = 1_000
"""Contested steps."""


def figures(labels: Labels, project: Project) -> Rows:
    yield "figure", *FIGURE, "n_counts"
    for name, figure, of in board.lines(labels):
        yield name, *cells(figure), of


def steps(labels: Labels, project: Project) -> Rows:
    yield (*Contested._fields, "text", "problem")
    for one, text, problem in with_texts(contested.most_contested(labels, DOWNLOADED)):
        yield *one, text, problem


def distances(labels: Labels, project: Project) -> Rows:
    yield "apart", "pairs", *(f"share_{part}" for part in FIGURE)
    for one in first_errors.distances(labels):
        yield one.apart, one.pairs, *cells(one.share)


def places(labels: Labels, project: Project) -> Rows:
    yield "step", "at_risk", "found", *(f"hazard_{part}" for part in FIGURE)
    for one in first_errors.places(labels):
        yield one.step, one.at_risk, one.found, *cells(one.hazard)


def labelers(labels: Labels, project: Project) -> Rows:
    columns = (*people.Ways._fields, "gold", "found")
    yield "labeler", "annotations", "active_ms", "last", *(f"{name}_{part}" for name in columns for part in FIGURE)
    names = names_of(labels)
    for one in people.profiles(labels, tables.gold(project.pk)):
        found = (*one.ways, one.gold, one.found)
        yield (
            names[one.labeler],
            one.annotations,
            one.active_ms,
            one.last,
            *(cell for f in found for cell in cells(f)),
        )


def labeler_weeks(labels: Labels, project: Project) -> Rows:
    columns = people.Ways._fields
    yield "labeler", "monday", "annotations", *(f"{name}_{part}" for name in columns for part in FIGURE)
    names = names_of(labels)
    for labeler, week in drift.by_week(labels, np.ones(len(labels.annotations), dtype=np.bool_)):
        yield names[labeler], week.monday, week.annotations, *(cell for f in week.ways for cell in cells(f))


def changes(labels: Labels, project: Project) -> Rows:
    yield "labeler", *drift.Change._fields
    for labeler, name in names_of(labels).items():
        for one in drift.drift(labels, labeler):
            yield name, *one


def speed(labels: Labels, project: Project) -> Rows:
    """Each labeler's annotations in four parts, by how much there was to read."""
    yield "labeler", "annotations", "median_characters", "median_active_seconds"
    seconds, characters = labels.active_ms / 1000, tables.characters(labels)
    for labeler, name in names_of(labels).items():
        own = labels.labelers == labeler
        for row in drift.lengths(seconds[own], characters[own]):
            yield name, *row


def pairs(labels: Labels, project: Project) -> Rows:
    columns = pairwise.Pair._fields[2:]
    yield "one", "other", *(f"{name}_{part}" for name in columns for part in FIGURE)
    names = names_of(labels)
    for one, other, *found in pairwise.pairs(labels):
        yield names[one], names[other], *(cell for figure in found for cell in cells(figure))


def confusions(labels: Labels, project: Project) -> Rows:
    said = [f"{true}_called_{called}" for true in RATINGS for called in RATINGS]
    yield "labeler", *(f"{name}_{part}" for name in ("accuracy", "severity") for part in FIGURE), *said, "method"
    names = names_of(labels)
    for one in latent.judged(labels)[1]:
        yield (
            names[one.labeler],
            *cells(one.accuracy),
            *cells(one.severity),
            *([""] * len(said) if one.confusion is None else map(known, one.confusion.ravel().tolist())),
            latent.METHOD,
        )


def soft_labels(labels: Labels, project: Project) -> Rows:
    """Every rated step with who said what, the majority, and how probable each rating is to be the true one."""
    units, soft = labels.units, latent.truth(labels).steps
    most = latent.majority(units.counts)
    ids = dict(Solution.objects.filter(project=project).values_list("pk", "external_id"))
    yield "solution", "id", "step", "completion", *RATINGS, "majority", *(f"p_{one}" for one in RATINGS), "method"
    columns = (units.solutions, units.steps, units.completions, units.counts.astype(np.intp), most, soft)
    for solution, step, completion, counts, vote, chances in zip(*(one.tolist() for one in columns), strict=True):
        majority = "" if vote == latent.TIED else vote
        yield solution, ids[solution] or "", step, completion, *counts, majority, *chances, latent.METHOD


def consensus(labels: Labels, project: Project) -> Rows:
    """What was decided of the solutions that are among these labels."""
    yield "solution", "step", "completion", "rating", "code", "decided_at"
    found = ConsensusStep.objects.filter(consensus__solution__in=np.unique(labels.solutions).tolist())
    for one in found.select_related("consensus").order_by("consensus", "step", "completion").iterator():
        yield (
            one.consensus_id,
            one.step,
            one.completion,
            one.rating,
            one.code,
            one.consensus.changed_at.isoformat(),
        )


def days(labels: Labels, project: Project) -> Rows:
    yield amounts.Day._fields
    yield from amounts.days(labels)


def classes(labels: Labels, project: Project) -> Rows:
    yield "rating", *(f"share_{part}" for part in FIGURE)
    for name, figure in zip(RATINGS, amounts.classes(labels), strict=True):
        yield name, *cells(figure)


def reasons(labels: Labels, project: Project) -> Rows:
    yield "finish_reason", "annotations", *(f"share_{part}" for part in FIGURE)
    for reason, (count, figure) in zip(tables.REASONS, amounts.reasons(labels), strict=True):
        yield reason.value, count, *cells(figure)


def queues(labels: Labels, project: Project) -> Rows:
    """Of the whole project, as queues stand now."""
    yield "generation", "solutions", "waiting", "being_labeled", "annotations_wanted", "made"
    for one in overview.queues_of(project):
        yield one.generation, one.tasks, one.waiting, one.at_hand, one.wanted, one.filled


def weeks(labels: Labels, project: Project) -> Rows:
    yield "monday", *(f"alpha_{part}" for part in FIGURE)
    for one in parts.weeks(labels):
        yield one.monday, *cells(one.alpha)


def generations(labels: Labels, project: Project) -> Rows:
    yield "generation", "annotations", *(f"alpha_{part}" for part in FIGURE)
    for one in parts.by_generation(labels):
        yield one.number, one.annotations, *cells(one.alpha)


TABLES: dict[str, Callable[[Labels, Project], Rows]] = {
    "figures": figures,
    "steps": steps,
    "first-error-distances": distances,
    "first-error-hazard": places,
    "labelers": labelers,
    "labeler-weeks": labeler_weeks,
    "changes": changes,
    "speed": speed,
    "pairs": pairs,
    "confusions": confusions,
    "soft-labels": soft_labels,
    "consensus": consensus,
    "days": days,
    "classes": classes,
    "reasons": reasons,
    "queues": queues,
    "weeks": weeks,
    "generations": generations,
}
OF_ONE = {"days", "classes", "reasons"}
"""Those that are of one labeler alone where one is asked for; the others have everybody who met them."""


def as_csv(name: str, rows: Iterable[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response).writerows(rows)
    return response


def known(value: float) -> float | None:
    """None for NaN."""
    return None if isnan(value) else value


def cells(figure: Figure) -> tuple[Any, ...]:
    return figure.value, figure.low, figure.high, figure.n, figure.because


def with_decisions(found: list[Contested]) -> dict[str, Any]:
    """What a list of contested steps shows: each with its text, and which solutions are decided."""
    return {"contested": with_texts(found), "decided": adjudication.decided({one.solution for one in found})}


def with_texts(found: list[Contested]) -> list[tuple[Contested, str, str]]:
    """Each with its text and its problem's."""
    solutions = {one.solution for one in found}
    texts = {(c.solution_id, c.step, c.index): c.text for c in Completion.objects.filter(solution__in=solutions)}
    problems = dict(Solution.objects.filter(pk__in=solutions).values_list("pk", "problem__text"))
    return [(one, texts[one.solution, one.step, one.completion], problems[one.solution]) for one in found]


def names_of(labels: Labels) -> dict[int, Any]:
    """By membership the pseudonym of everybody who labeled."""
    known = np.unique(labels.labelers).tolist()
    return dict(Membership.objects.filter(pk__in=known).values_list("pk", "pseudonym"))
