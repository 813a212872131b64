"""Low-rank adapters (Hu et al. 2021) through peft, merged before the model is saved.

Imports torch: import inside functions only. peft is the optional extra `lora`.
"""

from __future__ import annotations

from sentence_transformers import SentenceTransformer

from rag_app.core.errors import UsageError


def add_lora(model: SentenceTransformer, rank: int) -> None:
    """Freeze the weights of `model` and train adapters of `rank` on every linear layer instead.

    Raises UsageError when peft is not installed or the model has no transformer.
    """
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError:
        raise UsageError(f"lora {rank} needs peft; run: pip install 'rag-app[lora]'") from None
    transformer = getattr(model[0], "auto_model", None)
    if transformer is None:
        raise UsageError(f"lora {rank}: this model has no transformer to adapt; leave --lora out")
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", bias="none")
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    inject_adapter_in_model(config, transformer)


def merge_lora(model: SentenceTransformer) -> None:
    """Add the adapters to the weights and take them out: an ordinary model again."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    for name, module in list(model.named_modules()):
        if isinstance(module, BaseTunerLayer):
            module.merge()
            parent, _, child = name.rpartition(".")
            setattr(model.get_submodule(parent), child, module.get_base_layer())
    for parameter in model.parameters():
        parameter.requires_grad_(True)
