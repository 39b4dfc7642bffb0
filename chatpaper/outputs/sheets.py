"""A paper's entry as plain Markdown blocks, with the claims and marks of its post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chatpaper.outputs.dialects import Dialect
from chatpaper.posts import (
    UNCHANGED,
    CheckedClaim,
    Phrases,
    abstract_changes,
    all_authors,
    author_words,
    clean,
    colophon_words,
    correction_words,
    failure_words,
    is_summarized,
    is_verbatim,
    joined_quotes,
    keywords_of,
    located_quotes,
    marks,
    printed_claim,
    safe_url,
    shown_claims,
    title_of,
    translated_title,
    withdrawal_words,
    word_changes,
)
from chatpaper.records import FIELDS, Digest, Paper, Picture, Update
from chatpaper.text import is_doi, says_withdrawn

MAX_HIDDEN_PAGES = 5
_ORDERED = "method"  # its claims are steps


@dataclass(frozen=True, slots=True)
class Sheet:
    """Writes entries in one dialect and one language.

    Attributes:
        to: The dialect.
        say: The fixed words.
        folder: In which the pictures lie, with a slash; empty for the page's own.
        folds: Whether quotes and abstract stand in callouts that fold.
    """

    to: Dialect
    say: Phrases
    folder: str = ""
    folds: bool = False

    def entry(self, digest: Digest) -> Iterator[str]:
        """The blocks below a paper's title."""
        if translated := translated_title(digest):
            yield f"**{self.to.text(translated)}**"
        yield from self._people(digest)
        yield _dotted(self._facts(digest))
        yield from self._warnings(digest)
        if not is_summarized(digest):
            yield self.to.text(digest.paper.abstract, links=True)
            yield self._colophon(digest)
            return
        for name in FIELDS:
            yield from self._field(digest, name)
        if keywords := keywords_of(digest):
            words = self.say.separator.join(map(self.to.text, keywords))
            yield self._labelled(self.say.keywords, words)
        yield from self._pictures(digest)
        yield from self._fold("quote", self.say.quotes, self._quotes(digest))
        abstract = self.to.text(digest.paper.abstract, links=True)
        yield from self._fold("abstract", self.say.original, [abstract])
        yield self._colophon(digest)

    def update(self, update: Update) -> Iterator[str]:
        """What a new version changed in title, authors, comment and abstract."""
        old, new = update.previous, update.paper
        yield _dotted(
            [
                f"v{old.version} → v{new.version}",
                self.to.link("PDF", new.pdf_url) if safe_url(new.pdf_url) else "",
                self.to.link(new.versioned_id, new.abs_url),
                new.updated.date().isoformat() if new.updated else "",
                self.say.posted_on.format(day=update.posted_on.isoformat()),
            ]
        )
        yield from self._withdrawal(new)
        changed = []
        if title_of(old) != title_of(new):
            words = self._changes(word_changes(title_of(old), title_of(new)))
            changed.append((self.say.title_was, words))
        if authors := author_words(old, new, self.say):
            changed.append((self.say.authors, self.to.text(authors)))
        before, after = old.comment or "", new.comment or ""
        if clean(before) != clean(after):
            words = self._changes(word_changes(before, after))
            changed.append((self.say.comment_was, words))
        if abstract := abstract_changes(old, new):
            passages = (self._changes(p) if p else UNCHANGED for p in abstract)
            changed.append((self.say.abstract_was, " ".join(passages)))
        yield from (self._labelled(label, words) for label, words in changed)
        if not abstract:
            say = self.say
            yield self.to.text(say.abstract_same if changed else say.unchanged)

    def left_out(self, paper: Paper) -> str:
        """The line of a paper without an entry."""
        link = self.to.link(paper.versioned_id, paper.abs_url)
        return _dotted([self.to.text(title_of(paper)), link])

    # ------------------------------------------------------------ facts

    def _people(self, digest: Digest) -> Iterator[str]:
        if authors := all_authors(digest.paper):
            yield self._labelled(self.say.authors, self.to.text(authors))
        if digest.affiliation and (place := clean(digest.affiliation.text)):
            yield self._labelled(self.say.affiliation, self.to.text(place))

    def _facts(self, digest: Digest) -> Iterator[str]:
        paper, code = digest.paper, digest.code_url
        if safe_url(paper.pdf_url):
            yield self.to.link("PDF", paper.pdf_url)
        prefix = "arXiv:" if paper.source == "arxiv" else ""
        yield self.to.link(prefix + paper.versioned_id, paper.abs_url)
        if code and safe_url(code.text):
            yield self.to.link(self.say.code, code.text)
        yield self.to.text(paper.primary_category)
        yield paper.published.date().isoformat() if paper.published else ""
        yield self.to.text(paper.comment or "", links=True)
        yield self.to.text(paper.journal_ref or "")
        if paper.doi:
            url = f"https://doi.org/{paper.doi}" if is_doi(paper.doi) else None
            yield self.to.link(f"doi:{paper.doi}", url)

    def _withdrawal(self, paper: Paper) -> Iterator[str]:
        if says_withdrawn(paper.comment or "", paper.abstract):
            said = self.to.text(self.say.withdrawn)
            yield self._labelled(self.say.withdrawal, said)

    def _warnings(self, digest: Digest) -> Iterator[str]:
        if withdrawn := withdrawal_words(digest, self.say):
            yield self._labelled(self.say.withdrawal, self.to.text(withdrawn))
        if corrected := correction_words(digest, self.say):
            yield self._labelled(self.say.correction, self.to.text(corrected))
        if digest.hidden:
            pages = sorted({hidden.page for hidden in digest.hidden})
            links = [self._page(p, digest.paper) for p in pages[:MAX_HIDDEN_PAGES]]
            yield " ".join([f"**{self.to.text(self.say.hidden)}**", *links])
        if digest.failure is not None:
            yield f"**{self.to.text(failure_words(digest.failure, self.say))}**"
        elif not is_summarized(digest):
            yield f"**{self.to.text(self.say.missing)}**"

    # ------------------------------------------------------------ claims

    def _field(self, digest: Digest, name: str) -> Iterator[str]:
        claims = [c for c in shown_claims(digest) if c.claim.field == name]
        lines = [self._claim(checked, digest.paper) for checked in claims]
        label = self.say.fields[name]  # type: ignore[index]
        failed = digest.summary is not None and name in digest.summary.missing
        if not lines and (failed or name in ("abstract", "points")):
            lines = [self.to.text(self.say.missing)]
        if len(lines) == 1 and name != _ORDERED:
            yield self._labelled(label, lines[0])
        elif lines:
            yield f"**{self.to.text(label)}**"
            yield _listed(lines, ordered=name == _ORDERED)

    def _claim(self, checked: CheckedClaim, paper: Paper) -> str:
        """Its words, links to the pages of its quotes, its marks."""
        located = located_quotes(checked.claim, checked.check).items()
        pages = [self._page(p, paper, joined_quotes(quotes)) for p, quotes in located]
        bold = [f"**{self.to.text(m)}**" for m in marks(checked.check, self.say)]
        words = self.to.text(printed_claim(checked.claim))
        return " ".join([words, *pages, *bold])

    def _page(self, page: int, paper: Paper, quotes: str = "") -> str:
        words = self.say.page.format(page=page)
        return self.to.link(words, paper.page_url(page), title=quotes)

    def _quotes(self, digest: Digest) -> list[str]:
        """A line a claim; a sentence of the paper itself has said it all."""
        lines = []
        for name in FIELDS:
            claims = shown_claims(digest, name)
            for number, checked in enumerate(claims, 1):
                label = self.say.fields[name] + (
                    f" {number}" if len(claims) > 1 else ""
                )
                quotes = list(self._quoted(checked, digest.paper))
                if quotes and not is_verbatim(checked.claim, checked.check):
                    line = f"{label}{self.say.colon}"
                    lines.append(f"{self.to.text(line)} {' '.join(quotes)}")
        return [_listed(lines)] if lines else []

    def _quoted(self, checked: CheckedClaim, paper: Paper) -> Iterator[str]:
        for page, quotes in located_quotes(checked.claim, checked.check).items():
            if quotes:
                yield from (
                    self.to.text(self.say.quote.format(words=q)) for q in quotes
                )
                yield self._page(page, paper)

    # ------------------------------------------------------------ the rest

    def _pictures(self, digest: Digest) -> Iterator[str]:
        for picture in digest.pictures:
            kind = self.say.figure[picture.kind]
            label = clean(picture.label) or kind
            link = self._page(picture.page, digest.paper)
            if is_file_name(picture):
                yield f"![{self.to.text(label)}]({self.folder}{picture.file})"
            caption = self.to.text(picture.caption)
            yield " ".join(filter(None, [f"**{self.to.text(label)}**", caption, link]))

    def _colophon(self, digest: Digest) -> str:
        return _dotted(map(self.to.text, colophon_words(digest, self.say)))

    def _labelled(self, label: str, text: str) -> str:
        return f"**{self.to.text(label)}**{self.say.colon}{text}"

    def _fold(self, kind: str, label: str, blocks: list[str]) -> Iterator[str]:
        blocks = list(filter(None, blocks))
        if blocks and self.folds:
            lines = "\n\n".join(blocks).split("\n")
            yield "\n".join([f"> [!{kind}]- {label}", *(f"> {line}" for line in lines)])
        elif blocks:
            yield f"**{self.to.text(label)}**"
            yield from blocks

    def _changes(self, changes: Iterable[tuple[str, str]]) -> str:
        parts = []
        for before, after in changes:
            if before == after:
                parts.append(self.to.text(after))
            else:
                none = self.to.text(self.say.none)
                was, now = self.to.text(before) or none, self.to.text(after) or none
                parts.append(f"【{was} → {now}】")
            parts.append(" " if (after or before).endswith(" ") else "")
        return "".join(parts).strip()


def is_file_name(picture: Picture) -> bool:
    """Whether a picture's file is a name as pictures have, and no path or link."""
    name = picture.file
    return (
        bool(name) and all(c.isalnum() or c in "._-" for c in name) and name[0] != "."
    )


def _dotted(parts: Iterable[str]) -> str:
    return " · ".join(filter(None, parts))


def _listed(lines: Iterable[str], *, ordered: bool = False) -> str:
    return "\n".join(
        f"{number}. {line}" if ordered else f"- {line}"
        for number, line in enumerate(lines, 1)
    )
