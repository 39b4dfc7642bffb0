"""The publish gate: each rule refuses its fault and nothing else."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import chatpaper
from chatpaper.posts import (
    check_markdown,
    check_post,
    publish,
    publishable,
    render_post,
)
from chatpaper.records import Digest, Fact, Post, Removed, Verdict
from faulty_posts import (
    ALL,
    Change,
    entry_twice,
    post_of,
    swap,
    with_check,
    with_claim,
    with_digest,
    with_paper,
    with_summary,
    without_entry,
    written_by,
)
from rich_digests import (
    DAY,
    at,
    calm_gan,
    failed,
    new_version,
    pictures_of,
    provenance,
)


def _files(*digests: Digest) -> set[str]:
    names = pictures_of(*(digests or ALL))
    return {f"{folder}/{name}" for folder in ("GAN", "GAN/GAN") for name in names}


def _rules(markdown: str, post: Post | None = None) -> set[str]:
    post = post or post_of()
    return {p.rule for p in check_markdown(markdown, post.data, _files())}


def _line(start: str) -> str:
    return next(
        line for line in post_of().markdown.splitlines() if line.startswith(start)
    )


# ---------------------------------------------------------------- each rule


FOLD = "详细内容：背景、方法、结果、图表、原文摘要、引文"
FAULTS: list[tuple[str, str, Change]] = [
    ("front matter gone", "front matter", lambda text: text.split("---\n", 2)[2]),
    ("front matter not YAML", "front matter", swap("title: GAN", "title: a: b: c")),
    ("front matter a list", "front matter", lambda text: _with_matter(text, "- x")),
    ("front matter a word", "front matter", lambda text: _with_matter(text, "x")),
    ("key gone", "front matter", swap("katex:\n", "")),
    ("key twice", "front matter", swap("katex:\n", "katex:\nkatex:\n")),
    ("other day", "front matter", swap("date: 2026-11-20", "date: 2026-11-21")),
    ("tags a text", "front matter", swap("tags:\n- GAN", "tags: GAN")),
    ("empty title", "front matter", swap("title: GAN · 2026-11-20 · 4 篇", "title:")),
    ("no formulas", "front matter", swap("mathjax: true", "mathjax: false")),
    ("cover gone", "front matter", swap("cover: calm", "cover: other")),
    ("cover None", "front matter", swap("cover: calm-figure-1.png", "cover: None")),
    ("Nunjucks variable", "nunjucks", swap("**方法**", "**方法** {{ x }}")),
    ("Nunjucks tag in code", "nunjucks", swap("**方法**", "`{% raw %}` **方法**")),
    ("Nunjucks comment", "nunjucks", swap("判别器领先", "{# x 判别器领先")),
    ("zero-width space", "text", swap("判别器", "判\u200b别器")),
    ("right-to-left override", "text", swap("判别器", "判\u202e别器")),
    ("foreign tag", "html", swap("判别器领先", "<b>判</b>别器领先")),
    ("foreign block", "html", swap("**方法**", "<div>\n\n**方法**\n\n</div>")),
    ("list as HTML", "html", swap("**方法**", "<ol>\n<li>x</li>\n</ol>\n\n**方法**")),
    ("script", "html", swap("**方法**", "<script>x</script>\n\n**方法**")),
    ("comment", "html", swap("**方法**", "**方法** <!-- more -->")),
    ("closing span", "html", swap("**方法**", "**方法** </span>")),
    ("open span", "html", swap("**方法**", "**方法** <span>")),
    ("fold not closed", "folds", swap("</details>\n", "")),
    ("last fold open", "folds", lambda text: "".join(text.rsplit("</details>", 1))),
    ("fold not opened", "folds", swap(f"<details>\n<summary>{FOLD}</summary>\n", "")),
    (
        "fold in a fold",
        "folds",
        swap("</summary>\n", "</summary>\n\n<details>\n<summary>原文摘要</summary>\n"),
    ),
    ("half a formula", "math", swap("$\\lambda_t$", "$\\lambda_t")),
    ("open group", "math", swap("$\\kappa$", "$\\frac{a}{\\kappa$")),
    (
        "formula that links",
        "math",
        swap("$\\kappa$", "$\\mmlToken{mi}\\[href=\\'javascript:1\\'\\]{x}$"),
    ),
    ("formula that paints", "math", swap("$\\kappa$", "$\\raise999em{x}$")),
    ("rows far apart", "math", swap("$\\kappa$", "$\\\\\\[9em\\]$")),
    ("command in prose", "math", swap("判别器领先", "\\href{x}{y} 判别器领先")),
    ("TeX in prose", "math", swap("判别器领先", "\\\\(x\\\\) 判别器领先")),
    ("a deeper heading", "headings", swap("**方法**", "#### 方法")),
    ("a stray heading", "papers", swap("**方法**", "### 方法")),
    ("a stray part", "headings", swap("**方法**", "## 方法")),
    ("an empty heading", "headings", swap("**方法**", "##")),
    ("a paper above the day", "headings", swap("## 今日", "### x\n\n## 今日")),
    ("a heading in a list", "headings", swap("- <a id", "- ## <a id")),
    ("a wrong number", "lists", swap("\n2. <a", "\n7. <a")),
    ("a list that starts late", "lists", swap("\n1. <a", "\n3. <a")),
    ("a list split in two", "lists", lambda text: text.replace("- <a", "* <a", 2)),
    ("a list in a list", "lists", swap("\n2. <a", "\n   - <a")),
    (
        "an item fallen out",
        "lists",
        swap("**方法**\n\n1. ", "**方法** x\n\n（1）x\n\n1. "),
    ),
    ("an item swallowed", "lists", swap("**关键词**", "结论\n2. 方法\n\n**关键词**")),
    ("prose as code", "blocks", swap("**方法**\n", "**方法**\n\n    x\n")),
    ("a fence", "blocks", swap("**方法**\n", "**方法**\n\n```\nx\n```\n")),
    ("a ruler", "blocks", swap("**方法**\n", "***\n\n**方法**\n")),
    ("image hot-linked", "images", swap("](GAN/calm-f", "](https://x.org/calm-f")),
    ("image missing", "images", swap("](GAN/calm-f", "](GAN/calm-x")),
    ("image elsewhere", "images", swap("](GAN/calm-f", "](GAN/../../calm-f")),
    ("script link", "links", swap("**方法**", "[x](javascript:alert(1))\n\n**方法**")),
    ("relative link", "links", swap("**方法**", "[x](/etc)\n\n**方法**")),
    ("title changed", "papers", swap("### Calm-GAN: Damping", "### Calm-GAN: damping")),
    ("author changed", "papers", swap("Wei-Han Tu", "Wei-Han Wu")),
    ("author added", "papers", swap("Wei-Han Tu,", "Wei-Han Tu, Some One,")),
    ("abstract changed", "papers", swap("Adversarial tr", "Adverse tr")),
    ("comment changed", "papers", swap("12 pages, 6", "13 pages, 6")),
    ("wrong arXiv id", "papers", swap("abs/2611.00001v1", "abs/2302.06695v1")),
    (
        "wrong PDF",
        "papers",
        swap("[PDF](https://arxiv.org/pdf/2611.00003v1", "[PDF](x"),
    ),
    ("a paper left out", "papers", lambda text: without_entry(text, "Tidal Flows")),
    ("a paper twice", "papers", lambda text: entry_twice(text, "Tidal Flows")),
    ("update's diff changed", "papers", swap("<ins>148", "<ins>149")),
    ("left out and unlisted", "papers", swap("- Late ·", "- Later ·")),
    ("label gone", "fields", swap("**方法**\n", "")),
    ("label renamed", "fields", swap("**方法**", "**关键方法**")),
    ("label twice", "fields", swap("**方法**\n", "**方法**\n\n**方法**\n")),
    ("field emptied", "fields", lambda text: re.sub(r"(?m)^\d\. .*\n", "", text)),
    ("empty field labelled", "fields", swap("**意义**", "**局限**：\n\n**意义**")),
    (
        "empty part labelled",
        "fields",
        swap("**意义**", "**其余要点**\n\n未生成\n\n**意义**"),
    ),
    ("field label gone", "fields", swap("**研究背景**：", "")),
    ("failure in silence", "fields", swap("**未生成：论文 PDF 下载失败。**\n", "")),
    ("claim gone", "claims", swap("判别器领先", "生成器领先")),
    ("mark taken off", "claims", swap(" **「⚠ 引文中无：99.54%」**", "")),
    ("page taken off", "claims", swap("[p.7]", "[这里]")),
    ("page of another", "claims", swap("v1#page=7", "v1#page=8")),
    (
        "quote off its link",
        "claims",
        swap(' "The FID on Lanterns-256 falls to 6.21."', ""),
    ),
    (
        "quote changed",
        "quotes",
        swap("Lanterns-256 falls to 6", "Lanterns-256 falls to 5"),
    ),
    (
        "quote on another link",
        "quotes",
        swap("[代码](", '[代码](https://a.org "Words.") [x]('),
    ),
    (
        "title on a picture",
        "quotes",
        swap("calm-figure-1.png)", 'calm-figure-1.png "Words.")'),
    ),
    ("title that runs", "quotes", swap('"The FID on', '"<b>{ The FID on')),
    ("title with a quote mark", "quotes", swap('"The FID on', '"The &quot; FID on')),
    (
        "title of a reference",
        "quotes",
        swap("**方法**", '[x]\n\n[x]: https://a.org "t"\n\n**方法**'),
    ),
    ("quote gone", "quotes", swap("“The weight follows", "“The weight obeys")),
    (
        "quote of another claim",
        "quotes",
        swap("](#2611.00001-points-2)", "](#2611.00001-points-1)"),
    ),
    ("anchor gone", "claims", swap('<a id="2611.00001-points-2"></a>', "")),
    ("anchor twice", "anchors", swap("points-3", "points-2")),
    (
        "anchor of no claim",
        "anchors",
        swap('id="2611.00001-points-2"', 'id="2611.00001-points-9"'),
    ),
    ("anchor of another form", "html", swap('id="2611.00001-points-2"', 'id="-x"')),
    (
        "anchor that runs",
        "html",
        swap('-points-2"></a>', '-points-2" onclick="x()"></a>'),
    ),
    ("anchor left open", "html", swap('-points-2"></a>', '-points-2">')),
    ("anchor round words", "html", swap('-points-2"></a>损失', '-points-2">损失</a>')),
    (
        "link to nowhere",
        "links",
        swap("](#2611.00001-points-2)", "](#2611.00001-points-9)"),
    ),
    ("link to a heading", "links", swap("**方法**", "[x](#x)\n\n**方法**")),
    (
        "a title that is a link",
        "papers",
        swap("## Calm-GAN:", "## [Calm](https://a.org)-GAN:"),
    ),
    ("emphasis", "html", swap("判别器领先", "*判别器*领先")),
    ("bold in an abstract", "papers", swap("Adversarial tr", "**Adversarial** tr")),
    (
        "address of an abstract elsewhere",
        "papers",
        swap(
            "<https://github.com/ostrowski", "[x](https://a.org)<https://github.com/o"
        ),
    ),
    ("link in a claim", "claims", swap("判别器领先", "[判别器](https://a.org)领先")),
    ("bare link in a claim", "claims", swap("判别器领先", "<https://a.org>判别器领先")),
    ("claim struck out", "claims", swap("判别器领先", "<del>判别器</del>领先")),
    ("claim under another label", "fields", swap("**意义**", "**局限**")),
    ("sentence added", "claims", swap("**方法**\n", "结果可信。\n\n**方法**\n")),
    ("praise in the notice", "claims", swap("未通过核对。", "未通过核对。均属实。")),
    (
        "mark on a sound claim",
        "claims",
        swap("**关键词**", "**「⚠ 引文不支持」** **关键词**"),
    ),
    ("word of another topic", "front matter", swap("keywords: GAN", "keywords: GANs")),
    ("another description", "front matter", swap("Handwriting", "Handwritten")),
    ("prompt echo", "leaks", swap("**方法**\n", "如有则填写\n\n**方法**\n")),
    ("placeholder", "leaks", swap("**关键词**：", "**关键词**：xxx、")),
    (
        "apology",
        "leaks",
        swap("**方法**\n", "很抱歉，我无法提供该论文的方法。\n\n**方法**\n"),
    ),
    ("error", "leaks", swap("**方法**\n", "Some Error for method\n\n**方法**\n")),
]


def _with_matter(text: str, matter: str) -> str:
    return f"---\n{matter}\n---\n{text.split('---', 2)[2]}"


def test_good_post_passes() -> None:
    """With every kind of entry in it, in both languages."""
    english = render_post("GAN", DAY, ALL, updates=[new_version()], language="en")

    assert _rules(post_of().markdown) == set()
    assert _rules(english.markdown, english) == set()


@pytest.mark.parametrize(
    ("rule", "change"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_fault_is_refused(rule: str, change: Change) -> None:
    """One fault in a good post, by the rule that is meant for it."""
    assert rule in _rules(change(post_of().markdown))


TITLE = calm_gan().paper.title
ABSTRACT = calm_gan().paper.abstract
PLACES = at(9, "As printed.").places
FINDING = calm_gan().checks[4].findings[0]
BROKEN: list[tuple[str, str, Callable[[Digest], Digest]]] = [
    ("word of a title", "papers", with_paper(title=TITLE.replace("the ", ""))),
    ("case of a title", "papers", with_paper(title=TITLE.lower())),
    ("formula of a title", "papers", with_paper(title=TITLE.replace("_2", "_1"))),
    ("word of an abstract", "papers", with_paper(abstract=ABSTRACT[:-9])),
    ("last author", "papers", with_paper(authors=calm_gan().paper.authors[:-1])),
    ("order of authors", "papers", with_paper(authors=calm_gan().paper.authors[::-1])),
    ("comment", "papers", with_paper(comment=None)),
    ("category", "papers", with_paper(primary_category="cs.LG")),
    ("address", "papers", with_paper(abs_url="https://arxiv.org/abs/2611.00009v1")),
    ("page links", "claims", with_paper(pdf_url="https://evil.invalid/2611.00001v1")),
    ("affiliation", "papers", with_digest(affiliation=None)),
    ("code link", "papers", with_digest(code_url=Fact(
        text="https://github.com/other/x", quote="x", page=1))),
    ("pages", "claims", with_digest(page_count=11)),
    ("what was removed", "claims", with_digest(removed=Removed(contradicted=1))),
    ("judge", "claims", with_digest(provenance=provenance(judge="other-judge"))),
    ("no judge", "claims", with_digest(provenance=provenance(judge=""))),
    ("caption", "papers", with_digest(pictures=(
        replace(calm_gan().pictures[0], caption="x"), *calm_gan().pictures[1:]))),
    ("translated title", "claims", with_summary(title="Calm-GAN：小样本图像合成")),
    ("keyword", "claims", with_summary(keywords=("小样本",))),
    ("word of a claim", "claims", with_claim(4, text="在 Harbor-FS 上达到 99.54%。")),
    ("negation of a claim", "claims", with_claim(4, text="准确率未达到 99.54%。")),
    ("claim in another field", "claims", with_claim(4, field="results")),
    ("quote", "quotes", with_claim(0, evidence=("The critic is bounded.",))),
    ("mark", "claims", with_check(4, findings=())),
    ("words of a mark", "claims", with_check(4, findings=(
        replace(FINDING, text="99.55%"),))),
    ("mark of a judge", "claims", with_check(5, findings=(), verdict="supported")),
    ("mark of no place", "claims", with_check(-1, places=PLACES)),
    ("a mark too many", "claims", with_check(0, findings=(FINDING,))),
    ("page of a claim", "claims", with_check(0, places=PLACES)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "broken"), [fault[1:] for fault in BROKEN], ids=[f[0] for f in BROKEN]
)
def test_a_broken_writer_is_found_out(
    rule: str, broken: Callable[[Digest], Digest]
) -> None:
    """It changed records consistently: only the twin knows the truth."""
    markdown, data = written_by(broken)
    problems = check_markdown(markdown, data, _files())

    assert rule in {problem.rule for problem in problems}
    assert {p.paper for p in problems} <= {"2611.00001v1", ""}


@pytest.mark.parametrize("verdict", ["contradicted", "unjudged"])
def test_a_writer_that_shows_what_is_barred_is_found_out(verdict: Verdict) -> None:
    """It does not look at verdicts: the twin does."""
    barred = with_check(3, verdict=verdict)(calm_gan())
    blind = calm_gan()
    data, markdown = post_of(barred, *ALL[1:]).data, post_of(blind, *ALL[1:]).markdown
    problems = check_markdown(markdown, data, _files())

    assert any(f"printed though {verdict}" in problem.text for problem in problems)


def test_a_notice_that_praises_too_much_is_refused() -> None:
    """Words over the post are checked like those in it, in no matter what entry."""
    post = post_of(with_check(0, verdict=None)(calm_gan()), *ALL[1:])
    modest = re.compile(r"(\d+) 条中有 \d+ 条由")
    bad = modest.sub(r"\1 条中有 \1 条由", post.markdown, count=1)

    assert bad != post.markdown
    assert _rules(post.markdown, post) == set()
    assert "claims" in _rules(bad, post)


def test_papers_that_are_refused_are_left_out() -> None:
    """The writer eats a word of one title: the others are published."""

    def render(post: Post) -> Post:
        made = render_post(post.topic, post.day, post.digests, updates=post.updates)
        return replace(made, markdown=made.markdown.replace("Pen-Sized ", ""))

    pictures = set(pictures_of(*ALL))
    whole = render(replace(post_of(), left_out=()))
    post, refused = publishable(whole, pictures, render)

    assert set(refused) == {"2611.00002v1"}
    assert {problem.rule for problem in refused["2611.00002v1"]} == {"papers"}
    assert [d.paper.id for d in post.digests] == [
        d.paper.id for d in ALL if d.paper.id != "2611.00002"
    ]
    assert _rules(post.markdown, post) == set()


def test_papers_without_a_name_are_tried_alone() -> None:
    """A writer that loses an entry's heading: nobody can tell whose it was."""

    def render(post: Post) -> Post:
        made = render_post(post.topic, post.day, post.digests)
        lines = made.markdown.split("\n")
        kept = [line for line in lines if not line.startswith("### Pen-Sized")]
        return replace(made, markdown="\n".join(kept))

    pictures = set(pictures_of(*ALL))
    post, refused = publishable(render(post_of()), pictures, render)

    assert "2611.00002v1" in refused
    assert _rules(post.markdown, post) == set()


def test_a_fault_of_no_paper_costs_none() -> None:
    """The front matter is broken: every paper's post is refused alike."""

    def render(post: Post) -> Post:
        made = render_post(post.topic, post.day, post.digests)
        return replace(made, markdown=made.markdown.replace("mathjax: true", ""))

    whole = render(post_of())

    assert publishable(whole, set(pictures_of(*ALL)), render) == (whole, {})


def test_problem_names_file_line_and_rule(tmp_path: Path) -> None:
    """As an editor can jump to."""
    path = publish(post_of(), tmp_path, pictures_of(*ALL), drafts=tmp_path / "drafts")
    lines = path.read_text("utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.startswith("2. <a"))
    lines[number - 1] = f"9{lines[number - 1][1:]}"
    text = "\n".join(lines)
    present = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*")}
    data = path.with_suffix(".json").read_text("utf-8")
    (problem,) = check_markdown(text, data, present, name=str(path))
    path.write_text(text, "utf-8")
    (edit,) = check_post(path)

    fault = "lists: item 2 is numbered 9 (2611.00001v1)"
    assert str(problem) == f"{path}:{number}: {fault}"
    assert str(edit) == f"{path}:{number}: edited: {fault}"
    assert (problem.is_edit, edit.is_edit) == (False, True)


def test_twin_with_a_paper_twice_is_refused() -> None:
    """Even when the post shows it twice as well."""
    post = post_of(failed())
    data = json.loads(post.data)
    data["digests"] *= 2
    text = entry_twice(post.markdown, "Tidal Flows")

    found = {str(p) for p in check_markdown(text, json.dumps(data), ())}
    assert any("2611.00003 is posted twice" in problem for problem in found)


def test_files_are_looked_for_on_the_disk(tmp_path: Path) -> None:
    """A lost picture, a lost or foreign twin, bytes that are no text."""
    path = publish(post_of(), tmp_path, pictures_of(*ALL), drafts=tmp_path / "drafts")
    (tmp_path / "GAN" / "evil-1.png").unlink()

    assert {p.rule for p in check_post(path)} == {"images"}
    path.with_name("GAN.json").write_text("[]")
    assert {p.rule for p in check_post(path)} == {"twin"}
    path.with_name("GAN.json").unlink()
    assert {p.rule for p in check_post(path)} == {"twin"}
    path.write_bytes(b"\xff")
    assert {p.rule for p in check_post(path)} == {"text"}


GATE = Path(chatpaper.__file__).parent / "posts" / "gate"


@pytest.mark.parametrize("path", sorted(GATE.glob("*.py")), ids=lambda path: path.stem)
def test_the_gate_shares_no_rule_with_the_writer(path: Path) -> None:
    """Fixed words, badges, anchors and the twin's records are all that both use."""
    imported = {
        node.module
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
        if node.module.startswith("chatpaper.posts")
    }
    shared = {
        f"chatpaper.posts.{name}"
        for name in ("badges", "phrases", "naming", "twin", "wording")
    }

    assert {m for m in imported if not m.startswith("chatpaper.posts.gate.")} <= shared
