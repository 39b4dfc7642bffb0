"""The twins for an event loop: they do not block it, and can be cancelled."""

import asyncio
import inspect
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import chatpaper
from chatpaper import aio, api
from chatpaper.resources import resource_path
from toy_models import Toy

SAMPLES = resource_path("samples")
NAMES = [SAMPLES / f"sample-0{n}.pdf" for n in range(1, 5)]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Settings on top of the defaults."""
    monkeypatch.chdir(tmp_path)
    return {"storage": {"dir": "store"}, "reading": {"workers": 2}}


async def until(true: Callable[[], object]) -> None:
    """Wait for it."""
    while not true():
        await asyncio.sleep(0.01)


def test_every_twin_has_the_arguments_of_its_function() -> None:
    """And its words; what is public and takes long has one."""
    for name in aio.__all__:
        twin, function = getattr(aio, name), getattr(chatpaper, name)
        assert inspect.signature(twin) == inspect.signature(function)
        assert twin.__doc__ == function.__doc__
    functions = {n for n in chatpaper.__all__ if inspect.isfunction(getattr(api, n, 0))}

    assert functions == set(aio.__all__)
    assert chatpaper.aio is aio


def test_the_loop_goes_on_while_a_paper_is_summarised(config: dict[str, Any]) -> None:
    """It lets the model's replies go, and its own thread works at nothing else."""
    model = Toy()
    model.held.clear()

    async def main() -> tuple[Any, float]:
        before = time.thread_time()
        task = asyncio.create_task(aio.summarize(NAMES[0], model=model, config=config))
        await until(lambda: model.asked)
        model.held.set()
        return await task, time.thread_time() - before

    sheet, seconds = asyncio.run(main())

    assert sheet.failure is None
    assert len(model.asked) == 2
    # Reading and looking up take more; how busy the machine is does not count.
    assert seconds < 0.3


def test_papers_are_summarised_several_at_once_in_order(config: dict[str, Any]) -> None:
    """As many calls at a time as the configuration allows, and no more."""
    model = Toy()
    model.held.clear()
    config["llm"] = {"concurrency": 3}

    async def let_go() -> None:
        await until(lambda: len(model.asked) == 3)
        model.held.set()

    async def main() -> Any:
        going = asyncio.create_task(let_go())
        sheets = aio.summarize_all(NAMES, model=model, config=config)
        files = [sheet.file async for sheet in sheets]
        await going
        return files

    assert asyncio.run(main()) == NAMES
    assert model.most == 3


def test_a_task_that_is_cancelled_keeps_what_was_paid(config: dict[str, Any]) -> None:
    """The call under way is finished and kept; no other is begun."""
    model = Toy()
    model.held.clear()

    async def main() -> None:
        task = asyncio.create_task(aio.summarize(NAMES[0], model=model, config=config))
        await until(lambda: model.asked)
        task.cancel()
        await asyncio.sleep(0.05)
        assert not task.done()
        model.held.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert [request.step for request in model.asked] == ["first"]
    sheet = chatpaper.summarize(NAMES[0], model=model, config=config)
    assert sheet.failure is None
    assert [request.step for request in model.asked] == ["first", "later"]


def test_who_leaves_the_loop_pays_for_no_more(config: dict[str, Any]) -> None:
    """Papers that were not begun are not begun."""
    model = Toy()
    config["llm"] = {"concurrency": 1}

    async def main() -> None:
        sheets = aio.summarize_all(NAMES * 5, model=model, config=config)
        async for _ in sheets:
            break
        await sheets.aclose()

    asyncio.run(main())
    papers = {request.paper_id for request in model.asked}
    assert len(model.asked) <= 2 * len(papers)
    assert len(papers) <= 3


def test_an_error_comes_out_as_it_is(config: dict[str, Any]) -> None:
    """Awaited, or at the first step of the loop."""

    async def one() -> None:
        await aio.read_pdf("nowhere.pdf")

    async def many() -> None:
        async for _ in aio.summarize_all(["nowhere.pdf"], config=config):
            pass

    for work in (one, many):
        with pytest.raises(chatpaper.ConfigError, match="no such file"):
            asyncio.run(work())


def test_posts_are_written_and_read(config: dict[str, Any]) -> None:
    """The other twins do what theirs do."""
    config["llm"] = {"provider": "extractive"}

    async def main() -> Any:
        (report,) = await aio.run("GAN", source="samples", config=config)
        papers = await aio.posted_papers(config=config)
        documents = [found async for found in aio.read_pdfs(NAMES[:2], config)]
        return report.posted, len(papers), len(documents)

    assert asyncio.run(main()) == (5, 5, 2)
