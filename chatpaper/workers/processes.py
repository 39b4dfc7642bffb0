"""Work in processes of its own: a PDF is hostile until proven otherwise."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import math
import multiprocessing
import os
import platform
import signal
import sys
import threading
import time
import traceback
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Final, Literal, ParamSpec, TypeVar, cast, get_args

from chatpaper.errors import ChatpaperError, DocumentError

# --------------------------------------------------------------------------------------
# Walls around a process that opens a stranger's file: memory, time, disk, network.
#
# They are the operating system's, and hold whatever the file makes the PDF engine do.
# What a system does not offer is left out: macOS bounds time and disk but no memory,
# Windows nothing but the time that we wait, and only Linux can forbid the network
# without rights of its own.

# The largest file a worker may write; its answer goes through a pipe.
_FILE_MB = 16

# Numbers of the system calls socket, execve, execveat, ptrace, process_vm_writev and
# io_uring_setup, with the kernel's mark of the machine (linux/audit.h).
_CALLS: Final = {
    "x86_64": (0xC000003E, (41, 59, 322, 101, 311, 425)),
    "aarch64": (0xC00000B7, (198, 221, 281, 117, 271, 425)),
}
_X32 = 0x40000000  # the same calls under other numbers, on x86_64
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES


class _Step(ctypes.Structure):
    """One instruction of a filter: `struct sock_filter`."""

    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    """A filter: `struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def confine(*, memory_mb: int, cpu_s: float) -> None:
    """Put walls around this process, for good.

    Args:
        memory_mb: Of address space.
        cpu_s: Of processor time, after which the system ends the process.
    """
    _limit(memory_mb, cpu_s)
    _silence_output()
    if sys.platform == "linux":
        _refuse_network()


def _limit(memory_mb: int, cpu_s: float) -> None:
    if sys.platform == "win32":
        return
    import resource

    seconds = math.ceil(cpu_s) + 1
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _FILE_MB << 20),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory_mb << 20),
    ):
        # macOS refuses to limit the address space; a limit may be lower already.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def _silence_output() -> None:
    """Keep what a file makes the engine print from the terminal and the output."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _refuse_network() -> None:
    """Refuse new sockets and other programs (seccomp(2)), where the kernel lets us."""
    known = _CALLS.get(platform.machine())
    if known is None:
        return
    machine, calls = known
    tests = [(_AT_LEAST, _X32), *[(_EQUAL, number) for number in calls]]
    steps = [
        _Step(_LOAD, 0, 0, 4),
        _Step(_EQUAL, 0, len(tests) + 2, machine),
        _Step(_LOAD, 0, 0, 0),
        *[
            _Step(test, len(tests) - place, 0, value)
            for place, (test, value) in enumerate(tests)
        ],
        _Step(_RETURN, 0, 0, _ALLOW),
        _Step(_RETURN, 0, 0, _REFUSE),
    ]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    with contextlib.suppress(OSError, AttributeError):
        prctl = ctypes.CDLL(None).prctl
        if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)


# --------------------------------------------------------------------------------------
# Processes that read PDFs: one per paper, ended when it takes too long.
#
# A PDF is hostile until proven otherwise, and a PDF engine is not thread-safe: each
# paper is read in a process of its own, so that a crash, a hang or a gigabyte costs
# that paper only. It is forked from a small server that has the engine loaded; Windows
# has no fork, and there each process loads the engine anew, which takes about a second.
# What such a process may not do, `confine` says.

P = ParamSpec("P")
T = TypeVar("T")

PRELOAD = [
    "chatpaper.workers.fork_server",
    "chatpaper.net.download",  # checks PDFs; its imports cost 70 ms in every process
    "chatpaper.reading",
    "chatpaper.figures.render",
    "chatpaper.figures.choose",
]

StartMethod = Literal["forkserver", "spawn"]
# Those that the system has, the best one first. Plain fork is none of them: a thread of
# ours may hold a lock at that moment, and the copy would wait for it for ever.
START_METHODS: tuple[StartMethod, ...] = tuple(
    method
    for method in get_args(StartMethod)
    if method in multiprocessing.get_all_start_methods()
)

# How often somebody who waits for a process looks whether its result is still wanted.
LOOK_S = 0.1

_starting = threading.Lock()


class WorkerLost(Exception):
    """A worker ended without a result: for time, for memory, by a crash or a fault.

    Attributes:
        reason: In English.
        trace: When our own code raised what nobody expected, its traceback.
    """

    def __init__(self, reason: str, trace: str = "") -> None:
        super().__init__(reason, trace)
        self.reason = reason
        self.trace = trace


CallResult = tuple[object, BaseException | None]


def call_result(
    fn: Callable[..., object], args: tuple[object, ...], kwargs: Mapping[str, object]
) -> CallResult:
    """What a call returns, or what it raises, as values that survive a journey.

    Errors that are not ours may hold pieces of the PDF engine, which do not pickle:
    a `WorkerLost` describes them. A `MemoryError` stays one; the caller knows the
    limit.
    """
    try:
        return fn(*args, **kwargs), None
    except MemoryError:
        return None, MemoryError()
    except ChatpaperError as error:
        error.__cause__ = error.__context__ = None
        return None, error.with_traceback(None)
    except Exception as error:  # noqa: BLE001 - it is raised again by the caller
        return None, _described(error)


def _described(error: Exception) -> WorkerLost:
    at = traceback.extract_tb(error.__traceback__)[-1]
    path = Path(at.filename)
    text = str(error).partition("\n")[0][:120]
    reason = f"failed at {path.name}:{at.lineno}: {type(error).__name__}: {text}"
    # What the PDF engine raises is the PDF's fault, what our own lines raise is ours.
    is_ours = path.is_relative_to(Path(__file__).parents[1])
    trace = "".join(traceback.format_exception(error)) if is_ours else ""
    return WorkerLost(reason, trace)


class Readers(Executor):
    """An executor of calls in other processes; a thread waits for each of them.

    Attributes:
        workers: Calls at a time.
        stop: Once set, no call is begun, and those under way are given up, as they are
            when an error ends the block that the executor was opened for.
    """

    def __init__(
        self, workers: int, name: str, *, stop: threading.Event | None = None
    ) -> None:
        self.workers = workers
        self.stop = stop or threading.Event()
        self._abandoned = False
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=name)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._abandoned = kind is not None
        self.shutdown(cancel_futures=self._abandoned)

    def submit(
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Run `fn(*args, **kwargs)` in another process; all of them must pickle."""
        return self._threads.submit(
            self._begin, cast(Callable[..., T], fn), args, kwargs
        )

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; see `concurrent.futures.Executor`."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _begin(
        self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> T:
        self._refuse_when_over()
        return self._call(fn, args, kwargs)

    def _refuse_when_over(self) -> None:
        """Raise `WorkerLost` when nobody wants a result any more."""
        if self._abandoned or self.stop.is_set():
            raise WorkerLost("was ended from outside")

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
        self,
        workers: int = 0,
        *,
        timeout_s: float,
        memory_mb: int = 1500,
        start_method: StartMethod | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        """Make an executor; processes start with the first call.

        Args:
            workers: Processes at a time; 0 means one per core.
            timeout_s: For one call; its process is killed then.
            memory_mb: Address space of one process, where the system can limit it.
            start_method: How processes begin; None for the best that the system has.
            stop: See `Readers`.
        """
        super().__init__(workers or os.cpu_count() or 1, "reading", stop=stop)
        method = start_method or START_METHODS[0]
        # Every context has what a spawning one has; their common base is not typed so.
        self._context = cast(SpawnContext, multiprocessing.get_context(method))
        if method == "forkserver":
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
            end_s = time.monotonic() + self._timeout_s
            while not here.poll(min(LOOK_S, max(0.0, end_s - time.monotonic()))):
                self._refuse_when_over()
                if time.monotonic() >= end_s:
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
    # Ctrl-C and a service's stop reach the whole group; our parent ends us in time.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    confine(memory_mb=memory_mb, cpu_s=timeout_s)
    result, error = call_result(fn, args, kwargs)
    if isinstance(error, MemoryError):
        error = WorkerLost(f"needed more than {memory_mb} MB")
    # Nobody waits any more when our parent was killed.
    with contextlib.suppress(BrokenPipeError):
        there.send((result, error))
    there.close()


def result_of(future: Future[T], name: str) -> T:
    """What a worker made of a PDF.

    Args:
        future: From `Readers.submit`.
        name: Of the paper or the file, for the error.

    Raises:
        DocumentError: The PDF cannot be read, or the worker was lost.
    """
    try:
        return future.result()
    except WorkerLost as error:
        raise DocumentError(name, f"reading {error.reason}") from error
