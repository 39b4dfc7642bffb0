"""The post of a week or a month: what it says, counts and leads to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from chatpaper.outputs import posts_in
from chatpaper.periods import (
    Period,
    Review,
    Sources,
    check_review,
    named_period,
    period_ended_by,
    read_review,
    render_review,
    review_of,
    week_end,
    write_review,
)
from chatpaper.posts import render_post
from chatpaper.records import (
    Check,
    Correction,
    Digest,
    Interest,
    Post,
    Relevance,
    Update,
)
from commands import run_command
from rich_digests import (
    at,
    calm_gan,
    digest_of,
    failed,
    hostile,
    marked,
    paper,
    plain_sentences,
    provenance,
)

MONDAY = date(2026, 11, 16)
WEEK = Period("week", MONDAY, date(2026, 11, 22))
LINK = "../../{date}/{stem}/"


def entry(
    number: int, says: str = "在 CIFAR-10 数据集上 FID 更低。", **more: object
) -> Digest:
    """A paper with a sentence and a point, each borne out."""
    comment = more.pop("comment", None)
    check = more.pop("check", at(3, "As printed.", verdict="supported"))
    of = paper(number, f"Plain Title {number}", comment=comment)
    day = datetime.combine(MONDAY, time(1), UTC) + timedelta(hours=number)
    facts: dict[str, object] = {
        "title": f"第 {number} 篇",
        "keywords": "采样 蒸馏",
        "provenance": provenance(judge="judge"),
    }
    return digest_of(
        replace(of, published=day),
        [
            ("abstract", f"提出第 {number} 种做法。", at(1, verdict="supported")),
            ("points", says, check),  # type: ignore[list-item]
        ],
        **{**facts, **more},
    )


def posts_of(days: dict[int, Sequence[Digest]], **more: object) -> list[Post]:
    """Posts of some days, by their distance from the Monday."""
    return [
        render_post("GAN", MONDAY + timedelta(days=n), digests, **more)  # type: ignore[arg-type]
        for n, digests in sorted(days.items())
    ]


def sources(
    here: Sequence[Post], before: Sequence[Post] = (), changed: Sequence[Post] = ()
) -> Sources:
    """What a review is made of."""
    return Sources(here=here, before=before, changed=changed or here)


def made(of: Sources, *, language: str = "zh") -> Review:
    """The review of the week, which its gate takes."""
    review = review_of("GAN", WEEK, of, language=language, link=LINK)
    assert review is not None
    assert faults(review, of) == []
    return review


def faults(review: Review, of: Sources, markdown: str = "") -> list[str]:
    """What the gate says of a review, written as it is or in other words."""
    markdown = markdown or render_review(review)
    problems = check_review(markdown, write_review(review, markdown), of)
    return [str(problem) for problem in problems]


def ten(first: int = 1, count: int = 10) -> list[Digest]:
    """Enough papers to count."""
    return [entry(number) for number in range(first, first + count)]


# ---------------------------------------------------------------- weeks and months


@pytest.mark.parametrize(
    ("kind", "day", "name", "first", "last"),
    [
        ("week", "2026-11-22", "2026-W47", "2026-11-16", "2026-11-22"),
        ("week", "2026-11-28", "2026-W47", "2026-11-16", "2026-11-22"),
        ("week", "2027-01-03", "2026-W53", "2026-12-28", "2027-01-03"),
        ("month", "2026-11-30", "2026-11", "2026-11-01", "2026-11-30"),
        ("month", "2026-11-29", "2026-10", "2026-10-01", "2026-10-31"),
        ("month", "2024-03-30", "2024-02", "2024-02-01", "2024-02-29"),
    ],
)
def test_the_last_whole_one(
    kind: str, day: str, name: str, first: str, last: str
) -> None:
    """A period is over on its last day; its name leads back to it."""
    period = period_ended_by(kind, date.fromisoformat(day))  # type: ignore[arg-type]

    assert period == Period(kind, date.fromisoformat(first), date.fromisoformat(last))  # type: ignore[arg-type]
    assert period.name == name
    assert named_period(name) == period
    assert period.before.last == period.first - timedelta(days=1)


@pytest.mark.parametrize("name", ["2026-11-16", "2026-W60", "2026-13", "GAN", "2026"])
def test_other_folders_are_no_periods(name: str) -> None:
    """No day's folder is taken for a period's."""
    assert named_period(name) is None


def test_a_week_that_no_year_has() -> None:
    """2025 has 52 weeks."""
    with pytest.raises(ValueError, match="53"):
        week_end("2025-W53")


# ---------------------------------------------------------------- what it says


def test_a_week_in_full() -> None:
    """Order, sentences with pages and badges, counts beside those before, links."""
    here = posts_of({0: ten(), 2: ten(11, 2)})
    here[1] = posts_of({2: [*ten(11, 1), entry(12, comment="CVPR 2026")]})[0]
    review = made(sources(here, posts_of({-3: ten(20, 8)})))
    text = render_review(review)

    assert "title: GAN 周报 · 2026-11-16 至 2026-11-22 · 12 篇" in text
    assert "没有日报的日子（没有新论文，或没有运行）：11-17、11-19 至 11-22。" in text
    assert [e.id for e in review.papers[:3]] == [
        "2611.00012",
        "2611.00011",
        "2611.00010",
    ]
    address = "../../2026-11-18/GAN/#2611.00012"
    assert f"1. [第 12 篇]({address}) `CVPR 2026`\\\n" in text
    assert (
        '</a>提出第 12 种做法。[p.1](https://arxiv.org/pdf/2611.00012v1#page=1 "'
        in text
    )
    assert f"- CIFAR-10 12（上期 8） → [1]({address}-points-1) · " in text
    assert "- FID 12（上期 8） →" in text
    assert "其余 2 篇" in text
    assert re.search(r"\n10\. \[[^\n]*\\\n {4}<a id=[^\n]*\\\n {4}Plain", text)
    measures = {count.word: count.measure for count in review.counts}
    assert measures == {"CIFAR-10": "data", "FID": "name"}


def test_a_link_of_a_count_leads_to_the_statement() -> None:
    """Each names a statement of the day's post that has the word."""
    here = posts_of({0: ten(), 1: ten(11)})
    text = render_review(made(sources(here)))
    markdown = {post.day.isoformat(): post.markdown for post in here}
    links = re.findall(r"\.\./\.\./([\d-]+)/GAN/#([\w.-]+-points-1)\)", text)

    assert len(links) == 20
    for day, anchor in links:
        line = markdown[day].partition(f'<a id="{anchor}"></a>')[2].partition("\n")[0]
        assert "CIFAR-10" in line
        assert "FID" in line


@pytest.mark.parametrize(
    "check",
    [
        at(3, verdict=None),
        at(3, verdict="unsupported"),
        marked("number", "12", 3, verdict="supported"),
        Check(verdict="supported"),
    ],
    ids=["not judged", "not borne out", "marked", "not located"],
)
def test_only_what_holds_is_counted(check: Check) -> None:
    """A statement that nobody judged, or that bears a mark, says nothing."""
    digests = [*ten(), *(entry(n, check=check) for n in range(11, 15))]
    review = made(sources(posts_of({0: digests})))

    assert {c.word: len(c.mentions) for c in review.counts} == {
        "CIFAR-10": 10,
        "FID": 10,
    }


def test_posts_without_a_judge_are_not_counted() -> None:
    """The paper's own sentences are shown, and said not to count."""
    digests = [replace(plain_sentences(), paper=entry(n).paper) for n in range(1, 4)]
    review = made(sources(posts_of({0: [*ten(4), *digests]})))

    assert review.counted == 10
    assert "其余 3 篇的摘要未经判断，或没有通过核对的陈述，不计入。" in render_review(
        review
    )


def test_keywords_count_where_a_statement_has_them() -> None:
    """A keyword is a model's; 采样 stands in no statement, 蒸馏 in ten."""
    digests = [entry(n, "用蒸馏得到更小的网络。") for n in range(1, 11)]
    review = made(sources(posts_of({0: digests})))

    found = {(c.measure, c.word): len(c.mentions) for c in review.counts}
    assert found == {("keyword", "蒸馏"): 10}


@pytest.mark.parametrize(
    ("says", "data"),
    [
        ("在 CIFAR-10、FFHQ 和 LSUN 三个数据集上更好。", {"CIFAR-10", "FFHQ", "LSUN"}),
        ("在 nuScenes 基准上快于 StyleGAN3。", {"nuScenes"}),
        (
            "It wins on the ADE20K and COCO benchmarks with SwinUNet.",
            {"ADE20K", "COCO"},
        ),
        ("用 Adam 训练。", set()),
    ],
)
def test_data_sets_are_told_from_other_names(says: str, data: set[str]) -> None:
    """By the word behind them."""
    review = made(sources(posts_of({0: [entry(n, says) for n in range(1, 9)]})))

    assert {c.word for c in review.counts if c.measure == "data"} == data
    assert review.counts


def test_words_side_by_side_are_one_name() -> None:
    """`Radiance Fields` is not two; a plural is no other name."""
    says = ["比 Radiance Fields 与 NeRF 更快。", "比 Radiance Fields 与 NeRFs 更快。"]
    digests = [entry(n, says[n % 2]) for n in range(1, 11)]
    review = made(sources(posts_of({0: digests})))

    assert {c.word: len(c.mentions) for c in review.counts} == {
        "Radiance Fields": 10,
        "NeRF": 10,
    }


def test_what_moved_is_more_than_chance() -> None:
    """Twenty of twenty beside none; two more of nine are nothing."""
    mamba = [entry(n, "用 Mamba 与 FID。") for n in range(1, 21)]
    before = [entry(n, "用 FID。") for n in range(21, 39)]
    before += [entry(n, "别的。") for n in range(39, 41)]
    text = render_review(made(sources(posts_of({0: mamba}), posts_of({-1: before}))))

    assert "变化大于偶然：Mamba 0 → 20。" in text
    assert "- FID 20（上期 18）" in text


def test_a_word_that_is_gone_is_told() -> None:
    """It moved, though no paper says it now."""
    here = posts_of({0: [entry(n, "别的。") for n in range(1, 21)]})
    before = posts_of({-1: [entry(n, "用 Mamba。") for n in range(21, 41)]})

    assert "变化大于偶然：Mamba 20 → 0。" in render_review(made(sources(here, before)))


def test_few_papers_are_no_trend() -> None:
    """Seven are not counted; nothing is compared with seven."""
    few = posts_of({0: ten(count=7)})
    told = render_review(made(sources(few, posts_of({-1: ten(20)}))))
    alone = render_review(
        made(sources(posts_of({0: ten()}), posts_of({-1: ten(20, 7)})))
    )

    assert "本期这样的论文只有 7 篇，太少，不计数。" in told
    assert "FID" not in told.partition("## 有什么变化")[2].partition("##")[0]
    assert "上期这样的论文只有 7 篇，太少，不作比较。" in alone
    assert "- FID 10 → " in alone


def test_without_a_period_before() -> None:
    """It says so."""
    text = render_review(made(sources(posts_of({0: ten()}))))

    assert "上期（2026-11-09 至 2026-11-15）没有日报" in text


def test_a_paper_posted_twice_is_one() -> None:
    """Its newest whole entry is shown, and linked to."""
    first = entry(1)
    newer = replace(
        first.paper, version=2, abs_url="https://arxiv.org/abs/2611.00001v2"
    )
    lost = replace(failed(), paper=entry(2).paper)
    here = posts_of(
        {0: [first, entry(2), *ten(3, 8)], 1: [replace(first, paper=newer), lost]}
    )
    review = made(sources(here))

    assert len(review.papers) == 10
    found = {e.id: (e.version, e.day.day) for e in review.papers}
    assert found["2611.00001"] == (2, 17)
    assert found["2611.00002"] == (1, 16)


def test_news_of_the_period() -> None:
    """A summary made anew, a new version, a withdrawal; each with its link."""
    redone = replace(
        entry(1),
        corrections=(Correction(on=WEEK.last, summary=entry(2).summary),),  # type: ignore[arg-type]
    )
    old = replace(
        entry(3),
        corrections=(Correction(on=MONDAY - timedelta(1), summary=entry(4).summary),),  # type: ignore[arg-type]
    )
    gone = entry(5, comment="This paper has been withdrawn by the authors.")
    later = [
        replace(entry(6), withdrawn_on=WEEK.last),
        replace(entry(7), withdrawn_on=WEEK.last + timedelta(days=1)),
    ]
    updates = [
        Update(
            paper=replace(entry(n).paper, version=2, comment=comment),
            previous=entry(n).paper,
            posted_on=MONDAY,
        )
        for n, comment in ((30, None), (31, "This paper has been withdrawn."))
    ]
    here = [*posts_of({0: ten(10)}, updates=updates), *posts_of({1: [gone]})]
    review = made(
        sources(here, changed=posts_of({-22: later, -21: [old], -20: [redone]}))
    )
    told = render_review(review).partition("## 更正、撤稿与新版本")[2]

    assert (
        "- 更正：[第 1 篇](../../2026-10-27/GAN/#2611.00001) · 2026-11-22 由 " in told
    )
    assert (
        "- 新版本：[Plain Title 30](../../2026-11-16/GAN/#2611.00030) · v1 → v2" in told
    )
    assert "- 撤稿：[Plain Title 31]" in told
    assert "- 撤稿：[第 5 篇](../../2026-11-17/GAN/#2611.00005)" in told
    assert "- 撤稿：[第 6 篇](../../2026-10-25/GAN/#2611.00006)" in told
    assert "第 3 篇" not in told
    assert "第 7 篇" not in told
    assert review.papers[-1].id == "2611.00005"
    assert review.papers[-1].badges[0] == "撤稿"


def test_news_lead_to_where_they_stand_in_full() -> None:
    """A paper that was withdrawn since, and a version that another post tells."""
    since = replace(entry(5), withdrawn_on=WEEK.last)
    update = Update(
        paper=replace(entry(30).paper, version=2),
        previous=entry(30).paper,
        posted_on=MONDAY,
        stands_in="Small nets",
    )
    of = sources(posts_of({0: [*ten(10), since]}, updates=[update]))
    review = made(of)
    told = render_review(review).partition("## 更正、撤稿与新版本")[2]

    assert faults(review, of) == []
    assert "- 撤稿：[第 5 篇](../../2026-11-16/GAN/#2611.00005)" in told
    assert "(../../2026-11-16/Small-nets/#2611.00030) · v1 → v2" in told
    assert review.papers[-1].badges[0] == "撤稿"


def test_interests_decide_the_order() -> None:
    """What is near to something comes before a higher score that is near to nothing."""
    near = (Interest(kind="text", words="小样本"),)
    digests = [
        replace(entry(1), relevance=Relevance(score=1.0, near=near)),
        replace(entry(2), relevance=Relevance(score=2.0)),
        entry(3, comment="CVPR 2026"),
    ]
    text = render_review(made(sources(posts_of({0: digests}))))

    assert "排序：先是与你的兴趣相近者" in text
    assert re.findall(r"^\d+\. \[(.*?)\]", text, re.M) == [
        "第 1 篇",
        "第 2 篇",
        "第 3 篇",
    ]
    assert " `近似" in text or "`近" in text


def test_in_english() -> None:
    """Every word of ours."""
    digests = [entry(n, "FID falls on the LSUN data set.") for n in range(1, 12)]
    text = render_review(made(sources(posts_of({0: digests})), language="en"))

    assert "title: 'GAN: the week 2026-11-16 to 2026-11-22, 11 papers'" in text
    assert "- LSUN 11 → " in text
    assert not re.search(
        r"[\u4e00-\u9fff]",
        text.replace("第", "")
        .replace("篇", "")
        .replace("提出", "")
        .replace("种做法", ""),
    )


def test_hostile_papers_stay_words() -> None:
    """Titles and statements that try every way out; the gate finds nothing."""
    odd = [calm_gan(), plain_sentences(), failed(), hostile()]
    odd += [
        replace(entry(9), paper=paper(9, "A [b](javascript:x) | <i> `c` $5 {{ x }}"))
    ]

    text = render_review(made(sources(posts_of({0: [*odd, *ten(10)]}))))

    assert "{{" not in text
    assert not re.search(r"(?<!\\)<(?!a id=|/a>|span>|/span>|!-- -->)", text)


# ---------------------------------------------------------------- its gate


def _sub(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (_sub("FID 10（上期", "FID 11（上期"), "counts"),
        (_sub("（上期 10）", "（上期 3）"), "counts"),
        (_sub("/2026-11-16/GAN/#2611.00010)", "/2026-11-17/GAN/#2611.00010)"), "links"),
        (_sub("提出第 10 种", "提出第 11 种"), "papers|claims"),
        (_sub("#page=1 ", "#page=2 "), "claims"),
        (_sub("收录 10 篇", "收录 12 篇"), "notice"),
        (_sub("## 有什么变化", "## 有什么变化\n\n无。"), "claims|counts"),
        (_sub("`CVPR 2026`", "`ICCV 2026`"), "papers"),
        (_sub("mathjax: true", "mathjax: false"), "front matter"),
        (_sub("date: 2026-11-23", "date: 2026-11-22"), "front matter"),
        (_sub("- 周报", "- 月报"), "front matter"),
        (_sub("## 先看", "<b>x</b>\n\n## 先看"), "html"),
        (_sub("[第 9 篇](../../", "[第 9 篇](https://evil.invalid/"), "papers"),
        (_sub("  提出", "  {{ x }}提出"), "nunjucks"),
    ],
)
def test_the_gate_reads_every_word(change: Callable[[str], str], rule: str) -> None:
    """A post that says anything else than the days' posts is refused."""
    digests = [*ten(1, 9), entry(10, comment="CVPR 2026")]
    of = sources(posts_of({0: digests}), posts_of({-1: ten(20)}))
    review = made(of)
    markdown = render_review(review)
    changed = change(markdown)
    changed = (
        changed
        if changed != markdown
        else markdown.replace("</a>提出", "</a>{{ x }}提出", 1)
    )

    assert changed != markdown
    assert any(
        re.search(rf": (?:{rule}): ", fault) for fault in faults(review, of, changed)
    )


@pytest.mark.parametrize(
    "lie",
    [
        lambda r: replace(r, counted=r.counted + 1),
        lambda r: replace(r, papers_before=99),
        lambda r: replace(r, papers=r.papers[:-1], leads=r.leads[:-1], counts=()),
        lambda r: replace(r, papers=(*r.papers[1:], r.papers[0])),
        lambda r: replace(r, counts=(replace(r.counts[0], before=1), *r.counts[1:])),
        lambda r: replace(
            r,
            counts=(
                replace(r.counts[0], mentions=r.counts[0].mentions[1:]),
                *r.counts[1:],
            ),
        ),
        lambda r: replace(r, counts=(replace(r.counts[0], word="Lie"), *r.counts[1:])),
        lambda r: replace(r, papers=(replace(r.papers[0], version=7), *r.papers[1:])),
        lambda r: replace(r, leads=r.leads[1:]),
        lambda r: replace(r, days=(*r.days, WEEK.last)),
    ],
)
def test_the_gate_counts_again(lie: Callable[[Review], Review]) -> None:
    """Records that are not the days' are refused, however well the post shows them."""
    of = sources(posts_of({0: ten()}), posts_of({-1: ten(20)}))
    review = lie(made(of))

    assert faults(review, of)


def test_a_day_that_changed_since_is_told() -> None:
    """The post is then held to no count, and is no fault."""
    of = sources(posts_of({0: ten()}))
    review = made(of)
    now = sources(posts_of({0: ten(count=11)}))
    markdown = render_review(review)

    (problem,) = check_review(markdown, write_review(review, markdown), now)
    assert problem.is_edit
    assert "changed since" in problem.text


# ---------------------------------------------------------------- on the disk


def write_days(folder: Path, posts: Iterable[Post]) -> None:
    """Posts and twins, without pictures."""
    for post in posts:
        where = folder / post.day.isoformat()
        where.mkdir(parents=True, exist_ok=True)
        (where / f"{post.stem}.md").write_text(post.markdown, encoding="utf-8")
        (where / f"{post.stem}.json").write_text(post.data, encoding="utf-8")


def chatpaper(words: str, cwd: Path, **env: str) -> tuple[int, str]:
    """A command's exit code, and what it prints."""
    done = run_command(*words.split(), env=env, cwd=cwd)
    return done.returncode, done.stdout + done.stderr


DIGEST = "digest --topic GAN --until 2026-W47 --storage s"


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """Two weeks of posts, in `posts`."""
    write_days(tmp_path / "posts", posts_of({-2: ten(20), 0: ten(), 3: ten(11, 3)}))
    return tmp_path


def test_from_posts_to_a_post(blog: Path) -> None:
    """Written, checked, found again; it is no day's post to anybody else."""
    before = [post.day for post in posts_in(blog / "posts")]
    code, said = chatpaper(f"{DIGEST} --json", blog)
    report = json.loads(said)
    path = blog / report["post"]

    assert code == 0
    assert report["period"] == "2026-W47"
    assert report["papers"] == 13
    assert path == blog / "posts" / "2026-W47" / "GAN.md"
    assert "(../2026-11-16/GAN.md#2611.00010)" in path.read_text("utf-8")
    assert chatpaper("check posts/2026-W47", blog) == (0, "")
    assert [post.day for post in posts_in(blog / "posts")] == before
    assert chatpaper(DIGEST, blog)[1].count("nothing to change") == 1
    month = chatpaper("digest --topic GAN --month --until 2026-11-30 --storage s", blog)
    assert month[0] == 2 or "2026-11" in month[1]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("--topic GAN --until 2020-W01", 0, "nothing to tell; no post of these days"),
        ("--topic GAN --week --month", 2, "not both"),
        ("--topic GAN --until 2999-01", 2, "is not over: ask again on 2999-"),
        (
            "2999-W01 --topic GAN",
            2,
            "digest: 2999-W01 is not over: ask again on 2999-01-07",
        ),
        ("2999-02 --topic GAN", 2, "digest: 2999-02 is not over: ask again on"),
        ("--topic GAN --until 2026-W99", 2, "no week of the calendar"),
        ("", 2, "there are none"),
    ],
)
def test_when_there_is_nothing_to_write(
    blog: Path, words: str, code: int, told: str
) -> None:
    """One line says why."""
    (blog / "config.yaml").write_text("topics: []\n")
    found, said = chatpaper(f"digest {words} --storage s", blog)

    assert found == code
    assert told in said
    assert said.count("\n") == 1
    assert not list(blog.glob("posts/*/GAN.md.new"))


def test_words_written_by_hand_stay(blog: Path) -> None:
    """A note is kept when a paper comes in; what does not fit lies beside."""
    chatpaper(DIGEST, blog)
    path = blog / "posts" / "2026-W47" / "GAN.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("## 有什么变化", "MY NOTE\n\n## 有什么变化"), "utf-8")
    write_days(blog / "posts", posts_of({4: ten(14, 1)}))
    chatpaper(DIGEST, blog)
    merged = path.read_text("utf-8")

    assert "MY NOTE" in merged
    assert "收录 14 篇" in merged
    assert chatpaper("check posts/2026-W47", blog)[0] == 0
    assert chatpaper("check --strict posts/2026-W47", blog)[0] == 1

    path.write_text(merged.replace("收录 14 篇", "收录很多篇"), "utf-8")
    write_days(blog / "posts", posts_of({5: ten(15, 1)}))
    code, said = chatpaper(DIGEST, blog)
    assert code == 0
    assert "收录很多篇" in path.read_text("utf-8")
    assert "GAN.md.new" in said
    assert "收录 15 篇" in path.with_name("GAN.md.new").read_text("utf-8")


def test_a_post_without_a_store_is_known_by_its_twin(blog: Path) -> None:
    """The twin says how it was rendered, so that an unchanged post may be replaced."""
    chatpaper(DIGEST, blog)
    write_days(blog / "posts", posts_of({4: ten(14, 1)}))
    code, said = chatpaper(DIGEST.replace("--storage s", "--storage other"), blog)

    assert (code, ".new" in said) == (0, False)
    assert "收录 14 篇" in (blog / "posts" / "2026-W47" / "GAN.md").read_text("utf-8")


def test_a_lost_post_comes_back(blog: Path) -> None:
    """`rebuild` brings Markdown and twin back, to the byte."""
    chatpaper(DIGEST, blog)
    folder = blog / "posts" / "2026-W47"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    for file in folder.iterdir():
        file.unlink()
    said = chatpaper("rebuild --topic GAN --storage s", blog)[1]

    assert "GAN 2026-W47" in said
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_lie_on_the_disk_is_found(blog: Path) -> None:
    """`check` counts again, also where the twin was made to agree."""
    chatpaper(DIGEST, blog)
    path = blog / "posts" / "2026-W47" / "GAN.md"
    twin = read_review(path.with_suffix(".json").read_text("utf-8"))
    lie = replace(twin.review, counted=99)
    text = render_review(lie, author="chatpaper")
    path.write_text(text, "utf-8")
    path.with_suffix(".json").write_text(write_review(lie, text), "utf-8")

    code, said = chatpaper("check posts/2026-W47/GAN.md", blog)
    assert code == 1
    assert "not the numbers of the days' posts" in said


def test_an_unreadable_day_is_named(blog: Path) -> None:
    """The others are told; the day counts as one without a post."""
    (blog / "posts" / "2026-11-19" / "GAN.json").write_text("{", "utf-8")
    code, said = chatpaper(DIGEST, blog)

    assert code == 0
    assert "cannot be read: posts/2026-11-19/GAN.json" in said
    assert "GAN 2026-W47: 10 papers" in said


@pytest.mark.parametrize(
    ("directory", "site", "address"),
    [
        ("posts", "", "../2026-11-16/GAN.md#2611.00010"),
        ("source/_posts", "", "../../2026-11-16/GAN/#2611.00010"),
        (
            "posts",
            "https://b.example/{year}/{month}/{day}/{date}/{stem}/",
            "https://b.example/2026/11/16/2026-11-16/GAN/#2611.00010",
        ),
    ],
)
def test_links_are_as_the_blog_has_them(
    blog: Path, directory: str, site: str, address: str
) -> None:
    """Of Markdown files, of a Hexo site, or of the site that is configured."""
    (blog / "source").mkdir()
    if directory != "posts":
        (blog / "posts").rename(blog / directory)
    env = {"CHATPAPER_DELIVER__SITE_URL": site, "CHATPAPER_OUTPUT__DIR": directory}
    code, said = chatpaper(DIGEST, blog, **env)

    assert code == 0, said
    text = (blog / directory / "2026-W47" / "GAN.md").read_text("utf-8")
    assert f"[第 10 篇]({address})" in text
    assert chatpaper(f"check {directory}/2026-W47", blog) == (0, "")


def test_the_title_can_be_chosen(blog: Path) -> None:
    """With its own slots; others are refused by name."""
    env = {"CHATPAPER_OUTPUT__DIGEST_TITLE": "{topic} {period} ({count})"}
    chatpaper(DIGEST, blog, **env)
    text = (blog / "posts" / "2026-W47" / "GAN.md").read_text("utf-8")
    bad = chatpaper(DIGEST, blog, CHATPAPER_OUTPUT__DIGEST_TITLE="{day}")

    assert "title: GAN 2026-W47 (13)" in text
    assert bad[0] == 2
    assert "DIGEST_TITLE" in bad[1].upper()


def test_a_paper_that_another_topic_has_in_full(blog: Path) -> None:
    """Its links lead there, and its sentence is the one that stands there."""
    there = replace(entry(30), summary=entry(31).summary)
    lines = [*ten(), replace(entry(30), stands_in="3D 视觉")]
    write_days(blog / "posts", [render_post("3D 视觉", MONDAY, [there])])
    write_days(blog / "posts", posts_of({0: lines}))
    code, said = chatpaper(DIGEST, blog)
    text = (blog / "posts" / "2026-W47" / "GAN.md").read_text("utf-8")
    path = re.search(r"\[第 31 篇\]\(\.\./(2026-11-16/[^)]+\.md)#2611\.00030\)", text)

    assert code == 0, said
    assert path is not None
    assert (blog / "posts" / unquote(path[1])).is_file()
    assert "提出第 31 种做法。" in text
    assert f"(../{path[1]}#2611.00030-points-1)" in text
    assert chatpaper("check posts/2026-W47", blog) == (0, "")

    write_days(blog / "posts", [render_post("3D 视觉", MONDAY, [entry(30), entry(32)])])
    assert "changed since" in chatpaper("check posts/2026-W47", blog)[1]


# ---------------------------------------------------------------- beside other features


def test_a_translated_abstract_is_not_counted() -> None:
    """It stands in a fold without an anchor, so no count can lead to it."""
    digests = [
        digest_of(
            entry(n).paper,
            [
                ("abstract", "提出一种做法。", at(1, verdict="supported")),
                (
                    "translation",
                    "本文在 FFHQ 数据集上训练。",
                    at(1, verdict="supported"),
                ),
            ],
            title=f"第 {n} 篇",
            provenance=provenance(judge="judge"),
        )
        for n in range(1, 11)
    ]
    assert made(sources(posts_of({0: digests}))).counts == ()


def test_what_was_taken_out_of_a_day_is_told_nowhere(blog: Path) -> None:
    """A statement, an entry, a whole post: the check says that the day has changed."""
    chatpaper(DIGEST, blog)
    day = blog / "posts" / "2026-11-16" / "GAN.md"
    text = day.read_text("utf-8")
    start, end = (text.index(f'<a id="2611.0000{n}"></a>') for n in (5, 4))
    text = text[:start] + text[end:]
    day.write_text(text.replace("提出第 9 种做法。", "提出一种做法。"), "utf-8")
    (blog / "posts" / "2026-11-19" / "GAN.md").unlink()
    changed = chatpaper("check posts/2026-W47", blog)
    code, said = chatpaper(DIGEST, blog)
    told = (blog / "posts" / "2026-W47" / "GAN.md").read_text("utf-8")

    assert changed[0] == 0
    assert "changed since" in changed[1]
    assert (code, "9 papers" in said) == (0, True)
    assert "收录 9 篇" in told
    assert "2611.00005" not in told
    assert "2026-11-19" not in told
    assert "第 9 种做法" not in told
    assert chatpaper("check posts/2026-W47", blog) == (0, "")


def test_a_line_whose_entry_is_gone_is_named(blog: Path) -> None:
    """The paper stands in no post until the day is written again."""
    lines = [*ten(), replace(entry(30), stands_in="3D 视觉")]
    write_days(blog / "posts", [render_post("3D 视觉", MONDAY, [entry(31)])])
    write_days(blog / "posts", posts_of({0: lines}))
    code, said = chatpaper(DIGEST, blog)
    told = (blog / "posts" / "2026-W47" / "GAN.md").read_text("utf-8")

    assert code == 0
    assert "GAN.md leads nowhere (2611.00030v1): `chatpaper rebuild`" in said
    assert "2611.00030" not in told
    assert "收录 13 篇" in told


def test_posts_of_the_first_version_are_told(tmp_path: Path) -> None:
    """They had no anchors, by which it is known what was taken out."""
    day = tmp_path / "posts" / "2026-11-20"
    day.mkdir(parents=True)
    twin = Path(__file__).parent / "twin_format_1.json"
    (day / "GAN.json").write_bytes(twin.read_bytes())
    (day / "GAN.md").write_text("---\ntitle: GAN\n---\n\n## A paper\n", "utf-8")
    code, said = chatpaper(DIGEST, tmp_path)
    told = json.loads(twin.read_text("utf-8"))["digests"]

    assert code == 0
    assert f"{len(told)} papers" in said
