"""Claims in a post: their pages, quotes, anchors and marks, and which are not shown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chatpaper.posts import anchor_of, check_markdown, render_post
from chatpaper.records import Check, Digest
from rich_digests import (
    DAY,
    at,
    calm_gan,
    digest_of,
    failed,
    marked,
    on,
    paper,
    plain_sentences,
)


def _markdown(*digests: Digest, language: str = "zh") -> str:
    return render_post("GAN", DAY, digests, language=language).markdown


def test_claim_ends_with_its_page() -> None:
    """A link to that page of that version's PDF; bare text without an address."""
    linked = _markdown(calm_gan())
    bare = _markdown(replace(calm_gan(), paper=paper(1, "T", pdf_url=None)))

    assert "步数减少 40%。[p.7](https://arxiv.org/pdf/2611.00001v1#page=7 " in linked
    assert "步数减少 40%。\\[p.7\\]" in bare


def test_page_link_shows_its_quotes_on_hover() -> None:
    """One link per page in order, the quotes on one page joined."""
    check = on((9, "Third."), (4, 'He says "so".'), (9, "Fourth."), (4, "A < B & C."))
    text = _markdown(digest_of(paper(1, "T"), [("points", "好。", check)]))
    url = "https://arxiv.org/pdf/2611.00001v1#page"

    assert (
        f'好。[p.4]({url}=4 "He says “so”. … A ＜ B & C.") '
        f'[p.9]({url}=9 "Third. … Fourth.")\n' in text
    )


def test_quotes_are_listed_for_those_without_a_mouse() -> None:
    """Each under the name of its claim, which leads there; a sentence says it all."""
    text = _markdown(calm_gan())
    fold = text.split("\n\n**引文**\n\n")[1].split("\n\n核查")[0]
    url = "https://arxiv.org/pdf/2611.00001v1#page"

    assert (
        "- [要点 3](#2611.00001-points-3)：“On Lanterns-256 the FID falls from 9.84 to "
        f"6.21.” “This takes 40% fewer steps.” [p.7]({url}=7)\n" in fold
    )
    assert "- [意义](#2611.00001-significance-1)：“Few-shot" in fold
    assert "局限" not in fold
    assert "**引文**" not in _markdown(plain_sentences())


def test_only_located_quotes_are_shown() -> None:
    """What is not in the paper is nowhere presented as its words."""
    check = replace(at(4, "It is so."), places=(None, *at(4, "It is so.").places))
    text = _markdown(digest_of(paper(1, "T"), [("points", "好。", check)]))

    assert text.count("It is so.") == 2
    assert "Nowhere at all." not in text


def test_long_quotes_are_cut_between_words() -> None:
    """On hover and in the fold."""
    made = digest_of(paper(1, "T"), [("points", "好。", at(1, "word " * 99))])
    text = _markdown(made)
    title, quote = re.findall('["“](word [^"”]*)["”]', text)

    assert title == quote == f"{'word ' * 59}word…"


def test_anchor_is_the_claims_own_whatever_becomes_of_others() -> None:
    """A hidden neighbour keeps its number; ids of any form give plain anchors."""
    made = digest_of(
        paper(1, "T", id="hep-th/9901001"),
        [
            ("method", "甲。", at(1, verdict="contradicted")),
            ("method", "乙。", at(1)),
        ],
    )

    assert '1. <a id="hep-th-9901001-method-2"></a>乙。' in _markdown(made)
    assert anchor_of("2611.00001", "prior_work", 3) == "2611.00001-prior_work-3"
    assert re.fullmatch("a-b-[0-9a-f]{8}-points-1", anchor_of("a/b", "points", 1))
    assert re.fullmatch("paper-[0-9a-f]{8}-points-1", anchor_of("论文", "points", 1))


def test_reason_of_a_judge_is_not_printed() -> None:
    """It is another model's words about hostile text."""
    text = _markdown(calm_gan())

    assert "REASON" not in text
    assert "快 10 毫秒」" not in text


@pytest.mark.parametrize(
    ("check", "mark"),
    [
        (marked("number", "99.54%"), "**「⚠ 引文中无：99.54%」**"),
        (marked("unsupported", "快 10 毫秒"), "**「⚠ 引文不支持」**"),
        (at(4, verdict="unsupported"), "**「⚠ 引文不支持」**"),
        (marked("quote", "so it goes", page=None), "**「⚠ 引文未见于原文」**"),
        (marked("name", "DiffAug"), "**「⚠ 原文无此名称：DiffAug」**"),
        (marked("name", "Aug-" * 20), f"**「⚠ 原文无此名称：{'Aug-' * 15}…」**"),
        (Check(), "**「⚠ 原文未定位」**"),
    ],
)
def test_finding_is_marked_in_place(check: Check, mark: str) -> None:
    """Right behind its claim, in words that fit what is wrong."""
    text = _markdown(digest_of(paper(1, "T"), [("points", "结论可靠。", check)]))
    line = next(line for line in text.splitlines() if "结论可靠" in line)

    assert line.endswith(mark)


def test_claim_of_bad_form_is_dropped_and_counted() -> None:
    """Its field is not shown, and the line below says that one was left out."""
    text = _markdown(
        digest_of(
            paper(1, "T"),
            [
                ("points", "训练稳定。", at(1)),
                ("method", "Sorry.", marked("form", "Sorry.")),
            ],
        )
    )

    assert "Sorry" not in text
    assert "**方法" not in text
    assert "核查：引文 1/1 处在原文定位；1 条表述未通过检查，未收录" in text


def test_field_that_failed_is_told_from_one_with_nothing_in_it() -> None:
    """未生成 for what failed; no label where the paper has nothing."""
    claims = [("points", "好。", at(1)), ("results", "误差下降。", at(2))]
    made = digest_of(paper(1, "T"), claims, missing=("background", "method"))  # type: ignore[arg-type]
    text = _markdown(made).split("**摘要**")[1]

    assert text.startswith("：未生成\n")
    assert "\n\n**研究背景**：未生成\n\n**方法**\n\n未生成\n" in text
    assert "\n\n**主要结果**：<a" in text
    assert not re.search("已有方法|研究思路|意义|局限", text)


def test_model_list_numbers_are_not_doubled() -> None:
    """`1. （1）x` would be numbered three times."""
    steps = [("method", f"{n}. （{n}）先做甲{n}。", at(1)) for n in (1, 2)]
    text = _markdown(digest_of(paper(1, "T"), steps))  # type: ignore[arg-type]

    assert re.findall(r"(?m)^(\d\. )<a [^>]*></a>先做甲(\d)。", text) == [
        ("1. ", "1"),
        ("2. ", "2"),
    ]


def test_hidden_text_is_announced() -> None:
    """With the page, and without its words."""
    text = _markdown(plain_sentences())

    assert "**⚠ PDF 含隐藏文字** [p.5](" in text
    assert "praise this" not in text


def test_failed_paper_keeps_its_abstract() -> None:
    """In sight, with 未生成 and fixed words; the error stays in the JSON."""
    post = render_post("GAN", DAY, [failed()])

    assert "We study how a generator and a critic settle." in post.markdown
    assert "**未生成：论文 PDF 下载失败。**" in post.markdown
    assert "404" not in post.markdown
    assert "HTTP 404" in post.data


def test_keywords_stand_each_for_itself() -> None:
    """A lone dollar makes no formula with the next keyword's; the gate agrees."""
    digest = calm_gan()
    assert digest.summary is not None
    words = ("$", r"$\frac{{a}}b$", "少样本")
    summary = replace(digest.summary, keywords=words)
    post = render_post("GAN", DAY, [replace(digest, summary=summary)])
    pictures = [f"GAN/{p.file}" for p in digest.pictures]
    pictures += [f"GAN/GAN/{p.file}" for p in digest.pictures]

    assert "<span>$</span>、$\\frac{ {a}}b$、少样本" in post.markdown
    assert check_markdown(post.markdown, post.data, pictures) == ()
