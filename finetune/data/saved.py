"""A split kept as a file: which rows of which pairs, so that it can be had again and checked.

Rows are places among the pairs of the file, those without a question or context not counted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from finetune.data.folders import new_folder
from finetune.data.pairs import PairSet, write_pairs
from finetune.data.split import OWN, Protocol, Split, rebuild
from rag_app.core.errors import PairsError
from rag_app.core.files import write_bytes_atomic

SPLIT_FILE = "split.json"
_KEYS = ("protocol", "seed", "held_out", "pairs", "sha256", "rows", "queries", "corpus", "train", "test")


def split_json(split: Split, pairs: PairSet) -> dict[str, Any]:
    """What `save_split` writes: protocol, seed, what was held out, the data's hash, the rows.

    Rows are those of the tested set: pairs that only train have none, `added` counts them.
    """
    return {
        "protocol": split.protocol,
        "seed": split.seed,
        "held_out": list(split.held_out),
        "pairs": pairs.name,
        "sha256": pairs.sha256,
        "rows": len(pairs.pairs) + len(pairs.gaps),
        "queries": len(split.queries),
        "corpus": len(split.corpus),
        "cleaned": split.cleaned.as_dict() if split.cleaned else None,
        "added": split.added,
        "unmatched": list(split.unmatched),
        "train": list(split.train_rows),
        "test": list(split.test_rows),
    }


def save_split(folder: Path, split: Split, pairs: PairSet) -> Path:
    """Write split.json into `folder`, atomically: a line a key, as rows would be thousands of lines."""
    lines = [f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in split_json(split, pairs).items()]
    path = folder / SPLIT_FILE
    write_bytes_atomic(path, ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8"))
    return path


def load_split(folder: Path, pairs: PairSet) -> Split:
    """The split saved in `folder`, of the same `pairs`, without what was added to train on.

    Raises PairsError when there is none, when it is damaged, or when the pairs, or the rules by which
    they are cleaned, have changed since.
    """
    path = folder / SPLIT_FILE
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PairsError(f"{folder}: no {SPLIT_FILE}; make one with: rag-app pairs split") from None
    except (OSError, ValueError) as error:
        raise PairsError(f"{path}: cannot be read ({error}); split anew") from error
    known = isinstance(saved, Mapping) and all(key in saved for key in _KEYS)
    if not known or saved["protocol"] not in (*get_args(Protocol), OWN):
        raise PairsError(f"{path}: not a saved split; expected the keys {', '.join(_KEYS)}; split anew")
    rows = len(pairs.pairs) + len(pairs.gaps)
    if (saved["sha256"], saved["rows"]) != (pairs.sha256, rows):
        then, now = str(saved["sha256"])[:12], pairs.sha256[:12]
        raise PairsError(
            f"{pairs.name} has changed since {path} was made (then {saved['rows']} rows, hash {then}; "
            f"now {rows}, {now}); bring the old file back or split anew"
        )
    train, test = saved["train"], saved["test"]
    lists = isinstance(train, list) and isinstance(test, list)
    if not lists or not all(isinstance(i, int) and 0 <= i < len(pairs.pairs) for i in train + test):
        raise PairsError(f"{path}: names rows that are not there; split anew")
    split = rebuild(pairs, saved["protocol"], saved["seed"], train, test, saved["held_out"])
    made, makes = (saved["queries"], saved["corpus"]), (len(split.queries), len(split.corpus))
    if made != makes:
        raise PairsError(
            f"{path}: made {made[0]} test questions over {made[1]} contexts, and its rows make {makes[0]} "
            f"over {makes[1]} today; pairs are cleaned by other rules now; split anew"
        )
    return split


def write_split(folder: Path, split: Split, pairs: PairSet) -> None:
    """Make the folder of a split: train.jsonl, test.jsonl (every row held out) and split.json.

    Raises UsageError where `folder` exists and is not empty.
    """
    with new_folder(folder) as made:
        write_pairs(made / "train.jsonl", split.train)
        write_pairs(made / "test.jsonl", (pairs.pairs[row] for row in split.test_rows))
        save_split(made, split, pairs)
