"""What stages write, held until all of them are done, so that a failure leaves every file as it was."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from fupin import writing
from fupin.deferred import pl
from fupin.errors import DataError, Failure, FupinError

if TYPE_CHECKING:
    from fupin.chain import Files, Stage
    from fupin.writing import Made

log = logging.getLogger("fupin")


@contextlib.contextmanager
def blamed(stage: Stage) -> Iterator[None]:
    """Name the stage in whose work something goes wrong."""
    try:
        yield
    except FupinError as error:
        raise Failure(stage.verb, error, stage.place) from None
    except pl.exceptions.PolarsError as error:
        raise Failure(stage.verb, DataError(str(error).strip().split("\n")[0]), stage.place) from error


class Held:
    """What stages write.

    Args:
        keep: removes what has been made ready and not been written.
    """

    def __init__(self, keep: contextlib.ExitStack) -> None:
        self._keep = keep
        self._stages: list[tuple[Stage, list[Callable[[], None]], list[str]]] = []

    def add(self, stage: Stage, files: Files, result: Made, last: bool) -> None:
        """Make ready what a stage has made, for where it goes."""
        made = [writing.prepare(table, target, self._keep) for target, table in files.also.items()]
        if stage.output or last:
            made.append(writing.prepare(result, stage.output, self._keep))
        self._stages.append((stage, made, files.afterwards))

    def write(self, announce: Callable[[Stage], None]) -> None:
        """Write all of it, in the order of the stages, and tell what is to be told then."""
        for stage, made, afterwards in self._stages:
            announce(stage)
            with blamed(stage):
                for put in made:
                    put()
            for told in afterwards:
                log.warning("%s", told)
