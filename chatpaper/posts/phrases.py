"""The fixed words of a post, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chatpaper.posts.wording import KEYS, Phrases

# --------------------------------------------------------------------------------------
# The fixed words of a post in Chinese.

CHINESE = Phrases(
    title="{topic} · {day} · {count} 篇",
    about_model="以下摘要由语言模型生成（{models}）；引文已在原文查找，数字与名称已查对；"
    "{judged}。",
    judged_all="每条由语言模型对照其引文判断（{judges}）",
    judged_some="{claims} 条中有 {n} 条由语言模型对照其引文判断（{judges}），"
    "其余未判断含义",
    judged_none="未判断含义是否与原文一致",
    same_model="{judge}，即生成摘要的模型",
    about_extractive="本文未使用语言模型：摘要为按规则选出的论文原句（{models}），"
    "已在原文查找；取舍是否得当未经判断。",
    about_others="其中 {n} 篇未使用语言模型：摘要为按规则选出的论文原句（{models}），"
    "已在原文查找；取舍是否得当未经判断。",
    made_on="{model}，{day}",
    about_asked="已请求语言模型（{models}），没有得到可以收录的摘要。",
    about_nothing="本文没有收录任何摘要。",
    about_elsewhere="各篇的内容均在同日其他主题的文章中，不再重复。",
    caution="页码直达论文原文所在页，悬停可见引文；标「⚠」处未通过核对。"
    "仅供阅读前初筛，请勿直接用于严肃的学术场景。",
    counts="收录 {papers} 篇，已总结 {whole} 篇",
    count_failed="{n} 篇未生成",
    count_left_out="{n} 篇因预算未总结",
    count_listed="{n} 篇仅列题目",
    count_updates="{n} 篇旧文有新版本",
    count_elsewhere="{n} 篇见同日的 {topics}",
    elsewhere="见 {topic}",
    updated="更新",
    colon="：",
    comma="，",
    separator="、",
    gap="",
    full_stop="。",
    authors="作者",
    original="原文摘要",
    translation="摘要译文（由模型翻译）",
    affiliation="单位",
    code="代码",
    survey="综述",
    data="数据集",
    keywords="关键词",
    overview="今日速览",
    outline="概述",
    conclusion="结论",
    papers="论文",
    details="详细内容：背景、方法、结果、图表、原文摘要、引文",
    more_points="其余要点",
    among="{names} 等 {n} 人",
    fields=MappingProxyType(
        {
            "abstract": "摘要",
            "points": "要点",
            "method": "方法",
            "background": "研究背景",
            "prior_work": "已有方法及问题",
            "approach": "研究思路",
            "results": "主要结果",
            "significance": "意义",
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
            "verify": "没有一条内容通过与原文的核对",
        }
    ),
    page="p.{page}",
    mark="「⚠ {words}」",
    unplaced="原文未定位",
    findings=MappingProxyType(
        {
            "quote": "引文未见于原文",
            "number": "引文中无：{text}",
            "name": "原文无此名称：{text}",
            "form": "表述未通过检查",
            "contradicted": "与原文不符",
            "unsupported": "引文不支持",
        }
    ),
    checked="核查：引文 {located}/{quotes} 处在原文定位",
    doubtful="{n} 条存疑",
    removed=MappingProxyType(
        {
            "contradicted": "{n} 条与原文不符，已删",
            "unsupported": "{n} 条引文不支持，未收录",
            "unjudged": "{n} 条未能核对，未收录",
            "form": "{n} 条表述未通过检查，未收录",
            "title": "标题译文未通过核对，未收录",
        }
    ),
    stop="；",
    basis="依据：{basis}",
    bases=MappingProxyType(
        {"full text": "全文", "partial text": "部分原文", "abstract": "仅摘要"}
    ),
    pages="{n} 页",
    model="模型：{made}",
    extractive="未使用语言模型：{made}",
    judge="判断：{judge}",
    judge_some="判断：{judge}（{n}/{claims} 条）",
    no_judge="未判断含义",
    quotes="引文",
    quote="“{words}”",
    hidden="⚠ PDF 含隐藏文字",
    figures="点此查看论文截图",
    figure=MappingProxyType({"figure": "图", "table": "表", "algorithm": "算法"}),
    new_versions="更新：已收录论文的新版本",
    posted_on="收录于 {day}",
    correction="更正",
    corrected="{day} 由 {now} 重新生成摘要，此前为 {made}；删去 {gone} 条，"
    "新增 {new} 条，旧摘要存于 JSON 文件。",
    withdrawal="⚠ 撤稿",
    withdrawn="此论文已被撤回，原因见 arXiv 备注或摘要。",
    withdrawn_later="此论文收录后已于 {day} 被撤回，原因见 arXiv 页面。",
    withdrawn_badge="撤稿",
    title_was="标题",
    authors_new="新增 {names}",
    authors_gone="不再有 {names}",
    authors_moved="次序或写法有变",
    abstract_was="摘要改动",
    comment_was="备注",
    abstract_same="摘要未变。",
    unchanged="标题、作者、摘要与备注均无改动。",
    none="无",
    left_out="{n} 篇因预算未总结",
    listed="{n} 篇相关度较低，仅列题目",
    near={
        "author": "关注的作者：{words}",
        "text": "近似于「{words}」",
        "starred": "近似于收藏的「{words}」",
        "library": "近似于文献库中的「{words}」",
    },
    near_author="关注的作者",
    near_author_short="关注",
    near_short="近似",
    near_words="近似于 {words}",
    near_any="近似于兴趣",
)


# --------------------------------------------------------------------------------------
# The fixed words of a post in English.

ENGLISH = Phrases(
    title="{topic} · {day} · {count} papers",
    about_model="Summaries by a language model ({models}); quotes were looked up in "
    "the papers, numbers and names were checked; {judged}.",
    judged_all="each claim was judged against its quotes by a language model "
    "({judges})",
    judged_some="{n} of {claims} claims were judged against their quotes by a language "
    "model ({judges}), the others were not judged",
    judged_none="whether the meaning agrees was not judged",
    same_model="{judge}, the model that wrote",
    about_extractive="No language model was used: the summaries are sentences of the "
    "papers, chosen by rules ({models}) and looked up in them; whether the choice is "
    "apt was not judged.",
    about_others="{n} of them without a language model: sentences of the papers, "
    "chosen by rules ({models}) and looked up in them; whether the choice is apt was "
    "not judged.",
    made_on="{model}, {day}",
    about_asked="A language model was asked ({models}); nothing it wrote was fit to be "
    "shown.",
    about_nothing="Nothing was summarized.",
    about_elsewhere="All of them stand in other posts of the day.",
    caution="Page links lead to the page of the paper and show its words on hover; "
    "what is marked ⚠ did not pass a check. For a first look only, not for citing.",
    counts="{papers} papers, {whole} summarized",
    count_failed="{n} failed",
    count_left_out="{n} not summarized for want of budget",
    count_listed="{n} listed by title",
    count_updates="{n} posted before have a new version",
    count_elsewhere="{n} stand in the day's post on {topics}",
    elsewhere="see {topic}",
    updated="update",
    colon=": ",
    comma=", ",
    separator=", ",
    gap=" ",
    full_stop=".",
    authors="Authors",
    original="Abstract of the paper",
    translation="The abstract translated (by a model)",
    affiliation="Affiliation",
    code="Code",
    survey="Survey",
    data="Data set",
    keywords="Keywords",
    overview="At a glance",
    outline="Overview",
    conclusion="Conclusion",
    papers="Papers",
    details="Details: background, method, results, figures, abstract, quotes",
    more_points="Further points",
    among="{names} and others, {n} in all",
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
            "verify": "no claim passed the check against the paper",
        }
    ),
    page="p.{page}",
    mark="(⚠ {words})",
    unplaced="not located in the paper",
    findings=MappingProxyType(
        {
            "quote": "the quote is not in the paper",
            "number": "not in the quotes: {text}",
            "name": "no such name in the paper: {text}",
            "form": "the wording did not pass the check",
            "contradicted": "the paper says otherwise",
            "unsupported": "the quotes do not bear it out",
        }
    ),
    checked="Checked: {located}/{quotes} quotes located in the paper",
    doubtful="{n} claims doubtful",
    removed=MappingProxyType(
        {
            "contradicted": "{n} contradicted by the paper, removed",
            "unsupported": "{n} not borne out by their quotes, left out",
            "unjudged": "{n} could not be judged, left out",
            "form": "{n} failed the check of wording, left out",
            "title": "the translated title failed its check, left out",
        }
    ),
    stop="; ",
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
    judge="Judged by {judge}",
    judge_some="Judged by {judge} ({n}/{claims} claims)",
    no_judge="meaning not judged",
    quotes="Quotes",
    quote="“{words}”",
    hidden="⚠ The PDF has hidden text",
    figures="Show figures of the paper",
    figure=MappingProxyType(
        {"figure": "Figure", "table": "Table", "algorithm": "Algorithm"}
    ),
    new_versions="Updates: new versions of papers posted before",
    posted_on="posted on {day}",
    correction="Correction",
    corrected="summarized anew on {day} by {now}, before by {made}; {gone} claims "
    "gone, {new} new; the JSON file keeps the old summary.",
    withdrawal="⚠ Withdrawn",
    withdrawn="this paper was withdrawn; arXiv's comment or abstract says why.",
    withdrawn_later="this paper was withdrawn on {day}, after it was posted; its page "
    "on arXiv says why.",
    withdrawn_badge="withdrawn",
    title_was="Title",
    authors_new="{names} added",
    authors_gone="{names} gone",
    authors_moved="in another order or spelling",
    abstract_was="Changes in the abstract",
    comment_was="Comment",
    abstract_same="The abstract is unchanged.",
    unchanged="Title, authors, abstract and comment are unchanged.",
    none="none",
    left_out="{n} papers not summarized for want of budget",
    listed="{n} less relevant papers by title",
    near={
        "author": "by an author you follow: {words}",
        "text": "close to “{words}”",
        "starred": "close to “{words}”, which you starred",
        "library": "close to “{words}” in your library",
    },
    near_author="followed author",
    near_author_short="followed",
    near_short="close",
    near_words="close to {words}",
    near_any="close to your interests",
)


# --------------------------------------------------------------------------------------
# The fixed words of a post, one table per language.

__all__ = ["KEYS", "Phrases", "every_language", "phrases_in"]

_LANGUAGES: Mapping[str, Phrases] = MappingProxyType({"zh": CHINESE, "en": ENGLISH})


def phrases_in(language: str) -> Phrases:
    """The words for a language tag (`zh`, `zh-CN`, `en`); English for any other."""
    return _LANGUAGES.get(language.lower().replace("_", "-").split("-")[0], ENGLISH)


def every_language() -> tuple[Phrases, ...]:
    """All tables."""
    return tuple(_LANGUAGES.values())
