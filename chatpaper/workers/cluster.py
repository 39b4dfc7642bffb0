"""PDFs read elsewhere: on a Dask cluster, or on any executor of other processes.

Workers are given a PDF and give back what it holds. They ask neither arXiv nor a model:
arXiv wants one paced connection, and a model's limits are per project.
"""

from __future__ import annotations

import faulthandler
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from importlib import import_module
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from chatpaper import __version__
from chatpaper.errors import ConfigError
from chatpaper.workers.processes import CallResult, Readers, WorkerLost, call_result

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

KEY = "reading.dask_address"
RUNS = 2  # Dask repeats a call whose worker died
# Not measured: at 100 Mbit/s a PDF of 30 MB takes 2.4 s.
TRANSFER_S = 10.0


class RemoteReaders(Readers):
    """Readers on an executor whose workers are processes of their own.

    Workers never raise: what a call raised comes back as a value, because the errors
    of a PDF engine do not survive the journey. A future raises what the call raised,
    or `WorkerLost` when no worker could end it.
    """

    def __init__(
        self,
        inner: Executor,
        workers: int,
        *,
        timeout_s: float,
        transfer_s: float = TRANSFER_S,
        send_bytes: bool = True,
        close: Callable[[], object] = lambda: None,
        stop: threading.Event | None = None,
    ) -> None:
        """Make readers; nothing is sent yet.

        Args:
            inner: Runs the calls. If it repeats those whose worker died, as Dask does,
                no paper is lost.
            workers: Processes behind it, and calls at a time.
            timeout_s: For one run of a call; its process ends itself then.
            transfer_s: For sending a call and its result.
            send_bytes: Whether files are sent, or their paths because the workers
                see the same files.
            close: Called at the end.
            stop: See `Readers`; what a worker has begun it ends, unheard.
        """
        super().__init__(workers, "remote", stop=stop)
        self._inner = inner
        self._timeout_s = timeout_s
        self._patience_s = RUNS * timeout_s + transfer_s
        self._send_bytes = send_bytes
        self._close = close

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; see `concurrent.futures.Executor`."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        self._close()

    def _call(
        self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> T:
        sent = tuple(map(self._sendable, args))
        future = self._inner.submit(_run, self._timeout_s, fn, sent, kwargs)
        try:
            result, error = future.result(self._patience_s)
        except TimeoutError:
            future.cancel()
            raise WorkerLost(
                f"took longer than {self._timeout_s:g} s, or had no worker"
            ) from None
        except Exception as trouble:  # noqa: BLE001 - not the call's, which never raises
            log.warning("reader lost: %s", trouble)
            raise WorkerLost(f"lost its worker ({type(trouble).__name__})") from None
        if isinstance(error, MemoryError):
            raise WorkerLost("needed more memory than its worker has")
        if error is not None:
            raise error
        return cast(T, result)

    def _sendable(self, value: object) -> object:
        if self._send_bytes and isinstance(value, Path):
            return value.read_bytes()
        return value


_one_at_a_time = threading.Lock()


def _run(
    timeout_s: float,
    fn: Callable[..., object],
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
) -> CallResult:
    """One call in a worker, whose process ends itself when it takes too long."""
    # The PDF engine is not thread-safe, and a worker may have several threads.
    with _one_at_a_time:
        faulthandler.dump_traceback_later(timeout_s, exit=True, file=2)
        try:
            return call_result(fn, args, kwargs)
        finally:
            faulthandler.cancel_dump_traceback_later()


def dask_readers(
    address: str,
    *,
    workers: int,
    timeout_s: float,
    send_bytes: bool,
    stop: threading.Event | None = None,
) -> RemoteReaders:
    """Readers on a Dask cluster.

    Args:
        address: Of its scheduler, as `tcp://host:8786`.
        workers: Calls at a time; 0 for as many as it has worker processes.
        timeout_s: For one run of a call.
        send_bytes: Whether PDFs are sent to the workers.
        stop: Once set, no PDF is read any more.

    Raises:
        ConfigError: Dask is not installed, or there is no such cluster, no worker in
            it, or one with another chatpaper.
    """
    try:
        dask: Any = import_module("dask")
        distributed: Any = import_module("distributed")
    except ImportError as error:
        advice = "needs Dask: pip install 'chatpaper[dask]'"
        raise ConfigError("reading.executor", advice) from error
    if not address:
        raise ConfigError(KEY, "is empty: give the scheduler's, as tcp://host:8786")
    # A PDF is larger than what Dask takes for an oversight.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    try:
        client = distributed.Client(address, timeout=timeout_s, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConfigError(KEY, f"no scheduler answers at {address}") from error
    try:
        client.wait_for_workers(1, timeout=timeout_s)
        check_versions(client.run(_version))
    except BaseException as error:
        client.close()
        if isinstance(error, TimeoutError):
            reason = f"the scheduler at {address} has no worker"
            raise ConfigError(KEY, reason) from error
        raise
    return RemoteReaders(
        client.get_executor(),
        workers or len(client.nthreads()),
        timeout_s=timeout_s,
        send_bytes=send_bytes,
        close=client.close,
        stop=stop,
    )


def _version() -> str:
    return __version__


def check_versions(versions: Mapping[str, str]) -> None:
    """Refuse workers of another version: they would read a PDF in another way.

    Args:
        versions: Of chatpaper, by the worker's address.

    Raises:
        ConfigError: Names a worker, its version and ours.
    """
    for worker, version in versions.items():
        if version != __version__:
            reason = f"{worker} has chatpaper {version}, here is {__version__}"
            raise ConfigError(KEY, reason)
