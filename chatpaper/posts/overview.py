"""The list at the head of a post: a line a paper, which leads to its entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chatpaper.posts.badges import badges_elsewhere, overview_badges
from chatpaper.posts.claims import marks, printed_claim, shown_claims
from chatpaper.posts.entries import dotted, title_of, translated_title
from chatpaper.posts.markdown import Markdown, clean, escape, link
from chatpaper.posts.naming import address_beside, entry_anchor
from chatpaper.posts.phrases import Phrases
from chatpaper.records import Digest, Post, Update

# A list of so many sentences fits on a screen and a half of a desktop; a longer one has
# titles only.
MAX_SENTENCES = 12


def overview_of(post: Post, say: Phrases) -> tuple[Markdown, ...]:
    """The papers of a post in its order, then new versions of earlier ones.

    At last come those that another topic's post of the day has in full.
    """
    with_sentences = len(post.digests) + len(post.updates) <= MAX_SENTENCES
    return tuple(_lines(post, say, with_sentences=with_sentences))


def _lines(post: Post, say: Phrases, *, with_sentences: bool) -> Iterator[Markdown]:
    for digest in post.entries:
        title = translated_title(digest) or title_of(digest.paper)
        badges = overview_badges(digest, say, is_short=not with_sentences)
        line = _line(title, f"#{entry_anchor(digest.paper.id)}", badges)
        sentence = lead_of(digest, say) if with_sentences else ""
        yield Markdown(f"{line}{say.colon}{escape(sentence)}" if sentence else line)
    for update in post.new_versions:
        address = f"#{entry_anchor(update.paper.id)}"
        yield _line(title_of(update.paper), address, (say.updated,))
    yield from (_line_elsewhere(of, say) for of in post.lines)


def _line(
    title: str, address: str, badges: Iterable[str], *, arrow: str = "↓"
) -> Markdown:
    return badged(_linked(title, address, arrow), badges)


def badged(head: Markdown, badges: Iterable[str]) -> Markdown:
    """A title and its badges; a dot between them would be as wide as two letters."""
    return Markdown(" ".join([head, *(f"`{badge}`" for badge in badges)]))


def _line_elsewhere(of: Digest | Update, say: Phrases) -> Markdown:
    translated = translated_title(of) if isinstance(of, Digest) else ""
    address = address_beside(of.stands_in, of.paper.id)
    title = translated or title_of(of.paper)
    head = _line(title, address, badges_elsewhere(of, say), arrow="→")
    topic = escape(say.elsewhere.format(topic=clean(of.stands_in)))
    # Where posts are not folders, the paper can be reached all the same.
    source = link(of.paper.versioned_id, of.paper.abs_url)
    return dotted([head, topic, source])


def _linked(title: str, address: str, arrow: str) -> Markdown:
    # Hexo reads a link's words again, so that no brackets may stand in them.
    if {*"[]"}.isdisjoint(title):
        return Markdown(f"[{escape(title)}]({address})")
    return Markdown(f"{escape(title)} [{arrow}]({address})")


def lead_of(digest: Digest, say: Phrases) -> str:
    """The sentence that sums a paper up, if nothing speaks against any part of it."""
    claims = shown_claims(digest, "abstract")
    if not claims or any(marks(claim.check, say) for claim in claims):
        return ""
    return " ".join(printed_claim(claim.claim) for claim in claims)
