"""Work on several things at a time, the results in the order of the things."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_AT_A_TIME = 4
Thing = TypeVar("Thing")
Result = TypeVar("Result")


def in_order(things: Iterable[Thing], work: Callable[[Thing], Result]) -> Iterator[tuple[Thing, Result]]:
    """Each thing, and what work makes of it, while the next ones are in work already.

    Threads do it, so that it takes less time where the work is mostly Polars'.
    """
    with ThreadPoolExecutor(_AT_A_TIME) as workers:
        waiting: collections.deque[tuple[Thing, Future[Result]]] = collections.deque()
        try:
            for thing in things:
                waiting.append((thing, workers.submit(work, thing)))
                if len(waiting) > _AT_A_TIME:
                    first, made = waiting.popleft()
                    yield first, made.result()
            while waiting:
                first, made = waiting.popleft()
                yield first, made.result()
        finally:
            workers.shutdown(cancel_futures=True)
