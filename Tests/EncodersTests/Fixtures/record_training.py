"""Records three steps of training the tiny model of `bi-encoder/` with PyTorch, as a fixture for unit tests.

Writes `training/expected.json` (token ids, the teacher's logits, options, each step's loss and gradient norm) and `training/after.safetensors` (all weights
after the third step, float32). The model computes in float64 from the float32 weights, so the expected numbers carry no rounding of their own;
`float32_deviation` is the largest difference of a weight when PyTorch itself computes in float32.
"""

import argparse
import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from torch.nn import functional
from transformers import BertModel

SEED = 11
REQUESTS, NEGATIVES = 4, 2
CLS, SEP, FIRST_WORD = 1, 2, 4
# Of the requests, their documents, the first and the second negatives.
LENGTHS = [[5, 12, 3, 9], [17, 40, 2, 8], [33, 6, 11, 16], [7, 25, 64, 4]]
# An epsilon far above the rounding of a gradient: where the true gradient is 0 (a key's bias shifts all scores alike), Adam would blow rounding up to a whole step.
OPTIONS = {"rate": 0.01, "weight_decay": 0.1, "epsilon": 1e-3, "maximum_norm": 100.0, "scale": 10.0, "list_temperature": 2.0, "temperature": 0.05,
           "weights": [1.0, 0.5, 2.0]}
# Documents that a guide keeps out of a request's negatives; the third is the request's own, which stays.
EXCLUDED = [(0, 5), (1, 11), (2, 2), (3, 4), (3, 9)]


def losses(model: BertModel, batch: list[list[int]], teacher: torch.Tensor) -> torch.Tensor:
    """The weighted sum of MarginMSE, KL over the lists and the guided contrastive loss."""
    vectors = functional.normalize(torch.stack([model(input_ids=torch.tensor([ids])).last_hidden_state[0].mean(0) for ids in batch]), dim=-1)
    requests, documents = vectors[:REQUESTS], vectors[REQUESTS:]
    cosines = torch.einsum("rc,nrc->rn", requests, documents.reshape(1 + NEGATIVES, REQUESTS, -1))
    margins = OPTIONS["scale"] * (cosines[:, :1] - cosines[:, 1:])
    squares = functional.mse_loss(margins, teacher[:, :1] - teacher[:, 1:])
    warm = OPTIONS["list_temperature"]
    lists = functional.kl_div(torch.log_softmax(OPTIONS["scale"] * cosines / warm, -1), torch.log_softmax(teacher / warm, -1), log_target=True,
                              reduction="batchmean")
    logits = requests @ documents.T / OPTIONS["temperature"]
    for request, document in EXCLUDED:
        if document != request:
            logits[request, document] = -torch.inf
    contrastive = functional.cross_entropy(logits, torch.arange(REQUESTS))
    return sum(weight * loss for weight, loss in zip(OPTIONS["weights"], (squares, lists, contrastive)))


def train(model: BertModel, batch: list[list[int]], teacher: torch.Tensor) -> tuple[list[float], list[float]]:
    model.eval()  # without dropout
    named = [(name, weight) for name, weight in model.named_parameters() if not name.startswith("pooler")]
    weights = [weight for _, weight in named]
    optimiser = torch.optim.AdamW(
        [{"params": [w for w in weights if w.dim() > 1], "weight_decay": OPTIONS["weight_decay"]},
         {"params": [w for w in weights if w.dim() == 1], "weight_decay": 0}], eps=OPTIONS["epsilon"])
    values, norms = [], []
    for step in range(1, 4):
        for group in optimiser.param_groups:
            group["lr"] = OPTIONS["rate"] * step
        loss = losses(model, batch, teacher)
        optimiser.zero_grad()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(weights, OPTIONS["maximum_norm"]).item())
        optimiser.step()
        values.append(loss.item())
    return values, norms


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--fixtures", type=Path, default=Path(__file__).parent, help="folder that holds bi-encoder/")
    fixtures = options.parse_args().fixtures
    torch.set_num_threads(1)
    random = torch.Generator().manual_seed(SEED)
    single = BertModel.from_pretrained(fixtures / "bi-encoder", attn_implementation="eager")
    double = BertModel.from_pretrained(fixtures / "bi-encoder", attn_implementation="eager").double()
    words = single.config.vocab_size
    batch = [[CLS, *torch.randint(FIRST_WORD, words, (length - 2,), generator=random).tolist(), SEP] for group in LENGTHS for length in group]
    teacher = (4 * torch.randn(REQUESTS, 1 + NEGATIVES, generator=random)).round(decimals=3)

    values, norms = train(double, batch, teacher.double())
    train(single, batch, teacher)
    after = {name: weight.detach().clone() for name, weight in double.state_dict().items() if not name.startswith("pooler")}
    deviation = max((single.state_dict()[name].double() - weight).abs().max().item() for name, weight in after.items())

    out = fixtures / "training"
    out.mkdir(exist_ok=True)
    save_file({name: weight.float() for name, weight in after.items()}, out / "after.safetensors")
    expected = {"seed": SEED, "versions": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__}, **OPTIONS,
                "excluded": EXCLUDED, "input_ids": batch, "teacher": [round(value, 3) for value in teacher.flatten().tolist()],
                "losses": values, "norms": norms, "float32_deviation": float(f"{deviation:.2g}")}
    (out / "expected.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
