"""Records tiny random BERT models and what the transformers library computes with them, as a fixture for unit tests.

Writes `bi-encoder/` (BertModel) and `cross-encoder/` (BertForSequenceClassification, one label), each with `config.json` and
`model.safetensors` (float32), and `expected.json`: token ids, last hidden state, pooled and normalised vectors, logits.
The models compute in float64 from the float32 weights, so the expected numbers carry no rounding of their own;
`float32_deviation` is the largest difference of the same library in float32, the size a float32 implementation may show.
"""

import argparse
import copy
import json
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import BertConfig, BertForSequenceClassification, BertModel

SEED = 7
SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64,
         "hidden_act": "gelu", "type_vocab_size": 2}
BI_ENCODER = BertConfig(**SIZES, vocab_size=100, max_position_embeddings=64)
# Fewer tokens and positions than the bi-encoder: the fixture stays small, and a reader that assumes sizes fails.
CROSS_ENCODER = BertConfig(**SIZES, vocab_size=48, max_position_embeddings=32, num_labels=1)
PAD, CLS, SEP, FIRST_WORD = 0, 1, 2, 3


def scatter(model: torch.nn.Module, random: torch.Generator) -> None:
    """Weights large enough that attention is uneven, GELU bends, and every bias and scale shows in the output."""
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=random)
        if "LayerNorm.weight" in name:
            values = 1 + 0.2 * noise
        elif name.endswith("bias"):
            values = 0.2 * noise
        elif "embeddings" in name:
            values = 0.5 * noise
        else:  # outputs of unit size from inputs of unit size; queries and keys twice that
            values = noise * weight.shape[1] ** -0.5 * (2 if "query" in name or "key" in name else 1)
        with torch.no_grad():
            weight.copy_(values)


def sequence(length: int, vocabulary: int, random: torch.Generator) -> list[int]:
    words = torch.randint(FIRST_WORD, vocabulary, (length - 2,), generator=random)
    return [CLS, *words.tolist(), SEP]


def pair(first: int, second: int, vocabulary: int, random: torch.Generator) -> tuple[list[int], list[int]]:
    """[CLS] first [SEP] second [SEP], type 0 up to the first [SEP], then type 1."""
    left, right = sequence(first + 2, vocabulary, random), sequence(second + 2, vocabulary, random)[1:]
    return left + right, [0] * len(left) + [1] * len(right)


def run(model: torch.nn.Module, ids: list[int], types: list[int], padded: int) -> Any:
    """The model's output for one sequence, padded and masked to `padded` tokens."""
    padding = [0] * (padded - len(ids))
    with torch.inference_mode():
        return model(input_ids=torch.tensor([ids + padding]), token_type_ids=torch.tensor([types + padding]),
                     attention_mask=torch.tensor([[1] * len(ids) + padding]))


def hidden(model: BertModel, ids: list[int], padded: int | None = None) -> torch.Tensor:
    return run(model, ids, [0] * len(ids), padded or len(ids)).last_hidden_state[0, :len(ids)]


def logit(model: BertForSequenceClassification, ids: list[int], types: list[int], padded: int | None = None) -> torch.Tensor:
    return run(model, ids, types, padded or len(ids)).logits[0]


def normalised(vector: torch.Tensor) -> torch.Tensor:
    return vector / vector.norm()


def digits(values: torch.Tensor) -> Any:
    """Nine significant digits, which tell any two float32 values apart."""
    if values.dim() > 1:
        return [digits(row) for row in values]
    return [float(f"{value:.9g}") for value in values.tolist()]


def deviation(pairs: list[tuple[torch.Tensor, torch.Tensor]]) -> float:
    return float(f"{max((a - b).abs().max().item() for a, b in pairs):.2g}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder of the fixture")
    out = options.parse_args().out
    torch.set_num_threads(1)
    random = torch.Generator().manual_seed(SEED)

    single = {"bi-encoder": BertModel(BI_ENCODER), "cross-encoder": BertForSequenceClassification(CROSS_ENCODER)}
    for name, model in single.items():
        scatter(model.eval(), random)
        model.save_pretrained(out / name)
    double = {name: copy.deepcopy(model).double() for name, model in single.items()}

    # Lengths: short, odd, and every position the model has.
    sequences = [sequence(length, BI_ENCODER.vocab_size, random) for length in (5, 13, BI_ENCODER.max_position_embeddings)]
    states = [hidden(double["bi-encoder"], ids) for ids in sequences]
    rounded = [hidden(single["bi-encoder"], ids).double() for ids in sequences]
    padded = [hidden(double["bi-encoder"], ids, BI_ENCODER.max_position_embeddings) for ids in sequences]

    pairs = [pair(*lengths, CROSS_ENCODER.vocab_size, random) for lengths in ((2, 4), (5, 9), (11, 18))]
    logits = [logit(double["cross-encoder"], *inputs) for inputs in pairs]
    rounded_logits = [logit(single["cross-encoder"], *inputs).double() for inputs in pairs]
    padded_logits = [logit(double["cross-encoder"], *inputs, CROSS_ENCODER.max_position_embeddings) for inputs in pairs]
    if deviation(list(zip(states + logits, padded + padded_logits))) > 1e-12:
        raise RuntimeError("padding changes the outputs")

    expected = {
        "seed": SEED, "versions": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__},
        "bi_encoder": {
            "input_ids": sequences, "last_hidden_state_of_first": digits(states[0]),
            "mean_normalised": [digits(normalised(state.mean(0))) for state in states],
            "cls_normalised": [digits(normalised(state[0])) for state in states],
            "float32_deviation": deviation(list(zip(states, rounded)))},
        "cross_encoder": {
            "input_ids": [ids for ids, _ in pairs], "token_type_ids": [types for _, types in pairs],
            "logits": [digits(value) for value in logits],
            "float32_deviation": deviation(list(zip(logits, rounded_logits)))}}
    (out / "expected.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
