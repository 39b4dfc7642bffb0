"""Posts as readers find them: what of a twin its Markdown still shows.

Nothing else holds the two against each other for those who read posts: feeds, site,
notes, citations, searches, weeks and months. A twin keeps everything, so that nothing
is lost by a mistake; what somebody has taken out of the Markdown is told nowhere.

- A Markdown as it was written shows everything: its hash stands in the twin.
- In any other an entry, a new version, a statement, a figure or a title counts where
  it stands, whatever a formatter made of line ends, blanks and backslashes.
  Between `<!--` and `-->` it does not stand, nor in a post that Hexo does not publish.
- A post whose Markdown is gone, while its twin lies there, was deleted. Where more
  than half are without, they were moved or published from there, and none is deleted:
  nobody takes out most of an archive by hand.
- A post of which neither is there is not known here; the site asks the ledger for it.
"""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from chatpaper.posts.claims import checked_claims, claim_words, translation_of
from chatpaper.posts.entries import left_out_line
from chatpaper.posts.gate import plain_text
from chatpaper.posts.markdown import escape
from chatpaper.posts.naming import address_beside, anchor_line
from chatpaper.posts.twin import post_of, read_twin, sha256_of, twins_in
from chatpaper.records import TRANSLATION, Digest, Post, Update

log = logging.getLogger(__name__)

_MARKDOWN = ".md"
# A comment of a block, which blank lines do not end, and one within a paragraph.
_COMMENT = re.compile(
    r"^ {0,3}<!--.*?-->|(?<!\\)<!--(?:(?!\n[ \t]*\n).)*?-->", re.DOTALL | re.MULTILINE
)
# Formatters of Chinese, and typographers, put one of these in the other's place.
_ALIKE = str.maketrans("，。：；！？（）“”‘’", ",.:;!?()\"\"''")
_MADE_OTHERWISE = re.compile(r"[\\\s]+")
_FRONT_MATTER = re.compile(r"---\n(.*?)\n---[ \t]*(?:\n|$)", re.DOTALL)
_WITHHELD = re.compile(r"^published:[ \t]*false\b", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Standing:
    """The posts of a folder that nobody has deleted, read one by one, anew each time.

    Attributes:
        folder: Of the posts.
    """

    folder: Path

    def __iter__(self) -> Iterator[Post]:
        """The posts, oldest first, as their Markdown shows them, without it.

        A file that is no twin is logged and left out.
        """
        for twin in self.twins():
            try:
                yield read_standing(twin)
            except OSError as error:
                told = error.filename or twin, error.strerror or error
                log.warning("left out until it can be read: %s: %s", *told)
            except ValueError:
                log.warning("not the twin of a post: %s", twin)

    def twins(self, name: str = "*.json") -> list[Path]:
        """Files that may be their twins, oldest first.

        Args:
            name: Of the file, the same on every day; by default any.
        """
        gone = self.deleted()
        return [twin for twin in twins_in(self.folder, name) if twin not in gone]

    def deleted(self) -> frozenset[Path]:
        """Twins of posts whose Markdown was deleted."""
        return deleted_among(twins_in(self.folder))

    def state(self) -> str:
        """Another one whenever a post was written, changed, deleted or moved."""
        # Of days, weeks and months.
        files = sorted(self.folder.glob("[0-9]*-*/*.json"))
        files += sorted(self.folder.glob(f"[0-9]*-*/*{_MARKDOWN}"))
        facts = [str(self.folder.absolute())]
        for path in files:
            try:
                stat = path.stat()
            except OSError:
                continue
            facts.append(f"{path} {stat.st_mtime_ns} {stat.st_size}")
        return hashlib.sha256("\n".join(facts).encode("utf-8", "replace")).hexdigest()


def deleted_among(twins: Collection[Path]) -> frozenset[Path]:
    """Of some twins those whose Markdown was deleted; none where it is most of them."""
    folders = {twin.parent for twin in twins}
    texts = {path for folder in folders for path in folder.glob(f"*{_MARKDOWN}")}
    bare = [t for t in twins if t.with_suffix(_MARKDOWN) not in texts]
    if 2 * len(bare) > len(twins):
        log.warning(
            "taken for moved, not deleted: %d of %d posts have no Markdown, as %s;"
            " `chatpaper rebuild` writes it again",
            len(bare),
            len(twins),
            bare[0],
        )
        return frozenset()
    return frozenset(bare)


def read_standing(twin: Path) -> Post:
    """A post with what of it its Markdown shows; all of it where that is not there.

    Raises:
        OSError: One of its files cannot be read.
        ValueError: It is no twin.
    """
    text = twin.read_text(encoding="utf-8")
    markdown = read_markdown(twin)
    read = read_twin(text)
    post = post_of(read, text)
    # Posts of chatpaper 0.1.0 had no anchors: what stands in them is not known.
    is_known = read.format > 1 and markdown is not None
    if not is_known or sha256_of(markdown or "") == read.markdown_sha256:
        return post
    return _shown_in(post, markdown or "")


def read_markdown(twin: Path) -> str | None:
    """The Markdown beside a twin; None where there is none that we can read.

    An empty one is what a full disk or a crash leaves, and says nothing.

    Raises:
        OSError: It is there and cannot be read.
    """
    path = twin.with_suffix(_MARKDOWN)
    try:
        text = plain_text(path.read_bytes())
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        log.warning("not UTF-8: %s", path)
        return None
    if not text.strip():
        log.warning("empty, told as it was written; delete it to take it out: %s", path)
        return None
    return text


# --------------------------------------------------------------------------------------
# What a Markdown that was changed by hand shows.


@dataclass(frozen=True, slots=True)
class Shown:
    """The Markdown of a post that was changed by hand.

    Attributes:
        words: All that a reader sees of it, without blanks and backslashes, and with
            one kind of punctuation: formatters wrap lines and write these otherwise.
    """

    words: str

    @classmethod
    def by(cls, markdown: str) -> Shown:
        """What a file shows; nothing where its front matter says `published: false`."""
        front = _FRONT_MATTER.match(markdown)
        if front and _WITHHELD.search(front[1]):
            return cls("")
        return cls(_words(markdown[front.end() if front else 0 :]))

    def has(self, words: str) -> bool:
        """Whether some Markdown of ours stands there."""
        return _words(words) in self.words


def _words(markdown: str) -> str:
    text = _MADE_OTHERWISE.sub("", _COMMENT.sub("", markdown))
    return unicodedata.normalize("NFC", text.translate(_ALIKE))


def _shown_in(post: Post, markdown: str) -> Post:
    shown = Shown.by(markdown)

    def stands(of: Digest | Update) -> bool:
        address = of.stands_in and f"({address_beside(of.stands_in, of.paper.id)})"
        return shown.has(address or anchor_line(of.paper.id))

    left = replace(
        post,
        digests=tuple(_entry(d, shown) for d in post.digests if stands(d)),
        updates=tuple(filter(stands, post.updates)),
        left_out=tuple(p for p in post.left_out if shown.has(left_out_line(p))),
        listed=tuple(p for p in post.listed if shown.has(left_out_line(p))),
    )
    # A post that lacks something is another one, by its data, too.
    return post if left == post else replace(left, data=f"{left.data}\n{markdown}")


def _entry(digest: Digest, shown: Shown) -> Digest:
    """An entry without those statements and figures that are not there any more."""
    if digest.stands_in:
        return digest
    pictures = tuple(p for p in digest.pictures if shown.has(f"/{p.file}"))
    digest = replace(digest, pictures=pictures)
    has_translation = shown.has(escape(translation_of(digest)))
    claims = checked_claims(digest)
    gone = {
        claim.anchor
        for claim in claims
        if not claim.barred
        if not (
            has_translation
            if claim.claim.field == TRANSLATION
            else shown.has(claim_words(claim))
        )
    }
    if not gone:
        return digest
    # What was not ruled upon is printed nowhere. The others keep their anchors, and
    # it is not said that a judge was asked about these in vain.
    checks = (
        replace(c.check, verdict="unjudged") if c.anchor in gone else c.check
        for c in claims
    )
    uncounted = replace(digest.removed, unjudged=digest.removed.unjudged - len(gone))
    return replace(digest, checks=tuple(checks), removed=uncounted)
