"""A paper as claims are held against it; made once and used for all of them."""

from __future__ import annotations

from chatpaper.records import Document, Finding, Paper
from chatpaper.verify.evidence import PrintedText
from chatpaper.verify.names import Vocabulary
from chatpaper.verify.quotes import LocatedQuote, find_quote


class PaperIndex:
    """What a paper prints, searchable by quote and by name.

    Attributes:
        evidence: The printed text, in pieces.
        vocabulary: The names in it.
    """

    def __init__(self, document: Document | None, paper: Paper) -> None:
        """Index a paper.

        Args:
            document: Of the PDF; None when only arXiv's own words are known.
            paper: arXiv's title, abstract, comment and authors count as printed.
        """
        self.evidence = PrintedText(document, paper)
        self.vocabulary = Vocabulary(self.evidence)
        self._quotes: dict[str, LocatedQuote | Finding] = {}

    def find(self, quote: str) -> LocatedQuote | Finding:
        """Where a quote stands, or why it is no evidence; each is looked for once."""
        if quote not in self._quotes:
            self._quotes[quote] = find_quote(quote, self.evidence)
        return self._quotes[quote]
