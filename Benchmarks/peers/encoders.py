"""Speed of CPU text encoders that hold the same weights: onnxruntime in float32 and int8, sentence-transformers.

For each encoder and 1 and 2 threads, each in a fresh process: one query of an exact number of tokens, a batch of 32 texts
of 32 tokens, and texts per second over a whole file. Every figure starts from text and ends with normalised vectors.
See README.md for what each column includes. Linux only (reads /proc).
"""

import argparse
import gc
import json
import math
import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Callable, TypeVar

import numpy as np

from encoder_graphs import GRAPHS, cached_graphs
from encoder_peers import BATCH, Encoder, OnnxRuntimeEncoder, SentenceTransformersEncoder
from provenance import provenance
from texts import open_tokenizer, read_texts, texts_of_length

PACKAGES = ("numpy", "onnx", "onnxruntime", "sentence-transformers", "tokenizers", "torch", "transformers")
THREADS = (1, 2)
QUERY_TOKENS = (8, 12, 20, 32)
BATCH_TOKENS = 32
TORCH = "sentence-transformers float32"
ENCODERS = (TORCH, *(f"onnxruntime {graph}" for graph in GRAPHS))
Result = TypeVar("Result")


def open_encoder(name: str, model: Path, graphs: Path, threads: int) -> Encoder:
    if name == TORCH:
        return SentenceTransformersEncoder(model, threads)
    return OnnxRuntimeEncoder(model, graphs / f"{name.removeprefix('onnxruntime ')}.onnx", threads)


def measure_encoder(name: str, model: Path, graphs: Path, threads: int, texts: list[str],
                    counts: argparse.Namespace) -> dict[str, Any]:
    """All figures of one encoder, and the vectors of `texts` for comparison with the other encoders'."""
    tokenizer = open_tokenizer(model)
    before = memory("VmRSS")
    encoder = open_encoder(name, model, graphs, threads)
    gc.disable()
    row: dict[str, Any] = {"encoder": name, "threads": threads, "queries": {}}
    for tokens in QUERY_TOKENS:
        queries = texts_of_length(texts, tokens, BATCH, tokenizer)
        calls = [queries[call % len(queries)] for call in range(counts.calls)]
        walls, cpus = timed(encoder.query, calls, warm=calls[:50])
        row["queries"][str(tokens)] = {"wall_ms": percentiles(walls), "cpu_ms": percentiles(cpus)}
    batch = texts_of_length(texts, BATCH_TOKENS, BATCH, tokenizer)
    walls, cpus = timed(encoder.batch, [batch] * counts.batches, warm=[batch] * 3)
    row["batch"] = best_and_median(walls, cpus)
    walls, cpus = timed(encoder.corpus, [texts] * counts.passes, warm=[texts])
    row["corpus"] = best_and_median(walls, cpus)
    row["texts_per_s"] = 1e3 * len(texts) / row["corpus"]["best_ms"]
    row |= {"resident_over_empty_bytes": memory("VmRSS") - before, "vectors": encoder.corpus(texts)}
    return row


def timed(function: Callable[[Any], Any], arguments: list[Any], warm: list[Any]) -> tuple[list[float], list[float]]:
    """Wall and process CPU milliseconds of each call, after the unmeasured calls of `warm`."""
    for argument in warm:
        function(argument)
    walls, cpus = [], []
    for argument in arguments:
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        function(argument)
        wall, cpu = time.perf_counter_ns() - wall, time.process_time_ns() - cpu
        walls.append(wall / 1e6)
        cpus.append(cpu / 1e6)
    return walls, cpus


def percentiles(values: list[float]) -> dict[str, float]:
    """Nearest rank: a value that was measured, never an interpolation."""
    ordered = sorted(values)
    return {"best": ordered[0]} | {f"p{p}": ordered[math.ceil(p / 100 * len(ordered)) - 1] for p in (50, 99)}


def best_and_median(walls: list[float], cpus: list[float]) -> dict[str, float]:
    return {"best_ms": min(walls), "median_ms": statistics.median(walls), "cpu_median_ms": statistics.median(cpus)}


def memory(field: str) -> int:
    """A memory figure of this process in bytes: `VmRSS` now."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def alone(threads: int, function: Callable[..., Result], *arguments: Any) -> Result:
    """The function's value from a fresh process, whose libraries read the number of threads as they are imported."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ[name] = str(threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if threads > 1 else "false"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def agreement(vectors: np.ndarray, reference: np.ndarray) -> dict[str, float]:
    """Cosine to the reference encoder's vector of the same text, and the share of texts whose nearest text is the same."""
    cosines = np.sum(vectors * reference, axis=1, dtype=np.float64)
    return {"mean_cosine": float(cosines.mean()), "least_cosine": float(cosines.min()),
            "same_nearest": float(np.mean(nearest(vectors) == nearest(reference)))}


def nearest(vectors: np.ndarray) -> np.ndarray:
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    return similarity.argmax(axis=1)


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """All rows; agreement is with sentence-transformers, which is therefore measured first."""
    texts = read_texts(arguments.texts)
    graphs, described = alone(max(THREADS), cached_graphs, arguments.model, arguments.cache)
    counts = argparse.Namespace(calls=arguments.calls, batches=arguments.batches, passes=arguments.passes)
    files = {"texts": arguments.texts, "model": arguments.model / "model.safetensors"}
    rows: list[dict[str, Any]] = []
    report = provenance(files, PACKAGES) | {"texts": len(texts), **vars(counts), "graphs": described, "rows": rows}
    reference = None
    for threads in arguments.threads:
        for name in ENCODERS:
            load = os.getloadavg()[0]
            row = alone(threads, measure_encoder, name, arguments.model, graphs, threads, texts, counts)
            vectors = row.pop("vectors")
            reference = vectors if reference is None else reference
            rows.append(row | agreement(vectors, reference) | {"load_average_before": load})
            if arguments.json:  # after every row, so that an interrupted run keeps what it measured
                arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def table(report: dict[str, Any]) -> str:
    """The report as Markdown, times in wall milliseconds."""
    machine = report["machine"]
    headings = ["encoder", "threads", *(f"{tokens} tokens p50 / p99" for tokens in QUERY_TOKENS),
                f"{BATCH} × {BATCH_TOKENS} best / median", "texts/s", "cosine mean / least", "same nearest"]
    lines = [f"{report['texts']:,} texts, {report['calls']} calls, {report['batches']} batches, {report['passes']} passes; "
             f"{machine['cpu']}, {machine['cores']} cores", "",
             f"| {' | '.join(headings)} |", "|" + "---|" * len(headings)]
    for row in report["rows"]:
        queries = (f"{query['wall_ms']['p50']:.2f} / {query['wall_ms']['p99']:.2f}" for query in row["queries"].values())
        cells = [row["encoder"], str(row["threads"]), *queries,
                 f"{row['batch']['best_ms']:.1f} / {row['batch']['median_ms']:.1f}", f"{row['texts_per_s']:.0f}",
                 f"{row['mean_cosine']:.4f} / {row['least_cosine']:.4f}", f"{100 * row['same_nearest']:.1f} %"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "descant-peers"
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--model", type=Path, required=True, help="a sentence-transformers BERT model's folder")
    options.add_argument("--texts", type=Path, required=True, help='JSON Lines of {"id", "text"}')
    options.add_argument("--cache", type=Path, default=cache, help="folder that keeps the ONNX graphs (default: the user's)")
    options.add_argument("--threads", type=int, nargs="+", default=THREADS, help="intra-operator threads (default 1 2)")
    options.add_argument("--calls", type=int, default=500, help="measured queries of each length (default 500)")
    options.add_argument("--batches", type=int, default=20, help="measured batches (default 20)")
    options.add_argument("--passes", type=int, default=3, help="measured passes over the texts (default 3)")
    options.add_argument("--json", type=Path, metavar="FILE", help="also write every figure here")
    arguments = options.parse_args()
    print(table(measure(arguments)))


if __name__ == "__main__":
    main()
