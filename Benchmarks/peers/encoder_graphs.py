"""ONNX graphs of a BERT sentence encoder, made as a user of onnxruntime would for CPU: exported, fused, quantised.

The graphs' output is the last hidden state; pooling is the caller's. Exporting imports torch, so do it in a process of
its own if memory or threads are measured.
"""

import hashlib
import json
import os
import tempfile
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from provenance import sha256

OPSET = 17
INPUTS = ("input_ids", "attention_mask", "token_type_ids")  # int64, batch × tokens
OUTPUT = "last_hidden_state"  # float32, batch × tokens × width
MAKERS = ("torch", "transformers", "onnx", "onnxruntime")
GRAPHS = {"float32-unfused": None, "float32": None, "int8": False, "int8-channel": True}  # value: scales per channel


def cached_graphs(model: Path, cache: Path) -> tuple[Path, dict[str, dict[str, int]]]:
    """The folder of the graphs named in `GRAPHS`, made if absent, and each graph's size and operator counts.

    The folder's name depends on the weights, the operator set and the versions that made the graphs.
    """
    key = " ".join([sha256(model / "model.safetensors"), str(OPSET), *(f"{name}={version(name)}" for name in MAKERS)])
    folder = cache / hashlib.sha256(key.encode()).hexdigest()[:16]
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as unfinished:
            write_graphs(model, Path(unfinished))
            os.rename(unfinished, folder)
            os.mkdir(unfinished)  # what the context manager removes
    return folder, {name: describe(folder / f"{name}.onnx") for name in GRAPHS}


def write_graphs(model: Path, folder: Path) -> None:
    """Export, then onnxruntime's BERT fusion (attention, GELU, layer normalisation), then dynamic quantisation."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model

    export(model, folder / "float32-unfused.onnx")
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    fused = optimize_model(str(folder / "float32-unfused.onnx"), model_type="bert", num_heads=config["num_attention_heads"],
                           hidden_size=config["hidden_size"], optimization_options=FusionOptions("bert"), opt_level=0)
    fused.save_model_to_file(str(folder / "float32.onnx"))
    for name, per_channel in GRAPHS.items():
        if per_channel is not None:
            quantize_dynamic(folder / "float32.onnx", folder / f"{name}.onnx", per_channel=per_channel,
                             weight_type=QuantType.QInt8,
                             # Shape inference does not know the fused operators; all their outputs are float32.
                             extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})


def export(model: Path, file: Path) -> None:
    """The encoder without its pooler. The tracing exporter and plain attention give the pattern that fusion knows."""
    import torch
    from transformers import AutoModel

    class LastHiddenState(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(model, attn_implementation="eager", dtype=torch.float32)

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            return self.encoder(**dict(zip(INPUTS, inputs))).last_hidden_state

    ids = torch.arange(1000, 1016).reshape(2, 8)
    example = (ids, torch.ones_like(ids), torch.zeros_like(ids))
    axes = {name: {0: "batch", 1: "tokens"} for name in (*INPUTS, OUTPUT)}
    torch.onnx.export(LastHiddenState().eval(), example, str(file), input_names=list(INPUTS), output_names=[OUTPUT],
                      dynamic_axes=axes, opset_version=OPSET, dynamo=False)


def describe(file: Path) -> dict[str, int]:
    """Bytes and operator counts: the counts say whether fusion and quantisation took effect."""
    import onnx

    operators = Counter(node.op_type for node in onnx.load(file).graph.node)
    return {"bytes": file.stat().st_size} | dict(operators.most_common())
