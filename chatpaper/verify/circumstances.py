"""Under which circumstances a number holds: the metric, training or inference, ...

Only plain opposites are told apart: when a claim names one side and every sentence of
the paper that has the number names the other side alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_OPPOSITES = (
    (r"\bunconditional|无条件", r"(?<!un)\bconditional|(?<!无)条件生成|类条件|条件扩散"),
    (r"\bunsupervised|无监督", r"(?<![-\w])supervised|(?<![无自半弱])监督学习|全监督"),
    (r"\bindoor|室内", r"\boutdoor|室外|户外"),
    (r"\bencod|编码", r"\bdecod|解码"),
    (r"\btrain|训练", r"\binference|\brender|\btest[- ]time|推理|渲染"),
)
_PAIRS = tuple((re.compile(f"(?i){one}"), re.compile(f"(?i){two}")) for one, two in _OPPOSITES)

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
    "mae": r"\bmae\b|mean absolute|平均绝对误差",
    "rmse": r"r?mse\b|mean squared?|mean-square|均方",
    "wer": r"\bwer\b|word error|词错误率",
    "eer": r"\beer\b|equal error|等错误率",
    "speed": r"fps|帧率",
}
_METRIC = {name: re.compile(rf"(?i)(?<![a-z])(?:{words})") for name, words in _METRICS.items()}


def opposed(claim_clause: str, sentences: Sequence[str]) -> bool:
    """Whether the claim names one side and every sentence only the opposite."""
    for pair in _PAIRS:
        for mine, other in (pair, pair[::-1]):
            if mine.search(claim_clause) and not other.search(claim_clause):
                if all(other.search(s) and not mine.search(s) for s in sentences):
                    return True
    return False


def other_metric(claim_clause: str, sentences: Sequence[str]) -> bool:
    """Whether the claim names one metric and every sentence only other ones."""
    mine = {name for name, metric in _METRIC.items() if metric.search(claim_clause)}
    if len(mine) != 1:
        return False
    return all(
        (theirs := {name for name, metric in _METRIC.items() if metric.search(s)})
        and not theirs & mine
        for s in sentences
    )
