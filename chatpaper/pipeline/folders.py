"""The folders of a run, before anything is asked or paid for: free, and writable."""

from __future__ import annotations

from contextlib import AbstractContextManager

from chatpaper.config import Config
from chatpaper.errors import StoreError
from chatpaper.pipeline.controls import Controls
from chatpaper.store import only_run, why_unwritable


def lock_store(config: Config, controls: Controls) -> AbstractContextManager[None]:
    """Hold the store for a run; a stop ends the wait for another run.

    Raises:
        StoreError: Another run holds it for too long, or the run is to end.
    """
    directory = config.storage.path

    def rest(seconds: float) -> None:
        if controls.stop.wait(seconds):
            reason = "the run was interrupted while it waited for another run"
            raise StoreError(str(directory), reason)

    return only_run(directory, wait_s=config.storage.lock_wait_s, sleep=rest)


def refuse_unwritable(config: Config, *, posts: bool = True) -> None:
    """Try the folders that a run writes to, before anything is asked or paid for.

    Args:
        config: Checked.
        posts: Whether posts are to be written, too.

    Raises:
        StoreError: One of them cannot be written; names it, and what sets it.
    """
    folders = [(config.storage.path, "storage.dir, or `storage=`")]
    if posts:
        folders.append((config.output.dir, "output.dir, or `output=`"))
    for folder, setting in folders:
        if why := why_unwritable(folder):
            reason = f"cannot be written: {why}; set {setting}"
            raise StoreError(str(folder), reason)
