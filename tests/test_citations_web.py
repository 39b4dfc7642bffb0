"""What a page tells reference managers, read as they read it."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs

from chatpaper.citations import meta_tags, to_coins
from chatpaper.records import Paper

PAPER = Paper(
    id="hep-th/9901001",
    version=2,
    title="A & B: 50% of <Fréchet> = #1; 中文",
    authors=("Jan van Veen", "José Ñandú, Jr.", "ATLAS Collaboration", "李明"),
    abstract="Small & plain.",
    doi="10.1103/PhysRevD.76+013009",
    published=datetime(1999, 1, 2, 9, tzinfo=UTC),
    updated=datetime(1999, 3, 4, 9, tzinfo=UTC),
    abs_url="https://arxiv.org/abs/hep-th/9901001v2",
    pdf_url="https://arxiv.org/pdf/hep-th/9901001v2",
)


def test_coins_give_back_what_went_in() -> None:
    """Whatever signs of addresses stand in a title."""
    fields = parse_qs(to_coins(PAPER), strict_parsing=True)

    assert fields["rft.atitle"] == [PAPER.title]
    assert fields["rft.date"] == ["1999-01-02"]
    assert (fields["rft.aulast"], fields["rft.aufirst"]) == (["van Veen"], ["Jan"])
    assert fields["rft.au"] == [
        "Jan van Veen",
        "José Ñandú Jr.",
        "ATLAS Collaboration",
        "李明",
    ]
    assert fields["rft_id"] == [
        "info:arxiv/hep-th/9901001",
        "info:doi/10.1103/PhysRevD.76+013009",
        "https://arxiv.org/abs/hep-th/9901001v2",
    ]


def test_meta_elements_name_each_author_once() -> None:
    """As lists sort them; days with slashes, as Google Scholar asks."""
    tags = meta_tags(PAPER)
    authors = [content for name, content in tags if name == "citation_author"]
    facts = dict(tags)

    assert authors == [
        "van Veen, Jan",
        "Ñandú, José, Jr.",
        "ATLAS Collaboration",
        "李明",
    ]
    assert facts["citation_publication_date"] == "1999/01/02"
    assert facts["citation_online_date"] == "1999/03/04"
    assert facts["citation_doi"] == PAPER.doi
    assert facts["citation_title"] == PAPER.title


def test_a_file_of_a_folder_claims_nothing() -> None:
    """No publisher, date, address or author that nobody knows."""
    bare = Paper(id="notes", title="", source="folder")
    coins = parse_qs(to_coins(bare))

    assert dict(meta_tags(bare)) == {"citation_title": "notesv1"}
    assert coins["rft.atitle"] == ["notesv1"]
    assert not {"rft.au", "rft.date", "rft_id", "rft.jtitle"} & coins.keys()
