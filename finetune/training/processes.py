"""Several processes on one training, started by `torchrun`: one leads, the others help.

Each holds the whole model and a share of every batch; passages are gathered, so a question is ranked
against the whole batch, and gradients are averaged. The libraries above are not told (they would wrap
the model in DDP, which allows one forward pass a step): to them each process trains alone.
Imports torch: import inside functions only.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar, cast

import torch
from torch import distributed
from torch.utils.data import BatchSampler

from rag_app.core.errors import RagAppError, UsageError

T = TypeVar("T")
ENVIRONMENT = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_RANK", "ROLE_RANK")
LEADER_LEFT = ("Connection closed", "Connection reset", "on rank 0")


def count() -> int:
    """How many processes train together."""
    joined = distributed.is_available() and distributed.is_initialized()
    return int(distributed.get_world_size()) if joined else 1


def rank() -> int:
    """Which one this is; 0 leads."""
    return int(distributed.get_rank()) if count() > 1 else 0


@contextmanager
def joined(help_with: Callable[[Any], object]) -> Iterator[bool]:
    """Join the processes that torchrun started; True in the one that leads.

    In the others `help_with` is called with each task that the leader hands out, and then False is
    yielded. The leader's failure ends them without a word: it has told.
    """
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    # The helpers wait while the leader evaluates the baseline; torchrun watches for the dead.
    distributed.init_process_group(backend, timeout=timedelta(days=2))
    for name in ENVIRONMENT:
        os.environ.pop(name, None)
    # sentence-transformers gathers through a function that torch has renamed.
    warnings.filterwarnings("ignore", "torch.distributed.nn.functional.all_gather", FutureWarning)
    leads = rank() == 0
    try:
        devices: list[bool] = [False] * count()
        distributed.all_gather_object(devices, torch.cuda.is_available())
        if len(set(devices)) > 1:
            raise UsageError(f"{count()} processes for {sum(devices)} GPUs: expected one process a GPU")
        if leads:
            yield True
            hand_out(None)
        else:
            _help(help_with)
    except BaseException as error:
        if leads:
            raise
        if not isinstance(error, (RagAppError, KeyboardInterrupt)):
            reason = (str(error).splitlines() or [""])[0]
            if not any(text in str(error) for text in LEADER_LEFT):
                sys.stderr.write(f"process {rank()}: {type(error).__name__}: {reason[:300]}\n")
        os._exit(1)  # no collective can be ended in order now
    distributed.destroy_process_group()
    if not leads:
        yield False


def hand_out(task: object) -> None:
    """Give `task` to the helpers; None sends them home."""
    if count() > 1 and rank() == 0:
        distributed.broadcast_object_list([task], src=0)


def _help(help_with: Callable[[Any], object]) -> None:
    while True:
        box: list[Any] = [None]
        distributed.broadcast_object_list(box, src=0)
        if box[0] is None:
            return
        help_with(box[0])


def agree(decide: Callable[[], T]) -> T:
    """What the leader decides, in every process."""
    if count() == 1:
        return decide()
    box = [decide() if rank() == 0 else None]
    distributed.broadcast_object_list(box, src=0)
    return cast(T, box[0])


def same_weights(model: torch.nn.Module) -> None:
    """Give every process the leader's weights, whatever each has read or drawn."""
    if count() > 1:
        for parameter in model.parameters():
            distributed.broadcast(parameter.data, src=0)


def average(model: torch.nn.Module, loss: torch.Tensor) -> torch.Tensor:
    """Make every process's gradients their mean, in place; return the mean loss."""
    if count() == 1:
        return loss
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([loss.detach().reshape(1).float(), *(g.reshape(-1).float() for g in grads)])
    distributed.all_reduce(flat)
    flat /= count()
    start = 1
    for grad in grads:
        grad.copy_(flat[start : start + grad.numel()].view_as(grad))
        start += grad.numel()
    return flat[0]


class Share(BatchSampler):  # type: ignore[misc]
    """This process's rows of each batch of `whole`: equally many in each, so that they can be gathered.

    A batch that cannot be divided loses up to `count() - 1` rows.
    """

    def __init__(self, whole: Any) -> None:
        self._whole = whole
        self.batch_size, self.drop_last = whole.batch_size, whole.drop_last

    def __iter__(self) -> Iterator[list[int]]:
        for batch in self._whole:
            each = len(batch) // count()
            # Fewer rows than processes teach nothing, and all take the step.
            yield batch[rank() :: count()][:each] if each else batch[:1]

    def __len__(self) -> int:
        return len(self._whole)

    def set_epoch(self, epoch: int) -> None:
        """Shuffle anew, as the whole sampler does."""
        self._whole.set_epoch(epoch)
