"""Reading quantities, and looking them up whatever their notation."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from chatpaper.verify import (
    check_numbers,
    en_value,
    read_quantities,
    verify_claims_file,
    zh_value,
)

READINGS = [
    # text, quantity as it stands, its number before the unit, dimension
    ("误差为 0.01", "0.01", "0.01", ""),
    ("误差为 $.01$", ".01", "0.01", ""),
    ("共 12,800 张", "12,800 张", "12800", ""),
    ("with $12{,}800$ images", "12{,}800", "12800", ""),
    ("共１２张", "１２张", "12", ""),
    ("达到 97.26％", "97.26％", "97.26", "%"),
    (r"reaches 97.26\%", r"97.26\%", "97.26", "%"),
    ("97.26\n% of them", "97.26\n%", "97.26", "%"),
    ("高出 2.4 个百分点", "2.4 个百分点", "2.4", "%"),
    ("by 2.4 percentage points", "2.4 percentage points", "2.4", "%"),
    ("学习率 2e-4", "2e-4", "0.0002", ""),
    (r"rate $2\times10^{-4}$", r"2\times10^{-4}", "0.0002", ""),
    ("灵敏度 7.31(2)e-5", "7.31(2)e-5", "0.0000731", ""),
    (r"快 400$\times$", r"400$\times", "400", "x"),
    ("a 400-fold gain", "400-fold", "400", "x"),
    ("350万参数", "350万参数", "3500000", ""),
    ("1.4 billion pairs", "1.4 billion", "1400000000", ""),
    ("210k triplets", "210k", "210000", ""),
    ("训练半小时", "半小时", "0.5", "s"),
    ("half an hour of training", "half an hour", "0.5", "s"),
    ("耗时 30 毫秒", "30 毫秒", "30", "s"),
    ("占 1.5 GB", "1.5 GB", "1.5", "byte"),
    ("4比特量化", "4比特", "4", "bit"),
    (r"${360^\circ}$ 全景", r"360^\circ", "360", "°"),
    ("720p 视频", "720p", "720", "px"),
    ("获得第三名", "第三名", "3", "rank"),
    ("于2023年完成", "2023年", "2023", ""),
    ("快四个数量级", "四个数量级", "10000", "x"),
    ("采用两阶段训练", "两阶段", "2", ""),
    ("in twenty-five steps", "twenty-five", "25", ""),
]


@pytest.mark.parametrize(("text", "stands", "face", "unit"), READINGS)
def test_reads_each_notation(text: str, stands: str, face: str, unit: str) -> None:
    """Every notation gives one quantity with its value, unit and place."""
    (quantity,) = read_quantities(text)
    reading = quantity.interpretations[0]

    assert quantity.text == stands
    assert text[quantity.start : quantity.end] == quantity.text
    assert (reading.printed_value, reading.unit.dimension) == (Fraction(face), unit)


@pytest.mark.parametrize(
    "text",
    [
        "在 CIFAR-10、ImageNet-64/128 与 ResNet50 上",
        "用一块 RTX 3090 训练，发表于 CVPR 2024",
        "基于 SDXL 1.0 与 Llama 3",
        "GPT-4o、3DGS 与 6DoF 的姿态，360-GS 的优化",
        "SO(2) 与 SE(3) 等变，估计 6 自由度的姿态",
        r"E$^3$NeRF、HC$^3$L-Diff 与 mAP@0.5",
        "单位为 g cm^{-3} 与 erg s^{-1}，或 m²",
        "H_2O、CO2、x_i 与 $x_{1}$ 的 L^2 范数和 R^2",
        "二维监督、四元数与三次样条插值，十分重要",
        "零样本与单样本学习，零件",
        "一种方法和一个模型，两者都好，双分支与双流结构",
        "几个数据集上的多个任务，几秒即可",
        "第一阶段首次使用一种新的损失",
        "进一步提升，参数级别不变",
        "3. 采用新的采样",
        "(1) 提出框架；2) 训练",
        "如图 3 与表 2 所示，见第 4 节和定理1.6",
        "See Fig. 3, Table 2 and Eqs. (4) and (5) in section 6.",
        "as shown in [12, 13]",
        "代码见 https://github.com/a1/b2 与 arXiv:2401.11831v2",
        "文本2图像模型，5月3日发布",
        "安托万·施涅普夫",
    ],
)
def test_names_and_marks_are_no_quantities(text: str) -> None:
    """Names with digits, list marks, articles, indices and units have no number."""
    assert read_quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "stand"),
    [
        ("加速 25%、30 FPS 与 2 张", ["25%", "30 FPS", "2 张"]),
        ("提速 10-30 倍", ["10", "30 倍"]),
        ("30 minutes to 2 are enough", ["30 minutes", "2"]),
        ("位列第 3 名，第 5 章", ["3 名"]),
        ("the 3rd place of 5 teams", ["3rd", "5"]),
        ("约 12.5% (±0.2)", ["12.5%", "0.2"]),
        ("at 512x256 and 10ms-20ms", ["512", "256", "10ms", "20ms"]),
        (r"35.2 $\pm$ 0.3 dB", ["35.2", "0.3 dB"]),
        (r"从 $10^{-3}$ 到 $10^{5}$", ["10^{-3}", "10^{5}"]),
    ],
)
def test_reads_several(text: str, stand: list[str]) -> None:
    """Neighbouring quantities are kept apart."""
    assert [quantity.text for quantity in read_quantities(text)] == stand


# A kind: what a claim says, and what bears it out.
SAME = {
    "scales": [
        ("有 14 亿个样本。", "There are 1.4 billion samples."),
        ("参数量为 350 万。", "It has 3.5M parameters."),
        ("在三万亿个词元上训练。", "on 3 trillion tokens"),
        ("有 2 至 4 百万个点。", "It has 2 to 4 million points."),
        ("有 20,000 多个点。", "Clouds with 20K+ points."),
    ],
    "words": [
        ("采用五种提示。", "We test five prompts."),
        ("采用两种视图。", "Both views are used."),
        ("该方法有三个贡献。", "Our contributions are threefold."),
        ("有一百二十张图。", "The set has one hundred and twenty images."),
        ("It runs on 3 datasets in two hours.", "three datasets need 2 hours"),
    ],
    "shares": [
        ("保留一半。", "It keeps 50% of them."),
        ("不到三分之一。", "It needs less than a third."),
        ("占四分之三。", "in three quarters of all cases"),
        ("约三成半的样本。", "About 35% of the samples."),
        ("准确率为 83%。", "The accuracy is 0.83."),
        ("减少到十分之一。", "a 10x reduction"),
        ("参数减半。", "The number of parameters is halved."),
    ],
    "multiples": [
        ("速度提升一倍。", "It runs at twice the speed."),
        ("产量翻倍。", "The yield has doubled."),
        ("产量翻了一番。", "a twofold yield"),
        ("流量翻两番。", "Traffic has quadrupled."),
        ("快 100 倍。", "It is two orders of magnitude faster."),
        ("快近百倍。", "almost two orders of magnitude faster"),
        ("快一个数量级。", "It is an order of magnitude faster."),
    ],
    "units": [
        ("耗时 2 小时。", "It takes 120 minutes."),
        ("半小时到1小时。", "between 30 and 60 minutes"),
        ("耗时 7 分钟。", "They take 7 and 49 minutes, respectively."),
        ("约占 24GB 显存。", "It fits into 24G of memory."),
        ("每秒 120 帧。", "It runs at 120 FPS."),
        ("功耗为 0.4 瓦。", "Ours | 0.4 | 31"),
        ("连续 9 天。", "for 9 consecutive days"),
        ("为 12 天。", "twelve sunny days"),
        ("每幅 1.5 克。", "1.5 g cm^{-3}"),
    ],
    "degrees": [
        ("样本存于 25 摄氏度。", "Samples were kept at 25 °C."),
        ("加热到 40℃。", "heated to 40 degrees Celsius"),
        ("冷却到零下 80 度。", "cooled to −80 °C"),
    ],
    "powers": [
        ("有 10 万条记录。", "There are 10^5 records."),
        ("有 30 万条记录。", "There are 3 × 10^{5} records."),
        ("有 2000 条记录。", "There are 2·10^3 records."),
        ("学习率为 0.001。", "a rate of 10^{-3}"),
        ("学习率为 10^-3。", r"a rate of $10^{-3}$"),
        ("约 1.5×10^{12} 个。", "1.5 trillion of them"),
        ("约 10⁵ 个，即 4×10⁻² 的比例。", "10^5, a share of 4 × 10^{-2}"),
        ("约 2 的 10 次方，即 1024 个。", "2^{10} of them"),
        ("学习率为 0.001。", "a rate of 10−3 was"),
        ("有 79 万个参数。", "7.9 × 10^5 parameters"),
    ],
    "万 with a tail": [
        ("含 16 万 4 千张。", "164,000 images"),
        ("有 2 亿 5000 万条。", "250 million records"),
        ("共 3 万 2000 段。", "32,000 clips"),
        ("共 7 万 5。", "75,000 of them"),
        ("共二百六十万零四千五百一十二条。", "2,604,512 records"),
        ("共三千零四十八个。", "3,048 items"),
    ],
    "thousands set apart": [
        ("含 15000 张。", "The set holds 15 000 images."),
        ("产量 427000 吨。", "427 000 t a year"),
        ("共 2,750,000 词。", "2 750 000 words"),
        ("共 34000 个。", "34'000 samples"),
        ("共 14628 行。", "It prints 14 628 lines."),
        ("占 41.7%。", "41,7% of them"),
    ],
    "spelled decimals": [
        ("系数为零点七二。", "a coefficient of 0.72"),
        ("召回率为百分之六十四点三。", "The recall is 64.3%."),
        ("快二点八倍。", "2.8 times faster"),
        ("有一点六亿个参数。", "160M parameters"),
        ("阈值为 0.25。", "a threshold of zero point two five"),
    ],
    "one of several": [
        ("需要三四个样本。", "with three or four samples"),
        ("有五六十人参加。", "between 50 and 60 people"),
        ("花了四五个小时。", "four to five hours"),
        ("有数百万用户。", "There are millions of users."),
        ("耗资数十亿美元。", "a multi-billion dollar industry"),
        ("有数千张图像。", "We use over 3,000 images."),
        ("快十几倍。", "It is 14x faster."),
        ("有数十万个。", "hundreds of thousands of them"),
    ],
    "signs": [
        ("相关系数为负0.31。", "a correlation of −0.31"),
        ("增益为 -2.7。", "The gain is −2.7."),
        ("损失降低 2.7 dB。", "a change of −2.7 dB"),
    ],
    "small parts": [
        ("误报率为千分之四。", "a rate of 0.4%"),
        ("误报率为 6‰。", "6 per mille"),
        ("浓度为百万分之七。", "7 ppm"),
        ("上升 25 个基点。", "up by 0.25%"),
    ],
    "years": [
        ("数据为2015至2019年。", "between 2015 and 2019"),
        ("数据覆盖2008年至2009年。", "in the seasons 2008–09"),
        ("实验于2017年和2018年进行。", "in 2017/18"),
        ("于二〇二三年举行。", "held at ICCV 2023"),
    ],
    "ranks": [
        ("位列第二名。", "It took second place."),
        ("获第1名。", "It won the challenge."),
        ("第 5 天开始。", "from day 5 on"),
        ("延迟的第99百分位。", "the 99th percentile of latency"),
        ("前 90 百分位。", "the 90th percentile"),
    ],
    "letters without a space": [
        ("提高 0.35。", "improves by0.35between both"),
        ("从 11.5 到 13.0。", "grows from11.5to13.0in all"),
    ],
    "traditional and financial numerals": [
        ("訓練集有兩萬張。", "20,000 images"),
        ("耗資伍仟元。", "5,000 yuan"),
        ("共七億個參數。", "700 million parameters"),
    ],
    "LaTeX": [
        (r"快 400 倍，不到 15 分钟。", r"$400\times$faster, in $\le$15 minutes"),
        (r"误差为 0.5%。", r"an error of \textbf{0.5}\%"),
    ],
}


@pytest.mark.parametrize(
    ("claim", "source"), [pair for pairs in SAME.values() for pair in pairs]
)
def test_rewriting_is_supported(claim: str, source: str) -> None:
    """The same value in another notation, unit or language counts as found."""
    checks = check_numbers(claim, [source])

    assert [check.reason for check in checks] == [""] * len(checks)
    assert checks


OTHER = [
    ("采用六种提示。", "We test five prompts."),
    ("快 40 倍。", r"It is $400\times$ faster."),
    ("训练仅需一小时。", "Training takes 30 minutes."),
    ("耗时 4 分钟。", "It takes 4 seconds."),
    ("频率为 0.31 kHz。", "at 0.31 MHz"),
    ("有数千万用户。", "There are millions of users."),
    ("有 300 万用户。", "There are millions of users."),
    ("快三个数量级。", "It is four orders of magnitude faster."),
    ("分辨率为 512×256。", "Images have 512 x 512 pixels."),
    ("位列第一名。", "It ranked third."),
    ("共八个数据集。", "We use five public and three private datasets."),
    ("显存减少 34%。", "It uses only 66% of the memory."),
    ("提升约18%。", "a gain of 18.36 %"),
    ("超过 0.92。", "The accuracies are 0.927 and 0.95."),
    ("有 10 万条记录。", "There are 10^{4} records."),
    ("有 3×10^5 条。", "3 × 10^{6} records"),
    ("需要三四个样本。", "with seven or eight samples"),
    ("花了四五个小时。", "It took two days."),
    ("产量 427 吨。", "427 000 t a year"),
    ("含 16 万 4 千张。", "160,000 images and 4,000 clips"),
    ("召回率为百分之九十点四。", "The recall is 90%."),
    ("系数为零点七二。", "a coefficient of 0.27"),
    ("误报率为 6‰。", "a rate of 6%"),
    ("浓度为 7 ppm。", "7 ppb"),
    ("系数为 0.31。", "a correlation of −0.31"),
    ("系数为负0.31。", "a correlation of 0.31"),
    ("产量翻倍。", "The yield grows by 10%."),
    ("密度的 3 倍。", "1.5 g cm^{-3}"),
    ("共 2 个。", "made of H_2O"),
    ("数据到2010年。", "in the seasons 2008–09"),
    ("第 6 天开始。", "from day 5 on"),
    ("第99百分位。", "the 95th percentile"),
]


@pytest.mark.parametrize(("claim", "source"), OTHER)
def test_another_value_is_unsupported(claim: str, source: str) -> None:
    """A changed value, unit or magnitude is not found; nothing is rounded or added."""
    checks = check_numbers(claim, [source])

    assert "unsupported" in [check.status for check in checks]


def test_numbers_may_stand_in_any_of_the_quotes() -> None:
    """Each number needs one of the sources, and the reason names what they lack."""
    quotes = ["It gains 3.5 dB on one card.", "Training took two hours."]
    checks = check_numbers("提升 3.5 dB，耗时 2 小时，准确率 93.6 %。", quotes)

    assert [check.found for check in checks] == ["3.5 dB", "two hours", None]
    assert [check.reason for check in checks] == ["", "", "its evidence lacks 93.6 %"]


def test_source_broken_over_lines() -> None:
    """Text from a PDF keeps its numbers across line ends and odd dashes."""
    source = "The net has 12 830\nparameters, a PSNR of 31.7\ndB at 256 × 256 and 10−3."
    claim = "12830 个参数，PSNR 为 31.7 dB，分辨率 256x256，学习率 0.001。"

    assert all(check.found for check in check_numbers(claim, [source]))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("两百五", 250), ("一千零二", 1002), ("三万五", 35000), ("十二", 12),
        ("二〇二四", 2024), ("万亿", 10**12), ("两三", None),
        ("点五", None), ("九" * 50, None),
    ],
)  # fmt: skip
def test_chinese_numerals(text: str, value: int | None) -> None:
    """A numeral has a value, a run of numerals that is none has not."""
    assert zh_value(text) == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("two hundred five", 205), ("one thousand two hundred", 1200),
        ("twenty twenty", None), ("five six", None), ("two point cloud", None),
        ("nice point five", None), ("cloud", None),
    ],
)  # fmt: skip
def test_english_numerals(words: str, value: int | None) -> None:
    """Number words that do not make one number have no value."""
    assert en_value(words.split()) == value


def test_claims_file() -> None:
    """Each line of a claims file gives one report in its fixed shape."""
    rows = [
        {"id": "a", "claim": "共 3 张图。", "source": "We use 3 images."},
        {"id": "b", "claim": "共 4 张图。", "source": "We use 3 images."},
        {"id": "c", "claim": "效果很好。", "source": ""},
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows] + ["", "\n"]
    good, bad, none = verify_claims_file(lines)

    found = {"text": "3 张", "status": "supported", "found": "3"}
    assert good == {
        "id": "a", "verdict": "ok", "quantities": [found], "reasons": [],
    }  # fmt: skip
    assert bad["verdict"] == "bad"
    assert bad["quantities"] == [{"text": "4 张", "status": "unsupported", "found": ""}]
    assert bad["reasons"] == ["its evidence lacks 4 张"]
    assert none == {"id": "c", "verdict": "ok", "quantities": [], "reasons": []}


def test_a_claim_of_numbers_alone_ends_soon() -> None:
    """Beyond a bound the numbers of a claim are not looked up, and not believed."""
    checks = check_numbers("1, " * 5000, ["We use 1 card."])

    assert len(checks) == 5000
    assert checks[0].status == "supported"
    assert checks[-1].status == "unsupported"
