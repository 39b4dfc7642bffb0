"""The static site of all posts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chatpaper.config import Config, load_config

if TYPE_CHECKING:
    from chatpaper.site import SiteReport


def make_site(
    output: Path,
    *,
    base_url: str = "",
    config: Config | None = None,
    ask_ledger: bool = True,
) -> SiteReport:
    """Make a static site of all posts, or bring it up to date.

    Args:
        output: Folder of the site.
        base_url: Where it will be served; without it the site has no feeds.
        config: By default that of the working directory.
        ask_ledger: Refuse a site that lacks a post which was ever written.

    Raises:
        SiteError: Its gate refuses the site; the last one stays.
    """
    from chatpaper.site import SiteSettings, build_site
    from chatpaper.store import Store

    config = config or load_config()
    posted, periods = {}, []
    # A store is not made only to find it empty.
    if ask_ledger and any(config.storage.path.glob("*.sqlite3")):
        with Store(config.storage.path) as store:
            posted, periods = store.posted(), store.reviews.names()
    made_with = SiteSettings(
        posts=config.output.dir,
        site=output,
        language=config.output.language,
        zone=config.output.tz,
        base_url=base_url,
    )
    return build_site(made_with, posted, periods)
