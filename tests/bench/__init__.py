"""Stepmark measured on its own machine: `make bench`, or `.venv/bin/python -m tests.bench --help`.

A fresh installation in a temporary folder, the real commands and the real web server, and for each figure
the floor beside it: the same rows moved by the least PostgreSQL can be asked to do. Time never fails a run;
wrong results do.
"""
