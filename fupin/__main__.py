"""``fupin`` and ``python -m fupin``."""

import contextlib
import sys

from fupin.verbs import front_page


def start() -> None:
    """Run fupin with the words of the command line, and end the process with its status."""
    if sys.argv[1:] in (["--help"], ["-h"]):  # costs a tenth of what importing click does
        with contextlib.suppress(OSError, AttributeError):  # what hinders it, main says
            print(front_page(), end="", flush=True)
            return
    from fupin.cli import main

    sys.exit(main())


if __name__ == "__main__":
    start()
