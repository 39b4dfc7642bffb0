"""One paper as HTML: what its post says, and nothing that acts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatpaper.config import OutputConfig
from chatpaper.fragments import (
    entry_html,
    entry_of,
    html_of,
    html_of_markdown,
    mathml_of,
    update_html,
    update_of,
)
from chatpaper.outputs import PAGES
from chatpaper.posts import (
    clean,
    escape,
    formulas,
    marks,
    phrases_in,
    printed_claim,
    render_post,
    safe_url,
    shown_claims,
    word_diff,
)
from chatpaper.records import FIELDS, Claim, Digest, Paper, Picture
from pages import Element, parsed
from rich_digests import (
    DAY,
    at,
    calm_gan,
    digest_of,
    failed,
    hostile,
    new_version,
    paper,
    plain_sentences,
)

SAY = phrases_in("zh")
RICH = (calm_gan, plain_sentences, failed, hostile)
TAGS = set(
    re.findall(
        r"\w+",
        "p br a span strong b small code ul ol li dl dt dd h3 details summary figure"
        " figcaption img ins del math mrow mi mn mo mtext mspace msub msup msubsup"
        " mfrac msqrt mroot munder mover munderover mtable mtr mtd mstyle",
    )
)


def shown(digest: Digest) -> str:
    """Its HTML, with figures and anchors."""
    entry = entry_of(digest, SAY, lambda picture: f"figures/{picture.file}")
    return str(entry_html(entry, SAY, anchors=True))


def words(element: Element) -> str:
    """Its words without formulas' markup, blanks folded."""
    return " ".join(element.text.split())


@pytest.mark.parametrize("make", RICH)
def test_claims_are_those_of_the_post(make: Callable[[], Digest]) -> None:
    """The same claims, each with its anchor, its pages and its marks; no others."""
    digest = make()
    page = parsed(shown(digest))
    by_id = {e.attributes["id"]: e for e in page.all() if "id" in e.attributes}
    claims = shown_claims(digest)

    assert set(by_id) == {checked.anchor for checked in claims}
    for checked in claims:
        said = html_of(printed_claim(checked.claim))
        assert words(by_id[checked.anchor]) == words(parsed(str(said)))
    shown_marks = [e.text for e in page.all("strong") if "class" in e.attributes]
    assert sorted(shown_marks) == sorted(
        mark for checked in claims for mark in marks(checked.check, SAY)
    )


def test_quotes_are_shown_as_in_the_fold_of_the_post() -> None:
    """Each claim's name leads to it; formulas in a quote are typeset."""
    page = parsed(shown(calm_gan()))
    (evidence,) = (e for e in page.all("ul") if "evidence" in e.attributes.values())
    first = evidence.all("li")[0]

    assert first.all("a")[0].attributes["href"] == "#2611.00001-abstract-1"
    assert len(first.all("math")) == 1
    assert "“The FID on Lanterns-256 falls to 6.21.”" in first.text


def test_every_field_is_shown() -> None:
    """A claim of any field stands in the page."""
    claims = [(name, f"这里说的是 {name} 一项。", at(2)) for name in FIELDS]
    page = parsed(shown(digest_of(paper(1, "Fields"), claims)))

    for name in FIELDS:
        assert f"这里说的是 {name} 一项。" in page.text


@pytest.mark.parametrize("make", RICH)
def test_nothing_acts(make: Callable[[], Digest]) -> None:
    """Only plain elements, with http(s) links and pictures of ours."""
    page = parsed(shown(make()))
    for element in page.all():
        assert element.tag in TAGS
        assert not [name for name in element.attributes if name.startswith("on")]
        assert not {"style", "xmlns", "action"} & element.attributes.keys()
    for link in page.all("a"):
        href = link.attributes["href"]
        assert href.startswith("#") or safe_url(href) == href
    for image in page.all("img"):
        assert image.attributes["src"].startswith("figures/")


def test_a_hostile_paper_is_shown_word_for_word() -> None:
    """Foreign words come out as they are."""
    page = parsed(shown(hostile()))

    assert "<script>alert(1)</script> {{ config }} {% raw %}" in page.text
    assert "<b>Mallory</b>, *Eve*, 1. Trudy" in page.text
    assert page.all("script") == []


def test_a_failed_paper_says_why() -> None:
    """Its abstract stands open, under the reason."""
    page = parsed(shown(failed()))

    assert "未生成：论文 PDF 下载失败。" in page.text
    assert failed().paper.abstract in page.text
    assert page.all("details") == []


def test_figures_need_an_address() -> None:
    """Where pictures cannot be had there is no empty frame."""
    digest = calm_gan()
    assert digest.pictures
    bare = parsed(str(entry_html(entry_of(digest, SAY), SAY)))

    assert bare.all("img", "figure") == []
    assert not [e for e in bare.all() if "id" in e.attributes]


def test_a_new_version_shows_its_changes() -> None:
    """What was taken out and what came in are told apart, formulas included."""
    page = parsed(str(update_html(update_of(new_version(), SAY), SAY)))

    assert [e.text for e in page.all("ins")][:2] == ["Critical", "148"]
    assert "120" in [e.text for e in page.all("del")]
    assert len(page.all("math")) == 2
    assert "v1 → v2" in page.text


# ---------------------------------------------------------------- formulas


@pytest.mark.parametrize(
    "tex",
    [
        r"\|\nabla_x D(x)\|_2 \le \kappa",
        r"\mathcal{L}_{\text{adv}} + \lambda_{t}\,\mathcal{L}_{\kappa}",
        r"x_{t+1} = \frac{a}{\sqrt{b}} \left( c \right)",
        r"\mathbb{R}^{3\times 3}",
        "a < b & c",
        r"\text{if } x > 0",
    ],
)
def test_formulas_become_mathml(tex: str) -> None:
    """As XML that a browser draws, with the TeX for who cannot see it."""
    shown = mathml_of(tex)

    assert shown is not None
    root = ET.fromstring(shown)
    assert (root.tag, root.attrib["alttext"]) == ("math", tex)
    assert "\\" not in "".join(root.itertext())


@pytest.mark.parametrize(
    "tex",
    [
        r"\foo x",
        r"\end{x}",
        "x_{1}_{2}",
        r"\left( x",
        "x^",
        "{" * 300 + "x" + "}" * 300,
        "x" * 5000,
    ],
)
def test_tex_that_is_not_understood_stays_text(tex: str) -> None:
    """Better TeX that a reader can read than a formula that is not what was meant."""
    assert mathml_of(tex) is None
    if len(tex) < 500:
        said = parsed(str(html_of(f"Let ${tex}$ be"))).text
        assert said in {f"Let {tex} be", clean(f"Let ${tex}$ be")}


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\textbf{<img src=x onerror=alert(1)>}",
        r"\mathrm{&lt;b&gt;}",
        r"\href{javascript:alert(1)}{x}",
        r"\style{position:fixed}{x}",
        r"\class{warning}{x}",
    ],
)
def test_formulas_carry_nothing_in(tex: str) -> None:
    """The converter does not escape all it is given; we do."""
    shown = mathml_of(tex)
    if shown is not None:
        page = parsed(str(shown))
        assert {element.tag for element in page.all()} <= TAGS
        kept = {name for e in page.all() for name in e.attributes}
        assert not kept & {"href", "style", "class", "onerror", "src"}


# ---------------------------------------------------------------- any text


@given(st.text(max_size=80))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    """Prose comes out of the page as it went in, from text and from Markdown."""
    printed = clean(text)
    if not formulas(printed):
        assert parsed(str(html_of(text))).text == printed
        assert words(parsed(str(html_of_markdown(escape(text))))) == " ".join(
            printed.split()
        )


@given(st.text(alphabet="ab <>&$\\_{}*[]()!`'\"#~", max_size=40))
def test_odd_signs_do_not_break_out(text: str) -> None:
    """Whatever is made of them is nested as it should be, with known elements."""
    for html in (html_of(text), html_of_markdown(word_diff("a $x$ b", text))):
        assert {element.tag for element in parsed(str(html)).all()} <= TAGS


@given(st.text(alphabet="htps:/.ab?&()<>\"' ，", max_size=40))
def test_addresses_become_links_of_http_alone(text: str) -> None:
    """A comment's links lead where they say."""
    for link in parsed(str(html_of("https://" + text, links=True))).all("a"):
        assert safe_url(link.attributes["href"]) == link.attributes["href"]


@pytest.mark.parametrize(
    ("doi", "is_linked"),
    [
        ("10.1145/3592433", True),
        ("10.1002/(SICI)1097<1::AID>3.0.CO;2-K", True),
        ("10.1145/../../evil", False),
        ("10.", False),
        ("10.1145/a b", False),
        ("10.javascript:alert(1)", False),
    ],
)
def test_facts_are_the_same_everywhere(doi: str, is_linked: bool) -> None:
    """A DOI leads somewhere in a post, on a page and in a note, or in none of them."""
    digest = replace(calm_gan(), paper=replace(calm_gan().paper, doi=doi))
    post = render_post("GAN", DAY, [digest])
    (note,) = PAGES["plain"]([post], OutputConfig())

    for text in (post.markdown, shown(digest), note.text()):
        assert ("https://doi.org/10." in text) is is_linked
        assert text.count("https://github.com/ostrowski-lab/calm_gan") >= 1
        assert "cs.CV" in text


def test_titles_that_leak_a_prompt_are_not_shown() -> None:
    """A translated title passes the same check as in the post."""
    leaky = digest_of(
        Paper(id="2611.00009", title="A Title"),
        [("abstract", "一句话。", at(1))],
        title="论文链接（待补充）",
        keywords="生成 对抗",
    )

    assert entry_of(leaky, SAY).plain_translated == ""
    assert [str(word) for word in entry_of(leaky, SAY).keywords] == ["生成", "对抗"]


def test_english_words_for_english_posts() -> None:
    """The fixed words follow the language."""
    say = phrases_in("en")
    html = str(entry_html(entry_of(calm_gan(), say), say))

    assert "Key points" in html
    assert not re.search("要点|方法</h", html)


def test_picture_and_claim_are_records() -> None:
    """A picture knows its size, so that a page does not jump when it comes."""
    digest = calm_gan()
    entry = entry_of(digest, SAY, lambda picture: picture.file)
    (first, *_), picture = entry.pictures, digest.pictures[0]

    assert isinstance(picture, Picture)
    assert (first.width_px, first.height_px) == (picture.width_px, picture.height_px)
    assert isinstance(shown_claims(digest)[0].claim, Claim)
