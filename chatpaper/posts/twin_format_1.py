"""Twins of format 1, which held one quote a claim and two fields more."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, repeat
from typing import Any

from chatpaper.records import FIELDS

_FIELDS = {"novelty": "approach", "performance": "results"}
_KINDS = {"misattributed": "unsupported"}
_ORDER = {name: nth for nth, name in enumerate(FIELDS)}


def from_format_1(twin: dict[str, Any]) -> dict[str, Any]:
    """The same twin with today's keys; what was not known then has its default."""
    try:
        digests = [_digest(digest) for digest in twin["digests"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"digests are not those of format 1: {error}") from error
    return {**twin, "digests": digests}


def facts_from_format_1(digest: Mapping[str, Any]) -> dict[str, Any]:
    """A digest without affiliations and code links, which were never proven."""
    kept = {k: v for k, v in digest.items() if k not in ("affiliations", "code_urls")}
    return {"affiliation": None, "code_url": None, **kept}


def _digest(digest: dict[str, Any]) -> dict[str, Any]:
    digest = facts_from_format_1(digest)
    summary = digest["summary"]
    if summary is None:
        return digest
    checks = chain(digest["checks"], repeat({"place": None, "findings": []}))
    pairs = [
        (_claim(claim, check["place"]), _check(claim, check))
        for claim, check in zip(summary["claims"], checks, strict=False)
    ]
    # The two fields that are gone stood elsewhere.
    pairs.sort(key=lambda pair: _ORDER.get(pair[0]["field"], 0))
    claims = [claim for claim, _ in pairs]
    return {
        **digest,
        "summary": {**summary, "claims": claims},
        "checks": [check for _, check in pairs],
    }


def _claim(claim: dict[str, Any], place: object) -> dict[str, Any]:
    return {
        "field": _FIELDS.get(claim["field"], claim["field"]),
        "text": claim["text"],
        "evidence": [claim["quote"]] if claim["quote"] or place else [],
    }


def _check(claim: dict[str, Any], check: dict[str, Any]) -> dict[str, Any]:
    place = check["place"]
    findings = [
        {**finding, "kind": _KINDS.get(finding["kind"], finding["kind"])}
        for finding in check["findings"]
    ]
    places = [place] if claim["quote"] or place else []
    return {"places": places, "findings": findings}
