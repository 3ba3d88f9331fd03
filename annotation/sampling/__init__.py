"""Sampling whole solutions from a generator into a project's pool."""

from annotation.sampling.plan import BadPlan, Plan
from annotation.sampling.samples import start, work

__all__ = ["BadPlan", "Plan", "start", "work"]
