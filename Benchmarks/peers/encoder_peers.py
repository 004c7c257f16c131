"""The encoders that `encoders.py` times: from texts to normalised vectors, all with the same weights."""

import json
from pathlib import Path
from typing import Protocol

import numpy as np

BATCH = 32


class Encoder(Protocol):
    def query(self, text: str) -> np.ndarray:
        """One text's vector, float32, width."""

    def batch(self, texts: list[str]) -> np.ndarray:
        """The vectors of texts run at once, float32, texts × width."""

    def corpus(self, texts: list[str]) -> np.ndarray:
        """The vectors of any number of texts, run in length-sorted batches of `BATCH`, in the texts' order."""


class SentenceTransformersEncoder:
    """sentence-transformers' `encode` on torch, float32. It sorts by length and pools on its own."""

    def __init__(self, model: Path, threads: int) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(threads)
        torch.set_num_interop_threads(1)
        self.model = SentenceTransformer(str(model), device="cpu", local_files_only=True)

    def query(self, text: str) -> np.ndarray:
        return self.model.encode(text, show_progress_bar=False, normalize_embeddings=True)

    def batch(self, texts: list[str]) -> np.ndarray:
        return self.corpus(texts)

    def corpus(self, texts: list[str]) -> np.ndarray:
        return self.model.encode(texts, batch_size=BATCH, show_progress_bar=False, normalize_embeddings=True)


class OnnxRuntimeEncoder:
    """An ONNX graph in onnxruntime, tokenised by `tokenizers`; mean pooling and normalisation in numpy."""

    def __init__(self, model: Path, graph: Path, threads: int) -> None:
        import onnxruntime
        from encoder_graphs import OUTPUT
        from texts import open_tokenizer

        pooling = json.loads((model / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
        if not pooling["pooling_mode_mean_tokens"]:
            raise ValueError(f"{model}: only mean pooling is measured")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self.tokenizer = open_tokenizer(model)
        self.outputs = [OUTPUT]

    def query(self, text: str) -> np.ndarray:
        return self.run([self.tokenizer.encode(text).ids])[0]

    def batch(self, texts: list[str]) -> np.ndarray:
        return self.run([encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts)])

    def corpus(self, texts: list[str]) -> np.ndarray:
        tokens = [encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts)]
        order = sorted(range(len(texts)), key=lambda place: -len(tokens[place]))
        sorted_vectors = np.concatenate([self.run([tokens[place] for place in order[start:start + BATCH]])
                                         for start in range(0, len(order), BATCH)])
        vectors = np.empty_like(sorted_vectors)
        vectors[order] = sorted_vectors
        return vectors

    def run(self, tokens: list[list[int]]) -> np.ndarray:
        longest = max(map(len, tokens))
        ids = np.array([row + [0] * (longest - len(row)) for row in tokens], dtype=np.int64)
        mask = np.array([[1] * len(row) + [0] * (longest - len(row)) for row in tokens], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self.session.run(self.outputs, feed)[0]
        sums = np.matmul(mask.astype(np.float32)[:, None, :], hidden)[:, 0]
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)  # the mean's length drops out of the direction
