"""The sentence-transformers trainer with our checkpoints, our gradients over processes, and no surprises.

Imports torch: import inside functions only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from safetensors.torch import load_model, save_model
from sentence_transformers import SentenceTransformerTrainer
from torch import Tensor
from transformers import TrainerState

from finetune.training import processes
from finetune.training.checkpoints import WEIGHTS, is_whole
from finetune.training.losses import autocast
from rag_app.core.errors import WorkspaceError


class Loop(SentenceTransformerTrainer):  # type: ignore[misc]
    """Trains; the leader alone writes. A checkpoint holds weights and optimizer, no configuration."""

    bf16 = False

    def get_batch_sampler(self, *args: Any, **kwargs: Any) -> Any:
        """The whole batches, or this process's share of each."""
        whole = super().get_batch_sampler(*args, **kwargs)
        return processes.Share(whole) if processes.count() > 1 else whole

    def training_step(self, *args: Any, **kwargs: Any) -> Tensor:
        """Forward and backward; then gradients and loss are those of the whole batch."""
        loss: Tensor = super().training_step(*args, **kwargs)
        return processes.average(self.model, loss)

    def evaluation_loop(self, *args: Any, **kwargs: Any) -> Any:
        """The leader scores; all encode, and all learn the figures, so that all stop together."""
        with autocast(self.bf16, self.args.device.type):
            output = super().evaluation_loop(*args, **kwargs)
        output.metrics.update(processes.agree(lambda: output.metrics))
        return output

    def ended(self, checkpoint: Path) -> bool:
        """Whether `checkpoint` is of a run's last step; then its outcome is loaded: no step is left.

        The library would take one step more.
        """
        state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
        control = state.stateful_callbacks.get("TrainerControl", {}).get("args", {})
        if state.global_step < state.max_steps and not control.get("should_training_stop"):
            return False
        self.state = state
        if self.args.load_best_model_at_end and state.best_model_checkpoint:
            self._load_best_model()
        else:
            self._load_from_checkpoint(str(checkpoint))
        return True

    def _save_checkpoint(self, *args: Any, **kwargs: Any) -> None:
        if processes.rank() == 0:
            super()._save_checkpoint(*args, **kwargs)

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        folder = Path(output_dir or self.args.output_dir)
        folder.mkdir(parents=True, exist_ok=True)
        save_model(self.model, str(folder / WEIGHTS))

    def _load_from_checkpoint(self, checkpoint_path: str, model: Any = None) -> None:
        load_model(self.model, str(Path(checkpoint_path) / WEIGHTS))

    def _load_best_model(self) -> None:
        # By name: the workspace may have moved since the state was written.
        best = Path(self.args.output_dir) / Path(self.state.best_model_checkpoint).name
        if not is_whole(best):  # the library would go on with the last weights
            raise WorkspaceError(f"{best}: the best checkpoint is damaged; train again without --resume")
        self._load_from_checkpoint(str(best))
