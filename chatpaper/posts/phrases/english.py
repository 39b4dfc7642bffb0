"""The fixed words of a post in English."""

from __future__ import annotations

from types import MappingProxyType

from chatpaper.posts.phrases.table import Phrases

ENGLISH = Phrases(
    description="New papers on {topic}: update in {day} {title}",
    about_model="Summaries by a language model ({models}); quotes were looked up in "
    "the papers, numbers and names were checked; {judged}.",
    judged_all="each claim was judged against its quotes by a language model "
    "({judges})",
    judged_some="{n} of {claims} claims were judged against their quotes by a language "
    "model ({judges}), the others were not judged",
    judged_none="whether the meaning agrees was not judged",
    same_model="{judge}, the model that wrote",
    about_extractive="No language model was used: the summaries are sentences of the "
    "papers, chosen by rules ({models}) and looked up in them; whether the choice is "
    "apt was not judged.",
    about_others="{n} of them without a language model: sentences of the papers, "
    "chosen by rules ({models}) and looked up in them; whether the choice is apt was "
    "not judged.",
    made_on="{model}, {day}",
    about_asked="A language model was asked ({models}); nothing it wrote was fit to be "
    "shown.",
    about_nothing="Nothing was summarized.",
    caution="Page links lead to the page of the paper and show its words on hover; "
    "what is marked ⚠ did not pass a check. For a first look only, not for citing.",
    counts="{papers} papers, {whole} summarized",
    count_failed="{n} failed",
    count_left_out="{n} not summarized for want of budget",
    count_updates="{n} posted before have a new version",
    updated="update",
    colon=": ",
    comma=", ",
    separator=", ",
    authors="Authors",
    original="Abstract of the paper",
    affiliation="Affiliation",
    code="Code",
    keywords="Keywords",
    overview="Overview",
    conclusion="Conclusion",
    fields=MappingProxyType(
        {
            "abstract": "Summary",
            "points": "Key points",
            "method": "Method",
            "background": "Background",
            "prior_work": "Prior work and its problems",
            "approach": "Approach",
            "results": "Results",
            "significance": "Significance",
            "limitations": "Limitations",
        }
    ),
    missing="not generated",
    failed="Not generated: {reason}.",
    stages=MappingProxyType(
        {
            "download": "the PDF could not be downloaded",
            "read": "the PDF could not be read",
            "summarize": "the model gave no usable result",
            "verify": "no claim passed the check against the paper",
        }
    ),
    page="p.{page}",
    mark="(⚠ {words})",
    unplaced="not located in the paper",
    findings=MappingProxyType(
        {
            "quote": "the quote is not in the paper",
            "number": "not in the quotes: {text}",
            "name": "no such name in the paper: {text}",
            "form": "the wording did not pass the check",
            "contradicted": "the paper says otherwise",
            "unsupported": "the quotes do not bear it out",
        }
    ),
    checked="Checked: {located}/{quotes} quotes located in the paper",
    doubtful="{n} claims doubtful",
    removed=MappingProxyType(
        {
            "contradicted": "{n} contradicted by the paper, removed",
            "unsupported": "{n} not borne out by their quotes, left out",
            "unjudged": "{n} could not be judged, left out",
            "form": "{n} failed the check of wording, left out",
        }
    ),
    stop="; ",
    basis="Basis: {basis}",
    bases=MappingProxyType(
        {
            "full text": "full text",
            "partial text": "part of the text",
            "abstract": "abstract only",
        }
    ),
    pages="{n} pages",
    model="Model: {made}",
    extractive="No language model: {made}",
    judge="Judged by {judge}",
    judge_some="Judged by {judge} ({n}/{claims} claims)",
    no_judge="meaning not judged",
    quotes="Quotes",
    quote="“{words}”",
    hidden="⚠ The PDF has hidden text",
    figures="Show figures of the paper",
    figure=MappingProxyType(
        {"figure": "Figure", "table": "Table", "algorithm": "Algorithm"}
    ),
    new_versions="Updates: new versions of papers posted before",
    posted_on="posted on {day}",
    title_was="Title",
    abstract_was="Changes in the abstract",
    comment_was="Comment",
    unchanged="Title, abstract and comment are unchanged.",
    none="none",
    left_out="{n} papers not summarized for want of budget",
)
