"""The fixed words of a post in Chinese."""

from __future__ import annotations

from types import MappingProxyType

from chatpaper.posts.phrases.table import Phrases

CHINESE = Phrases(
    description="{topic} 方向最新论文已更新，请持续关注 Update in {day} {title}",
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
    caution="页码直达论文原文所在页，悬停可见引文；标「⚠」处未通过核对。"
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
            "approach": "研究思路",
            "results": "实验结果",
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
    title_was="标题",
    abstract_was="摘要改动",
    comment_was="备注",
    unchanged="标题、摘要与备注均无改动。",
    none="无",
    left_out="{n} 篇因预算未总结",
)
