"""Reading quantities, and looking them up whatever their notation."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from chatpaper.verify.numbers import (
    check_numbers,
    verify_claim_text,
    verify_claims_file,
)
from chatpaper.verify.quantities import read_quantities
from chatpaper.verify.source import index_source

READINGS = [
    # text, quantity as it stands, kind, values in base units, dimension
    ("误差为 0.01", "0.01", "plain", ["0.01"], ""),
    ("误差为 $0.01$", "0.01", "plain", ["0.01"], ""),
    ("共 12,800 张", "12,800 张", "count", ["12800"], ""),
    ("with $12{,}800$ images", "12{,}800", "plain", ["12800"], ""),
    ("共１２张", "１２张", "count", ["12"], ""),
    ("达到 97.26%", "97.26%", "percent", ["97.26"], "%"),
    ("达到 97.26％", "97.26％", "percent", ["97.26"], "%"),
    (r"reaches 97.26\%", r"97.26\%", "percent", ["97.26"], "%"),
    ("reaches 97.26 % here", "97.26 %", "percent", ["97.26"], "%"),
    ("97.26\n% of them", "97.26\n%", "percent", ["97.26"], "%"),
    ("百分之四十的样本", "百分之四十", "percent", ["40"], "%"),
    ("高出 2.4 个百分点", "2.4 个百分点", "percent", ["2.4"], "%"),
    ("by 2.4 percentage points", "2.4 percentage points", "percent", ["2.4"], "%"),
    ("提速 10-30 倍", "10-30 倍", "range", ["10", "30"], "x"),
    ("提速 10到30倍", "10到30倍", "range", ["10", "30"], "x"),
    ("10–30 times faster", "10–30 times", "range", ["10", "30"], "x"),
    ("耗时 1 ~ 2 分钟", "1 ~ 2 分钟", "range", ["60", "120"], "s"),
    ("耗时 20 分钟到 1 小时", "20 分钟到 1 小时", "range", ["1200", "3600"], "s"),
    ("降低 10%-30%", "10%-30%", "range", ["10", "30"], "%"),
    ("有 2 至 4 百万个", "2 至 4 百万", "range", ["2000000", "4000000"], ""),
    ("rates from 10−4", "10−4", "plain", ["0.0001"], ""),
    ("between 5 and 9 dB", "5 and 9 dB", "range", ["5", "9"], "dB"),
    ("35.2 ± 0.3 dB", "35.2 ± 0.3 dB", "tolerance", ["35.2", "0.3"], "dB"),
    (r"$35.2 \pm 0.3$ dB", r"35.2 \pm 0.3$ dB", "tolerance", ["35.2", "0.3"], "dB"),
    ("学习率 2e-4", "2e-4", "plain", ["0.0002"], ""),
    (r"rate $2\times10^{-4}$", r"2\times10^{-4}", "plain", ["0.0002"], ""),
    ("rate 2 × 10−4 in all", "2 × 10−4", "plain", ["0.0002"], ""),
    ("a decay of $10^{-3}$", "10^{-3}", "plain", ["0.001"], ""),
    ("a decay of 10−3 was", "10−3", "plain", ["0.001"], ""),
    ("灵敏度 7.31(2)e-5", "7.31(2)e-5", "plain", ["0.0000731"], ""),
    ("快 400 倍", "400 倍", "multiple", ["400"], "x"),
    (r"快 400$\times$", r"400$\times", "multiple", ["400"], "x"),
    ("400x faster", "400x", "multiple", ["400"], "x"),
    ("a 400-fold gain", "400-fold", "multiple", ["400"], "x"),
    ("faster by x400", "400", "multiple", ["400"], "x"),
    ("速度提升一倍", "一倍", "multiple", ["1"], "x"),
    ("a twofold gain", "twofold", "count", ["2"], ""),
    ("350万参数", "350万", "plain", ["3500000"], ""),
    ("14 亿次", "14 亿", "plain", ["1400000000"], ""),
    ("3.5M parameters", "3.5M", "plain", ["3500000"], ""),
    ("1.4 billion pairs", "1.4 billion", "plain", ["1400000000"], ""),
    ("210k triplets", "210k", "plain", ["210000"], ""),
    ("一半的显存", "一半", "fraction", ["1", "2"], ""),
    ("half the memory", "half", "fraction", ["1", "2"], ""),
    ("三分之一的点", "三分之一", "fraction", ["1", "3"], ""),
    ("two-thirds of them", "two-thirds", "fraction", ["2", "3"], ""),
    ("仅用 1/10 的数据", "1/10", "fraction", ["1", "10"], ""),
    ("采用两阶段训练", "两阶段", "count", ["2"], ""),
    ("在三个数据集上", "三个", "count", ["3"], ""),
    ("双分支结构", "双分支", "count", ["2"], ""),
    ("一百二十张图", "一百二十张", "count", ["120"], ""),
    ("数百名用户", "数百名", "approximate", ["100"], ""),
    (
        "hundreds of thousands of users",
        "hundreds of thousands",
        "approximate",
        ["100000"],
        "",
    ),
    ("几秒内完成", "几秒", "approximate", ["1"], "s"),
    ("in twenty-five steps", "twenty-five", "count", ["25"], ""),
    ("耗时 30 毫秒", "30 毫秒", "plain", ["0.030"], "s"),
    ("in 30 ms", "30 ms", "plain", ["0.030"], "s"),
    ("训练半小时", "半小时", "plain", ["1800"], "s"),
    ("half an hour of training", "half an hour", "plain", ["1800"], "s"),
    ("训练一天", "一天", "plain", ["86400"], "s"),
    ("1,250小时的视频", "1,250小时", "plain", ["4500000"], "s"),
    ("占 1.5 GB", "1.5 GB", "plain", ["1500000000"], "byte"),
    ("达到 120 FPS", "120 FPS", "plain", ["120"], "fps"),
    ("120 frames per second", "120 frames per second", "plain", ["120"], "fps"),
    ("每秒 120 帧", "120 帧", "plain", ["120"], "fps"),
    ("4比特量化", "4比特", "plain", ["4"], "bit"),
    ("a 4-bit model", "4-bit", "plain", ["4"], "bit"),
    (r"${360^\circ}$ 全景", r"360^\circ", "plain", ["360"], "°"),
    ("a 360-degree view", "360-degree", "plain", ["360"], "°"),
    (r"$512 \times 512$ 分辨率", r"512 \times 512", "resolution", ["512", "512"], ""),
    ("at 512 × 512", "512 × 512", "resolution", ["512", "512"], ""),
    ("720p 视频", "720p", "plain", ["720"], "line"),
    ("获得第三名", "第三名", "rank", ["3"], ""),
    ("ranked third overall", "ranked third", "rank", ["3"], ""),
    ("于2023年5月3日完成", "2023年5月3日", "year", ["2023"], ""),
    ("快四个数量级", "四个数量级", "plain", ["4"], "magnitude"),
    ("an order of magnitude", "an order of magnitude", "plain", ["1"], "magnitude"),
]


@pytest.mark.parametrize(("text", "stands", "kind", "values", "unit"), READINGS)
def test_reads_each_notation(
    text: str, stands: str, kind: str, values: list[str], unit: str
) -> None:
    """Every notation gives one quantity with its value, unit and place."""
    (quantity,) = read_quantities(text)

    assert quantity.text.rstrip("$") == stands
    assert text[quantity.start : quantity.end] == quantity.text
    assert quantity.kind == kind
    assert quantity.values == tuple(map(Decimal, values))
    assert quantity.unit == unit


@pytest.mark.parametrize(
    "text",
    [
        "StyleGAN2 与 GPT-4 的比较",
        "在 CIFAR-10 上训练 3DGS",
        "使用 RTX 3090 显卡",
        "发表于 CVPR 2024",
        "在 ImageNet 256x256 基准上",
        "基于 Stable Diffusion 1.5 与 SDXL 1.0",
        "许可为 Apache License 2.0",
        "SO(2) 与 SE(3) 等变",
        "估计 6DoF 与 6 自由度的姿态",
        r"E$^3$NeRF 与 HC$^3$L-Diff",
        r"引入 $3{DG^2}$ 表示",
        "360-GS 的优化",
        "mAP@0.5 这一指标",
        "二维监督与四维生成",
        "零样本与单样本学习",
        "第一阶段首次使用一种新的损失",
        "进一步提升，参数级别不变",
        "3. 采用新的采样",
        "(1) 提出框架；2) 训练",
        "- 4、实验",
        "#### 3. 所属机构",
        "如图 3 与表 2 所示，见第 4 节",
        "See Fig. 3, Table 2 and Eqs. (4) and (5) in section 6.",
        "as shown in [12, 13]",
        "代码见 https://github.com/a1/b2 与 arXiv:2401.11831v2",
        "文本2图像模型",
        "提出 Cyclic One-Way 扩散与 Zero-Shot 采样",
        "两者都很好，三角网格与三元组",
    ],
)
def test_names_and_marks_are_no_quantities(text: str) -> None:
    """Digits in names, list marks, citations and addresses are not read."""
    assert read_quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "stand"),
    [
        ("加速 25%、30 FPS 与 2 张", ["25%", "30 FPS", "2 张"]),
        ("30 minutes to 2 are enough", ["30 minutes", "2"]),
        ("在 64 和 150 帧上", ["64", "150 帧"]),
        ("位列第 3 名，第 5 章", ["第 3 名"]),
        ("the 3rd place of 5 teams", ["3rd", "5"]),
        ("约 12.5% (±0.2)", ["12.5%", "0.2"]),
    ],
)
def test_reads_several(text: str, stand: list[str]) -> None:
    """Neighbouring quantities are kept apart."""
    assert [quantity.text for quantity in read_quantities(text)] == stand


SAME = [
    ("采用五种提示。", "We test five prompts."),
    ("快 400 倍。", r"It is $400\times$ faster."),
    ("训练仅需半小时。", "Training takes 30 minutes."),
    ("参数量为 350 万。", "It has 3.5M parameters."),
    ("有 14 亿个样本。", "There are 1.4 billion samples."),
    ("有数百万用户。", "There are millions of users."),
    ("有数千张图像。", "We use over 3,000 images."),
    ("比例为一半。", "It keeps 50% of them."),
    ("不到三分之一。", "It needs less than a third."),
    ("速度提升一倍。", "It runs at twice the speed."),
    ("采用双分支结构。", "A two-branch network is used."),
    ("采用两种视图。", "Both views are used."),
    ("在几个数据集上。", "On several data sets."),
    ("秒级完成。", "It ends in seconds."),
    ("几分钟即可。", "It ends within minutes."),
    ("耗时 2 小时。", "It takes 120 minutes."),
    ("快一个数量级。", "It is an order of magnitude faster."),
    ("快几个数量级。", "It is orders of magnitude faster."),
    ("快 100 倍。", "It is two orders of magnitude faster."),
    ("达到 83% 的准确率。", "The accuracy is 0.83."),
    ("准确率超过 0.92。", "The accuracies are 0.927 and 0.95."),
    ("耗时 7 分钟。", "They take 7 and 49 minutes, respectively."),
    ("位列第二名。", "It took second place."),
    ("于 2023 年举行。", "It was held at ICCV 2023."),
    ("显存减少 34%。", "It uses only 66% of the memory."),
    ("共八个数据集。", "We use five public and three private datasets."),
    ("约占 24GB 显存。", "It fits into 24G of memory."),
    ("约三成的样本。", "About 30% of the samples."),
    ("价格约 100 美元。", "It costs $100 or so."),
    ("分辨率为 1024×1024。", "Images have a resolution of 1024."),
    ("准确率从 52.1 升至 86.6。", "It rises from 52.1 to 86.6."),
    ("有 20,000 多个点。", "Clouds with 20K+ points."),
]


@pytest.mark.parametrize(("claim", "source"), SAME)
def test_rewriting_is_supported(claim: str, source: str) -> None:
    """The same value in another notation, unit or language counts as found."""
    checks = check_numbers(claim, index_source(source))

    assert [check.status for check in checks] == ["supported"] * len(checks)
    assert checks


OTHER = [
    ("采用六种提示。", "We test five prompts."),
    ("快 40 倍。", r"It is $400\times$ faster."),
    ("训练仅需一小时。", "Training takes 30 minutes."),
    ("耗时 4 分钟。", "It takes 4 seconds."),
    ("参数量为 35 万。", "It has 3.5M parameters."),
    ("有数千万用户。", "There are millions of users."),
    ("采用三分支结构。", "A dual-branch network is used."),
    ("快三个数量级。", "It is four orders of magnitude faster."),
    ("占 7 GB。", "It takes 7 MB."),
    ("分辨率为 512×256。", "Images have 512 x 512 pixels."),
    ("达到 14.6。", "It reaches 1.46."),
    ("提速 10-40 倍。", "It is 10 to 30 times faster."),
    ("位列第一名。", "It ranked third."),
    ("于 2020 年举行。", "It was held at ICCV 2023."),
    ("显存减少 44%。", "It uses only 66% of the memory."),
    ("共七个数据集。", "We use five public and three private datasets."),
    ("分为三个步骤：甲和乙。", "It has a and b."),
    ("用三个方法：Aaa、Bbb 和 Ccc。", "We use Aaa and Bbb only."),
]


@pytest.mark.parametrize(("claim", "source"), OTHER)
def test_another_value_is_unsupported(claim: str, source: str) -> None:
    """A changed value, unit or magnitude is not found."""
    checks = check_numbers(claim, index_source(source))

    assert "unsupported" in [check.status for check in checks]


def test_source_broken_over_lines() -> None:
    """Text from a PDF keeps its numbers across line ends and odd dashes."""
    source = "The net has 12 830\nparameters, a PSNR of 31.7\ndB at 256 × 256 and 10−3."
    claim = "PSNR 为 31.7 dB，分辨率 256x256，学习率 0.001。"

    assert all(
        c.status == "supported" for c in check_numbers(claim, index_source(source))
    )


def test_tells_passage_sentence_and_offset() -> None:
    """A check names the passage, the sentence and where the sentence begins."""
    passages = [
        ("Nothing is counted here.", "Introduction"),
        (
            "We describe Fig. 2. It reaches 31.7 dB, see e.g. Lee et al. (2020). Done.",
            "4.1",
        ),
    ]
    (check,) = check_numbers("PSNR 达到 31.7 dB。", index_source(passages))

    assert (check.passage, check.key) == (1, "4.1")
    assert check.found == "It reaches 31.7 dB, see e.g. Lee et al. (2020)."
    assert passages[1][0][check.offset :].startswith(check.found)


def test_claims_file() -> None:
    """Each line of a claims file gives one report in its fixed shape."""
    rows = [
        {"id": "a", "claim": "共 3 张图。", "source": "We use 3 images."},
        {"id": "b", "claim": "共 4 张图。", "source": "We use 3 images."},
        {"id": "c", "claim": "效果很好。", "source": "We use 3 images."},
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows] + ["", "\n"]
    good, bad, none = verify_claims_file(lines)

    found = {"text": "3 张", "status": "supported", "found": "We use 3 images."}
    assert dict(good) == {
        "id": "a", "verdict": "ok", "quantities": [found], "reasons": [],
    }  # fmt: skip
    assert bad["verdict"] == "bad"
    assert bad["quantities"] == [{"text": "4 张", "status": "unsupported", "found": ""}]
    assert bad["reasons"] == ["4 张 is not in the paper"]
    assert dict(none) == {"id": "c", "verdict": "ok", "quantities": [], "reasons": []}


def test_a_claim_of_numbers_alone_ends_soon() -> None:
    """Beyond a bound the numbers of a claim are not looked up, and not believed."""
    checks = check_numbers("1, " * 5000, index_source("We use 1 card."))

    assert len(checks) == 5000
    assert checks[0].status == "supported"
    assert checks[-1].status == "unsupported"


def test_empty_texts() -> None:
    """An empty claim has no quantity; an empty paper supports none."""
    assert verify_claim_text("", "One paper.")["quantities"] == []
    assert verify_claim_text("共 3 张图。", "")["verdict"] == "bad"
