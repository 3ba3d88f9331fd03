"""Registered model endpoints: their keys, which version of a scorer they are, and when they may be called."""

from annotation.endpoints.keys import UnreadableKey
from annotation.endpoints.registry import (
    BadEndpoint,
    called,
    change,
    checked,
    is_used,
    register,
    remove,
    scorer_of,
)

__all__ = [
    "BadEndpoint",
    "UnreadableKey",
    "called",
    "change",
    "checked",
    "is_used",
    "register",
    "remove",
    "scorer_of",
]
