"""What a number is said of: by or to, share or change, which noun."""

from __future__ import annotations

import pytest

from chatpaper.verify.numbers import check_numbers
from chatpaper.verify.source import index_source

TURNED_ROUND = [
    ("点云数量减少 62%。", "It needs only 62% of the points."),
    ("显存少 70%。", "The model trains with 70% GPU memory only."),
    (
        "推理时间减少了 15% 以上。",
        "It consumes less than 15% inference time of the base.",
    ),
    ("开销降低 40%。", "Costs are reduced to 40% of the original."),
    ("训练时间降至 40%。", "Training time is reduced by 40%."),
    ("准确率提高至 6%。", "It improves the accuracy by 6%."),
    ("reduces memory by 62%", "It uses 62% of the memory."),
]
MISATTRIBUTED = [
    ("优于基线模型 80%。", "Our model beats the baseline on 80% of the tasks."),
    ("每次点击快 12 毫秒。", "Each click runs in 12 ms on one card."),
    ("可在 2 秒内重建场景。", "We rebuild scenes that were captured in 2 seconds."),
    ("准确率提高 91.2%。", "Our net reaches an accuracy of 91.2%."),
    ("方法分为三个阶段。", "We evaluate on three public datasets."),
    ("在四个数据集上测试。", "The backbone has four encoder layers."),
    ("生成一万张图像。", "It answers 10,000 queries."),
    ("SSIM 达到 31.2。", "The PSNR is 31.2 on average."),
    ("条件生成的 FID 为 2.11。", "For unconditional generation the FID is 2.11."),
    (
        "条件生成的 FID 为 2.11。",
        "We get an FID of 2.11 and 2.94 in unconditional and conditional generation,"
        " respectively.",
    ),
    ("训练仅需 9 毫秒。", "Inference takes 9 ms."),
]
BOUND_FLIPPED = [
    ("可生成 90 帧以上。", "It makes up to 90 frames."),
    ("至少需要 3 分钟。", "It needs less than 3 minutes."),
    ("不到 2 分钟。", "It takes over 2 minutes."),
]


@pytest.mark.parametrize(("claim", "source"), TURNED_ROUND)
def test_direction_turned_round(claim: str, source: str) -> None:
    """A level claimed as a change, or a change as a level, is contradicted."""
    (check,) = check_numbers(claim, index_source(source))

    assert check.status == "contradicted"
    assert check.found == source
    assert check.reason


@pytest.mark.parametrize(("claim", "source"), MISATTRIBUTED)
def test_said_of_something_else(claim: str, source: str) -> None:
    """A number that stands in the paper for something else only is misattributed."""
    checks = check_numbers(claim, index_source(source))
    faults = [check for check in checks if check.status != "supported"]

    assert [check.misattributed for check in faults] == [True]
    assert faults[0].found == source


@pytest.mark.parametrize(("claim", "source"), BOUND_FLIPPED)
def test_bound_flipped(claim: str, source: str) -> None:
    """A bound from the other side is contradicted."""
    (check,) = check_numbers(claim, index_source(source))

    assert check.status == "contradicted"


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        # Hedges may go, and come.
        ("提速 45 倍。", "It is up to 45 times faster."),
        ("约 3 秒内完成。", "It takes approximately 3 seconds."),
        # The same direction in other words.
        ("内存使用降低 30%。", "It cuts memory by 30%."),
        ("训练加速 25%。", "Training is sped up by 25%."),
        ("误差降低了40%。", "gaining up to a 40% reduction in errors"),
        ("训练时间缩短到 1%。", "Training time falls to 1%."),
        ("仅用 10% 的数据。", "It learns from 10% of the data."),
        ("准确率从 4.4% 提升至 23.6%。", "Accuracy rises from 4.4% to 23.6%."),
        ("训练效率提升达 5%。", "offering up to 5% boost in training efficiency"),
        ("优于 90% 的参赛者。", "It beats 90% of all contestants."),
        # The source's own odd words, copied.
        ("存储低于最先进方法的 80%。", "Storage is less than 80% compared to others."),
        # Nouns that one writer takes for another.
        ("采用两阶段管道。", "A two-staged pipeline is used."),
        ("分为三个步骤。", "There are three phases."),
        ("在三个基准上测试。", "We test on three datasets."),
        ("用于这两个组件。", "The bands of these two components are cut."),
        # Nobody knows what an unknown noun counts.
        ("包含三个小节。", "Three zebras were seen."),
        # One of many uses is enough.
        ("显存减少 20%。", "It uses 20% of the data. Memory is reduced by 20%."),
        ("训练和推理分别快 400 倍和 250 倍。",
         "It is 400x and 250x faster in training and inference."),
        # Listed, not counted.
        ("在三个数据集上测试。",
         "It gets 4 on the ABC-1 dataset, 5 on the ABC-2 dataset, 6 on the D dataset."),
        ("提出两种模型：Aa 模型和 Bb 模型。", "There are an Aa model and a Bb model."),
        ("Aa 和 Bb 是两种主要方法。", "Aa is fast. Bb is small. Both sets are used."),
        ("提出三个目标。", "Our objectives are (1) speed, (2) size and (3) taste."),
    ],
)  # fmt: skip
def test_borne_out(claim: str, source: str) -> None:
    """What the paper bears out raises no alarm."""
    checks = check_numbers(claim, index_source(source))

    assert checks
    assert [(c.status, c.reason) for c in checks] == [("supported", "")] * len(checks)


def test_invented_score_of_a_known_data_set() -> None:
    """A score is invented even where its data set is in the paper."""
    source = "We train on 1% of KITTI-9 and set a new state of the art."
    (check,) = check_numbers("在 KITTI-9 上达到 88.2% 的 mIoU。", index_source(source))

    assert (check.status, check.misattributed, check.found) == (
        "unsupported",
        False,
        "",
    )


def test_evidence_decides_what_a_number_is_said_of() -> None:
    """A quote that holds the value narrows where it is looked up."""
    source = "It uses 62% of the points. Elsewhere, noise is reduced by 62%."
    index = index_source(source)
    claim = "点数减少 62%。"

    (free,) = check_numbers(claim, index)
    (bound,) = check_numbers(claim, index, evidence="It uses 62% of the points.")
    (other,) = check_numbers(claim, index, evidence="noise is reduced by 62%")

    assert [c.status for c in (free, bound, other)] == [
        "supported", "contradicted", "supported",
    ]  # fmt: skip


def test_english_claims() -> None:
    """English claims are read and compared like Chinese ones."""
    index = index_source("We use three datasets, cut costs by 30% and need 2 hours.")

    good = check_numbers("It cuts costs by 30% on 3 datasets in two hours.", index)
    bad = check_numbers("It cuts costs by 35% on four datasets in 2 minutes.", index)

    assert [check.status for check in good] == ["supported"] * 3
    assert [check.status for check in bad] == ["unsupported"] * 3


@pytest.mark.parametrize(
    ("claim", "quote", "elsewhere", "rival"),
    [
        ("在四个数据集上测试。", "We test on three datasets", "four cards", "three"),
        ("提升 32.5%。", "It gains 34.5% over the base", "32.5% of them", "34.5%"),
        ("PSNR 为 31.2。", "with a PSNR of 32.1 on average", "31.2 more", "32.1"),
    ],
)
def test_evidence_with_another_value_contradicts(
    claim: str, quote: str, elsewhere: str, rival: str
) -> None:
    """A claim whose own quote has another value of the same kind is contradicted."""
    index = index_source(f"{quote}. There are {elsewhere} as well.")
    (check,) = check_numbers(claim, index, evidence=quote)

    assert check.status == "contradicted"
    assert check.reason == f"the claim's own evidence has {rival}"
    assert check.found == f"{quote}."


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("在三个数据集上提升 34.5%。", "It gains 34.5% on three datasets"),
        ("提升 34.5%，达到 91.2%。", "It gains 34.5% on three datasets"),
        ("耗时 12 ms。", "It gains 34.5% on three datasets"),
        ("有两个模块。", "It gains 34.5% on three datasets"),
        ("在几个数据集上测试。", "It gains 34.5% on three datasets"),
    ],
)
def test_evidence_that_does_not_compete(claim: str, evidence: str) -> None:
    """A number beyond the quote is looked up in the whole paper."""
    source = f"{evidence}. It reaches 91.2%, needs 12 ms and has two modules."
    checks = check_numbers(claim, index_source(source), evidence)

    assert [check.status for check in checks] == ["supported"] * len(checks)
