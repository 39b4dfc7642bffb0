"""Finds the code link and the first institution by pattern, each with its proof."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from chatpaper.records import Document, Fact, Paper
from chatpaper.text import fold

# --------------------------------------------------------------------------------------
# Whether a sentence says that an address is where the paper's own code is.
#
# A link is the authors' own only if its sentence says so. Addresses that are merely
# printed belong to somebody else four times out of five: baselines, tools, data sets.

Where = Literal["record", "front", "note", "text"]

_HOST = re.compile(
    r"(?:https?://)?(?:www\.)?(?:(?:github\.com|gitlab\.com|bitbucket\.org|"
    r"huggingface\.co|codeberg\.org|gitee\.com|sourceforge\.net/projects|"
    r"code\.google\.com|colab\.research\.google\.com|zenodo\.org|modelscope\.cn)/|"
    r"[\w-]+\.(?:github|gitlab)\.io\b)",
    re.I,
)
URL = re.compile(rf"(?:https?://|{_HOST.pattern})[^\s<>()\[\]{{}}\"“”|]*", re.I)
_NO_CODE = re.compile(r"https?://(?:dx\.)?(?:doi\.org|arxiv\.org)/(?!.*zenodo)", re.I)

_CODE = (
    r"(?:(?:source[- ]?)?codes?|codebase|implementations?|software|scripts?|"
    r"packages?|library|toolkit|toolbox|repository|repo|notebooks?|programs?|plugin)"
)
_GIVEN = (
    r"(?:available|accessible|released?|releasing|open[- ]?sourced?|published?|"
    r"provided?|hosted|found|downloaded|obtained|shared?|deposited|located|collated|"
    r"maintained|(?:is|are|at|made) (?:on|at|public|online))"
)
_SENTENCE = re.compile(r"\n+|(?<=[.!?])\s+(?=[A-Z\d∗*†‡§•])")
_LED_TO = rf"{_GIVEN}\b(?:\W+\w+){{0,9}}\W*$"
_OURS = re.compile(
    r"\b(?:our|ours|we|this (?!page|link|library|package|code)\w+|reproduc\w+|"
    r"replicat\w+|experiment\w* codes?)\b",
    re.I,
)
_STATED = re.compile(rf"\b{_CODE}\b.{{0,160}}?\b{_LED_TO}", re.I | re.S)
_RELEASED = re.compile(
    r"\bwe (?:\w+ ){0,2}?(?:releas|open[- ]?sourc|publish|provid|shar|mak)\w*"
    rf".{{0,80}}?\b{_CODE}\b(?:\W+\w+){{0,9}}\W*$",
    re.I | re.S,
)
_OPENED = re.compile(
    r"\b(?:our|we)\b.{0,60}?\b(?:open[- ]?sourced?|releas\w+)\b(?:\W+\w+){0,12}\W*$",
    re.I | re.S,
)
_RESULTS = re.compile(
    rf"\b(?:results|settings|experiments|materials?|models?|appendix)\b.*?\b{_LED_TO}",
    re.I | re.S,
)
_OUR_CODE = re.compile(
    rf"\b(?:our|we (?:have )?releas\w+ the) (?:\w+ ){{0,3}}?{_CODE}\b(?:\W+\w+){{0,8}}?"
    rf"\W+(?:{_LED_TO}|at\W*$|:\W*$)",
    re.I,
)
_LABEL = re.compile(
    rf"^[^\w]*\d{{0,2}}\s*(?:\w+ )?{_CODE}(?: (?:and|&|/) (?:[\w-]+ ?){{1,3}})?"
    r"(?: (?:is|are) (?:available )?at| available at| at)?\s*:?\s*$|"
    rf"\b{_CODE}(?: (?:and|&) \w+)?\s*:\s*$",
    re.I,
)
_PAGE = re.compile(r"\bproject (?:web\s?)?(?:page|site)\b(?:\W+\w+){0,4}\W*$", re.I)
_USE = (
    r"(?:us(?:e|ed|ing)|employ|adopt|follow|build|built|borrow|modif|adapt|rely|compar|"
    r"download|obtain(?!able)|t(?:ake|ook)|train|evaluat|ran?\b|run|appl(?:y|ied)|"
    r"initiali|fine-?tun|thank|refer|consider|start)\w*"
)
# `The code is available at`: whose it is goes without saying only if nothing is named.
_BARE = re.compile(
    r"^\W*(?:the |all |full |complete |accompanying )*(?:source[- ]?)?"
    r"(?:codes?|implementations?|software|scripts)"
    r"(?:,? (?:and|&) (?:the )?(?:[\w-]+ ){1,3}?| for all \w+)? ?"
    r"(?:is|are|has|have|can|will|may|used|we|freely|publicly|available)\b",
    re.I,
)
_SITE = re.compile(r"\b(?:web\s?(?:page|site)|homepage)\b\W*(?:is |at )*\W*$", re.I)
_FOREIGN = re.compile(
    rf"\b(?:we|is|are|was|were|be) (?:\w+ly |also |then |have |been |all )*{_USE}\b"
    r"(?! to\b)(?!.*\b(?:our|we releas\w+)\b)|"
    r"\b(?:their|authors[’']|author[’']s|original|official|third[- ]party|baselines?|"
    r"(?:provided|released|developed) by|courtesy|reimplement\w*|thanks?|following|"
    r"public implementation|competing|uses)\b|"
    r"\b(?:based|built|builds|adapted|borrowed|modified|taken|derived|downloaded) "
    r"(?:on|upon|from)\b(?!.*\b(?:available|released|found)\b)",
    re.I | re.S,
)
_CITED = re.compile(
    r"\[\d+[\],]|\bet al\b|\(\w+,? (?:19|20)\d\d\)|^\W*[A-Z]\w+ \((?:19|20)"
)
_MAX_LEAD = 400  # characters: a longer "sentence" is a table or a list
_FOUND = re.compile(_LED_TO, re.I)
_OFFERED = re.compile(rf"\b{_CODE}\b.*\b{_GIVEN}", re.I | re.S)
_OFFERED_LATE = re.compile(
    rf"\b{_GIVEN}\b.*\b{_CODE}(?:\W+\w+){{0,4}}\W*$", re.I | re.S
)
_ASIDE = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class OwnLink:
    """An address, the sentence that gives it, and whether it is only a project page."""

    url: str
    quote: str
    is_page: bool = False


def own_links(
    text: str,
    *,
    place: Where = "text",
    before: str = "",
    title: str = "",
) -> Iterator[OwnLink]:
    """Addresses that the text says are where its authors' code is, in order.

    Args:
        text: Running text, a footnote, an abstract or a comment.
        place: Where it stands: in arXiv's abstract or comment, in the PDF's abstract,
            front matter and first notes, in a later footnote, or anywhere else.
        before: The sentence that a footnote belongs to, or the one before the text.
        title: Of the paper; what it names before a colon is the authors' own.
    """
    sentences = [s.strip() for s in _SENTENCE.split(text) if s and s.strip()]
    named, colon, _ = title.partition(":")
    name = named.strip() if colon and len(named.split()) < 3 else ""
    for at, sentence in enumerate(sentences):
        previous = (sentences[at - 1] if at else before)[-_MAX_LEAD:]
        start = 0
        for match in URL.finditer(sentence):
            lead = _without_asides(
                sentence[max(0, match.start() - _MAX_LEAD) : match.start()]
            )
            clause = _without_asides(sentence[start : match.start()][-_MAX_LEAD:])
            start = match.end()
            url = clean_url(match[0])
            if not url or _NO_CODE.match(url):
                continue
            context = _UrlContext(
                lead, clause, previous, _HOST.match(url) is not None, name
            )
            own = (
                context.in_front(place)
                if place in ("record", "front")
                else context.within(place)
            )
            if own:
                yield OwnLink(url, sentence, is_page=own == "page")


def _without_asides(lead: str) -> str:
    """Drop a note's mark and closed brackets; keep a bracket that is still open."""
    return _ASIDE.sub("", re.sub(r"^\W*\d{1,2}(?=[A-Z])", "", lead))


@dataclass(frozen=True, slots=True)
class _UrlContext:
    """What is said before an address.

    Attributes:
        lead: The sentence up to the address.
        clause: What of it follows an earlier address.
        previous: The sentence before, or the one that a footnote belongs to.
        hosted: Whether the address is one of a host of code.
        name: What the paper's title names as its own; empty for most.
    """

    lead: str
    clause: str
    previous: str
    hosted: bool
    name: str

    def in_front(self, place: Where) -> str:
        """`code`, `page` or nothing, where only the paper's own work is spoken of."""
        if _OUR_CODE.search(self.clause):
            return "code"
        if _FOREIGN.search(self.lead):
            return ""
        if _PAGE.search(self.clause) or _SITE.search(self.clause):
            return "page"
        if self._states_code() or _LABEL.search(self.clause):
            return "code"
        if not self.hosted or _only_data(self.clause):
            return ""
        # An arXiv record has no room for the tools of others; a first page has.
        named = place == "record" and not _CITED.search(self.clause)
        return "code" if named or _FOUND.search(self.clause) else ""

    def within(self, place: Where) -> str:
        """`code`, `page` or nothing, anywhere else: others' work is spoken of, too."""
        if _OUR_CODE.search(self.clause):
            return "code"
        ours = self._is_ours(self.lead)
        if _FOREIGN.search(self.lead) or (_CITED.search(self.lead) and not ours):
            return ""
        if not re.search(r"\w{2}", self.lead):  # a bare address is a note to a sentence
            return "code" if self.hosted and self._is_offered_before() else ""
        if self._states_code():
            return "code" if ours or self._is_only_code(place) else ""
        if _LABEL.search(self.clause):
            return "code" if ours or self._is_offered_before() else ""
        offered = _OPENED.search(self.clause) or _RESULTS.search(self.clause)
        return "code" if self.hosted and offered and ours else ""

    def _is_ours(self, text: str) -> bool:
        return bool(_OURS.search(text)) or (bool(self.name) and self.name in text)

    def _states_code(self) -> bool:
        return bool(_STATED.search(self.clause) or _RELEASED.search(self.clause))

    def _is_only_code(self, place: Where) -> bool:
        """Whether `the code` must be the paper's: nothing else was spoken of."""
        if place == "note":
            return self._is_offered_before()
        foreign = _FOREIGN.search(self.previous) or _CITED.search(self.previous)
        return _BARE.search(self.lead) is not None and not foreign

    def _is_offered_before(self) -> bool:
        """Whether the sentence before offers the paper's own code."""
        before = self.previous
        if _FOREIGN.search(before) or not self._is_ours(before):
            return False
        offered = _OFFERED.search(before) or _OFFERED_LATE.search(before)
        return bool(offered or _RELEASED.search(before) or _OPENED.search(before))


def _only_data(clause: str) -> bool:
    data = re.search(r"\b(?:data|datasets?|corpus|corpora|benchmarks?)\b", clause, re.I)
    return data is not None and not re.search(rf"\b{_CODE}\b", clause, re.I)


def clean_url(printed: str) -> str:
    """Return an address that can be opened: with a scheme, without signs around it."""
    url = re.sub(r"(?<=\w)\.[A-Z][a-z]+$", "", printed.rstrip("/.,;:)]}’'\"-*∗†‡"))
    if not url.lower().startswith("http"):
        url = f"https://{url}"
    parts = url.split("/")
    if len(parts) < 4 and not re.search(r"\.(?:github|gitlab)\.io$", url, re.I):
        return url if url.count(".") and not _HOST.match(f"{url}/") else ""
    # After owner/repository GitHub knows but a few words; others are the print's.
    if re.search(r"^(?:www\.)?github\.com$", parts[2], re.I) and len(parts) > 5:
        known = ("tree", "blob", "wiki", "releases", "raw", "tags", "commit", "pull")
        parts = parts if parts[5] in known else parts[:5]
    return re.sub(r"\.git$", "", "/".join(parts)).rstrip(".,;:")


def best_link(links: Iterator[OwnLink] | list[OwnLink]) -> OwnLink | None:
    """The first address of code; if there is none, the first project page."""
    known = list(links)
    return next((link for link in known if not link.is_page), next(iter(known), None))


# --------------------------------------------------------------------------------------
# Facts of a paper: the PDF's, checked against arXiv's record before use.


def own_code_link(paper: Paper, document: Document) -> Fact | None:
    """Return the link to the paper's own code, from arXiv's record or else the PDF."""
    for text in (paper.abstract, paper.comment or ""):
        if link := best_link(own_links(text, place="record", title=paper.title)):
            return Fact(text=link.url, quote=link.quote, page=None)
    return document.code_url


def first_institution(paper: Paper, document: Document) -> Fact | None:
    """The first author's institution, if the PDF names the author whom arXiv names.

    What holds an author's whole name is no institution.
    """
    fact = document.affiliation
    if fact is None or not paper.authors:
        return fact
    printed = _bare_words(fact.quote.split(" … ")[0])
    known = [word for word in _bare_words(paper.authors[0]).split() if len(word) > 1]
    shown = _bare_words(fact.text)
    if not any(word in printed for word in known):
        return None
    return None if any(_bare_words(name) in shown for name in paper.authors) else fact


def _bare_words(text: str) -> str:
    """Lower-case letters without accents, words apart."""
    return " ".join(re.findall(r"\w+", fold(text)))
