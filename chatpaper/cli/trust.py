"""`chatpaper verify` and `chatpaper check`: published posts, checked again."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.cli.commands import MISUSED, command, json_line, tell
from chatpaper.cli.options import ConfigFile, Json, files_of, settings
from chatpaper.errors import ConfigError

if TYPE_CHECKING:
    from chatpaper.config import Config
    from chatpaper.pipeline import Recheck
    from chatpaper.posts import Problem
    from chatpaper.records import Usage


@command
def verify(
    posts: Annotated[
        list[Path] | None,
        typer.Argument(metavar="POST.json...", help="JSON twins of posts."),
    ] = None,
    claims: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.jsonl", help='Lines of {"id", "claim", "source"} to check.'
        ),
    ] = None,
    claim: Annotated[
        str | None, typer.Option(metavar="TEXT", help="One claim about --paper.")
    ] = None,
    paper: Annotated[
        str | None,
        typer.Option(metavar="FILE.pdf|ARXIV_ID", help="Which the claim is about."),
    ] = None,
    source: Annotated[
        str, typer.Option(help="Where the posts' papers came from.")
    ] = "arxiv",
    judge: Annotated[
        bool, typer.Option("--judge", help="Have the judge read every claim again.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="[PROVIDER:]MODEL", help="Who judges; by default trust.judge_model."
        ),
    ] = None,
    as_json: Json = False,
    config: ConfigFile = None,
) -> int:
    """Check claims against their sources, or published posts against their PDFs."""
    if claims is not None:
        return _verify_claims(claims)
    if claim is not None:
        checked = _judged_by(model, config)
        return _verify_claim(claim, paper, checked, as_json=as_json)
    if not posts:
        raise ConfigError("verify", "name the JSON twin of a post, or --claims FILE")
    from chatpaper.pipeline import open_judge, recheck_post

    twins = [
        path.with_suffix(".json") if path.suffix == ".md" else path
        for path in files_of(posts, ".json")
        if path in posts or _may_be_twin(path)
    ]
    if not twins:
        raise ConfigError(str(posts[0]), "no JSON twin of a post in this folder")
    checked = _judged_by(model, config)
    faults = unread = 0
    with open_judge(checked) if judge else nullcontext() as asked:
        for twin in twins:
            try:
                for line in recheck_post(twin, checked, source, asked):
                    faults += not line["agrees"]
                    out = json_line(line) if as_json else recheck_line(line)
                    typer.echo(out)
            except ConfigError as error:
                unread += 1
                tell(error)
        if asked is not None:
            typer.echo(usage_line(asked.name, asked.usage), err=as_json)
    return MISUSED if unread == len(twins) else int(faults + unread > 0)


def _verify_claim(
    claim: str, paper: str | None, config: Config, *, as_json: bool
) -> int:
    from chatpaper.api import check_claim, quotes_of

    if paper is None:
        raise ConfigError("--claim", "about which paper? name it with --paper")
    found = check_claim(paper, claim, config=config)
    if as_json:
        quotes = quotes_of(found.claim, found.check, found.paper)
        plain = {
            "id": found.paper.versioned_id,
            "claim": found.claim.text,
            "ruling": found.ruling,
            "reason": found.reason,
            "quotes": [asdict(quote) for quote in quotes],
        }
        typer.echo(json_line(plain))
    else:
        typer.echo(str(found))
    return int(found.ruling != "supported")


def _judged_by(model: str | None, config: Path | None) -> Config:
    """The settings, with another judge if one is named."""
    checked = settings(config)
    return checked.judged_by(model) if model else checked


def _may_be_twin(path: Path) -> bool:
    """Whether a JSON file is a post's twin, and no feed; a broken one may be."""
    try:
        plain = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return True
    return isinstance(plain, dict) and "digests" in plain


def _verify_claims(file: Path) -> int:
    from chatpaper.verify import verify_claims_file

    try:
        with file.open(encoding="utf-8") as lines:
            for answer in verify_claims_file(lines):
                typer.echo(json_line(answer))
    except FileNotFoundError as error:
        raise ConfigError(str(file), "no such file") from error
    except OSError as error:
        raise ConfigError(str(file), error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(file), "not UTF-8 text") from error
    except ValueError as error:
        raise ConfigError(str(file), str(error)) from error
    return 0


def recheck_line(line: Recheck) -> str:
    """One paper's outcome in a sentence."""
    if line["reason"]:
        return f"{line['id']}: not checked: {line['reason']}"
    faults = [f"differs: claims {line['differs']}"] if line["differs"] else []
    faults += [f"claim {n} {verdict}: {why}" for n, verdict, why in line["refuted"]]
    faults += [f"unjudged: claims {line['unjudged']}"] if line["unjudged"] else []
    faults += [f"title {line['title']}"] if line["title"] else []
    outcome = "; ".join(faults) or "as published"
    return (
        f"{line['id']}: {line['claims']} claims, {line['doubtful']} doubtful, {outcome}"
    )


def usage_line(model: str, usage: Usage) -> str:
    """Who was asked, and for how much, in a line."""
    cost = "cost unknown" if usage.cost_usd is None else f"{usage.cost_usd:.4f} USD"
    return (
        f"{model or 'nobody'}: {usage.calls} calls, {usage.tokens_in} tokens in,"
        f" {usage.tokens_out} out, {cost}"
    )


@command
def check(
    posts: Annotated[list[Path], typer.Argument(metavar="POST.md...")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Changes by hand are faults, too.")
    ] = False,
) -> int:
    """Hold posts to the publish gate: names file, line and rule of each fault."""
    found = unread = 0
    # A twin is checked beside its post, never by itself.
    paths = files_of(
        [one.with_suffix(".md") if one.suffix == ".json" else one for one in posts],
        ".md",
    )
    for path in paths:
        try:
            problems = _problems_of(path)
        except OSError as error:
            unread += 1
            tell(f"{path}: {error.strerror or error}")
            continue
        for problem in problems:
            found += strict or not problem.is_edit
            typer.echo(str(problem))
    return MISUSED if unread == len(paths) else int(found + unread > 0)


def _problems_of(path: Path) -> tuple[Problem, ...]:
    """What is wrong with a day's post, or with a period's, by its folder's name."""
    from chatpaper.periods import named_period
    from chatpaper.posts import check_post

    if named_period(path.parent.name) is None:
        return check_post(path)
    from chatpaper.pipeline import check_period_post

    return check_period_post(path)
