"""Calling model endpoints: scorers, which rate steps, and generators, which write them. Nothing here knows Django.

`Endpoint` says what to call and within which limits, `Client` calls it, `scorers` and `generators` have an adapter
for each protocol. Whatever goes wrong is a `ServingError`: `Transient`, which may pass, or `Permanent`.
"""

from annotation.serving.client import Client
from annotation.serving.endpoint import Endpoint
from annotation.serving.errors import Permanent, ServingError, Transient

__all__ = ["Client", "Endpoint", "Permanent", "ServingError", "Transient"]
