"""The command. Ends with 1 when something was lost, doubled, made up or given to too many."""

import argparse
import secrets
import shutil
import sys

from tests.chaos.run import kept_folder, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", help="of an earlier run; the timing of a real machine still differs")
    parser.add_argument("--labelers", type=int, default=24)
    given = parser.parse_args()
    folder = kept_folder()
    result = run(
        folder=folder, seed=given.seed or secrets.token_hex(3), seconds=given.seconds, labelers=given.labelers
    )
    print(result)
    for sentence in result.wrong:
        print(f"WRONG: {sentence}")
    if result.wrong:
        print(f"The history is in {result.history}, the product's own words in {folder / 'product.log'}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
