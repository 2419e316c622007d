"""``fupin`` and ``python -m fupin``."""

import contextlib
import io
import sys

from fupin.verbs import front_page


def start() -> None:
    """Run fupin with the words of the command line, and end the process with its status."""
    for stream in (sys.stdout, sys.stderr):  # whatever the locale says, as for tables
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if sys.argv[1:] in (["--help"], ["-h"]):  # costs a tenth of what importing click does
        with contextlib.suppress(OSError, AttributeError):  # what hinders it, main says
            print(front_page(), end="", flush=True)
            return
    try:
        from fupin.cli import main

        status = main()
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    start()
