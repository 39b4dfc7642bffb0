"""The fixed words of a post, one table per language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chatpaper.records import Failure, Field, FigureKind, FindingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Every word of a post that is ours; `{}` slots are filled by `str.format`."""

    description: str
    about_model: str
    about_extractive: str
    about_others: str
    made_on: str
    about_nothing: str
    caution: str
    counts: str
    count_failed: str
    count_left_out: str
    count_updates: str
    updated: str
    colon: str
    comma: str
    separator: str
    authors: str
    original: str
    affiliation: str
    code: str
    keywords: str
    overview: str
    conclusion: str
    fields: Mapping[Field, str]
    missing: str
    failed: str
    stages: Mapping[str, str]
    page: str
    mark: str
    unplaced: str
    findings: Mapping[FindingKind, str]
    checked: str
    doubtful: str
    dropped: str
    basis: str
    bases: Mapping[str, str]
    pages: str
    model: str
    extractive: str
    hidden: str
    figures: str
    figure: Mapping[FigureKind, str]
    new_versions: str
    posted_on: str
    title_was: str
    abstract_was: str
    comment_was: str
    unchanged: str
    none: str
    left_out: str

    @property
    def folds(self) -> frozenset[str]:
        """The words a fold may carry."""
        return frozenset({self.original, self.figures, self.abstract_was})


_ZH = Phrases(
    description="{topic} 方向最新论文已更新，请持续关注 Update in {day} {title}",
    about_model="以下摘要由语言模型生成（{models}），逐条与论文原文核对。",
    about_extractive="本文未使用语言模型：摘要均为论文原句（{models}）。",
    about_others="其中 {n} 篇未使用语言模型：摘要为论文原句（{models}）。",
    made_on="{model}，{day}",
    about_nothing="本文未使用语言模型，也没有生成摘要。",
    caution="页码直达论文原文所在页，标「⚠」处未获原文支持。"
    "仅供阅读前初筛，请勿直接用于严肃的学术场景。",
    counts="收录 {papers} 篇，已总结 {whole} 篇",
    count_failed="{n} 篇未生成",
    count_left_out="{n} 篇因预算未总结",
    count_updates="{n} 篇旧文有新版本",
    updated="更新",
    colon="：",
    comma="，",
    separator="、",
    authors="作者",
    original="原文摘要",
    affiliation="单位",
    code="代码",
    keywords="关键词",
    overview="概述",
    conclusion="结论",
    fields=MappingProxyType(
        {
            "abstract": "摘要",
            "points": "要点",
            "method": "方法",
            "background": "研究背景",
            "prior_work": "已有方法及问题",
            "approach": "研究方法",
            "results": "实验结果",
            "significance": "意义",
            "novelty": "创新点",
            "performance": "性能",
            "limitations": "局限",
        }
    ),
    missing="未生成",
    failed="未生成：{reason}。",
    stages=MappingProxyType(
        {
            "download": "论文 PDF 下载失败",
            "read": "论文 PDF 无法解析",
            "summarize": "模型没有给出可用的结果",
            "verify": "内容未通过原文核对",
            "budget": "本次运行的预算已用完",
            "publish": "内容未通过发布检查",
        }
    ),
    page="p.{page}",
    mark="「⚠ {words}」",
    unplaced="原文未定位",
    findings=MappingProxyType(
        {
            "number": "原文未见：{text}",
            "contradicted": "与原文不符：{text}",
            "misattributed": "原文另有所指：{text}",
            "quote": "引文未见于原文",
            "name": "原文无此名称：{text}",
            "form": "表述未通过检查",
        }
    ),
    checked="核查：{placed}/{claims} 条在原文定位",
    doubtful="{n} 条存疑",
    dropped="{n} 条未通过检查，未收录",
    basis="依据：{basis}",
    bases=MappingProxyType(
        {"full text": "全文", "partial text": "部分原文", "abstract": "仅摘要"}
    ),
    pages="{n} 页",
    model="模型：{made}",
    extractive="未使用语言模型：{made}",
    hidden="⚠ PDF 含隐藏文字",
    figures="点此查看论文截图",
    figure=MappingProxyType({"figure": "图", "table": "表", "algorithm": "算法"}),
    new_versions="更新：已收录论文的新版本",
    posted_on="收录于 {day}",
    title_was="标题",
    abstract_was="摘要改动",
    comment_was="备注",
    unchanged="标题、摘要与备注均无改动。",
    none="无",
    left_out="{n} 篇因预算未总结",
)

_EN = Phrases(
    description="New papers on {topic}: update in {day} {title}",
    about_model="Summaries by a language model ({models}), each claim checked "
    "against the paper.",
    about_extractive="No language model was used: the summaries are the papers' own "
    "sentences ({models}).",
    about_others="{n} of them without a language model: sentences of the papers "
    "({models}).",
    made_on="{model}, {day}",
    about_nothing="No language model was used, and nothing was summarized.",
    caution="Page links lead to the place in the paper; what is marked ⚠ is not borne "
    "out by it. For a first look only, not for citing.",
    counts="{papers} papers, {whole} summarized",
    count_failed="{n} failed",
    count_left_out="{n} not summarized for want of budget",
    count_updates="{n} posted before have a new version",
    updated="update",
    colon=": ",
    comma=", ",
    separator=", ",
    authors="Authors",
    original="Abstract of the paper",
    affiliation="Affiliation",
    code="Code",
    keywords="Keywords",
    overview="Overview",
    conclusion="Conclusion",
    fields=MappingProxyType(
        {
            "abstract": "Summary",
            "points": "Key points",
            "method": "Method",
            "background": "Background",
            "prior_work": "Prior work and its problems",
            "approach": "Approach",
            "results": "Results",
            "significance": "Significance",
            "novelty": "Novelty",
            "performance": "Performance",
            "limitations": "Limitations",
        }
    ),
    missing="not generated",
    failed="Not generated: {reason}.",
    stages=MappingProxyType(
        {
            "download": "the PDF could not be downloaded",
            "read": "the PDF could not be read",
            "summarize": "the model gave no usable result",
            "verify": "the text did not pass the check against the paper",
            "budget": "the budget of this run is spent",
            "publish": "the text did not pass the publish gate",
        }
    ),
    page="p.{page}",
    mark="(⚠ {words})",
    unplaced="not located in the paper",
    findings=MappingProxyType(
        {
            "number": "not in the paper: {text}",
            "contradicted": "the paper says otherwise: {text}",
            "misattributed": "the paper says this of something else: {text}",
            "quote": "the quote is not in the paper",
            "name": "no such name in the paper: {text}",
            "form": "the wording did not pass the check",
        }
    ),
    checked="Checked: {placed}/{claims} claims located in the paper",
    doubtful="{n} doubtful",
    dropped="{n} left out by the checks",
    basis="Basis: {basis}",
    bases=MappingProxyType(
        {
            "full text": "full text",
            "partial text": "part of the text",
            "abstract": "abstract only",
        }
    ),
    pages="{n} pages",
    model="Model: {made}",
    extractive="No language model: {made}",
    hidden="⚠ The PDF has hidden text",
    figures="Show figures of the paper",
    figure=MappingProxyType(
        {"figure": "Figure", "table": "Table", "algorithm": "Algorithm"}
    ),
    new_versions="Updates: new versions of papers posted before",
    posted_on="posted on {day}",
    title_was="Title",
    abstract_was="Changes in the abstract",
    comment_was="Comment",
    unchanged="Title, abstract and comment are unchanged.",
    none="none",
    left_out="{n} papers not summarized for want of budget",
)

_LANGUAGES: Mapping[str, Phrases] = MappingProxyType({"zh": _ZH, "en": _EN})


def phrases_in(language: str) -> Phrases:
    """The words for a language tag (`zh`, `zh-CN`, `en`); English for any other."""
    return _LANGUAGES.get(language.lower().replace("_", "-").split("-")[0], _EN)


def every_language() -> tuple[Phrases, ...]:
    """All tables."""
    return tuple(_LANGUAGES.values())


def failure_words(failure: Failure, say: Phrases) -> str:
    """Why an entry is not whole, in fixed words; the error itself is never shown."""
    return say.failed.format(reason=say.stages[failure.stage])
