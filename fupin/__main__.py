"""``fupin`` and ``python -m fupin``."""

import sys

from fupin.cli import main


def start() -> None:
    """Run fupin with the words of the command line, and end the process with its status."""
    sys.exit(main())


if __name__ == "__main__":
    start()
