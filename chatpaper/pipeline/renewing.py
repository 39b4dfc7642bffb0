"""What is made of all posts, once they stand: anew where any of them has changed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from chatpaper.config import Config
from chatpaper.outputs import formats_beside, posts_in, write_outputs
from chatpaper.records import RunReport
from chatpaper.store import Store

SEEN = "outputs.seen"  # in the store's folder: the posts that outputs were made of


def publish_outputs(
    reports: Sequence[RunReport], config: Config, store: Store
) -> list[RunReport]:
    """Make every output anew, if any post was written, changed or deleted by anybody.

    The posts stand whatever comes of it: an output that fails is logged, and makes
    "partial" of "done" in the reports of posts.
    """
    has_post = any(report.post for report in reports)
    failed = renew_outputs(config, store, anyway=has_post)
    return [_with_failures(report, failed) for report in reports]


def renew_outputs(
    config: Config, store: Store, *, anyway: bool = False
) -> tuple[str, ...]:
    """Make every output anew, if posts or outputs are others than the last time.

    Args:
        config: Says what is made, and where posts are.
        store: Remembers of what they were made last.
        anyway: Make them in any case.

    Returns:
        The names of those that failed.
    """
    if not (formats := formats_beside(config.output)):
        return ()
    posts, seen = posts_in(config.output.dir), store.directory / SEEN
    # What is changed while they are made may not be in them: it is seen the next time.
    state = f"{posts.state()} {' '.join(sorted(formats))}"
    if not anyway and state == _text_of(seen):
        return ()
    failed = write_outputs(config.output)
    with suppress(OSError):  # then they are made once more
        seen.write_text("" if failed else state, encoding="utf-8")
    return failed


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _with_failures(report: RunReport, failed: Sequence[str]) -> RunReport:
    if not (failed and report.post):
        return report
    status = "partial" if report.status == "done" else report.status
    message = f"{report.message}; failed to write: {', '.join(failed)}"
    return replace(report, status=status, message=message)
