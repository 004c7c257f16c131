"""One step of training a bi-encoder in PyTorch: the peer of `descant bench training`.

A step reads 16 requests with two documents each, every text of 64 random tokens, and minimises MarginMSE over cosines times 20 with AdamW and clipping to norm 1,
in float32 on two threads. Prints steps a second over the timed steps, the best step and the peak memory.

    python Benchmarks/peers/training_step.py MODEL_FOLDER [--steps 8] [--threads 2]
"""

import argparse
import resource
import time

import torch
import torch.nn.functional as F
from transformers import BertModel

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("--batch", type=int, default=16)
parser.add_argument("--tokens", type=int, default=64)
parser.add_argument("--steps", type=int, default=8)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()

torch.set_num_threads(options.threads)
torch.manual_seed(0)
model = BertModel.from_pretrained(options.model, add_pooling_layer=False)
for module in model.modules():
    if isinstance(module, torch.nn.Dropout):
        module.p = 0.0
model.train()
optimiser = torch.optim.AdamW(model.parameters(), lr=2e-5, weight_decay=0.01)
teacher = torch.tensor([3.0, -3.0]).repeat(options.batch, 1)
times = []
for step in range(options.steps + 2):
    ids = torch.randint(0, model.config.vocab_size, (3 * options.batch, options.tokens))
    start = time.perf_counter()
    states = model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
    vectors = F.normalize(states.mean(1), dim=-1)
    requests, first, second = vectors.split(options.batch)
    scores = torch.stack([(requests * first).sum(1), (requests * second).sum(1)], 1)
    margins = 20 * (scores[:, 0] - scores[:, 1]) - (teacher[:, 0] - teacher[:, 1])
    loss = margins.square().mean()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=False)
    if step >= 2:
        times.append(time.perf_counter() - start)

peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"torch {torch.__version__}, {options.threads} threads: {len(times) / sum(times):.3f} steps/s, best {min(times):.3f} s, peak {peak} MiB")
