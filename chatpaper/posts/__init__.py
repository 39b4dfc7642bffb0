"""Digests in, a post out; nothing unchecked is published."""

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
    check_markdown,
    check_post,
)
from chatpaper.posts.markdown import (
    clean,
    escape,
    formulas,
    link,
    safe_url,
    tip,
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
    phrases_in,
)
from chatpaper.posts.publication import (
    publish,
    publishable,
)
from chatpaper.posts.reasons import (
    near_words,
)
from chatpaper.posts.twin import (
    read_post_data,
)

__all__ = [
    "ANCHOR",
    "CONCLUSION",
    "KEYS",
    "OVERVIEW",
    "Problem",
    "anchor_of",
    "check_markdown",
    "check_post",
    "clean",
    "escape",
    "formulas",
    "joined_quotes",
    "link",
    "located_quotes",
    "merge_digests",
    "near_words",
    "phrases_in",
    "publish",
    "publishable",
    "read_post_data",
    "render_entry",
    "render_post",
    "safe_url",
    "shown_claims",
    "tip",
    "title_of",
]
