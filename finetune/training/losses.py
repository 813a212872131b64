"""The training loss: in-batch ranking at every Matryoshka width, computed without padding waste.

Besides its own ranking, a narrow cut learns the scores that the widest one gives the same batch.

Texts of one batch are sorted by length and run through the model in mini-batches of a token budget,
so that a batch with one long passage does not pad all the others to its length. Imports torch:
import this module inside functions only. Knows nothing of data or checkpoints.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import (
    CachedMultipleNegativesRankingLoss,
    MatryoshkaLoss,
    MultipleNegativesRankingLoss,
)
from sentence_transformers.util.distributed import all_gather_with_grad
from torch import Tensor, nn
from torch.nn.functional import kl_div, normalize

BOTH_WAYS = ("query_to_doc", "doc_to_query")
ONE_WAY = ("query_to_doc",)


def pack(lengths: Sequence[int], tokens: int) -> list[list[int]]:
    """Group texts, longest first, so that width times count stays within `tokens`.

    Every index appears once; a text longer than the budget stands alone.
    """
    groups: list[list[int]] = []
    width = 0
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if not groups or width * (len(groups[-1]) + 1) > tokens:
            groups.append([])
            width = lengths[index]
        groups[-1].append(index)
    return groups


class PackedModel(nn.Module):
    """A SentenceTransformer whose forward runs in length-sorted mini-batches of `tokens` tokens.

    With gradients, all mini-batches' activations live until the backward pass: quicker than
    GradCache by one forward pass, at the price of memory.
    """

    def __init__(self, model: SentenceTransformer, tokens: int, bf16: bool) -> None:
        super().__init__()
        self.model = model
        self.tokens = tokens
        self.bf16 = bf16

    def get_embedding_dimension(self) -> int | None:
        """The model's width, which MatryoshkaLoss checks its dimensions against."""
        width: int | None = self.model.get_embedding_dimension()
        return width

    def forward(self, features: dict[str, Any]) -> dict[str, Tensor]:
        """`{"sentence_embedding": float32[n, d]}` of tokenized texts."""
        mask = features.get("attention_mask")
        with autocast(self.bf16, _device(self.model)):
            # Left-padded and already flattened inputs go through whole.
            if not isinstance(mask, Tensor) or mask.ndim != 2 or not bool(mask[:, 0].all()):
                return {"sentence_embedding": self.model(features)["sentence_embedding"].float()}
            lengths = mask.sum(dim=1).tolist()
            groups = pack(lengths, self.tokens)
            parts = [self._embed(features, group, lengths[group[0]], mask.shape[1]) for group in groups]
        order = torch.tensor([i for group in groups for i in group], device=mask.device)
        return {"sentence_embedding": torch.cat(parts)[torch.argsort(order)]}

    def _embed(self, features: dict[str, Any], group: list[int], width: int, full: int) -> Tensor:
        rows = torch.tensor(group, device=features["attention_mask"].device)
        part: dict[str, Any] = {}
        for key, value in features.items():
            if isinstance(value, Tensor) and value.ndim >= 1 and value.shape[0] >= len(group):
                value = value[rows]
                if value.ndim >= 2 and value.shape[1] == full:
                    value = value[:, :width]
            part[key] = value
        embedding: Tensor = self.model(part)["sentence_embedding"]
        return embedding.float()


class Distiller:
    """What a narrow cut of the vectors pays for ranking a batch otherwise than the widest one.

    The widest cut must be scored first, as MatryoshkaLoss does. `weight` 0 asks for nothing.
    """

    def __init__(self, widest: int, weight: float, scale: float) -> None:
        self._widest, self._weight, self._scale = widest, weight, scale
        self._teacher: Tensor | None = None

    def penalty(self, queries: Tensor, passages: Tensor, gather: bool) -> Tensor | None:
        """The divergence (Kullback-Leibler) from the widest cut's softmax; None for that cut itself."""
        if not self._weight:
            return None
        everyone = all_gather_with_grad(passages) if gather else passages
        scores = self._scale * normalize(queries, dim=1) @ normalize(everyone, dim=1).T
        if queries.shape[1] == self._widest:
            self._teacher = scores.detach().softmax(dim=1)
            return None
        if self._teacher is None or self._teacher.shape != scores.shape:
            raise RuntimeError("the widest cut of a batch must be scored before the others")
        return self._weight * kl_div(scores.log_softmax(dim=1), self._teacher, reduction="batchmean")


class DirectLoss(MultipleNegativesRankingLoss):
    """In-batch ranking with the embeddings of the whole batch at hand, and the distiller's penalty."""

    def __init__(
        self, model: PackedModel, distiller: Distiller, scale: float, directions: tuple[str, ...]
    ) -> None:
        super().__init__(model, scale=scale, directions=directions, partition_mode=partition(directions))
        self.distiller = distiller

    def compute_loss_from_embeddings(self, embeddings: list[Tensor], labels: Tensor) -> Tensor:
        """The library's loss, plus the penalty."""
        loss: Tensor = super().compute_loss_from_embeddings(embeddings, labels)
        penalty = self.distiller.penalty(embeddings[0], embeddings[1], self.gather_across_devices)
        return loss if penalty is None else loss + penalty


class SortedCachedLoss(CachedMultipleNegativesRankingLoss):
    """GradCache (Gao et al. 2021) over rows sorted by passage length: less memory, one forward more."""

    def __init__(
        self,
        model: SentenceTransformer,
        tokens: int,
        bf16: bool,
        distiller: Distiller,
        scale: float,
        directions: tuple[str, ...],
    ) -> None:
        super().__init__(
            model,
            scale=scale,
            mini_batch_num_tokens=tokens,
            directions=directions,
            partition_mode=partition(directions),
        )
        self.bf16 = bf16
        self.distiller = distiller

    def calculate_loss(
        self, reps: list[list[Tensor]], labels: Tensor | None = None, *, with_backward: bool = False
    ) -> Tensor:
        """The library's loss, plus the penalty."""
        loss: Tensor = super().calculate_loss(reps, labels, with_backward=with_backward)
        penalty = self.distiller.penalty(torch.cat(reps[0]), torch.cat(reps[1]), self.gather_across_devices)
        if penalty is None:
            return loss
        if with_backward:
            penalty.backward()
            penalty = penalty.detach()
        return loss + penalty

    def forward(self, sentence_features: Iterable[dict[str, Any]], labels: Tensor) -> Tensor:
        """The loss of the rows in any order: sorting them together changes nothing but the padding."""
        features = list(sentence_features)
        mask = features[-1].get("attention_mask")
        if isinstance(mask, Tensor) and mask.ndim == 2:
            order = torch.argsort(mask.sum(dim=1), descending=True)
            features = [
                {k: v[order] if isinstance(v, Tensor) and v.ndim else v for k, v in f.items()}
                for f in features
            ]
        loss: Tensor = super().forward(features, labels)
        return loss

    def embed_minibatch(self, *args: Any, **kwargs: Any) -> tuple[Tensor, Any]:
        """One mini-batch, in bf16 where that was chosen."""
        with autocast(self.bf16, _device(self.model)):
            reps, state = super().embed_minibatch(*args, **kwargs)
        return reps.float(), state


def build_loss(
    model: SentenceTransformer,
    *,
    dims: Sequence[int],
    weights: Sequence[float],
    scale: float,
    both_ways: bool,
    tokens: int,
    bf16: bool,
    cached: bool,
    distil: float = 0.0,
) -> MatryoshkaLoss:
    """MatryoshkaLoss (Kusupati et al. 2022) over the ranking loss (InfoNCE; Henderson et al. 2017).

    `both_ways` also ranks the questions for each passage; `cached` chooses GradCache; `distil` weighs
    what narrow cuts learn from the widest.
    """
    directions = BOTH_WAYS if both_ways else ONE_WAY
    distiller = Distiller(max(dims), distil, scale)
    outer: nn.Module
    if cached:
        outer = model
        inner: nn.Module = SortedCachedLoss(model, tokens, bf16, distiller, scale, directions)
    else:
        outer = PackedModel(model, tokens, bf16)
        inner = DirectLoss(outer, distiller, scale, directions)
    return MatryoshkaLoss(outer, inner, matryoshka_dims=list(dims), matryoshka_weights=list(weights))


def partition(directions: tuple[str, ...]) -> str:
    """Two directions have a softmax each: in a joint one the pair itself would stand twice."""
    return "per_direction" if len(directions) > 1 else "joint"


def autocast(bf16: bool, device: str) -> torch.autocast:
    """bf16 matrix products where `bf16`; else nothing."""
    return torch.autocast(device_type=device, dtype=torch.bfloat16, enabled=bf16)


def bf16_is_faster(model: SentenceTransformer, texts: Sequence[str], tokens: int) -> bool:
    """Time one forward and backward at each precision; bf16 must win by a tenth.

    Costs a few seconds. Measured, because a processor that knows bf16 may still run it slower.
    """
    device = _device(model)
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device != "cpu":
        return False
    sample = sorted(texts, key=len)[-48:]
    features = {k: v for k, v in model.preprocess(sample).items() if isinstance(v, Tensor)}
    was_training = model.training
    model.train()
    best = {False: float("inf"), True: float("inf")}
    try:
        for _ in range(3):  # alternating, so that a neighbour's burst hits both; the best of three
            for bf16 in best:
                packed = PackedModel(model, tokens, bf16)
                started = time.perf_counter()
                packed(dict(features))["sentence_embedding"].sum().backward()
                best[bf16] = min(best[bf16], time.perf_counter() - started)
    except RuntimeError:
        return False  # an operator without a bf16 kernel here
    finally:
        model.zero_grad(set_to_none=True)
        model.train(was_training)
    return best[True] < 0.9 * best[False]


def set_dropout(model: nn.Module, rate: float) -> None:
    """Set every dropout in `model` to `rate` for this process; the saved config keeps its own."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = rate


def _device(model: SentenceTransformer) -> str:
    return str(next(model.parameters()).device.type)
