"""Under which circumstances a number holds: the metric, training or inference, ...

Only plain opposites are told apart: when a claim names one side and every sentence of
the paper that has the number names the other side alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_OPPOSITES = (
    (
        r"\bunconditional|无条件",
        r"(?<!un)\bconditional|(?<!无)条件生成|类条件|条件扩散",
    ),
    (r"\bunsupervised|无监督", r"(?<![-\w])supervised|(?<![无自半弱])监督学习|全监督"),
    (r"\bindoor|室内", r"\boutdoor|室外|户外"),
    (r"\bencod|编码", r"\bdecod|解码"),
    (r"\btrain|训练", r"\binference|\brender|\btest[- ]time|推理|渲染"),
)
_PAIRS = tuple(
    (re.compile(f"(?i){one}"), re.compile(f"(?i){two}")) for one, two in _OPPOSITES
)

_RESPECTIVELY = re.compile(r"respectively|分别")
_PAIR_OF_VALUES = re.compile(
    r"\d[\d.,]*[^\d.;]{1,50}?\band\b[^\d.;]{0,12}?(?P<second>\d)"
)

_METRICS = {
    "psnr": r"psnr|peak signal|峰值信噪比",
    "ssim": r"(?:ms-?)?ssim|structural similarity|结构相似",
    "lpips": r"lpips|perceptual (?:image|similarity|distance)|感知相似",
    "fid": r"k?fid|fr[eé\\'`{}]*chet|弗雷歇|弗雷谢",
    "fvd": r"fvd",
    "clip": r"clip",
    "iou": r"m?iou|intersection|jaccard|交并比|交集比|\bJ\b",
    "dice": r"dice|dsc|戴斯",
    "auc": r"au-?(?:roc|c|prc)|area under|曲线下面积",
    "ap": r"m?ap(?:@|\d|\b)|average precision|平均精度|nds",
    "accuracy": r"accura|\bacc\b|precis|success|准确|精度|精确|正确率|成功率",
    "recall": r"recall|sensitivity|召回率|灵敏度|敏感",
    "specificity": r"specificity|特异",
    "f1": r"f-?1|f-?score|f-?measure",
    "mae": r"\bmae\b|(?:mean|average) absolute|平均绝对误差",
    "rmse": r"r?mse\b|(?:mean|average)[- ]square|均方",
    "wer": r"\bwer\b|word error|词错误率",
    "eer": r"\beer\b|equal error|等错误率",
    "speed": r"fps|帧率",
}
_METRIC = {
    name: re.compile(rf"(?i)(?<![a-z])(?:{words})") for name, words in _METRICS.items()
}


@dataclass(frozen=True, slots=True)
class Use:
    """A sentence of the paper and where in it the number stands."""

    sentence: str
    at: int


def opposed(claim: str, uses: Sequence[Use]) -> bool:
    """Whether the claim names one side of a contrast and every use is of the other."""
    for pair in _PAIRS:
        for mine, other in (pair, pair[::-1]):
            named = mine.search(claim) and not other.search(claim)
            if named and all(_on_other_side(use, mine, other) for use in uses):
                return True
    return False


def _on_other_side(use: Use, mine: re.Pattern[str], other: re.Pattern[str]) -> bool:
    near, far = list(mine.finditer(use.sentence)), list(other.finditer(use.sentence))
    if far and not near:
        return True
    respectively = _RESPECTIVELY.search(use.sentence, use.at)
    if respectively is None or len(near) != 1 or len(far) != 1:
        return False
    values = _PAIR_OF_VALUES.search(use.sentence, max(0, use.at - 60))
    if values is None or not values.start() <= use.at < respectively.start():
        return False
    is_first = use.at < values.start("second")
    return is_first != (near[0].start() < far[0].start())


def other_metric(claim_clause: str, uses: Sequence[Use]) -> bool:
    """Whether the claim names one metric and every use only other ones."""
    mine = metrics_in(claim_clause)
    if len(mine) != 1:
        return False
    return all(
        (theirs := metrics_in(use.sentence)) and not theirs & mine for use in uses
    )


def metrics_in(text: str) -> set[str]:
    """The metrics that a text names, whatever their language."""
    return {name for name, metric in _METRIC.items() if metric.search(text)}
