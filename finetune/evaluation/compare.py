"""Two evaluations of the same questions → every figure that is reported, and the sentences.

Draws and writes nothing; `finetune.evaluation.report` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from finetune.data.pairs import Pair
from finetune.evaluation.evaluate import Evaluation
from finetune.evaluation.forgetting import gains, share_kept
from finetune.evaluation.groups import UNKNOWN, company_of, groups
from finetune.evaluation.significance import Bootstrap, as_dicts, clustered_bootstrap


def comparison(
    before: Evaluation, after: Evaluation, asked: Sequence[Pair] = (), seed: int = 0
) -> dict[str, Any]:
    """Both evaluations; the gain at each dimension, by company and by kind of question; the sentences.

    `asked` are the pairs that the questions are from; without them there are no groups. Intervals are
    the paired bootstrap over questions; `by_companies` draws companies anew, then their questions.
    """
    found = gains(before, after, seed)
    full = max(found)
    rows = groups(before, after, asked, full, seed) if asked else {"by_company": [], "by_kind": []}
    companies = clustered(before, after, asked, seed)
    return {
        "headline": headline(before, after, found),
        "headline_companies": companies_line(companies, full, len(rows["by_company"])),
        "small_against_full": small_against_full(before, after),
        "before": before.as_dict(),
        "after": after.as_dict(),
        "gain": as_dicts(found),
        "by_companies": as_dicts(companies),
        "group_dim": full,
        **rows,
        "share_kept": {"base": share_kept(before), "tuned": share_kept(after)},
        "unanswerable": after.unanswerable,
    }


def clustered(
    before: Evaluation, after: Evaluation, asked: Sequence[Pair], seed: int = 0
) -> dict[int, Bootstrap]:
    """The gain at each dimension with the interval over companies; none for fewer than two."""
    names = [company_of(pair) for pair in asked]
    if UNKNOWN in names or not names:
        return {}
    return {
        dim: found
        for dim, was in before.per_query.items()
        if dim in after.per_query
        and (found := clustered_bootstrap(was, after.per_query[dim], names, seed)) is not None
    }


def headline(before: Evaluation, after: Evaluation, found: Mapping[int, Bootstrap]) -> str:
    """One sentence on the full width: figures, gain, its interval, and whether that includes zero."""
    full = max(found)
    base, tuned = before.dims[full].ndcg, after.dims[full].ndcg
    interval = _interval(found[full], f"over {after.queries} questions")
    return f"nDCG@10 {base:.3f} → {tuned:.3f} at {full} dimensions ({found[full].gain:+.3f}; {interval})."


def companies_line(found: Mapping[int, Bootstrap], full: int, companies: int) -> str | None:
    """The same gain as it would vary over other companies; None where that is not known."""
    if full not in found:
        return None
    few = "; so few companies make it rough" if companies < 10 else ""
    interval = _interval(found[full], f"over {companies} companies")
    return f"With companies drawn anew, then their questions: {interval}{few}."


def _interval(found: Bootstrap, over: str) -> str:
    verdict = "includes zero: this may be chance" if found.includes_zero else "excludes zero"
    return f"95% interval {found.low:+.3f} to {found.high:+.3f} {over}, which {verdict}"


def small_against_full(before: Evaluation, after: Evaluation, dim: int = 128) -> str | None:
    """ "tuned 128-d vs base full width: +x%"; None when `dim` was not scored."""
    full = max(before.dims)
    if dim not in after.dims or dim == full or before.dims[full].ndcg == 0:
        return None
    change = after.dims[dim].ndcg / before.dims[full].ndcg - 1
    return f"tuned {dim}-d vs base full width ({full}-d): {100 * change:+.1f}%"
