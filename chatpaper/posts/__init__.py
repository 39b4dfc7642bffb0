"""Digests in, a post out; nothing unchecked is published."""

from chatpaper.posts import gate
from chatpaper.posts.badges import (
    badges_elsewhere,
    overview_badges,
    venue_of,
)
from chatpaper.posts.briefs import (
    Brief,
    brief_of,
)
from chatpaper.posts.changes import (
    UNCHANGED,
    abstract_changes,
    abstract_diff,
    author_words,
    word_changes,
    word_diff,
)
from chatpaper.posts.claims import (
    CheckedClaim,
    checked_claims,
    claim_line,
    claim_words,
    is_summarized,
    is_verbatim,
    joined_quotes,
    located_quotes,
    marks,
    printed_claim,
    shown_claims,
    translation_of,
)
from chatpaper.posts.colophon import (
    colophon_of,
    colophon_words,
    notice_of,
)
from chatpaper.posts.entries import (
    AFTER_METHOD,
    BEFORE_METHOD,
    all_authors,
    dotted,
    facts_of,
    keywords_of,
    title_of,
    translated_title,
)
from chatpaper.posts.gate import (
    Problem,
    check_edited,
    check_markdown,
    check_post,
    plain_text,
)
from chatpaper.posts.history import (
    correction_words,
    corrections_of,
    withdrawal_words,
)
from chatpaper.posts.markdown import (
    Markdown,
    clean,
    escape,
    formulas,
    harmless,
    link,
    safe_url,
    tip,
)
from chatpaper.posts.merging import (
    Edits,
    Key,
    Layout,
    read_edits,
    read_edits_in,
)
from chatpaper.posts.naming import (
    ANCHOR,
    address_beside,
    anchor_line,
    anchor_of,
    entry_anchor,
)
from chatpaper.posts.overview import badged
from chatpaper.posts.page import (
    head_lines,
    merge_digests,
    render_entry,
    render_post,
)
from chatpaper.posts.phrases import (
    KEYS,
    Phrases,
    phrases_in,
)
from chatpaper.posts.publication import (
    BESIDE,
    keep_draft,
    publish,
    publishable,
    write_files,
)
from chatpaper.posts.reasons import (
    failure_words,
    near_words,
)
from chatpaper.posts.schema import (
    twin_schema,
)
from chatpaper.posts.standing import (
    Shown,
    Standing,
    deleted_among,
    read_markdown,
    read_standing,
)
from chatpaper.posts.twin import (
    read_post_data,
    read_twin,
    twins_in,
)

__all__ = [
    "AFTER_METHOD",
    "ANCHOR",
    "BEFORE_METHOD",
    "BESIDE",
    "KEYS",
    "UNCHANGED",
    "Brief",
    "CheckedClaim",
    "Edits",
    "Key",
    "Layout",
    "Markdown",
    "Phrases",
    "Problem",
    "Shown",
    "Standing",
    "abstract_changes",
    "abstract_diff",
    "address_beside",
    "all_authors",
    "anchor_line",
    "anchor_of",
    "author_words",
    "badged",
    "badges_elsewhere",
    "brief_of",
    "check_edited",
    "check_markdown",
    "check_post",
    "checked_claims",
    "claim_line",
    "claim_words",
    "clean",
    "colophon_of",
    "colophon_words",
    "correction_words",
    "corrections_of",
    "deleted_among",
    "dotted",
    "entry_anchor",
    "escape",
    "facts_of",
    "failure_words",
    "formulas",
    "gate",
    "harmless",
    "head_lines",
    "is_summarized",
    "is_verbatim",
    "joined_quotes",
    "keep_draft",
    "keywords_of",
    "link",
    "located_quotes",
    "marks",
    "merge_digests",
    "near_words",
    "notice_of",
    "overview_badges",
    "phrases_in",
    "plain_text",
    "printed_claim",
    "publish",
    "publishable",
    "read_edits",
    "read_edits_in",
    "read_markdown",
    "read_post_data",
    "read_standing",
    "read_twin",
    "render_entry",
    "render_post",
    "safe_url",
    "shown_claims",
    "tip",
    "title_of",
    "translated_title",
    "translation_of",
    "twin_schema",
    "twins_in",
    "venue_of",
    "withdrawal_words",
    "word_changes",
    "word_diff",
    "write_files",
]
