"""The plain published recipe and ours, side by side: figures by protocol and seed, and time a pair.

    python -m benchmarks.recipe PAIRS [--protocols seed,honest] [--split-seeds 42,43,44] [--plain seed:42]
                                      [--base base] [--out benchmarks/results/recipe]

Ours is what `rag-app finetune` runs. The plain recipe is the published one on the same model, pairs and
epochs: MatryoshkaLoss over MultipleNegativesRankingLoss, batches of 32 accumulated to 512, learning
rate 2e-5, cosine, fp32, batches padded to their longest text. That is slow: for its figures (the splits named
by --plain) it runs in bf16, as it was published, and without the padding, which changes no figure but
the time. The time ratio is measured on slices of the pairs as it stands, alternating, at the end. A run
that is already in --out is not run again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import Row, table
from finetune.data.pairs import Pair, PairSet, load_pairs
from finetune.data.split import split_pairs
from finetune.evaluation.evaluate import Evaluation, evaluate
from finetune.pipeline import FinetuneConfig, finetune
from finetune.training.train import TrainConfig, calm_threads, train
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import UsageError
from rag_app.core.hub import model_folder
from rag_app.core.registry import ModelRef, fingerprint_folder, resolve_model
from rag_app.core.types import Progress
from rag_app.embedder import load_folder

DIMS = (384, 256, 128, 64)


def train_plain(folder: Path, out: Path, pairs: Sequence[Pair], epochs: float, packed: bool = False) -> float:
    """The published recipe; returns the seconds of training alone."""
    from datasets import Dataset
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import MatryoshkaLoss, MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.training_args import (
        BatchSamplers,
        SentenceTransformerTrainingArguments,
    )

    from finetune.training.losses import PackedModel

    model = SentenceTransformer(str(folder), local_files_only=True)
    rows = {"anchor": [p.question for p in pairs], "positive": [p.context for p in pairs]}
    whole = PackedModel(model, 1024, bf16=True) if packed else model
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(out / "work"),
        num_train_epochs=epochs,
        per_device_train_batch_size=32,
        gradient_accumulation_steps=16,
        warmup_steps=0.1,
        learning_rate=2e-5,
        lr_scheduler_type="cosine",
        optim="adamw_torch_fused",
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        save_strategy="no",
        logging_steps=1,
        report_to="none",
    )
    trainer = SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_dict(rows),
        loss=MatryoshkaLoss(whole, MultipleNegativesRankingLoss(whole), matryoshka_dims=list(DIMS)),
    )
    started = time.perf_counter()
    trainer.train()
    seconds = time.perf_counter() - started
    model.save_pretrained(str(out / "model"), create_model_card=False)
    return seconds


def bench_ours(ref: ModelRef, pairs: PairSet, protocol: Any, split_seed: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder)).create()
        config = FinetuneConfig(protocol=protocol, split_seed=split_seed)
        record = finetune(workspace, ref, pairs, config, load_folder, _say)
    return {
        "protocol": protocol,
        "split": split_seed,
        "base": [record.before[str(d)]["ndcg@10"] for d in DIMS],
        "tuned": [record.after[str(d)]["ndcg@10"] for d in DIMS],
        "seconds": record.train_seconds,
    }


def bench_plain(ref: ModelRef, pairs: PairSet, protocol: Any, split_seed: int) -> Row:
    split = split_pairs(pairs, protocol, split_seed)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        seconds = train_plain(model_folder(ref), out, split.train, TrainConfig().epochs, packed=True)
        found: Evaluation = evaluate(load_folder(out / "model", "plain"), split, DIMS)
    tuned = [found.dims[d].ndcg for d in DIMS]
    return {"protocol": protocol, "split": split_seed, "tuned": tuned, "seconds": seconds}


def bench_time(ref: ModelRef, pairs: Sequence[Pair], count: int = 512, rounds: int = 3) -> Row:
    """Seconds of one epoch over `count` pairs, each recipe `rounds` times, alternating."""
    folder = model_folder(ref)
    ours, plain = [], []
    config = TrainConfig(epochs=1, eval_per_epoch=0)
    for turn in range(rounds):
        part = pairs[turn * count : (turn + 1) * count]
        with tempfile.TemporaryDirectory() as temporary:
            plain.append(train_plain(folder, Path(temporary), part, 1))
        with tempfile.TemporaryDirectory() as temporary:
            work = Path(temporary)
            found = train(folder, work / "model", part, None, config, work=work / "work")
            ours.append(found.seconds)
    ratios = [mine / other for mine, other in zip(ours, plain, strict=True)]
    return {
        "pairs": count,
        "plain s": statistics.median(plain),
        "ours s": statistics.median(ours),
        "ratio": statistics.median(ratios),
    }


def summary(rows: Sequence[Row]) -> list[Row]:
    """Mean and spread of the figures over the splits of each protocol."""
    out: list[Row] = []
    for protocol in dict.fromkeys(row["protocol"] for row in rows):
        mine = [row for row in rows if row["protocol"] == protocol]
        for side in ("base", "tuned"):
            values = [row[side] for row in mine if side in row]
            if not values:
                continue
            line: Row = {"protocol": protocol, "side": side, "splits": len(values)}
            for place, dim in enumerate(DIMS):
                column = [value[place] for value in values]
                line[str(dim)] = f"{statistics.fmean(column):.4f} ± {_spread(column):.4f}"
            for place, dim in ((2, 128), (3, 64)):
                line[f"kept at {dim}"] = f"{100 * statistics.fmean(v[place] / v[0] for v in values):.1f}%"
            out.append(line)
    return out


def _spread(values: Sequence[float]) -> float:
    return statistics.stdev(values) if len(values) > 1 else 0.0


def _say(step: Progress) -> None:
    if step.values.get("ndcg"):
        print(f"  {step.stage} {step.done}/{step.total} {dict(step.values)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs")
    parser.add_argument("--protocols", default="seed,honest")
    parser.add_argument("--split-seeds", default="42,43,44")
    parser.add_argument("--plain", default="seed:42")
    parser.add_argument("--base", default="base")
    parser.add_argument("--rounds", type=int, default=3, help="of the time measurement; 0 for none")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "recipe")
    options = parser.parse_args()
    calm_threads()
    pairs = load_pairs(options.pairs)
    ref = resolve_model(Workspace(Path()), Settings(), options.base)
    protocols = [name for name in options.protocols.split(",") if name]
    asked = [("ours", name, int(seed)) for name in protocols for seed in options.split_seeds.split(",")]
    asked += [("plain", *_named(entry)) for entry in options.plain.split(",") if entry]
    options.out.mkdir(parents=True, exist_ok=True)
    key = f"{pairs.sha256[:8]}-{fingerprint_folder(model_folder(ref))[:8]}"
    found: dict[str, list[Row]] = {"ours": [], "plain": []}
    for which, protocol, seed in asked:
        kept = options.out / f"{which}-{protocol}-{seed}-{key}.json"
        if not kept.exists():
            row = (bench_ours if which == "ours" else bench_plain)(ref, pairs, protocol, seed)
            kept.write_text(json.dumps(row) + "\n", encoding="utf-8")
        found[which].append(json.loads(kept.read_text(encoding="utf-8")))
        print(which, json.dumps(found[which][-1]), flush=True)
    for which, rows in found.items():
        if rows:
            print(table(which, summary(rows)), flush=True)
    if options.rounds:
        print(table("time of one epoch, alternating", [bench_time(ref, pairs.pairs, rounds=options.rounds)]))


def _named(entry: str) -> tuple[str, int]:
    protocol, _, seed = entry.partition(":")
    if protocol not in {"seed", "honest"} or not seed.isdigit():
        raise UsageError(f"--plain {entry}: expected protocol:seed, as in seed:42")
    return protocol, int(seed)


if __name__ == "__main__":
    main()
