"""The running product under kill -9: many labelers at work, and afterwards nothing may be missing or made up.

`python -m tests.chaos --seconds 60 --seed 7`; `make test` runs a short form. A failed run keeps its history file.
"""
