"""The fixed words of the site that no post has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePhrases:
    """Every word that is ours; `{}` slots are filled by `str.format`."""

    tag: str
    name: str
    newest: str
    topics: str
    authors: str
    calendar: str
    feeds: str
    search: str
    search_label: str
    search_hint: str
    found: str
    nothing: str
    needs_server: str
    skip: str
    papers: str
    before: str
    earlier: str
    later: str
    month: str
    weekdays: tuple[str, ...]
    points: str
    reviews: str
    versions: str
    posted_in: str
    cite: str
    navigation: str
    other: str
    first_posted: str


CHINESE = SitePhrases(
    tag="zh-CN",
    name="论文日报",
    newest="最新",
    topics="主题",
    authors="作者",
    calendar="日历",
    feeds="订阅",
    search="搜索",
    search_label="搜索论文",
    search_hint="标题、摘要、方法、作者……",
    found="找到 {n} 篇",
    nothing="没有找到相关论文",
    needs_server="搜索需要脚本，并且只在通过 http 打开网站时可用。",
    skip="跳到正文",
    papers="{n} 篇",
    before="往日",
    earlier="前一日",
    later="后一日",
    month="{year} 年 {month} 月",
    weekdays=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    points="要点",
    reviews="周报与月报",
    versions="版本",
    posted_in="收录于",
    cite="引用",
    navigation="站点导航",
    other="其他",
    first_posted="{day} 收录",
)

ENGLISH = SitePhrases(
    tag="en",
    name="Papers by day",
    newest="Newest",
    topics="Topics",
    authors="Authors",
    calendar="Calendar",
    feeds="Feeds",
    search="Search",
    search_label="Search papers",
    search_hint="Title, summary, method, author …",
    found="{n} papers found",
    nothing="No such paper",
    needs_server="The search needs scripts, and a site that is opened over http.",
    skip="To the content",
    papers="{n} papers",
    before="Earlier days",
    earlier="Day before",
    later="Day after",
    month="{year}-{month:02d}",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    points="Key points",
    reviews="Weeks and months",
    versions="Versions",
    posted_in="Posted in",
    cite="Cite",
    navigation="Site",
    other="Other",
    first_posted="posted on {day}",
)


def site_phrases(language: str) -> SitePhrases:
    """The words for `zh`; English for any other."""
    return CHINESE if language == "zh" else ENGLISH
