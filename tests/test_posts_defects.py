"""The defects counted in an earlier generator's posts, class by class.

None of them can be published.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatpaper.errors import PostError
from chatpaper.posts import check_markdown, check_post, publish, render_post
from chatpaper.records import FIELDS, Check, Digest, Provenance
from faulty_posts import ALL, Change, entry_twice, post_of, swap
from rich_digests import (
    DAY,
    at,
    calm_gan,
    digest_of,
    failed,
    marked,
    paper,
    pictures_of,
    plain_sentences,
)


def _published(tmp_path: Path, *digests: Digest) -> str:
    path = publish(
        render_post("GAN", DAY, digests),
        tmp_path / "posts",
        pictures_of(*digests),
        drafts=tmp_path / "drafts",
    )
    assert check_post(path) == ()
    return path.read_text("utf-8")


def _refused(tmp_path: Path, change: Change) -> None:
    post = post_of()
    bad = replace(post, markdown=change(post.markdown))
    with pytest.raises(PostError):
        publish(bad, tmp_path / "x", pictures_of(*ALL), drafts=tmp_path / "drafts")

    assert not (tmp_path / "x").exists()


def test_labels_have_one_spelling(tmp_path: Path) -> None:
    """A model cannot rename a field, and a post with another label is refused."""
    text = _published(tmp_path, calm_gan(), plain_sentences())

    for label in ("摘要", "方法", "主要结果"):
        assert len(re.findall(rf"(?m)^\*\*{label}\*\*(?:：|$)", text)) == 2
    _refused(tmp_path, swap("**方法**", "**Methodology**"))


@pytest.mark.parametrize(
    "words",
    [
        "Some Error for method(比如是不是没有Methods这个章节)",
        "很抱歉，我无法提供该论文的方法。",
        "希望这个总结满足您的要求！",
        "如有则填写 Github 链接，若无则填写 None",
        "待补充",
        "xxx",
        "根据您提供的论文内容，方法待查阅相关文献后补充。",
        "<Methods>如上所述</Methods>",
        "详见 www.example.com",
    ],
)
def test_errors_and_prompts_do_not_leak(tmp_path: Path, words: str) -> None:
    """Not from a claim, a title or a keyword; written in, they are refused."""
    text = _published(
        tmp_path,
        digest_of(
            paper(1, "T"),
            [("points", "训练稳定。", at(1)), ("method", words, at(2))],
            missing=("method",),
            title=words,
            keywords=words.replace(" ", ""),
        ),
    )

    assert words not in text
    assert "**方法**\n\n未生成" in text
    _refused(tmp_path, swap("**方法**\n", f"{words}\n\n**方法**\n"))


def test_error_strings_stay_in_the_json(tmp_path: Path) -> None:
    """Fixed words say in the post what failed."""
    assert "404" not in _published(tmp_path, failed())


def test_authors_are_arxivs(tmp_path: Path) -> None:
    """There is no field a model could write authors to; a changed list is refused."""
    text = _published(tmp_path, calm_gan())

    assert "Lena Ostrowski, Wei-Han Tu, María José O\\'Neill, Þóra Jónsdóttir" in text
    _refused(tmp_path, swap("Lena Ostrowski", "Longxiang Xiang"))


def test_dollars_of_two_authors_are_no_fault(tmp_path: Path) -> None:
    """Together they look like a formula, in which TeX wants `%` escaped."""
    odd = paper(1, "T", authors=("A. $x", "B. 97%$"))

    assert "A. $x, B. 97\\\\%$" in _published(tmp_path, digest_of(odd, []))


def test_dollars_of_no_formula_hide_none(tmp_path: Path) -> None:
    """A formula next to dollars that stand for themselves is still seen as one."""
    words = r"x $a<b$$\href{c}{x}$r>(1, 0$\frac{{a}}b$c"
    odd = digest_of(paper(1, "T", abstract=words), [])

    assert r"$\frac{ {a}}b$" in _published(tmp_path, odd)


def test_label_words_in_a_title_are_no_label(tmp_path: Path) -> None:
    """A translated title or a sentence may begin with the same word."""
    entry = digest_of(
        paper(1, "T"), [("abstract", "方法：先甲后乙。", at(1))], title="方法：综述"
    )

    assert "**方法：综述**" in _published(tmp_path, entry)


def test_no_part_is_missing(tmp_path: Path) -> None:
    """What failed is there as 未生成; what the paper does not have is not there."""
    made = [("points", "好。", at(1))]
    lost = digest_of(paper(1, "T"), made, missing=FIELDS)  # type: ignore[arg-type]
    text = _published(tmp_path, lost)
    bare = _published(tmp_path, digest_of(paper(1, "T"), made))  # type: ignore[arg-type]

    assert text.count("未生成") == len(FIELDS) - 1
    assert bare.count("未生成") == 1
    assert not re.search(r"\*\*方法|\*\*意义", bare)
    _refused(tmp_path, swap("**方法**\n", ""))


def test_a_title_that_is_a_label_is_no_label(tmp_path: Path) -> None:
    """A model may translate a title to the very word."""
    made = digest_of(
        paper(1, "Method"), [("points", "好。", at(1, "Good."))], title="引文"
    )

    assert _published(tmp_path, made).count("**引文**") == 2


def test_links_are_arxivs(tmp_path: Path) -> None:
    """An address that a model writes is no link; a changed id is refused."""
    words = "代码见 https://github.com/other/repo 。"
    text = _published(tmp_path, digest_of(paper(1, "T"), [("points", words, at(1))]))

    assert "](https://github.com" not in text
    assert "<https://github.com" not in text
    _refused(tmp_path, swap("abs/2611.00001v1", "abs/2302.06695v1"))


def test_structure_is_real(tmp_path: Path) -> None:
    """Real lists from 1, no HTML, no code blocks, no headings of a model's own."""
    steps = ["7. 方法：甲", "- 乙", "## 丙", "    丁", "```戊```", "（1）：己"]
    text = _published(
        tmp_path,
        digest_of(paper(1, "T"), [("method", step, at(1)) for step in steps]),
    )

    assert re.findall(r"(?m)^(\d)\. <a", text) == list("123456")
    assert re.search(r"(?m)^6\. <a [^>]*></a>己 \[p\.1\]", text)
    _refused(tmp_path, swap("\n1. <a", "\n7. <a"))
    _refused(tmp_path, swap("**方法**", "<ol>\n<li>x</li>\n</ol>"))


def test_text_and_files_are_sound(tmp_path: Path) -> None:
    """One space in titles, no hidden marks, no Nunjucks, no hot link, a true cover."""
    odd = replace(paper(1, "Deep\u200b  Image\n   Binarization {{ x }}"), comment=None)
    text = _published(tmp_path, replace(calm_gan(), paper=odd))

    assert "### Deep Image Binarization {<!-- -->{ x }}" in text
    assert "\u200b" not in text
    assert "![Figure 1](GAN/calm-figure-1.png)" in text
    _refused(tmp_path, swap("](GAN/calm-f", "](https://pic1.zhimg.com/calm-f"))
    _refused(tmp_path, swap("**方法**", "**方法** {{ x }}"))


def test_model_credit_is_true(tmp_path: Path) -> None:
    """The notice names each model that wrote, and no other."""
    other = Provenance(
        provider="gemini", model="gemini-9", made_at=datetime(2026, 11, 19, tzinfo=UTC)
    )
    text = _published(
        tmp_path,
        calm_gan(),
        replace(
            digest_of(paper(6, "U"), [("points", "好。", at(1))]), provenance=other
        ),
    )
    notice = text.split("## 论文")[0]

    assert "gemini-3.5-flash-lite，2026-11-20; gemini-9，2026-11-19" in notice


def test_a_paper_stands_once(tmp_path: Path) -> None:
    """Given twice it is shown once; written twice it is refused."""
    assert _published(tmp_path, calm_gan(), calm_gan()).count("### Calm") == 1
    _refused(tmp_path, lambda text: entry_twice(text, "Tidal Flows"))


@pytest.mark.parametrize(
    "check",
    [
        marked("number", "99%"),
        marked("unsupported", "99%"),
        replace(at(1), verdict="unsupported"),
        marked("name", "99%"),
        marked("quote", "99%", page=None),
        Check(),
    ],
)
def test_nothing_doubtful_goes_unmarked(tmp_path: Path, check: Check) -> None:
    """The writer marks it in place; without its mark the post is refused."""
    entry = digest_of(paper(1, "T"), [("points", "准确率达到 99%。", check)])
    text = _published(tmp_path, entry)
    post = render_post("GAN", DAY, [entry])
    bare = re.sub(r" \*\*「⚠ .*?」\*\*", "", post.markdown)

    assert "⚠ " in text
    assert "claims" in {p.rule for p in check_markdown(bare, post.data, ())}


BARRED = (
    at(1, verdict="contradicted"),
    at(1, verdict="unjudged"),
    marked("contradicted", "99%"),
)


@pytest.mark.parametrize("check", BARRED)
def test_nothing_contradicted_or_unjudged_is_printed(
    tmp_path: Path, check: Check
) -> None:
    """The writer leaves it out; written in, in whatever place, it is refused."""
    words, kept = "准确率达到 99%。", ("points", "训练稳定。", at(2))
    entry = digest_of(paper(1, "T"), [("points", words, check), kept])  # type: ignore[list-item]
    text = _published(tmp_path, entry)
    data = render_post("GAN", DAY, [entry]).data

    assert words not in text
    for place in ("\n- <a id", "\n核查"):
        bad = text.replace(place, f"\n- {words} [p.1]\n{place}", 1)
        assert bad != text
        assert any(
            "printed though" in problem.text
            for problem in check_markdown(bad, data, ())
        )


def test_post_of_an_older_format_is_read_as_it_was() -> None:
    """Its text and structure are checked; what it should say is not known any more."""
    data = (Path(__file__).parent / "twin_format_1.json").read_text("utf-8")
    post = replace(post_of(failed()), data=data)

    assert "papers" not in {p.rule for p in check_markdown(post.markdown, data, ())}
    assert "nunjucks" in {
        p.rule for p in check_markdown(post.markdown + "{{ x }}", data, ())
    }
