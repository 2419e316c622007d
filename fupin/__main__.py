"""``fupin`` and ``python -m fupin``."""

import os
import sys


def start() -> None:
    """Run fupin with the words of the command line, and end the process with its status."""
    try:
        _start()
    except KeyboardInterrupt:  # before process.prepare
        os._exit(130)


def _start() -> None:
    from fupin import process

    process.prepare()
    import contextlib

    from fupin.verbs import front_page

    if sys.argv[1:] in (["--help"], ["-h"]):  # costs a tenth of what importing click does
        with contextlib.suppress(OSError):  # what hinders it, main says
            print(front_page(), end="", flush=True)
            return
    if sys.getfilesystemencoding() == "ascii" and "utf8" not in sys._xoptions:
        # in the locale C, with Python's UTF-8 mode turned off, no Chinese word or name of a file is what it is
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - the same program
    from fupin.cli import main

    process.end(main())


if __name__ == "__main__":
    start()
