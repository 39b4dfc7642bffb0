"""The publish gate: each rule refuses its fault, names file and line, and nothing else.

The second half goes through the defects that were counted in an earlier generator's
posts, class by class: none can be published.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatpaper.errors import PostError
from chatpaper.posts import check_markdown, check_post, publish, render_post
from chatpaper.records import FIELDS, Check, Digest, Post, Provenance
from rich_digests import (
    DAY,
    at,
    calm_gan,
    digest_of,
    failed,
    hostile,
    marked,
    new_version,
    paper,
    pictures_of,
    plain_sentences,
)

ALL = (calm_gan(), plain_sentences(), failed(), hostile())


@functools.cache
def _post(*digests: Digest) -> Post:
    return render_post(
        "GAN",
        DAY,
        digests or ALL,
        updates=[new_version()],
        left_out=[paper(8, "Late")],
    )


def _files(*digests: Digest) -> set[str]:
    names = pictures_of(*(digests or ALL))
    return {f"{folder}/{name}" for folder in ("GAN", "GAN/GAN") for name in names}


def _rules(markdown: str, post: Post | None = None) -> set[str]:
    post = post or _post()
    return {p.rule for p in check_markdown(markdown, post.data, _files())}


def _line(start: str) -> str:
    return next(
        line for line in _post().markdown.splitlines() if line.startswith(start)
    )


# ---------------------------------------------------------------- each rule

Change = Callable[[str], str]


def _swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return change


FAULTS: list[tuple[str, str, Change]] = [
    ("front matter gone", "front matter", lambda text: text.split("---\n", 2)[2]),
    ("front matter not YAML", "front matter", _swap("title: GAN", "title: a: b: c")),
    ("front matter a list", "front matter", lambda text: _with_matter(text, "- x")),
    ("front matter a word", "front matter", lambda text: _with_matter(text, "x")),
    ("key gone", "front matter", _swap("katex:\n", "")),
    ("key twice", "front matter", _swap("katex:\n", "katex:\nkatex:\n")),
    ("other day", "front matter", _swap("date: 2026-11-20", "date: 2026-11-21")),
    ("tags a text", "front matter", _swap("tags:\n- GAN", "tags: GAN")),
    ("empty title", "front matter", _swap("title: GAN", "title:")),
    ("no formulas", "front matter", _swap("mathjax: true", "mathjax: false")),
    ("cover gone", "front matter", _swap("cover: calm", "cover: other")),
    ("cover None", "front matter", _swap("cover: calm-figure-1.png", "cover: None")),
    ("Nunjucks variable", "nunjucks", _swap("要点", "要点 {{ x }}")),
    ("Nunjucks tag in code", "nunjucks", _swap("要点", "`{% raw %}` 要点")),
    ("Nunjucks comment", "nunjucks", _swap("判别器领先", "{# x 判别器领先")),
    ("zero-width space", "text", _swap("判别器", "判\u200b别器")),
    ("right-to-left override", "text", _swap("判别器", "判\u202e别器")),
    ("foreign tag", "html", _swap("判别器领先", "<b>判</b>别器领先")),
    ("foreign block", "html", _swap("**要点**", "<div>\n\n**要点**\n\n</div>")),
    ("list as HTML", "html", _swap("**要点**", "<ol>\n<li>x</li>\n</ol>\n\n**要点**")),
    ("script", "html", _swap("**要点**", "<script>x</script>\n\n**要点**")),
    ("comment", "html", _swap("**要点**", "**要点** <!-- more -->")),
    ("closing span", "html", _swap("**要点**", "**要点** </span>")),
    ("open span", "html", _swap("**要点**", "**要点** <span>")),
    ("fold not closed", "folds", _swap("</details>\n", "")),
    ("last fold open", "folds", lambda text: "".join(text.rsplit("</details>", 1))),
    ("fold not opened", "folds", _swap("<details>\n<summary>原文摘要</summary>\n", "")),
    (
        "fold in a fold",
        "folds",
        _swap("</summary>\n", "</summary>\n\n<details>\n<summary>原文摘要</summary>\n"),
    ),
    ("half a formula", "math", _swap("$\\lambda_t$", "$\\lambda_t")),
    ("open group", "math", _swap("$\\kappa$", "$\\frac{a}{\\kappa$")),
    ("TeX in prose", "math", _swap("判别器领先", "\\\\(x\\\\) 判别器领先")),
    ("a deeper heading", "headings", _swap("**要点**", "### 要点")),
    ("a stray heading", "papers", _swap("**要点**", "## 要点")),
    ("a stray part", "headings", _swap("**要点**", "# 要点")),
    ("an empty heading", "headings", _swap("**要点**", "#")),
    ("a paper above the day", "headings", _swap("# 2026", "## x\n\n# 2026")),
    ("a heading in a list", "headings", _swap("- <a id", "- # <a id")),
    ("a wrong number", "lists", _swap("\n2. <a", "\n7. <a")),
    ("a list that starts late", "lists", _swap("\n1. <a", "\n3. <a")),
    ("a list split in two", "lists", lambda text: text.replace("- <a", "* <a", 2)),
    ("a list in a list", "lists", _swap("\n2. <a", "\n   - <a")),
    (
        "an item fallen out",
        "lists",
        _swap("**方法**\n\n1. ", "**方法** x\n\n（1）x\n\n1. "),
    ),
    ("an item swallowed", "lists", _swap("**关键词**", "结论\n2. 方法\n\n**关键词**")),
    ("prose as code", "blocks", _swap("**方法**\n", "**方法**\n\n    x\n")),
    ("a fence", "blocks", _swap("**方法**\n", "**方法**\n\n```\nx\n```\n")),
    ("a ruler", "blocks", _swap("**方法**\n", "***\n\n**方法**\n")),
    ("image hot-linked", "images", _swap("](GAN/calm-f", "](https://x.org/calm-f")),
    ("image missing", "images", _swap("](GAN/calm-f", "](GAN/calm-x")),
    ("image elsewhere", "images", _swap("](GAN/calm-f", "](GAN/../../calm-f")),
    ("script link", "links", _swap("**要点**", "[x](javascript:alert(1))\n\n**要点**")),
    ("relative link", "links", _swap("**要点**", "[x](/etc)\n\n**要点**")),
    ("title changed", "papers", _swap("## Calm-GAN: Damping", "## Calm-GAN: damping")),
    ("author changed", "papers", _swap("Wei-Han Tu", "Wei-Han Wu")),
    ("author added", "papers", _swap("Wei-Han Tu,", "Wei-Han Tu, Some One,")),
    ("abstract changed", "papers", _swap("fewer steps", "less steps")),
    ("comment changed", "papers", _swap("12 pages, 6", "13 pages, 6")),
    ("wrong arXiv id", "papers", _swap("abs/2611.00001v1", "abs/2302.06695v1")),
    (
        "wrong PDF",
        "papers",
        _swap("[PDF](https://arxiv.org/pdf/2611.00003v1", "[PDF](x"),
    ),
    ("a paper left out", "papers", lambda text: _without_entry(text, "Tidal Flows")),
    ("a paper twice", "papers", lambda text: _entry_twice(text, "Tidal Flows")),
    ("update's diff changed", "papers", _swap("<ins>148", "<ins>149")),
    ("left out and unlisted", "papers", _swap("- Late ·", "- Later ·")),
    ("label gone", "fields", _swap("**要点**\n", "")),
    ("label renamed", "fields", _swap("**要点**", "**关键要点**")),
    ("label twice", "fields", _swap("**要点**\n", "**要点**\n\n**要点**\n")),
    ("field emptied", "fields", lambda text: re.sub(r"(?m)^\d\. .*\n", "", text)),
    ("empty field labelled", "fields", _swap("- **意义**", "- **局限**：\n- **意义**")),
    (
        "empty part labelled",
        "fields",
        _swap("**结论**", "**概述**\n\n未生成\n\n**结论**"),
    ),
    ("field label gone", "fields", _swap("- **研究背景**：", "- ")),
    ("failure in silence", "fields", _swap("**未生成：论文 PDF 下载失败。**\n", "")),
    ("claim gone", "claims", _swap("判别器领先", "生成器领先")),
    ("mark taken off", "claims", _swap(" **「⚠ 引文中无：99.54%」**", "")),
    ("page taken off", "claims", _swap("[p.7]", "[这里]")),
    ("page of another", "claims", _swap("v1#page=7", "v1#page=8")),
    (
        "quote off its link",
        "claims",
        _swap(' "The FID on Lanterns-256 falls to 6.21."', ""),
    ),
    (
        "quote changed",
        "quotes",
        _swap("Lanterns-256 falls to 6", "Lanterns-256 falls to 5"),
    ),
    (
        "quote on another link",
        "quotes",
        _swap("[代码](", '[代码](https://a.org "Words.") [x]('),
    ),
    (
        "title on a picture",
        "quotes",
        _swap("calm-figure-1.png)", 'calm-figure-1.png "Words.")'),
    ),
    ("title that runs", "quotes", _swap('"The FID on', '"<b>{ The FID on')),
    ("title with a quote mark", "quotes", _swap('"The FID on', '"The &quot; FID on')),
    (
        "title of a reference",
        "quotes",
        _swap("**要点**", '[x]\n\n[x]: https://a.org "t"\n\n**要点**'),
    ),
    ("quote gone", "quotes", _swap("“The weight follows", "“The weight obeys")),
    (
        "quote of another claim",
        "quotes",
        _swap("](#2611.00001-points-2)", "](#2611.00001-points-1)"),
    ),
    ("anchor gone", "claims", _swap('<a id="2611.00001-points-2"></a>', "")),
    ("anchor twice", "anchors", _swap("points-3", "points-2")),
    (
        "anchor of no claim",
        "anchors",
        _swap('id="2611.00001-points-2"', 'id="2611.00001-points-9"'),
    ),
    ("anchor of another form", "html", _swap('id="2611.00001-points-2"', 'id="x"')),
    (
        "anchor that runs",
        "html",
        _swap('-points-2"></a>', '-points-2" onclick="x()"></a>'),
    ),
    ("anchor left open", "html", _swap('-points-2"></a>', '-points-2">')),
    ("anchor round words", "html", _swap('-points-2"></a>损失', '-points-2">损失</a>')),
    (
        "link to nowhere",
        "links",
        _swap("](#2611.00001-points-2)", "](#2611.00001-points-9)"),
    ),
    ("link to a heading", "links", _swap("**要点**", "[x](#x)\n\n**要点**")),
    ("prompt echo", "leaks", _swap("**方法**\n", "如有则填写\n\n**方法**\n")),
    ("placeholder", "leaks", _swap("**关键词**：", "**关键词**：xxx、")),
    (
        "apology",
        "leaks",
        _swap("**方法**\n", "很抱歉，我无法提供该论文的方法。\n\n**方法**\n"),
    ),
    ("error", "leaks", _swap("**方法**\n", "Some Error for method\n\n**方法**\n")),
]


def _with_matter(text: str, matter: str) -> str:
    return f"---\n{matter}\n---\n{text.split('---', 2)[2]}"


def _entry(text: str, title: str) -> str:
    start = text.index(f"## {title}")
    end = re.compile(r"^##? ", re.MULTILINE).search(text, start + 3)
    return text[start : end.start() if end else len(text)]


def _without_entry(text: str, title: str) -> str:
    return text.replace(_entry(text, title), "")


def _entry_twice(text: str, title: str) -> str:
    return text.replace(_entry(text, title), _entry(text, title) * 2)


def test_good_post_passes() -> None:
    """With every kind of entry in it, in both languages."""
    english = render_post("GAN", DAY, ALL, updates=[new_version()], language="en")

    assert _rules(_post().markdown) == set()
    assert _rules(english.markdown, english) == set()


@pytest.mark.parametrize(
    ("rule", "change"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_fault_is_refused(rule: str, change: Change) -> None:
    """One fault in a good post, by the rule that is meant for it."""
    assert rule in _rules(change(_post().markdown))


def test_problem_names_file_line_and_rule(tmp_path: Path) -> None:
    """As an editor can jump to."""
    path = publish(_post(), tmp_path, pictures_of(*ALL), drafts=tmp_path / "drafts")
    lines = path.read_text("utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.startswith("2. <a"))
    lines[number - 1] = f"9{lines[number - 1][1:]}"
    path.write_text("\n".join(lines), "utf-8")
    (problem,) = check_post(path)

    assert str(problem) == f"{path}:{number}: lists: item 2 is numbered 9"


def test_twin_with_a_paper_twice_is_refused() -> None:
    """Even when the post shows it twice as well."""
    post = _post(failed())
    data = json.loads(post.data)
    data["digests"] *= 2
    text = _entry_twice(post.markdown, "Tidal Flows")

    found = {str(p) for p in check_markdown(text, json.dumps(data), ())}
    assert any("2611.00003 is posted twice" in problem for problem in found)


def test_files_are_looked_for_on_the_disk(tmp_path: Path) -> None:
    """A lost picture, a lost or foreign twin, bytes that are no text."""
    path = publish(_post(), tmp_path, pictures_of(*ALL), drafts=tmp_path / "drafts")
    (tmp_path / "GAN" / "evil-1.png").unlink()

    assert {p.rule for p in check_post(path)} == {"images"}
    path.with_name("GAN.json").write_text("[]")
    assert {p.rule for p in check_post(path)} == {"twin"}
    path.with_name("GAN.json").unlink()
    assert {p.rule for p in check_post(path)} == {"twin"}
    path.write_bytes(b"\xff")
    assert {p.rule for p in check_post(path)} == {"text"}


# ---------------------------------------------------------------- defect classes


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
    post = _post()
    bad = replace(post, markdown=change(post.markdown))
    with pytest.raises(PostError):
        publish(bad, tmp_path / "x", pictures_of(*ALL), drafts=tmp_path / "drafts")

    assert not (tmp_path / "x").exists()


def test_labels_have_one_spelling(tmp_path: Path) -> None:
    """A model cannot rename a field, and a post with another label is refused."""
    text = _published(tmp_path, calm_gan(), plain_sentences())

    for label in ("摘要", "要点", "方法", "结论"):
        assert len(re.findall(rf"(?m)^(?:> )?\*\*{label}\*\*(?:：|$)", text)) == 2
    _refused(tmp_path, _swap("**要点**", "**Key Takeaways**"))


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
    _refused(tmp_path, _swap("**方法**\n", f"{words}\n\n**方法**\n"))


def test_error_strings_stay_in_the_json(tmp_path: Path) -> None:
    """Fixed words say in the post what failed."""
    assert "404" not in _published(tmp_path, failed())


def test_authors_are_arxivs(tmp_path: Path) -> None:
    """There is no field a model could write authors to; a changed list is refused."""
    text = _published(tmp_path, calm_gan())

    assert "Lena Ostrowski, Wei-Han Tu, María José O\\'Neill, Þóra Jónsdóttir" in text
    _refused(tmp_path, _swap("Lena Ostrowski", "Longxiang Xiang"))


def test_dollars_of_two_authors_are_no_fault(tmp_path: Path) -> None:
    """Together they look like a formula, in which TeX wants `%` escaped."""
    odd = paper(1, "T", authors=("A. $x", "B. 97%$"))

    assert "A. $x, B. 97\\\\%$" in _published(tmp_path, digest_of(odd, []))


def test_dollars_of_no_formula_hide_none(tmp_path: Path) -> None:
    """A formula next to dollars that stand for themselves is still seen as one."""
    words = r"x $a<b$$\href{c}{x}$r>\(1, 0$\frac{{a}}b$c"
    odd = digest_of(paper(1, "T", abstract=words), [])

    assert r"$r>\\(1, 0$" in _published(tmp_path, odd)


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
    assert not re.search("方法|概述|结论", bare)
    _refused(tmp_path, _swap("**方法**\n", ""))


def test_a_title_that_is_a_label_is_no_label(tmp_path: Path) -> None:
    """A model may translate a title to the very word."""
    made = digest_of(paper(1, "Method"), [("points", "好。", at(1))], title="要点")

    assert _published(tmp_path, made).count("**要点**") == 2


def test_links_are_arxivs(tmp_path: Path) -> None:
    """An address that a model writes is no link; a changed id is refused."""
    words = "代码见 https://github.com/other/repo 。"
    text = _published(tmp_path, digest_of(paper(1, "T"), [("points", words, at(1))]))

    assert "](https://github.com" not in text
    assert "<https://github.com" not in text
    _refused(tmp_path, _swap("abs/2611.00001v1", "abs/2302.06695v1"))


def test_structure_is_real(tmp_path: Path) -> None:
    """Real lists from 1, no HTML, no code blocks, no headings of a model's own."""
    steps = ["7. 方法：甲", "- 乙", "## 丙", "    丁", "```戊```", "（1）：己"]
    text = _published(
        tmp_path,
        digest_of(paper(1, "T"), [("method", step, at(1)) for step in steps]),
    )

    assert re.findall(r"(?m)^(\d)\. ", text) == list("123456")
    assert re.search(r"(?m)^6\. <a [^>]*></a>己 \[p\.1\]", text)
    _refused(tmp_path, _swap("\n1. <a", "\n7. <a"))
    _refused(tmp_path, _swap("**方法**", "<ol>\n<li>x</li>\n</ol>"))


def test_text_and_files_are_sound(tmp_path: Path) -> None:
    """One space in titles, no hidden marks, no Nunjucks, no hot link, a true cover."""
    odd = replace(paper(1, "Deep\u200b  Image\n   Binarization {{ x }}"), comment=None)
    text = _published(tmp_path, replace(calm_gan(), paper=odd))

    assert "## Deep Image Binarization {<!-- -->{ x }}" in text
    assert "\u200b" not in text
    assert "![Figure 1](GAN/calm-figure-1.png)" in text
    _refused(tmp_path, _swap("](GAN/calm-f", "](https://pic1.zhimg.com/calm-f"))
    _refused(tmp_path, _swap("**要点**", "**要点** {{ x }}"))


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
    notice = text.split("# 2026")[0]

    assert "gemini-3.5-flash-lite，2026-11-20; gemini-9，2026-11-19" in notice


def test_a_paper_stands_once(tmp_path: Path) -> None:
    """Given twice it is shown once; written twice it is refused."""
    assert _published(tmp_path, calm_gan(), calm_gan()).count("## Calm") == 1
    _refused(tmp_path, lambda text: _entry_twice(text, "Tidal Flows"))


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
    post = replace(_post(failed()), data=data)

    assert "papers" not in {p.rule for p in check_markdown(post.markdown, data, ())}
    assert "nunjucks" in {
        p.rule for p in check_markdown(post.markdown + "{{ x }}", data, ())
    }
