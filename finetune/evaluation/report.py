"""A training run's report: report.json, report.md in plain words, and the pictures.

Knows figures only; computes none.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from finetune.evaluation.evaluate import Evaluation
from finetune.evaluation.forgetting import told_of
from finetune.evaluation.plots import curve_figure, dimension_figure, group_figure, png, share_figure
from rag_app.core.files import write_bytes_atomic, write_json_atomic
from rag_app.core.registry import ModelRecord

Figures = Mapping[str, Any]


def write_report(
    folder: Path,
    record: ModelRecord,
    before: Evaluation,
    after: Evaluation,
    compared: Figures,
    *,
    leaked: int = 0,
    other: Figures | None = None,
    details: Figures | None = None,
) -> dict[str, Any]:
    """Write report.json, report.md and the pictures; return the report.

    `compared` is the `comparison` of `before` and `after`, `other` one on a second protocol (the
    chunks of real filings).
    """
    report: dict[str, Any] = {
        "model_id": record.model_id,
        "created": record.created,
        "base": record.base,
        "pairs": record.pairs,
        "protocol": record.protocol,
        "split_seed": record.split_seed,
        **compared,
        "leaked": leaked,
        "beats_baseline": record.beats_baseline,
        "train_rows": record.train_rows,
        "train_seconds": record.train_seconds,
        "forgets": record.forgets,
        "forgetting": dict(record.forgetting),
        "other_protocol": other,
        "details": dict(details or {}),
        "config": dict(record.config),
        "curve": [dict(point) for point in record.curve],
    }
    write_json_atomic(folder / "report.json", report)
    write_bytes_atomic(folder / "report.md", report_text(report).encode("utf-8"))
    write_bytes_atomic(folder / "ndcg_by_dimension.png", png(dimension_figure(before, after)))
    write_bytes_atomic(folder / "training_curve.png", png(curve_figure(record.curve)))
    write_bytes_atomic(folder / "share_kept.png", png(share_figure(kept_lines(report))))
    if report["by_company"]:
        picture = group_figure(report["by_company"], report["group_dim"])
        write_bytes_atomic(folder / "gain_by_company.png", png(picture))
    return report


def kept_lines(report: Figures) -> dict[str, Mapping[str, float]]:
    """What each cut keeps, on the test questions and, where they were asked, over filings."""
    lines: dict[str, Mapping[str, float]] = dict(report["share_kept"])
    for name, kept in report["forgetting"].get("share_kept", {}).items():
        lines[f"{name}, over filings"] = kept
    return {name: kept for name, kept in lines.items() if kept}


def report_text(report: Figures) -> str:
    """The report in Markdown, short: what was gained, by whom, what was lost."""
    verdict = "beats" if report["beats_baseline"] else "does not beat"
    parts = [
        f"# {report['model_id']}",
        f"Tuned from {code(report['base'])} on {report['train_rows']} pairs of {code(report['pairs'])} in "
        f"{report['train_seconds']:.0f} s. It {verdict} its baseline.",
        "## Gain",
        report["headline"],
        report["headline_companies"],
        gain_table(report["gain"], report["before"]["dims"], report["after"]["dims"]),
        "Intervals are 95%, from the paired bootstrap over questions. " + _doubts(report["gain"]),
        report["small_against_full"] and f"{report['small_against_full']}.",
        _kept(report["share_kept"]),
        _leak(report),
        f"Protocol `{report['protocol']}`, split seed {report['split_seed']}, {report['after']['queries']} "
        f"questions over {report['after']['corpus']} passages.",
    ]
    for title, rows in (("company", report["by_company"]), ("kind of question", report["by_kind"])):
        if rows:
            parts += [f"## By {title}, at {report['group_dim']} dimensions", group_table(rows, title)]
    parts += ["## On the filings", *_on_filings(report["forgetting"])]
    return "\n\n".join(part for part in parts if part) + "\n"


def gain_table(gain: Figures, before: Figures, after: Figures) -> str:
    """One row a dimension."""
    rows = [
        [dim, before[dim]["ndcg@10"], after[dim]["ndcg@10"], *_gain_cells(row)] for dim, row in gain.items()
    ]
    return table(["dimension", "base nDCG@10", "tuned", "gain", "95% interval", "won/lost/tied"], rows)


def group_table(rows: Sequence[Figures], title: str) -> str:
    """One row a group."""
    cells = [[r["label"], r["queries"], r["base"], r["tuned"], *_gain_cells(r)] for r in rows]
    return table([title, "questions", "base", "tuned", "gain", "95% interval", "won/lost/tied"], cells)


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A Markdown table; fractions with three digits."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        cells = [f"{c:.3f}" if isinstance(c, float) else plain(c) for c in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plain(text: object) -> str:
    """Text of unknown origin in one line of Markdown, a table's cell too, as it is written."""
    return " ".join(html.escape(str(text)).split()).replace("|", "\\|")


def code(name: str) -> str:
    """A name of unknown origin as a code span."""
    return f"`{' '.join(name.replace('`', '').split())}`"


def _gain_cells(row: Figures) -> list[str]:
    zero = " (includes zero)" if row["includes_zero"] else ""
    few = row["low"] is None
    return [
        f"{row['gain']:+.3f}",
        "too few" if few else f"{row['low']:+.3f} to {row['high']:+.3f}{zero}",
        f"{row['wins']}/{row['losses']}/{row['ties']}",
    ]


def _doubts(gain: Figures) -> str:
    chance = [dim for dim, row in gain.items() if row["includes_zero"]]
    if not chance:
        return "None includes zero."
    return f"At {', '.join(chance)} dimensions it includes zero: that gain may be chance."


def _kept(shares: Figures) -> str:
    """ "Of the full width, tuned vectors keep 98.2% at 256 (base 97.0%), …"."""
    if not shares["tuned"]:
        return ""
    said = []
    for dim, share in shares["tuned"].items():
        was = f" (base {shares['base'][dim]:.1%})" if dim in shares["base"] else ""
        said.append(f"{share:.1%} at {dim}{was}")
    return f"Of the full width's nDCG@10, tuned vectors keep {', '.join(said)}."


def _leak(report: Figures) -> str:
    found, queries = report["details"].get("leaks") or {}, report["after"]["queries"]
    if found.get("leaking"):
        return (
            f"{found['leaking']} of {queries} test questions leak: their passage, or the question itself, is "
            f"trained on, word for word or nearly ({report['leaked']} passages word for word)."
        )
    if report["leaked"]:
        return f"{report['leaked']} of {queries} test questions have an answer that is also trained on."
    return ""


def _on_filings(found: Figures) -> list[str]:
    if not found or found.get("skipped"):
        return [f"{told_of(found).capitalize()}."]
    title = "**This model loses on real filings.**" if found["loses"] else "This model keeps its ground."
    missed = f"; {found['unanswerable']} more have no answer there" if found["unanswerable"] else ""
    parts = [
        f"{title} {found['questions']} questions ({plain(found['source'])}) over {found['chunks']} passages"
        f"{missed}.",
        *(f"- {why}" for why in found["why"]),
        "Over all filings:",
        gain_table(found["dims"], *_sides(found["dims"])),
    ]
    if told := found["filing_told"]:
        parts += [
            f"With the filing told ({told['questions']} questions):",
            gain_table(told["dims"], *_sides(told["dims"])),
        ]
    return [*parts, _kept(found["share_kept"])]


def _sides(dims: Figures) -> tuple[Figures, Figures]:
    base = {dim: {"ndcg@10": row["base"]} for dim, row in dims.items()}
    return base, {dim: {"ndcg@10": row["tuned"]} for dim, row in dims.items()}
