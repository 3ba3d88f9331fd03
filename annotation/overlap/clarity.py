"""How sure it is where the first error of each solution is. Pure."""

import numpy as np

from annotation.agreement.figures import Indices, Vector
from annotation.agreement.labels import Labels
from annotation.agreement.latent import first_error, truth


def clarity(labels: Labels) -> tuple[Indices, Vector]:
    """Of each solution whose own steps are rated its id, and the probability of the likeliest first error or none.

    By `latent.truth`, with the steps of a solution taken as independent. Both arrays (solutions,). Solutions that
    grew are left out: they go on after a negative step, and have no first error.
    """
    soft, units = truth(labels).steps, labels.units
    grew = np.isin(units.solutions, labels.solutions[labels.grown])
    own = np.flatnonzero((units.completions == 0) & ~grew)
    solutions, starts = np.unique(units.solutions[own], return_index=True)
    parts = np.split(soft[own], starts[1:])
    sure = [first_error(part, len(part)).max() for part in parts] if len(solutions) else []
    return solutions, np.array(sure, dtype=np.float64)
