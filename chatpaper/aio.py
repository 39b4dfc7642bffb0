"""The functions of `chatpaper` for an event loop, which they do not block.

Each has the name and the arguments of its twin::

    from chatpaper import aio

    sheet = await aio.summarize("paper.pdf")
    async for sheet in aio.summarize_all(names):
        ...

The work is done in a thread, papers side by side as ever. A task that is cancelled
begins no further call; those under way are finished first, since they are paid for, and
what they brought is kept.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from chatpaper.api import asking, citing, papers, pdfs, posts, summaries

__all__ = [
    "ask_paper",
    "check_claim",
    "cite",
    "figure_picture",
    "find_papers",
    "posted_claims",
    "posted_papers",
    "read_pdf",
    "read_pdfs",
    "run",
    "summarize",
    "summarize_all",
]

P = ParamSpec("P")
T = TypeVar("T")
# Who can be stopped between two calls; the others are over soon.
STOPPABLE = (
    asking.ask_paper,
    asking.check_claim,
    posts.run,
    summaries.summarize,
    summaries.summarize_all,
)
_END: Any = object()


class _Thread:
    """A thread for one call, which its task waits for even when it is cancelled."""

    def __init__(self, function: Callable[..., Any], given: dict[str, Any]) -> None:
        self._stop = given.get("stop") or threading.Event()
        self.options = {"stop": self._stop} if function in STOPPABLE else {}
        self._pool = ThreadPoolExecutor(1, f"chatpaper-{function.__name__}")

    async def do(self, work: Callable[[], T]) -> T:
        """The result of some work, done in the thread."""
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._pool, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            self._stop.set()
            while not future.done():
                try:
                    await asyncio.wait([future])
                except asyncio.CancelledError:
                    continue  # it is being waited for
            if not future.cancelled():
                future.exception()  # nobody is there to be told
            raise

    def end(self) -> None:
        """Let the thread go."""
        self._pool.shutdown(wait=False)


def _awaited(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    @wraps(function)
    async def twin(*args: P.args, **kwargs: P.kwargs) -> T:
        thread = _Thread(function, kwargs)
        kwargs.update(thread.options)
        try:
            return await thread.do(partial(function, *args, **kwargs))
        finally:
            thread.end()

    return twin


def _iterated(
    function: Callable[P, Iterator[T]],
) -> Callable[P, AsyncGenerator[T, None]]:
    @wraps(function)
    async def twin(*args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[T, None]:
        thread = _Thread(function, kwargs)
        kwargs.update(thread.options)
        items: Any = iter(())
        try:
            items = await thread.do(partial(function, *args, **kwargs))
            # A generator's end cannot be raised into a future.
            while (item := await thread.do(partial(next, items, _END))) is not _END:
                yield item
        finally:
            await thread.do(getattr(items, "close", lambda: None))
            thread.end()

    return twin


ask_paper = _awaited(asking.ask_paper)
check_claim = _awaited(asking.check_claim)
cite = _awaited(citing.cite)
figure_picture = _awaited(pdfs.figure_picture)
find_papers = _awaited(papers.find_papers)
posted_claims = _awaited(papers.posted_claims)
posted_papers = _awaited(papers.posted_papers)
read_pdf = _awaited(pdfs.read_pdf)
read_pdfs = _iterated(pdfs.read_pdfs)
run = _awaited(posts.run)
summarize = _awaited(summaries.summarize)
summarize_all = _iterated(summaries.summarize_all)
