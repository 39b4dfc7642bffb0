"""A reader's Zotero library, asked at most once a day."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from chatpaper.config import Config, api_key
from chatpaper.errors import ChatpaperError
from chatpaper.store import KeptLibrary, Store

if TYPE_CHECKING:
    from chatpaper.pipeline.assembly import Controls

log = logging.getLogger(__name__)

KEY_NAME = "ZOTERO_API_KEY"
# Of a day, less what a nightly job may start earlier than the night before.
FRESH = timedelta(hours=20)


def zotero_titles(
    config: Config, store: Store | None, controls: Controls
) -> tuple[str, ...]:
    """The titles of the configured library; none where there is none.

    A service that does not answer costs no more than what is new in the library since
    it did: what is kept is used, however old, and the log says so.

    Args:
        config: Names the library.
        store: Keeps it; None keeps nothing.
        controls: Clock and stop.
    """
    name = config.interests.zotero
    if not name:
        return ()
    kept = store.libraries.kept(name) if store else None
    now = controls.now()
    if kept is not None and timedelta() <= now - kept.at < FRESH:
        return kept.titles
    # Only who has a library there waits for what asks for it.
    from chatpaper.ranking import Zotero, ZoteroTitles

    asked = Zotero(
        library=name,
        key=api_key([KEY_NAME]),
        base_url=config.interests.zotero_url,
        sleep=controls.rest,
        stopped=controls.stop.is_set,
    )
    known = ZoteroTitles(version=kept.version, titles=kept.titles) if kept else None
    try:
        found = asked.titles(known)
    except ChatpaperError as error:
        instead = f"as of {kept.at:%Y-%m-%d}" if kept else "none, so it does not rank"
        log.warning("zotero failed: %s; titles: %s", error, instead)
        return kept.titles if kept else ()
    if not found.titles:
        log.warning("zotero library %s holds no title", name)
    library = KeptLibrary(at=now, version=found.version, titles=found.titles)
    if store is not None:
        store.libraries.keep(name, library)
    return found.titles
