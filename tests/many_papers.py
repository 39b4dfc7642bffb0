"""Nights of invented papers in Chinese, as many as are asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from chatpaper.posts import publish, render_post
from chatpaper.records import Digest, Field, Picture, Post
from rich_digests import at, digest_of, paper, pictures_of

TOPICS = ("GAN", "3DGS", "扩散模型")
_THINGS = ("高斯泼溅", "动态场景", "医学图像", "点云补全", "人脸编辑", "文本到视频")
_ENGLISH = ("Gaussian Splatting", "Diffusion", "Radiance Fields", "GANs", "Flow")
_WAYS = ("层次化先验", "可微渲染", "频域约束", "双分支判别", "稀疏注意力", "蒸馏")
_FIRST = ("Wei", "Lena", "José", "Yuki", "Ada", "Þóra", "Minh", "Olga")
_LAST = ("Zhang", "Ostrowski", "Ñandú", "Sato", "van der Berg", "Li", "Nguyen", "Roe")
_FIELDS: tuple[tuple[Field, int], ...] = (
    ("abstract", 1),
    ("points", 4),
    ("background", 2),
    ("prior_work", 1),
    ("approach", 2),
    ("method", 4),
    ("results", 2),
    ("significance", 1),
    ("limitations", 1),
)


def digest(number: int, day: date) -> Digest:
    """One paper of a day; the same number gives the same paper."""
    dice = random.Random(number)
    thing, way = dice.choice(_THINGS), dice.choice(_WAYS)
    english = dice.choice(_ENGLISH)
    paper_id = f"{day:%y%m}.{number % 100_000:05d}"
    authors = tuple(
        f"{dice.choice(_FIRST)} {dice.choice(_LAST)}{dice.choice('bcdfgk')}"
        for _ in range(dice.randint(1, 8))
    )
    of = paper(
        number % 50 + 1,
        f"{english} with $\\ell_{number % 9}$ Priors for Scene {number}",
        id=paper_id,
        authors=authors,
        abstract=f"We study {english.lower()} under weak priors. " * 8,
        comment=dice.choice(("12 pages, 6 figures", "Accepted to CVPR 2026", None)),
        published=datetime.combine(day, time(9, number % 60), UTC),
        abs_url=f"https://arxiv.org/abs/{paper_id}v1",
        pdf_url=f"https://arxiv.org/pdf/{paper_id}v1",
    )
    claims = [
        (
            field,
            f"{thing}的第 {n} 个{way}模块把误差 $\\epsilon_{{{n}}}$ 降到原来的"
            f"一半，同时保持 {english} 的结构，在第 {number} 组数据上成立。",
            at(
                n % 12 + 1,
                f"The module of {english} halves the error.",
                verdict="supported",
            ),
        )
        for field, count in _FIELDS
        for n in range(1, count + 1)
    ]
    made = digest_of(
        of,
        claims,
        title=f"基于{way}的{thing}方法（{number}）",
        keywords=f"{thing} {way}",
    )
    if number % 5:
        return made
    shown = Picture(
        file=f"{paper_id}-figure-1.png",
        kind="figure",
        label="Figure 1",
        caption=f"Overview of the pipeline for scene {number}.",
        page=3,
        width_px=900,
        height_px=420,
    )
    return replace(made, pictures=(shown,))


def nights(
    count: int, first: date, a_night: int = 20, begin: int = 0
) -> Iterator[tuple[date, list[Digest]]]:
    """Days with their papers, until there are so many papers.

    Args:
        count: Papers.
        first: Day of the first night.
        a_night: Papers of one.
        begin: Number of the first paper.
    """
    for start in range(0, count, a_night):
        day = first + timedelta(days=start // a_night)
        numbers = range(start, min(start + a_night, count))
        yield day, [digest(begin + n, day) for n in numbers]


def publish_nights(folder: Path, count: int, first: date, a_night: int = 20) -> None:
    """The posts of these nights, each paper in the post of one topic."""
    for post, digests in _posts(count, first, a_night):
        images = pictures_of(*digests)
        where = folder / post.day.isoformat()
        publish(post, where, images, drafts=folder / "drafts")


def write_twins(
    folder: Path, count: int, first: date, a_night: int = 20, begin: int = 0
) -> None:
    """What a site is made of: the twins of these posts and their pictures."""
    for post, digests in _posts(count, first, a_night, begin):
        where = folder / post.day.isoformat()
        (where / post.stem).mkdir(parents=True, exist_ok=True)
        (where / f"{post.stem}.json").write_text(post.data, encoding="utf-8")
        for name, image in pictures_of(*digests).items():
            (where / post.stem / name).write_bytes(image)


def _posts(
    count: int, first: date, a_night: int, begin: int = 0
) -> Iterator[tuple[Post, list[Digest]]]:
    for day, digests in nights(count, first, a_night, begin):
        for nth, topic in enumerate(TOPICS):
            if mine := digests[nth :: len(TOPICS)]:
                yield render_post(topic, day, mine), mine
