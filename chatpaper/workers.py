"""Processes that read PDFs: one per paper, ended when it takes too long.

A PDF is hostile until proven otherwise, and a PDF engine is not thread-safe: each
paper is read in a process of its own, forked from a small server that has the
engine loaded, so that a crash, a hang or a gigabyte costs that paper only. What such a
process may not do is in `walls`.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any, ParamSpec, TypeVar, cast

from chatpaper.errors import ChatpaperError
from chatpaper.walls import confine

P = ParamSpec("P")
T = TypeVar("T")

PRELOAD = [
    "chatpaper.forking",
    "chatpaper.reading",
    "chatpaper.reading.render",
    "chatpaper.reading.choose",
]

_starting = threading.Lock()


class WorkerLost(Exception):
    """A worker ended without a result: for time, for memory, by a crash or a fault."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Answer = tuple[object, BaseException | None]


def answered(
    fn: Callable[..., object], args: tuple[object, ...], kwargs: Mapping[str, object]
) -> Answer:
    """What a call returns, or what it raises, as values that survive a journey.

    Errors that are not ours may hold pieces of the PDF engine, which do not pickle:
    they are told in words, as a `WorkerLost`. A `MemoryError` is left to who knows
    the limit.
    """
    try:
        return fn(*args, **kwargs), None
    except MemoryError:
        return None, MemoryError()
    except ChatpaperError as error:
        error.__cause__ = error.__context__ = None
        return None, error.with_traceback(None)
    except Exception as error:  # noqa: BLE001 - it is raised again by the caller
        return None, WorkerLost(_told(error))


def _told(error: Exception) -> str:
    at = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(at.filename).name}:{at.lineno}"
    text = str(error).partition("\n")[0][:120]
    return f"failed at {place}: {type(error).__name__}: {text}"


class Readers(Executor):
    """Runs each call outside this process, as `_call` says, in a thread that waits.

    Attributes:
        workers: Calls at a time.
    """

    def __init__(self, workers: int, name: str) -> None:
        self.workers = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=name)

    def submit(
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Run `fn(*args, **kwargs)` in another process; all of them must pickle."""
        return self._threads.submit(
            self._call, cast(Callable[..., T], fn), args, kwargs
        )

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; see `concurrent.futures.Executor`."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)

    @abstractmethod
    def _call(
        self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> T: ...


class ProcessPerCall(Readers):
    """An executor that runs each call in a process of its own.

    A future raises the `ChatpaperError` that the call raised, or `WorkerLost` when it
    raised another, took longer than `timeout_s` or more than `memory_mb`, or died.
    """

    def __init__(
        self, workers: int = 0, *, timeout_s: float, memory_mb: int = 1500
    ) -> None:
        """Make an executor; processes start with the first call.

        Args:
            workers: Processes at a time; 0 means one per core.
            timeout_s: For one call; its process is killed then.
            memory_mb: Address space of one process, where the system can limit it.
        """
        super().__init__(workers or os.cpu_count() or 1, "reading")
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOAD)
        self._timeout_s = timeout_s
        self._memory_mb = memory_mb

    def _call(
        self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> T:
        here, there = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=_work,
            args=(there, self._memory_mb, self._timeout_s, fn, args, kwargs),
            daemon=True,
        )
        with _without_main():
            process.start()
        there.close()
        try:
            if not here.poll(self._timeout_s):
                raise WorkerLost(f"took longer than {self._timeout_s:g} s")
            result, error = here.recv()
        except (EOFError, ConnectionError):
            process.join(1.0)
            raise WorkerLost(f"its process ended, code {process.exitcode}") from None
        finally:
            here.close()
            process.kill()
            process.join()
            process.close()
        if error is not None:
            raise error
        return cast(T, result)


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep a new process from importing the program's main module once more.

    What runs there is found by its own module's name. The program, a command line or
    somebody's script, would only cost its start-up time for every paper.
    """
    with _starting:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _work(
    there: Connection,
    memory_mb: int,
    timeout_s: float,
    fn: Callable[..., object],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> None:
    # Ctrl-C and a service's stop reach the whole group; we end when our parent wants.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    confine(memory_mb=memory_mb, cpu_s=timeout_s)
    result, error = answered(fn, args, kwargs)
    if isinstance(error, MemoryError):
        error = WorkerLost(f"needed more than {memory_mb} MB")
    # Nobody waits any more when our parent was killed.
    with contextlib.suppress(BrokenPipeError):
        there.send((result, error))
    there.close()
