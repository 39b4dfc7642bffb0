"""How far a call has come: a bar on a terminal, a line in a notebook."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import IO, Any, ClassVar, Protocol

from chatpaper.pipeline import Activity


class Progress(Protocol):
    """Is told how far a call has come, by any thread.

    Attributes:
        is_seen: Whether it is shown, so that somebody may sit before it.
    """

    is_seen: ClassVar[bool]

    def tell(self, name: str, done: int, total: int) -> None:
        """So many papers are done of so many."""

    def watch(self, paper_id: str, activity: Activity) -> None:
        """This is begun for a paper."""


@contextmanager
def progress_of(
    wanted: bool | None, *, stream: IO[str] | None = None
) -> Iterator[Progress]:
    """Show progress while the block lasts.

    Args:
        wanted: None shows it where somebody may look: on a terminal, in a notebook.
        stream: The terminal; by default stderr.
    """
    stream = stream or sys.stderr
    display = _notebook()
    if wanted is False or (wanted is None and not display and not _is_terminal(stream)):
        yield _Silence()
    elif display:
        yield NotebookLine(display)
    else:
        with _bars(stream, forced=bool(wanted)) as bars:
            yield bars


def _is_terminal(stream: IO[str] | None) -> bool:
    return stream is not None and stream.isatty()


def _notebook() -> Callable[[str], object] | None:
    """What shows HTML in the running cell, each time in place of the last."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if getattr(shell, "kernel", None) is None:
        return None
    handle: Any = ipython.display.DisplayHandle()
    shown = False

    def show(html: str) -> None:
        nonlocal shown
        (handle.update if shown else handle.display)(ipython.display.HTML(html))
        shown = True

    return show


class _Silence:
    is_seen: ClassVar = False

    def tell(self, name: str, done: int, total: int) -> None:
        del name, done, total

    def watch(self, paper_id: str, activity: Activity) -> None:
        del paper_id, activity


@dataclass(slots=True)
class NotebookLine:
    """A line of a notebook that is written anew by `show`."""

    is_seen: ClassVar = True

    show: Callable[[str], object]
    _name: str = ""
    _done: int = 0
    _total: int = 0
    _under_way: dict[str, Activity] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, name: str, done: int, total: int) -> None:
        """So many papers are done."""
        with self._lock:
            self._name, self._done, self._total = name, done, total
            self._write()

    def watch(self, paper_id: str, activity: Activity) -> None:
        """This is begun."""
        with self._lock:
            self._under_way.pop(paper_id, None)
            if activity == "download":
                # One at a time; of those that failed nobody hears again.
                self._under_way = {
                    each: what
                    for each, what in self._under_way.items()
                    if what != activity
                }
            if activity != "done":
                self._under_way[paper_id] = activity
            self._write()

    def _write(self) -> None:
        said = [f"{each}: {what}" for each, what in self._under_way.items()]
        words = f"{self._name} {self._done} of {self._total}".strip()
        bar = f'<progress value="{self._done}" max="{self._total or 1}"></progress>'
        self.show(f"{bar} {escape('; '.join([words, *said[:3]]))}")


@contextmanager
def _bars(stream: IO[str], *, forced: bool) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (
        *RichProgress.get_default_columns()[:2],
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(file=stream, force_terminal=forced or None)
    with RichProgress(*columns, console=console, transient=True) as bars:
        yield _Bars(bars)


class _Bars:
    """A bar a topic."""

    is_seen: ClassVar = True

    def __init__(self, bars: Any) -> None:  # rich is imported late
        self._bars = bars
        self._tasks: dict[str, Any] = {}

    def tell(self, name: str, done: int, total: int) -> None:
        if name not in self._tasks:
            label = _without_markup(name or "papers")
            self._tasks[name] = self._bars.add_task(label, total=total)
        self._bars.update(self._tasks[name], completed=done, total=total)

    def watch(self, paper_id: str, activity: Activity) -> None:
        del paper_id, activity


def _without_markup(text: str) -> str:
    """A topic's name, which may have square brackets, for rich."""
    from rich.markup import escape as escape_brackets

    return escape_brackets(text)
