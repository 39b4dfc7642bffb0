"""The fixed words of a period's post, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chatpaper.periods.calendar import Kind
from chatpaper.periods.review import Change, Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Every word of such a post that a day's post does not have."""

    titles: Mapping[Kind, str]
    tags: Mapping[Kind, str]
    span: str
    made: str
    counts: str
    before: str
    no_before: str
    listed: str
    gaps: str
    no_gap: str
    origin: str
    best: str
    by_interests: str
    by_merits: str
    moved: str
    base: str
    arrow: str
    arrow_elsewhere: str
    uncounted: str
    few: str
    few_before: str
    most_moved: str
    nothing_moved: str
    moved_from: str
    no_words: str
    measures: Mapping[Measure, str]
    count: str
    count_alone: str
    more_links: str
    news: str
    changes: Mapping[Change, str]
    rest: str
    more_papers: str
    day_count: str
    failed: str


_CHINESE = Words(
    titles={
        "week": "{topic} 周报 · {span} · {count} 篇",
        "month": "{topic} 月报 · {period} · {count} 篇",
    },
    tags={"week": "周报", "month": "月报"},
    span="{first} 至 {last}",
    made="{first} 至 {last}，{days} 天有日报，收录 {papers} 篇，其中 {whole} 篇有摘要",
    counts="{made}；{before}",
    before="上期（{first} 至 {last}）收录 {n} 篇",
    no_before="上期（{first} 至 {last}）没有日报",
    listed="；另有 {n} 篇仅列题目",
    gaps="没有日报的日子（没有新论文，或没有运行）：{days}。",
    no_gap="每天都有日报。",
    origin="全部取自每天的日报，没有再问模型；摘要由谁生成、如何核对，见每天日报的说明。"
    "标「⚠」处未通过核对。仅供阅读前初筛，请勿直接用于严肃的学术场景。",
    best="先看这 {n} 篇",
    by_interests="排序：先是与你的兴趣相近者，再按论文在其当日论文中的突出程度。",
    by_merits="排序：没有设置兴趣（interests），故录用信息、代码、综述、数据集各计"
    "一分，同分者新的在前。",
    moved="有什么变化",
    base="计数为论文数。名称与关键词只数核对无误（经模型判断、无「⚠」）的陈述："
    "本期 {here} 篇有这样的陈述，上期 {before} 篇。",
    arrow="箭头后的数字是论文在本页的次序，直达当日日报里说到它的那一句。",
    arrow_elsewhere="箭头后的数字是论文在本页的次序，通往那篇论文。",
    uncounted="其余 {n} 篇的摘要未经判断，或没有通过核对的陈述，不计入。",
    few="本期这样的论文只有 {n} 篇，太少，不计数。",
    few_before="上期这样的论文只有 {n} 篇，太少，不作比较。",
    most_moved="变化大于偶然：{words}。",
    nothing_moved="没有哪一项的变化大于偶然。",
    moved_from="{word} {before} → {here}",
    no_words="没有哪个词有三篇论文说到。",
    measures=MappingProxyType(
        {
            "data": "数据集",
            "name": "方法、模型与指标",
            "keyword": "关键词",
            "venue": "录用（据 arXiv）",
        }
    ),
    count="{word} {here}（上期 {before}）",
    count_alone="{word} {here}",
    more_links="另 {n} 篇见 JSON 文件",
    news="更正、撤稿与新版本",
    changes=MappingProxyType(
        {"correction": "更正", "withdrawal": "撤稿", "version": "新版本"}
    ),
    rest="其余 {n} 篇",
    more_papers="还有 {n} 篇，见每天的日报：",
    day_count="{day}（{n} 篇）",
    failed="未生成",
)

_ENGLISH = Words(
    titles={
        "week": "{topic}: the week {span}, {count} papers",
        "month": "{topic}: the month {period}, {count} papers",
    },
    tags={"week": "weekly", "month": "monthly"},
    span="{first} to {last}",
    made="{first} to {last}, days with a post: {days}, papers: {papers}, "
    "summarized: {whole}",
    counts="{made}; {before}",
    before="{n} papers in the period before ({first} to {last})",
    no_before="no post in the period before ({first} to {last})",
    listed="; {n} more are listed by title",
    gaps="Days without a post (no new paper, or no run): {days}.",
    no_gap="There is a post on every day.",
    origin="All of it is taken from the days' posts, which say who wrote the "
    "summaries and what was checked; no model was asked again. What is marked ⚠ did "
    "not pass a check. For a first look only, not for citing.",
    best="The first {n} to look at",
    by_interests="Order: what is close to your interests first, then by how a paper "
    "stands out among those of its day.",
    by_merits="Order: no interests are set, so a venue, code, a survey and a data set "
    "count a point each; then the newest first.",
    moved="What moved",
    base="Counts are of papers. Names and keywords are counted only in statements that "
    "passed every check (judged, without ⚠): {here} papers have such statements, "
    "{before} in the period before.",
    arrow="A number behind the arrow is a paper's place on this page and leads to the "
    "sentence in the day's post.",
    arrow_elsewhere="A number behind the arrow is a paper's place on this page and "
    "leads to that paper.",
    uncounted="The other {n} are not counted: their summaries were not judged, or no "
    "statement passed.",
    few="Only {n} papers have such statements: too few to count.",
    few_before="Only {n} papers of the period before have such statements: too few to "
    "compare.",
    most_moved="More than chance would bring: {words}.",
    nothing_moved="Nothing moved more than chance would bring.",
    moved_from="{word} {before} → {here}",
    no_words="No word stands in three papers.",
    measures=MappingProxyType(
        {
            "data": "Data sets",
            "name": "Methods, models and metrics",
            "keyword": "Keywords",
            "venue": "Venues (as arXiv has them)",
        }
    ),
    count="{word} {here} (before: {before})",
    count_alone="{word} {here}",
    more_links="{n} more in the JSON file",
    news="Corrections, withdrawals and new versions",
    changes=MappingProxyType(
        {
            "correction": "Correction",
            "withdrawal": "Withdrawn",
            "version": "New version",
        }
    ),
    rest="The other {n}",
    more_papers="{n} more stand in the days' posts:",
    day_count="{day} ({n})",
    failed="not generated",
)


def words_in(language: str) -> Words:
    """The words for a language; English for any but Chinese."""
    return _CHINESE if language == "zh" else _ENGLISH


def changes_in(language: str) -> Mapping[Change, str]:
    """What became of papers, in a language of posts."""
    return words_in(language).changes
