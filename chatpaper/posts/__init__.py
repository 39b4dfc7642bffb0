"""Digests in, a post out; nothing unchecked is published."""

from chatpaper.posts.briefs import (
    Brief,
    brief_of,
)
from chatpaper.posts.claims import (
    joined_quotes,
    located_quotes,
    shown_claims,
)
from chatpaper.posts.entries import (
    CONCLUSION,
    OVERVIEW,
    title_of,
)
from chatpaper.posts.gate import (
    Problem,
    check_edited,
    check_markdown,
    check_post,
    plain_text,
)
from chatpaper.posts.markdown import (
    clean,
    escape,
    formulas,
    link,
    safe_url,
    tip,
)
from chatpaper.posts.merging import (
    Edits,
    Key,
    read_edits,
)
from chatpaper.posts.naming import (
    ANCHOR,
    anchor_of,
)
from chatpaper.posts.page import (
    merge_digests,
    render_entry,
    render_post,
)
from chatpaper.posts.phrases import (
    KEYS,
)
from chatpaper.posts.publication import (
    BESIDE,
    publish,
    publishable,
)
from chatpaper.posts.twin import (
    read_post_data,
)

__all__ = [
    "ANCHOR",
    "BESIDE",
    "CONCLUSION",
    "KEYS",
    "OVERVIEW",
    "Brief",
    "Edits",
    "Key",
    "Problem",
    "anchor_of",
    "brief_of",
    "check_edited",
    "check_markdown",
    "check_post",
    "clean",
    "escape",
    "formulas",
    "joined_quotes",
    "link",
    "located_quotes",
    "merge_digests",
    "plain_text",
    "publish",
    "publishable",
    "read_edits",
    "read_post_data",
    "render_entry",
    "render_post",
    "safe_url",
    "shown_claims",
    "tip",
    "title_of",
]
