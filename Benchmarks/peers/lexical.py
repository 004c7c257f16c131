"""Speed, size and ranking quality of lexical search peers on Descant's exported corpus and queries.

For each peer, on one thread: time to build the index and write it, bytes on disk, time for the ten best documents of a
query (wall and process CPU, warm), resident memory of a process that only searches, and P@10 where queries say what is
relevant. A query is a plain OR of its words. See README.md for what each column includes. Linux only (reads /proc).
"""

import argparse
import gc
import json
import math
import os
import random
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Callable, TypeVar

from engines import PEERS, TOP
from provenance import provenance

PERCENTILES = (50, 95, 99)
Result = TypeVar("Result")


def read_documents(path: Path, replicate: int | None, seed: int) -> list[dict[str, str]]:
    """The corpus; with `replicate`, that many documents drawn from it with replacement, ids suffixed."""
    documents = read_lines(path)
    if replicate is None:
        return documents
    drawn = random.Random(seed).choices(documents, k=replicate)
    return [{"id": f"{document['id']}#{n}", "text": document["text"]} for n, document in enumerate(drawn)]


def read_lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def measure_build(name: str, folder: Path, corpus: tuple[Path, int | None, int]) -> dict[str, float]:
    """Wall and CPU seconds from texts in memory to an index on disk, its bytes, and the process's peak memory."""
    texts = [document["text"] for document in read_documents(*corpus)]
    peer = PEERS[name]()
    wall, cpu = time.perf_counter_ns(), time.process_time_ns()
    peer.build(texts, folder)
    wall, cpu = time.perf_counter_ns() - wall, time.process_time_ns() - cpu
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return {"build_s": wall / 1e9, "build_cpu_s": cpu / 1e9, "index_bytes": size, "build_peak_bytes": memory("VmHWM")}


def measure_search(name: str, folder: Path, queries: list[dict[str, Any]], prebuilt: bool,
                   passes: int) -> dict[str, Any]:
    """Latency over all queries `passes` times after one unmeasured pass, memory, and the positions found."""
    peer = PEERS[name]()
    before = memory("VmRSS")
    peer.open(folder)
    prepared = [peer.prepare(query["text"]) for query in queries]
    if prebuilt:
        prepared = [peer.parse(text) for text in prepared]
    answer = peer.search if prebuilt else lambda text: peer.search(peer.parse(text))
    found = [peer.positions(answer(query)) for query in prepared]
    walls, cpus = [], []
    gc.disable()
    for query in prepared * passes:
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        answer(query)
        wall, cpu = time.perf_counter_ns() - wall, time.process_time_ns() - cpu
        walls.append(wall / 1e6)
        cpus.append(cpu / 1e6)
    resident = memory("VmRSS")
    return {"wall_ms": percentiles(walls), "cpu_ms": percentiles(cpus), "found": found,
            "resident_bytes": resident, "resident_over_empty_bytes": resident - before}


def percentiles(values: list[float]) -> dict[str, float]:
    """Nearest rank: a value that was measured, never an interpolation."""
    ordered = sorted(values)
    return {f"p{p}": ordered[math.ceil(p / 100 * len(ordered)) - 1] for p in PERCENTILES}


def memory(field: str) -> int:
    """A memory figure of this process in bytes: `VmRSS` now, `VmHWM` at its highest."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def precision(found: list[list[int]], queries: list[dict[str, Any]], ids: list[str]) -> float | None:
    """Mean P@10 over the queries that list relevant documents; None where none does."""
    judged = [(set(query["relevant"]), places) for query, places in zip(queries, found) if query.get("relevant")]
    hits = [sum(ids[place] in relevant for place in places) / TOP for relevant, places in judged]
    return sum(hits) / len(hits) if hits else None


def alone(function: Callable[..., Result], *arguments: Any) -> Result:
    """The function's value from a fresh process, so that no peer's memory or threads count for another."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """All figures: one index per peer, searched twice, from the query's text and with the query prebuilt."""
    corpus = (arguments.documents, arguments.replicate, arguments.seed)
    ids = [document["id"] for document in read_documents(*corpus)]
    queries = read_lines(arguments.queries)
    if arguments.replicate is not None:  # ids are not the corpus's own: there is nothing to judge against
        queries = [{"id": query["id"], "text": query["text"]} for query in queries]
    rows = []
    for name in PEERS:
        with tempfile.TemporaryDirectory() as folder:
            built = alone(measure_build, name, Path(folder), corpus)
            for prebuilt in (False, True):
                row = alone(measure_search, name, Path(folder), queries, prebuilt, arguments.passes)
                row["p_at_10"] = precision(row.pop("found"), queries, ids)
                rows.append({"peer": name, "query": "prebuilt" if prebuilt else "text", **built, **row})
    counts = {"documents": len(ids), "queries": len(queries), "replicate": arguments.replicate, "seed": arguments.seed,
              "passes": arguments.passes}
    files = {"documents": arguments.documents, "queries": arguments.queries}
    return provenance(files) | {"corpus": counts, "rows": rows}


def table(report: dict[str, Any]) -> str:
    """The report as Markdown: sizes in MiB, latencies in milliseconds as p50 / p95 / p99."""
    machine, corpus = report["machine"], report["corpus"]
    synthetic = "" if corpus["replicate"] is None else f" (synthetic: drawn with replacement, seed {corpus['seed']})"
    lines = [f"{corpus['documents']:,} documents{synthetic}, {corpus['queries']:,} queries, "
             f"{corpus['passes']} passes; {machine['cpu']}, {machine['cores']} cores", "",
             "| peer | query | build s (CPU) | index MiB | resident MiB (index) | wall ms p50 / p95 / p99 "
             "| CPU ms p50 / p95 / p99 | P@10 |", "|---|---|---|---|---|---|---|---|"]
    for row in report["rows"]:
        latencies = (" / ".join(f"{value:.3f}" for value in row[clock].values()) for clock in ("wall_ms", "cpu_ms"))
        size, resident, index = (row[key] / 2**20 for key in
                                 ("index_bytes", "resident_bytes", "resident_over_empty_bytes"))
        quality = "–" if row["p_at_10"] is None else f"{100 * row['p_at_10']:.1f}"
        lines.append(f"| {row['peer']} | {row['query']} | {row['build_s']:.2f} ({row['build_cpu_s']:.2f}) | {size:.2f} "
                     f"| {resident:.0f} ({index:.0f}) | {' | '.join(latencies)} | {quality} |")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--documents", type=Path, required=True, help='JSON Lines of {"id", "text"}')
    options.add_argument("--queries", type=Path, required=True, help='JSON Lines of {"id", "text", "relevant"?: [ids]}')
    options.add_argument("--replicate", type=int, metavar="N", help="draw N documents with replacement (synthetic)")
    options.add_argument("--seed", type=int, default=0, help="of the draw (default 0)")
    options.add_argument("--passes", type=int, default=3, help="measured passes over the queries (default 3)")
    options.add_argument("--json", type=Path, metavar="FILE", help="also write every figure here")
    arguments = options.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"  # read by the fresh processes, where numpy and numba are imported
    report = measure(arguments)
    print(table(report))
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
