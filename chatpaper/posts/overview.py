"""The list at the head of a post: a line a paper, which leads to its entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chatpaper.posts.badges import badges_of
from chatpaper.posts.claims import marks, printed_claim, shown_claims
from chatpaper.posts.entries import dotted, title_of, translated_title
from chatpaper.posts.markdown import Markdown, escape
from chatpaper.posts.naming import entry_anchor
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Digest, Post

# A list of so many sentences fits on a screen and a half; a longer one has titles only.
MAX_SENTENCES = 12


def overview_of(post: Post, say: Phrases) -> tuple[Markdown, ...]:
    """The papers of a post in its order, then the new versions of earlier ones."""
    with_sentences = len(post.digests) + len(post.updates) <= MAX_SENTENCES
    return tuple(_lines(post, say, with_sentences=with_sentences))


def _lines(post: Post, say: Phrases, *, with_sentences: bool) -> Iterator[Markdown]:
    for digest in post.digests:
        title = translated_title(digest) or title_of(digest.paper)
        line = _line(title, digest.paper.id, badges_of(digest, say))
        sentence = lead_of(digest, say) if with_sentences else ""
        yield Markdown(f"{line}{say.colon}{escape(sentence)}" if sentence else line)
    for update in post.updates:
        yield _line(title_of(update.paper), update.paper.id, (say.updated,))


def _line(title: str, paper_id: str, badges: Iterable[str]) -> Markdown:
    # Hexo reads a link's words again, so that no brackets may stand in them.
    is_plain = {*"[]"}.isdisjoint(title)
    words = escape(title) if is_plain else "↓"
    link = f"[{words}](#{entry_anchor(paper_id)})"
    head = Markdown(link if is_plain else f"{escape(title)} {link}")
    return dotted([head, *(Markdown(f"`{badge}`") for badge in badges)])


def lead_of(digest: Digest, say: Phrases) -> str:
    """The sentence that sums a paper up, if nothing speaks against any part of it."""
    claims = shown_claims(digest, "abstract")
    if not claims or any(marks(claim.check, say) for claim in claims):
        return ""
    return " ".join(printed_claim(claim.claim) for claim in claims)
