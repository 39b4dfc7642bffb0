"""The writer: what a post says and in what order."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from chatpaper.posts import (
    KEYS,
    check_markdown,
    merge_digests,
    read_post_data,
    render_entry,
    render_post,
)
from chatpaper.records import (
    Digest,
    Failure,
    Interest,
    InterestKind,
    Paper,
    Provenance,
    Relevance,
    Removed,
    Verdict,
)
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
    provenance,
)

FULL = [calm_gan(), plain_sentences(), failed()]


def _markdown(*digests: Digest, language: str = "zh") -> str:
    return render_post("GAN", DAY, digests, language=language).markdown


# ---------------------------------------------------------------- the whole


def test_parts_stand_in_order() -> None:
    """Overview, notice, title, facts, a figure, 摘要 and 要点; then all the rest."""
    text = _markdown(calm_gan())
    marks = [
        "## 今日速览\n\n1. [Calm-GAN：以 ℓ2 预算",
        "(#2611.00001) `代码`：提出 Calm-GAN，",
        "> 以下摘要由语言模型生成",
        "收录 1 篇，已总结 1 篇。",
        '## 论文\n\n<a id="2611.00001"></a>\n\n### Calm-GAN: Damping',
        "**Calm-GAN：以 ℓ2",
        "作者：Lena Ostrowski, Wei-Han Tu, María José O\\'Neill",
        "Jónsdóttir · 单位：Ostrowski Lab",
        "[PDF](https://arxiv.org/pdf/2611.00001v1)",
        "[arXiv:2611.00001v1](https://arxiv.org/abs/2611.00001v1)",
        "12 pages, 6 figures; Northern",
        "![Figure 1](GAN/calm-figure-1.png)",
        "**摘要**：<a",
        "\n\n- <a",
        "<summary>详细内容：",
        "**研究背景**：<a",
        "**已有方法及问题**：",
        "**研究思路**：",
        "**方法**\n\n1. <a",
        "**主要结果**：",
        "**意义**：",
        "**局限**：",
        "**关键词**：生成对抗网络、小样本",
        "![Table 2](GAN/calm-table-2.png)",
        "**原文摘要**：",
        "**引文**\n\n- [摘要]",
        "核查：引文 19/19 处在原文定位；4 条存疑；",
        "\n\n</details>",
    ]
    places = [text.find(mark) for mark in marks]

    assert -1 not in places, marks[places.index(-1)]
    assert places == sorted(places)


def test_same_input_gives_same_bytes() -> None:
    """Twice the same, whatever the order the digests come in."""
    once = render_post("GAN", DAY, FULL, updates=[new_version()])
    again = render_post("GAN", DAY, FULL[::-1], updates=[new_version()])

    assert once == again


def test_front_matter_has_the_ancestors_keys() -> None:
    """The same keys in the same order, a cover of the day, empty ones left empty."""
    text = _markdown(*FULL)
    matter = text.split("---\n")[1]
    values = yaml.safe_load(matter)

    assert tuple(values) == KEYS
    assert values["cover"] == "calm-figure-1.png"
    assert values["date"] == datetime(2026, 11, 20)  # noqa: DTZ001 - as Hexo reads it
    assert values["tags"] == ["GAN", "生成对抗网络", "小样本", "训练稳定性", "梯度惩罚"]
    assert values["title"] == "GAN · 2026-11-20 · 3 篇"
    assert values["top_img"] is False
    assert values["description"].startswith("Calm-GAN：以 ℓ2 预算约束")
    assert values["mathjax"] is True
    assert "\ntoc:\n" in matter
    assert yaml.safe_load(_markdown(failed()).split("---\n")[1])["cover"] is False


def test_formulas_of_a_description_are_plain_characters() -> None:
    """It is read in search results and previews, where nothing is typeset."""
    title = r"Flows on $\mathbb{R}^{3}$ at 97%, $2\times$4 with $\mathcal{O}(x_{t})$"
    made = render_post("GAN", DAY, [digest_of(paper(1, title), [])])
    values = yaml.safe_load(made.markdown.split("---\n")[1])

    assert values["description"].endswith("Flows on ℝ^3 at 97%, 2×4 with 𝒪(x_t)")
    assert check_markdown(made.markdown, made.data, []) == ()


def test_notice_names_what_was_really_used() -> None:
    """The model and its day, the method when there was none, and plainly nothing."""
    gemini, extract, nothing = (_markdown(digest) for digest in FULL)

    assert "由语言模型生成（gemini-3.5-flash-lite，2026-11-20）" in gemini
    assert "本文未使用语言模型：摘要为按规则选出的论文原句（textrank，2026" in extract
    assert "取舍是否得当未经判断。" in extract
    assert "语言模型生成" not in extract
    assert "本文没有收录任何摘要。" in nothing
    assert "其中 1 篇未使用语言模型" in _markdown(*FULL)


@pytest.mark.parametrize(
    ("judge", "verdicts", "notice", "colophon"),
    [
        ("m-judge", ("supported", "unsupported"),
         "；每条由语言模型对照其引文判断（m-judge）。", "判断：m-judge"),
        ("gemini-3.5-flash-lite", ("supported", "supported"),
         "判断（gemini-3.5-flash-lite，即生成摘要的模型）。",
         "判断：gemini-3.5-flash-lite，即生成摘要的模型"),
        ("m-judge", ("supported", None),
         "2 条中有 1 条由语言模型对照其引文判断（m-judge），其余未判断含义。",
         "判断：m-judge（1/2 条）"),
        ("", (None, None), "未判断含义是否与原文一致。", "未判断含义"),
        ("", ("supported", "supported"), "未判断含义是否与原文一致。", "未判断含义"),
        ("m-judge", (None, None), "未判断含义是否与原文一致。", "未判断含义"),
    ],
)  # fmt: skip
def test_notice_and_colophon_say_what_was_judged(
    judge: str, verdicts: tuple[Verdict | None, ...], notice: str, colophon: str
) -> None:
    """By whom and how much of it, and never more than the checks bear out."""
    claims = [
        ("points", f"结论{n}。", at(1, verdict=verdict))
        for n, verdict in enumerate(verdicts)
    ]
    made = digest_of(paper(1, "T"), claims, provenance=provenance(judge=judge))  # type: ignore[arg-type]
    lines = _markdown(made).splitlines()

    assert next(line for line in lines if "引文已在原文查找" in line).endswith(notice)
    assert next(line for line in lines if "核查：" in line).endswith(f" · {colophon}")


def test_mixed_post_says_how_many_claims_were_judged() -> None:
    """Those of the paper that had a judge, of those that a model wrote."""
    other = digest_of(paper(6, "U"), [("points", "好。", at(1))])
    text = _markdown(calm_gan(), other, plain_sentences())

    assert "；19 条中有 18 条由语言模型对照其引文判断（gemini-3.5-flash），其余" in text


def test_colophon_counts_what_was_removed() -> None:
    """By reason, those removed before and those that no post may print."""
    made = digest_of(
        paper(1, "T"),
        [
            ("points", "训练稳定。", at(1)),
            ("points", "误差上升。", at(1, verdict="contradicted")),
        ],
        removed=Removed(contradicted=1, unsupported=2, unjudged=3, form=4),
    )

    assert (
        "核查：引文 1/1 处在原文定位；2 条与原文不符，已删；2 条引文不支持，未收录；"
        "3 条未能核对，未收录；4 条表述未通过检查，未收录 · " in _markdown(made)
    )


def test_entry_without_a_good_claim_says_why() -> None:
    """What was removed is counted even when nothing is left to show."""
    lost = replace(
        failed(),
        failure=Failure(id="2611.00003v1", stage="verify", reason="0 of 9"),
        provenance=provenance(judge="m-judge"),
        removed=Removed(contradicted=9),
    )
    text = _markdown(lost)

    assert "**未生成：没有一条内容通过与原文的核对。**" in text
    assert "9 条与原文不符，已删 · 依据：全文" in text
    assert "> 已请求语言模型（gemini" in text


def test_notice_counts_what_came_of_the_papers() -> None:
    """Papers, failures, what the budget left, and new versions."""
    post = render_post(
        "GAN", DAY, FULL, updates=[new_version()], left_out=[paper(8, "Late")]
    )

    assert (
        "收录 3 篇，已总结 2 篇，1 篇未生成，1 篇因预算未总结，1 篇旧文有新版本"
        in post.markdown
    )
    assert "# 1 篇因预算未总结\n\n- Late · [2611.00008v1]" in post.markdown


def test_english_post_has_no_chinese_word_of_ours() -> None:
    """All fixed words come from the language's table."""
    text = render_post(
        "GAN",
        DAY,
        [plain_sentences(), failed()],
        updates=[new_version()],
        left_out=[paper(8, "Late")],
        language="en-GB",
    ).markdown

    assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", text)
    assert "**Authors**: Author Number1" in text


def test_provenance_of_the_day() -> None:
    """The day is the summary's own, not the post's."""
    made = Provenance(
        provider="gemini", model="m", made_at=datetime(2026, 11, 19, 23, tzinfo=UTC)
    )
    text = _markdown(replace(calm_gan(), provenance=made, page_count=0))

    assert "依据：全文 · 模型：m，2026-11-19 · 未判断含义" in text
    assert date(2026, 11, 19) != DAY


# ---------------------------------------------------------------- new versions


def test_new_version_shows_what_changed() -> None:
    """Title, comment and abstract, old words struck and new ones added."""
    text = render_post("GAN", DAY, [], updates=[new_version()]).markdown

    assert "# 更新：已收录论文的新版本" in text
    assert "v1 → v2" in text
    assert "A <ins>Critical</ins> Survey of Face GANs" in text
    assert "Preprint → Accepted at the Journal of Invented Faces" in text
    assert "<del>120</del> → <ins>148</ins> papers" in text
    formula = r"<del>$\mathrm{FID}\_{10k}$</del> → <ins>$\mathrm{FID}\_{50k}$</ins>"
    assert formula in text
    assert "<del>Code will follow</del> → <ins>All code is public</ins>." in text


def test_one_entry_alone() -> None:
    """As in the post, with its pictures where the caller has them."""
    entry = render_entry(calm_gan(), folder="figures")

    assert entry.replace("(figures/", "(GAN/") in _markdown(calm_gan())
    assert "](figures/calm-figure-1.png)" in entry


def test_new_version_without_change_says_so() -> None:
    """A resubmission with the same words."""
    update = replace(new_version(), previous=new_version().paper)
    text = render_post("GAN", DAY, [], updates=[update]).markdown

    assert "标题、作者、摘要与备注均无改动。" in text


# ---------------------------------------------------------------- the twin


def test_twin_reads_back() -> None:
    """Every record, every finding with its page and sentence, the provenance."""
    post = render_post(
        "GAN",
        DAY,
        [*FULL, hostile()],
        updates=[new_version()],
        left_out=[paper(8, "L")],
    )
    again = read_post_data(post.data)
    data = json.loads(post.data)

    assert again == replace(post, markdown="")
    assert data["digests"][0]["checks"][4]["findings"][0]["text"] == "99.54%"
    assert data["digests"][0]["provenance"]["model"] == "gemini-3.5-flash-lite"
    with pytest.raises(ValueError, match="digests"):
        read_post_data('{"format": 2}')
    for odd in ('{"format": 3}', '{"format": 1}', '{"format": 1, "digests": [3]}', "["):
        with pytest.raises(ValueError, match=r"format|digests|Expecting"):
            read_post_data(odd)


def test_old_twin_is_read_and_written_anew() -> None:
    """One of format 1, from before claims had several quotes: nothing of it is lost."""
    text = (Path(__file__).parent / "twin_format_1.json").read_text("utf-8")
    old = json.loads(text)
    post = read_post_data(text)
    calm, plain, lost, glass = post.digests

    assert [len(d["checks"]) for d in old["digests"]] == [18, 10, 0, 5]
    assert [len(d.checks) for d in post.digests] == [18, 10, 0, 5]
    assert plain.summary is not None
    assert plain.summary.claims[1].evidence == (plain.summary.claims[1].text,)
    assert plain.checks[1].places[0] is not None
    assert plain.checks[1].places[0].page == 2
    assert lost.failure is not None
    assert lost.failure.stage == "download"
    assert glass.summary is not None
    assert [claim.field for claim in glass.summary.claims] == [
        "abstract", "approach", "results", "results", "limitations",
    ]  # fmt: skip
    assert [claim.text for claim in glass.summary.claims[2:4]] == [
        "准确率达到 66%。",
        "误差下降。",
    ]
    assert glass.checks[2].findings[0].kind == "unsupported"
    assert glass.checks[3].findings == ()
    assert glass.checks[4].places == (None,)
    assert calm.provenance is not None
    assert calm.provenance.judge == ""
    again = render_post(
        "GAN", DAY, post.digests, updates=post.updates, left_out=post.left_out
    )
    assert json.loads(again.data)["format"] == 2
    assert read_post_data(again.data).digests == post.digests


# ---------------------------------------------------------------- merging


def test_second_run_merges_by_paper() -> None:
    """A whole entry beats a failed one, a higher version a lower, nothing is twice."""
    bad = replace(failed(), paper=calm_gan().paper)
    second = replace(calm_gan(), paper=replace(calm_gan().paper, version=2))

    assert merge_digests([bad], [calm_gan()]) == (calm_gan(),)
    assert merge_digests([calm_gan()], [bad]) == (calm_gan(),)
    assert merge_digests([calm_gan()], [second]) == (second,)
    assert merge_digests([second, *FULL[1:]], [calm_gan()]) == (second, *FULL[1:])
    assert merge_digests([], [*FULL, *FULL]) == tuple(FULL)


def test_what_has_an_entry_is_neither_update_nor_left_out() -> None:
    """A paper stands in one place of a post."""
    post = render_post(
        "GAN",
        DAY,
        [replace(calm_gan(), paper=new_version().paper)],
        updates=[new_version()],
        left_out=[new_version().paper],
    )

    assert post.updates == ()
    assert post.left_out == ()


def test_papers_without_a_date_come_last() -> None:
    """Local files have none."""
    undated = replace(failed(), paper=Paper(id="scan", title="Scan", source="folder"))

    assert merge_digests([], [undated, calm_gan()]) == (calm_gan(), undated)


def test_a_post_of_nothing_but_failures_names_who_was_asked() -> None:
    """A model was asked and paid for: the post does not say that there was none."""
    failure = Failure(id="2611.00001v1", stage="verify", reason="nothing is left")
    lost = Digest(paper=paper(1, "A Lost Paper"), provenance=provenance())
    post = render_post("GAN", DAY, [replace(lost, failure=failure)])

    assert "已请求语言模型（gemini" in post.markdown
    assert "没有一条内容通过与原文的核对" in post.markdown
    assert check_markdown(post.markdown, post.data, ()) == ()


def test_an_old_twins_unproven_facts_are_left_out() -> None:
    """Affiliations and code links without a quote are read as none; the rest stays."""
    post = render_post("GAN", DAY, [calm_gan()])
    data = json.loads(post.data)
    for digest in data["digests"]:
        del digest["affiliation"], digest["code_url"]
        digest["affiliations"] = ["Some Institute", "Email: a@b.org"]
        digest["code_urls"] = ["https://github.com/other/tool"]

    (again,) = read_post_data(json.dumps(data)).digests

    assert again == replace(calm_gan(), affiliation=None, code_url=None)


@pytest.mark.parametrize(
    ("kind", "words", "badge"),
    [
        ("text", "高斯泼溅的压缩与加速渲染方法", "近似于 高斯泼溅的压缩与…"),
        ("text", "GAN", "近似于 GAN"),
        ("starred", "Calm-GAN: Damping", "近似于 Calm-GAN: Dampin…"),
        ("starred", "A :x: B", "近似于兴趣"),
        ("library", "Mirrors and Masks of Faces", "近似于 Mirrors and Mask…"),
        ("author", "Kaiming He", "关注的作者"),
        ("text", "`x` {{ y }}", "近似于兴趣"),
        ("text", "$x$ <b>", "近似于兴趣"),
        ("text", "{% raw %}", "近似于兴趣"),
        ("text", "", "近似于兴趣"),
    ],
)
def test_the_overview_says_why_a_paper_is_relevant(
    kind: InterestKind, words: str, badge: str
) -> None:
    """In one short badge, whatever a title or the reader's own words are."""
    near = Interest(kind=kind, words=words), Interest(kind="text", words="more")
    relevance = Relevance(score=1.0, near=near)
    digest = replace(plain_sentences(), relevance=relevance)
    post = render_post("GAN", DAY, [digest])
    (line,) = [t for t in post.markdown.split("\n") if t.startswith("1. [")]

    assert f" `{badge}`" in line
    assert "more" not in line
    assert check_markdown(post.markdown, post.data, []) == ()
    spoilt = post.markdown.replace(f" `{badge}`", "")
    assert check_markdown(spoilt, post.data, []) != ()


@pytest.mark.parametrize(("kind", "badge"), [("text", "近似"), ("author", "关注")])
def test_a_long_overview_says_it_in_a_word(kind: InterestKind, badge: str) -> None:
    """On a phone a few words more would take another line of each paper."""
    relevance = Relevance(score=1.0, near=(Interest(kind=kind, words="GAN"),))
    digests = [
        replace(plain_sentences(), paper=paper(n, f"Paper {n}"), relevance=relevance)
        for n in range(1, 14)
    ]
    post = render_post("GAN", DAY, digests)
    lines = [t for t in post.markdown.split("\n") if re.match(r"\d+\. \[", t)]

    assert all(line.endswith(f" `{badge}`") for line in lines)
    assert check_markdown(post.markdown, post.data, []) == ()
