"""How well papers of a topic are ranked above others: nDCG@10 over nights of papers.

A night is a random draw of the papers that ten topics had over five months. For each
topic of which the night has a paper, an interest text, written for this and naming no
paper, is what a reader would write.
"""

from __future__ import annotations

import gzip
import json
import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from chatpaper.ranking import ENCODERS, Encoder, EncoderKind, Interests, Ranker
from chatpaper.records import Paper
from chatpaper.text import decode

if TYPE_CHECKING:
    from chatpaper.ranking.encoders import Vectors

PAPERS = Path(__file__).parents[2] / "shared" / "ancestor" / "dev.jsonl.gz"
FIRST = 10

TEXTS = {
    "Diffusion Models": (
        "Image and video generation with diffusion models, denoising, score-based "
        "sampling",
        "用扩散模型生成图像和视频，去噪与基于分数的采样",
    ),
    "3DGS": (
        "Real-time rendering of scenes with 3D Gaussian splatting",
        "用三维高斯泼溅实时渲染场景",
    ),
    "NeRF": (
        "Neural radiance fields for novel view synthesis",
        "用于新视角合成的神经辐射场",
    ),
    "Talking Head Generation": (
        "Talking faces driven by speech: lip synchronisation and facial animation",
        "语音驱动的说话人脸生成：口型同步与面部动画",
    ),
    "医学图像": (
        "Analysis of medical images: segmentation and diagnosis on CT, MRI and X-ray",
        "医学影像分析：CT、MRI 与 X 光的分割和诊断",
    ),
    "元宇宙_虚拟人": (
        "Digital humans: animatable avatars of people for virtual reality",
        "虚拟人：可驱动的人体化身，用于元宇宙和虚拟现实",
    ),
    "3D reconstruction": (
        "Reconstructing three-dimensional shape and surfaces from images",
        "从图像重建物体和场景的三维形状与表面",
    ),
    "GAN": (
        "Generative adversarial networks: a generator trained against a discriminator",
        "生成对抗网络：生成器与判别器对抗训练",
    ),
    "LLM": (
        "Large language models: training, prompting and reasoning",
        "大语言模型的训练、提示与推理",
    ),
}
LANGUAGES = ("English", "Chinese")

Order = Callable[[Sequence[Paper]], Sequence[Paper]]


class Remembering:
    """The installed encoder, which encodes no sentence twice."""

    def __init__(self) -> None:
        self._encoder: Encoder = ENCODERS["use"].open()
        self._known: dict[str, Vectors] = {}

    def encode(self, sentences: Sequence[str]) -> Vectors:
        import numpy as np

        new = [text for text in dict.fromkeys(sentences) if text not in self._known]
        if new:
            self._known |= dict(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[text] for text in sentences])


def topics_and_papers() -> tuple[dict[str, set[str]], list[Paper]]:
    """Which topics had each paper, and the papers, each once, oldest first."""
    topics: dict[str, set[str]] = {}
    papers: dict[str, Paper] = {}
    with gzip.open(PAPERS, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            name = row["base_id"]
            topics.setdefault(name, set()).update(row["topics"], {row["topic"]})
            papers[name] = Paper(
                id=name,
                title=decode(row["title"]),
                abstract=decode(row["abstract"]),
                authors=tuple(row["authors"]),
            )
    return topics, [papers[name] for name in sorted(papers)]


def nights(papers: Sequence[Paper], size: int, count: int) -> Iterator[list[Paper]]:
    """So many draws of so many papers, the same every time."""
    chance = random.Random(13)
    for _ in range(count):
        yield chance.sample(list(papers), size)


def ndcg(order: Iterable[Paper], wanted: set[str]) -> float:
    """The nDCG of the first ten: 1 when all that is wanted stands before the rest."""
    hits = [paper.id in wanted for paper in order]
    best = sorted(hits, reverse=True)
    return _gain(hits) / _gain(best)


def _gain(hits: Sequence[bool]) -> float:
    return sum(hit / math.log2(n + 2) for n, hit in enumerate(hits[:FIRST]))


def newest_first(papers: Sequence[Paper]) -> Sequence[Paper]:
    """The order that posts have without interests."""
    return sorted(papers, key=lambda paper: paper.id, reverse=True)


def by_interest(interests: Interests, kind: EncoderKind | None) -> Order:
    """The order that posts have with interests, without the library's own papers."""
    ranker = Ranker(interests, kind)

    def order(papers: Sequence[Paper]) -> Sequence[Paper]:
        papers = [paper for paper in papers if paper.title not in interests.library]
        relevance = ranker.relevance(papers)
        return sorted(papers, key=lambda p: relevance[p.id].score, reverse=True)

    return order


def mean_ndcg(order_for: Callable[[str], Order], size: int, count: int) -> float:
    """The mean over topics of the means over the nights that have a paper of it."""
    topics, papers = topics_and_papers()
    drawn = list(nights(papers, size, count))
    means = []
    for topic in TEXTS:
        wanted = {name for name, names in topics.items() if topic in names}
        order = order_for(topic)
        scores = [
            ndcg(shown, wanted)
            for shown in map(order, drawn)
            if any(paper.id in wanted for paper in shown)
        ]
        means += [fmean(scores)] if scores else []
    return fmean(means)


def library_of(topic: str, size: int = 8) -> Interests:
    """Titles of the topic's papers, as a reader's library; those are its oldest."""
    topics, papers = topics_and_papers()
    own = [paper.title for paper in papers if topic in topics[paper.id]]
    return Interests(library=tuple(own[: min(size, len(own) // 2)]))
