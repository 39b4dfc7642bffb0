"""The words of the page, each in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from chatpaper.web.words import Language

# --------------------------------------------------------------------------------------
# One row a key: Chinese, English. `{}` slots are filled by `str.format`, by us or by
# the script.

_TABLE: Mapping[str, tuple[str, str]] = {
    # ---------------------------------------------------------------- every page
    "tag": ("zh-CN", "en"),
    "other": ("en", "zh"),
    "other_tag": ("en", "zh-CN"),
    "other_name": ("English", "中文"),
    "name": ("chatpaper", "chatpaper"),
    "skip": ("跳到正文", "To the content"),
    "navigation": ("页面导航", "Pages"),
    "start": ("读一篇论文", "Read a paper"),
    "site": ("论文日报", "Papers by day"),
    "free": (
        "自由软件，遵循 AGPL-3.0-or-later",
        "Free software under AGPL-3.0-or-later",
    ),
    "source": ("源代码", "source code"),
    "keeps": (
        "论文与结果保存 {hours} 小时，之后删除；不用 Cookie；"
        "自带的密钥只用于当次请求，从不写入磁盘。",
        "A paper and what was made of it are kept for {hours} hours, then deleted. No "
        "cookies. A key of your own serves one request and is never written to a disk.",
    ),
    "colon": ("：", ": "),
    # ---------------------------------------------------------------- start
    "heading": ("一篇论文，句句有据", "A paper, borne out claim by claim"),
    "lead": (
        "放入 PDF，或填写 arXiv 编号。总结里的每句话都附原文引文，"
        "点开就能看到引文在论文里的位置；没查到依据的会标出来。",
        "Drop a PDF, or give an arXiv id. Every sentence of the summary comes with the "
        "words it rests on, marked on the page where they stand; what could not be "
        "borne out says so.",
    ),
    "drop": ("把 PDF 拖到这里，或点击选择文件", "Drop a PDF here, or choose a file"),
    "drop_now": ("松开即可", "Let go"),
    "at_most": ("最大 {mb} MB", "At most {mb} MB"),
    "or": ("或", "or"),
    "id": ("arXiv 编号或链接", "arXiv id or link"),
    "id_hint": ("2401.11831，或链接", "2401.11831 or a link"),
    "read": ("开始", "Read it"),
    "own_key": ("使用自己的模型密钥", "Use a model key of your own"),
    "own_key_needed": (
        "本服务器没有语言模型：填入自己的密钥，否则总结由论文原句组成",
        "This server has no language model: give a key of your own, or the summary is "
        "made of the paper's own sentences",
    ),
    "key": ("模型密钥", "Model key"),
    "key_note": (
        "只随这一次请求发送，不保存在浏览器里，也不写入服务器磁盘。",
        "Sent with this one request. Neither your browser nor the server keeps it.",
    ),
    "token": ("访问口令", "Access token"),
    "token_note": (
        "本服务器只接受有口令的人提交论文。",
        "This server takes papers from who has its token.",
    ),
    "recent": ("最近的论文", "Last papers"),
    "mine": ("我在此标签页提交的论文", "Yours, in this tab"),
    "mine_note": (
        "上传的文件只有持有链接的人能看到，不会出现在公共列表中。",
        "Only who has its link sees an uploaded file; it is in no public list.",
    ),
    "uploading": ("正在上传：{percent}%", "Uploading: {percent} %"),
    "sending": ("正在提交…", "Sending …"),
    "one_file": ("一次只能读一个文件。", "One file at a time."),
    "too_large": ("文件超过 {mb} MB。", "The file is larger than {mb} MB."),
    "unreachable": (
        "服务器没有响应。请检查它是否还在运行，然后再试一次。",
        "The server does not answer. See whether it still runs, then try again.",
    ),
    # ---------------------------------------------------------------- progress
    "working": ("正在处理", "At work"),
    "stage_queued": ("排队", "In the queue"),
    "stage_download": ("从 arXiv 下载", "Downloading from arXiv"),
    "stage_read": ("阅读 PDF", "Reading the PDF"),
    "stage_draft": ("撰写总结", "Writing the summary"),
    "stage_judge": ("逐条核对原文", "Checking each claim against the paper"),
    "stage_repair": ("改写未通过的句子", "Mending what did not pass"),
    "stage_done": ("完成", "Done"),
    "stage_failed": ("未完成", "Not done"),
    "is_done": ("已完成", "done"),
    "is_now": ("进行中", "now"),
    "position": ("前面还有 {n} 篇", "{n} before it"),
    "seconds": ("已用 {n} 秒", "{n} s so far"),
    "stopped": (
        "与服务器的连接断了，正在重试…",
        "The connection to the server is lost; trying again …",
    ),
    "back": ("已重新连接。", "Connected again."),
    "gone": (
        "服务器上已没有这篇论文：可能已到期删除。请重新提交。",
        "The server no longer has this paper; its time may be over. Drop it again.",
    ),
    "reloads": (
        "本页每 4 秒自动刷新，完成后显示结果。",
        "This page reloads every 4 seconds until the result is here.",
    ),
    "leave": (
        "可以关掉这一页，稍后再用同一个链接回来。",
        "You may leave and come back by the same link.",
    ),
    # ---------------------------------------------------------------- failed
    "refused": ("未能完成请求", "Refused"),
    "failed": ("没有完成", "It came to nothing"),
    "again": ("再试一次", "Try again"),
    "pdf_still": ("你的文件仍可下载", "Your file is still here"),
    # ---------------------------------------------------------------- entry
    "downloads": ("下载", "Download"),
    "evidence": ("引文与出处", "The evidence"),
    "evidence_hint": (
        "指着或点开左边任一句话，这里显示它依据的原文和所在页。",
        "Point at or choose a sentence: here are the words it rests on and their page.",
    ),
    "keys": (
        "j / k：下一句、上一句；Esc：关闭",
        "j, k: next and previous sentence; Esc: close",
    ),
    "evidence_hint_phone": (
        "点任一句话，查看它依据的原文和所在页。",
        "Tap a sentence to see the words it rests on and their page.",
    ),
    "quotes": ("引文", "Quotes"),
    "verbatim": ("这是论文的原句。", "This is a sentence of the paper itself."),
    "no_place": (
        "没有在论文中找到这句话的依据，请自行判断。",
        "Nothing in the paper was found for this sentence; judge it for yourself.",
    ),
    "page_of": ("原文第 {n} 页", "Page {n} of the paper"),
    "page_of_marked": (
        "原文第 {n} 页，引文已标出",
        "Page {n} of the paper, the quotes marked",
    ),
    "page_unmarked": (
        "引文的字句没能在这一页上圈出（例如它来自 arXiv 的摘要）。",
        "The quote's words could not be marked on this page (it may be arXiv's own "
        "abstract).",
    ),
    "page_failed": ("这一页画不出来。", "This page could not be drawn."),
    "page_loading": ("正在打开第 {n} 页…", "Opening page {n} …"),
    "sheet": ("论文的这一页，可以滚动", "The page, which can be scrolled"),
    "larger": ("放大", "Larger"),
    "before": ("上一句", "Sentence before"),
    "after": ("下一句", "Next sentence"),
    "close": ("关闭", "Close"),
    "open_pdf": ("在 PDF 中打开", "Open in the PDF"),
    "link_to": ("指向这句话的链接", "Link to this sentence"),
    "copied": ("链接已复制。", "The link is copied."),
    # ---------------------------------------------------------------- questions
    "ask": ("问这篇论文", "Ask the paper"),
    "ask_note": (
        "回答只用论文里的话，每句附引文和出处；论文没写的，会说没写。",
        "Answered from the paper alone, each sentence with its quotes and pages; what "
        "the paper does not say is said to be missing.",
    ),
    "question": ("问题", "Question"),
    "question_hint": (
        "例如：在哪些数据集上做了实验？",
        "For example: which data sets were used?",
    ),
    "send": ("提问", "Ask"),
    "asking": ("正在论文中查找答案…", "Looking for the answer in the paper …"),
    "answer": ("回答", "Answer"),
    "no_answer": (
        "论文里没有找到答案。",
        "No answer was found in the paper.",
    ),
    "answered": ("已有回答：{n} 句。", "Answered in {n} sentences."),
    "ask_needs_script": ("提问需要脚本。", "Questions need scripts."),
}

_COLUMNS: Mapping[str, int] = {"zh": 0, "en": 1}

# Those that the script says.
_SCRIPTED = """
    drop_now uploading sending one_file too_large unreachable
    stage_queued stage_download stage_read stage_draft stage_judge stage_repair
    stage_done stage_failed is_now is_done position seconds stopped back gone
    verbatim no_place page_of page_of_marked page_unmarked page_failed page_loading
    copied evidence asking answered no_answer
"""
SCRIPTED = tuple(re.findall(r"\w+", _SCRIPTED))


class PageWords:
    """The words in one language; each is an attribute."""

    def __init__(self, language: Language) -> None:
        column = _COLUMNS[language]
        self.words = {key: row[column] for key, row in _TABLE.items()}

    def __getattr__(self, key: str) -> str:
        try:
            return self.__dict__["words"][key]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(key) from None

    @property
    def scripted(self) -> Mapping[str, str]:
        """What the script says."""
        return {key: self.words[key] for key in SCRIPTED}


_WORDS = MappingProxyType({"zh": PageWords("zh"), "en": PageWords("en")})


def page_words(language: Language) -> PageWords:
    """The words of the page in a language."""
    return _WORDS[language]
