"""What visitors are told when something is refused or went wrong, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Said(NamedTuple):
    """One sentence in both languages, and the status it goes with."""

    status: int
    zh: str
    en: str


# --------------------------------------------------------------------------------------
# Requests that are refused.

REFUSALS: Mapping[str, Said] = {
    "host": Said(
        421,
        "此地址未获允许；管理员可把它写入 web.hosts。",
        "This address is not served here; its operator can add it to web.hosts.",
    ),
    "origin": Said(
        403,
        "请求来自另一个网站，未予受理。",
        "The request came from another site and was refused.",
    ),
    "proxied": Said(
        421,
        "请求经由代理而来，但代理没有传递自己的域名；管理员可让代理保留 Host，"
        "并把域名写入 web.hosts。",
        "The request came through a proxy that hides its name; its operator can let it "
        "pass Host on, and add the name to web.hosts.",
    ),
    "token": Said(
        401,
        "需要访问口令。",
        "An access token is needed.",
    ),
    "wrong-token": Said(
        401,
        "访问口令不对。",
        "The access token is wrong.",
    ),
    "guesses": Said(
        429,
        "试错口令的次数过多，请在 {minutes} 分钟后再试。",
        "Too many wrong tokens from your address; try again in {minutes} minutes.",
    ),
    "rate": Said(
        429,
        "请求过于频繁，请在 {seconds} 秒后再试。",
        "Too many requests from your address; try again in {seconds} seconds.",
    ),
    "papers": Said(
        429,
        "每小时最多 {limit} 篇，请在 {minutes} 分钟后再试。",
        "At most {limit} papers an hour from one address; "
        "try again in {minutes} minutes.",
    ),
    "questions": Said(
        429,
        "每篇论文最多提 {limit} 个问题。",
        "At most {limit} questions may be asked about one paper.",
    ),
    "full": Said(
        503,
        "排队已满（{limit} 篇），请稍后再试。",
        "The queue is full ({limit} papers wait); try again in a while.",
    ),
    "share": Said(
        503,
        "您已有 {limit} 篇在排队，请稍后再试。",
        "{limit} papers from your address wait already; try again in a while.",
    ),
    "uploads": Said(
        503,
        "正在上传的文件太多，请稍后再试。",
        "Too many files are being uploaded; try again in a while.",
    ),
    "listeners": Said(
        503,
        "同时查看进度的人太多，请稍后刷新页面。",
        "Too many visitors follow their papers at once; reload the page in a while.",
    ),
    "budget": Said(
        503,
        "今天的预算已用完，UTC 零点后恢复；也可填入自己的模型密钥。",
        "Today's budget is spent; it begins anew at midnight UTC. "
        "A model key of your own works now.",
    ),
    "arxiv": Said(
        503,
        "arXiv 要求暂缓访问，请在 {minutes} 分钟后再试，或直接上传 PDF。",
        "arXiv asks us to wait; try again in {minutes} minutes, "
        "or drop the PDF itself.",
    ),
    "closing": Said(
        503,
        "服务即将停止，请稍后再试。",
        "The server is stopping; try again in a while.",
    ),
    "too-large": Said(
        413,
        "文件超过 {mb} MB。",
        "The file is larger than {mb} MB.",
    ),
    "slow": Said(
        408,
        "上传过慢，已中断。",
        "The upload was too slow and was cut off.",
    ),
    "no-paper": Said(
        400,
        "请选择一个 PDF 文件，或填写 arXiv 编号或链接。",
        "Drop a PDF, or give an arXiv id or link.",
    ),
    "two-papers": Said(
        400,
        "一次一篇：PDF 文件与编号只能给一个。",
        "One paper at a time: either a PDF or an id.",
    ),
    "bad-id": Said(
        400,
        "这不是 arXiv 编号或链接，例如 2401.11831。",
        "This is no arXiv id or link, such as 2401.11831.",
    ),
    "bad-key": Said(
        400,
        "模型密钥含有不可能的字符，请重新复制。",
        "The model key holds a character that no key has; copy it again.",
    ),
    "no-form": Said(
        400,
        "请求不是有效的表单。",
        "The request is no valid form.",
    ),
    "empty": Said(
        400,
        "文件是空的。",
        "The file is empty.",
    ),
    "no-pdf": Said(
        415,
        "这个文件不是 PDF。",
        "The file is no PDF.",
    ),
    "bad-question": Said(
        400,
        "请写下一个问题，不超过 {limit} 字。",
        "Ask one question of at most {limit} characters.",
    ),
    "asking": Said(
        503,
        "正在回答的问题太多，请稍后再试。",
        "Too many questions are being answered; try again in a moment.",
    ),
    "own-key": Said(
        403,
        "你的模型密钥被拒绝，或其配额已用完。",
        "Your model key was refused, or its quota is spent.",
    ),
    "quota": Said(
        503,
        "模型的配额已用完，或密钥被拒绝。",
        "The model's quota is spent, or its key was refused.",
    ),
    "no-reply": Said(
        502,
        "模型没有给出可用的结果，请稍后再试。",
        "The model gave no usable reply; try again later.",
    ),
    "no-answers": Said(
        501,
        "提问需要语言模型：请填入自己的模型密钥。",
        "Questions need a language model; give a model key of your own.",
    ),
    "not-ready": Said(
        409,
        "这篇论文还没有完成。",
        "This paper is not done yet.",
    ),
    "unknown": Said(
        404,
        "没有这篇论文：{keep_h:g} 小时后即被删除，请重新提交。",
        "There is no such paper; each is deleted after {keep_h:g} hours. "
        "Drop it again.",
    ),
    "page": Said(
        404,
        "这一页画不出来。",
        "This page cannot be drawn.",
    ),
    "pages": Said(
        503,
        "正在打开的页面太多，请稍后再试。",
        "Too many pages are being opened; try again in a moment.",
    ),
    "nothing": Said(
        404,
        "没有这个页面。",
        "There is no such page.",
    ),
    "method": Said(
        405,
        "此地址不支持这种请求。",
        "This address takes no such request.",
    ),
    "disk": Said(
        507,
        "服务器磁盘已满，请通知管理员。",
        "The server's disk is full; tell its operator.",
    ),
    "store": Said(
        503,
        "服务器的存储不可用，请通知管理员。",
        "The server's store cannot be used; tell its operator.",
    ),
    "fault": Said(
        500,
        "服务器出错，详情已写入日志。",
        "A fault of the server's own; its log has more.",
    ),
}

# --------------------------------------------------------------------------------------
# Papers that came to nothing. They have no status: their pages exist.

FAILURES: Mapping[str, Said] = {
    "lost": Said(
        200,
        "服务重启，处理中断；请重新提交，已付费的部分不会重复计费。",
        "The server was restarted and this was lost; drop it again. "
        "What was paid for is not paid for again.",
    ),
    "unknown-paper": Said(
        200,
        "arXiv 上没有这篇论文。",
        "arXiv knows no such paper.",
    ),
    "arxiv": Said(
        200,
        "暂时无法从 arXiv 取得论文，请稍后再试，或直接上传 PDF。",
        "arXiv could not be asked; try again later, or drop the PDF itself.",
    ),
    "download": Said(
        200,
        "论文 PDF 下载失败，请稍后再试，或直接上传 PDF。",
        "The paper's PDF could not be had from arXiv; "
        "try again later, or drop the PDF itself.",
    ),
    "locked": Said(
        200,
        "PDF 有密码保护，无法读取。",
        "The PDF is locked by a password.",
    ),
    "no-pdf": Said(
        200,
        "这个文件不是 PDF。",
        "The file is no PDF.",
    ),
    "no-text": Said(
        200,
        "PDF 中没有文字，只有图片或空白页。",
        "The PDF has no text: its pages are pictures or empty.",
    ),
    "too-much": Said(
        200,
        "读取这个 PDF 需要的时间或内存超过限制。",
        "Reading the PDF took more time or memory than is allowed.",
    ),
    "damaged": Said(
        200,
        "PDF 已损坏，无法读取。",
        "The PDF is damaged and cannot be read.",
    ),
    "summarize": Said(
        200,
        "模型没有给出可用的结果，请稍后再试。",
        "The model gave no usable reply; try again later.",
    ),
    "verify": Said(
        200,
        "没有一条内容通过与原文的核对。",
        "No statement passed the checks against the paper.",
    ),
    "quota": Said(
        200,
        "模型的配额已用完，或密钥被拒绝。",
        "The model's quota is spent, or its key was refused.",
    ),
    "key": Said(
        200,
        "你的模型密钥被拒绝，或其配额已用完。",
        "Your model key was refused, or its quota is spent.",
    ),
    "budget": Said(
        200,
        "今天的预算已用完，UTC 零点后恢复；也可填入自己的模型密钥。",
        "Today's budget is spent; it begins anew at midnight UTC. "
        "A model key of your own works now.",
    ),
    "paper-budget": Said(
        200,
        "这篇论文超过单篇预算，未能完成。",
        "The paper would cost more than one paper may.",
    ),
    "disk": REFUSALS["disk"],
    "store": REFUSALS["store"],
    "fault": REFUSALS["fault"],
}


class Refusal(Exception):
    """A request that is refused in words.

    Attributes:
        code: Of `REFUSALS`.
        retry_after_s: When it may be asked again; None when that is of no use.
        values: For the sentence.
    """

    def __init__(
        self, code: str, *, retry_after_s: float | None = None, **values: object
    ) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_s = retry_after_s
        self.values = values

    @property
    def status(self) -> int:
        """The HTTP status."""
        return REFUSALS[self.code].status

    def words(self, language: Language) -> str:
        """The sentence."""
        said = REFUSALS[self.code]
        return (said.zh if language == "zh" else said.en).format(**self.values)


def failure_words(code: str, language: Language) -> str:
    """Why a paper came to nothing; empty when it did not."""
    if not code:
        return ""
    said = FAILURES[code]
    return said.zh if language == "zh" else said.en


def spoken(header: str, otherwise: Language) -> Language:
    """The language of an `Accept-Language` that we speak and that is wanted most."""
    best, weight = otherwise, 0.0
    for part in header[:500].split(","):
        name, _, quality = part.strip().lower().partition(";q=")
        try:
            wish = float(quality or 1)
        except ValueError:
            continue
        for language in ("zh", "en"):
            if name.split("-")[0] == language and wish > weight:
                best, weight = language, wish
    return best
