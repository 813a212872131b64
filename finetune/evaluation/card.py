"""README.md of a tuned model, in the form the model hub reads: front matter, data, figures, limits.

Knows a record and its report; computes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from finetune.data.readers import HUB
from finetune.evaluation.forgetting import told_of
from finetune.evaluation.report import code, gain_table, group_table
from rag_app.core.errors import WorkspaceError
from rag_app.core.files import read_json
from rag_app.core.registry import ModelRecord, ModelRef

EMBEDDED_NAME = "sentence-transformers/all-MiniLM-L6-v2"
MOST_GROUPS = 5
"""Companies shown at each end of the table."""
RECIPE = (
    "epochs",
    "batch_size",
    "learning_rate",
    "scale",
    "both_ways",
    "warmup",
    "max_seq_length",
    "seed",
)


def base_name(base: ModelRef) -> str:
    """What the hub calls the base model; its folder's name or registry id where it is not from the hub."""
    if base.kind == "embedded":
        return EMBEDDED_NAME
    if base.kind == "folder" and base.path is not None:
        return base.path.name
    return base.origin or base.name


def base_license(folder: Path) -> str | None:
    """The license that the base model's card states."""
    try:
        found = re.search(
            r"^license:\s*[\"']?([^\s\"']+)", (folder / "README.md").read_text(encoding="utf-8"), re.M
        )
    except (OSError, UnicodeDecodeError):
        return None
    return found.group(1) if found else None


def prompts_of(folder: Path) -> dict[str, str]:
    """The prompts that the model in `folder` puts before questions and passages; empty ones left out."""
    try:
        prompts = read_json(folder / "config_sentence_transformers.json").get("prompts") or {}
    except (WorkspaceError, AttributeError):
        return {}
    return {str(name): str(prompt) for name, prompt in prompts.items() if prompt}


def model_card(
    record: ModelRecord,
    compared: Mapping[str, Any],
    *,
    base: str,
    license_name: str | None,
    prompts: Mapping[str, str],
) -> str:
    """The card of `record`; `compared` is its `comparison`, `base` the base model's public name."""
    parts = [
        _front_matter(record, base, license_name),
        f"# {record.model_id}",
        f"A Matryoshka embedding model for SEC filings, tuned from {code(base)}. {compared['headline']}",
        _warning(record),
        _usage(record),
        "## Figures",
        gain_table(compared["gain"], record.before, record.after),
        f"nDCG@10 of {record.test_queries} held-out questions, protocol `{record.protocol}`, split seed "
        f"{record.split_seed}; intervals from the paired bootstrap over questions.",
        compared["headline_companies"],
        *_companies(compared),
        "## On real filings",
        _on_filings(record),
        "## Data",
        f"- Pairs: {code(record.pairs)}, {record.train_rows} rows trained on, SHA-256 "
        f"`{record.pairs_sha256}`.\n"
        f"- Held out: {_held_out(record.protocol)}, {record.test_queries} questions.",
        "## Training",
        _recipe(record),
        f"- Base: {code(base)}, fingerprint `{record.base_fingerprint}`.\n"
        f"- License: that of the base model, {license_name or 'which it does not state'}.\n"
        f"- Prompts: {_prompts(prompts)}.\n"
        f"- Code: {record.git_sha or 'unknown'}.",
        "## Use and limits",
        f"Made to find passages of 10-K, 10-Q and 8-K filings that answer a question in English. It ranks "
        f"passages and says nothing of whether they are true or current. Vectors may be cut to "
        f"{_cuts(record)} dimensions and renormalised; other cuts were not trained. Figures above are for "
        "passages like those it was tested on: measure it on your own filings before relying on it. Not "
        "meant for other domains or languages, nor as the only basis of a financial decision.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _cuts(record: ModelRecord) -> str:
    """The narrower widths that were trained; one may train others than the full one."""
    return ", ".join(str(dim) for dim in record.dims if dim < record.dimension) or str(record.dimension)


def _front_matter(record: ModelRecord, base: str, license_name: str | None) -> str:
    values: dict[str, str | list[str]] = {
        "library_name": "sentence-transformers",
        "pipeline_tag": "sentence-similarity",
        "language": "en",
        "license": license_name or "other",
        "base_model": base,
        "datasets": [_data_set(record.pairs)],
        "tags": ["sentence-transformers", "sentence-similarity", "matryoshka", "finance", "sec-filings"],
    }
    return "\n".join(["---", *(f"{name}: {_yaml(value)}" for name, value in values.items()), "---"])


def _data_set(pairs: str) -> str:
    """ "hub:OWNER/NAME:split" as OWNER/NAME; a file as its name."""
    return pairs.removeprefix(HUB).partition(":")[0] if pairs.startswith(HUB) else pairs


def _yaml(value: str | list[str]) -> str:
    """Plain where YAML takes it for text, else as JSON, which YAML reads too."""
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    plain = re.fullmatch(r"[A-Za-z][\w./-]*", value) and value.lower() not in {
        "true", "false", "null", "yes", "no", "on", "off", "y", "n",
    }  # fmt: skip
    return value if plain else json.dumps(value, ensure_ascii=False)


def _warning(record: ModelRecord) -> str:
    if record.forgets:
        return "**This model is worse than its base on real filings; see below.**"
    return "" if record.beats_baseline else "**This model does not beat its base.**"


def _usage(record: ModelRecord) -> str:
    return (
        "```python\nfrom sentence_transformers import SentenceTransformer\n\n"
        f'model = SentenceTransformer("{record.model_id}", truncate_dim={min(record.dims)})'
        "  # or leave truncate_dim out\n"
        'questions = model.encode_query(["What was net income in 2024?"])\n'
        'passages = model.encode_document(["Net income was $12 million in 2024."])\n```'
    )


def _on_filings(record: ModelRecord) -> str:
    found = record.forgetting
    checked = found and not found.get("skipped")
    return f"This model {told_of(found)}." if checked else f"This model was {told_of(found)}."


def _companies(compared: Mapping[str, Any]) -> list[str]:
    rows = compared["by_company"]
    if not rows:
        return []
    lost = sum(row["gain"] < 0 for row in rows)
    shown = rows if len(rows) <= 2 * MOST_GROUPS else [*rows[:MOST_GROUPS], *rows[-MOST_GROUPS:]]
    which = "" if len(shown) == len(rows) else "; the greatest gains and losses"
    title = f"By company, at {compared['group_dim']} dimensions: {lost} of {len(rows)} lose{which}."
    return [title, group_table(shown, "company")]


def _held_out(protocol: str) -> str:
    return {
        "honest": "whole companies or filings, so that none of them is in both",
        "filing": "whole filings, so that none of them is in both; their companies may be",
        "beir": "the test part that the data came with",
        "seed": "random rows, as in the published protocol; companies are in both",
        "chunks": "nothing of the pairs; the questions are asked over the chunks of filings",
    }.get(protocol, protocol)


def _recipe(record: ModelRecord) -> str:
    config = record.config.get("train", {})
    values = ", ".join(f"{name} {config[name]}" for name in RECIPE if name in config)
    return (
        f"- Loss: Matryoshka over in-batch ranking at {', '.join(map(str, record.dims))} dimensions.\n"
        f"- Recipe: {values or 'not recorded'}; {record.train_seconds:.0f} s."
    )


def _prompts(prompts: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {json.dumps(text)}" for name, text in prompts.items()) or "none"
