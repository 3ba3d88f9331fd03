"""Other tools' figures on the same workload. Not measured in this run: constants with their date."""

from tests.bench.figures import Table

COLUMNS = (
    "", "load solutions/s", "export lines/s", "next solution p50 ms", "submit p50 ms",
    "cycles/s, 1 labeler", "cycles/s, 8 labelers", "failed", "page kB", "page usable s",
)  # fmt: skip
ROWS = (
    ("Label Studio 1.23.2, PostgreSQL", "1,970", "614", "41", "70", "6.7", "9.7", "0", "7,891", "4.3"),
    ("Potato 2.12.1", "(reads the file at start)", "6,500 (2,481 lines)", "27", "4.7", "27.7", "27.2",
     "11 % HTTP 500", "1,560", "0.71"),
    ("doccano 1.8.4, PostgreSQL", "2,641", "952-977", "73", "116", "5.2", "6.1 (a queue each)", "0",
     "773", "1.4"),
)  # fmt: skip
NOTES = (
    "**Measured elsewhere, on 2026-11-23 on the same kind of machine; not in this run.**",
    "There: 2 cores, 23 GiB, Python 3.11.7, PostgreSQL 15.18, Chromium 156; 10,000 solutions of this workload.",
    "A submit in doccano is about 11 requests; with a shared queue all its labelers get the same document.",
)

TABLE = Table("Peers", COLUMNS, ROWS, NOTES)
