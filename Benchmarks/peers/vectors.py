"""Speed, size and recall of vector index peers on Descant's exported vectors.

Every peer builds a graph with M 16 (32 links at the bottom) and efConstruction 200 from the same unit-length float32 rows and answers the same queries,
ten nearest each, with the inner product as similarity. Ground truth is an exact scan in float32, ties by row. For each peer: time to build and its memory
(the saved index), then at every ef recall@10, queries a second with one and with several threads in one batch call, and the latency of single calls on one
thread. See README.md for what each column includes. Linux only (reads /proc).
"""

import argparse
import json
import math
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Callable

import numpy

from provenance import provenance

TOP = 10
M, EF_CONSTRUCTION = 16, 200
PERCENTILES = (50, 99)
PACKAGES = ("hnswlib", "faiss-cpu", "usearch", "numpy")


class Hnswlib:
    """hnswlib, float32."""

    def build(self, rows: numpy.ndarray, threads: int) -> None:
        import hnswlib
        self.index = hnswlib.Index(space="ip", dim=rows.shape[1])
        self.index.init_index(max_elements=len(rows), M=M, ef_construction=EF_CONSTRUCTION, random_seed=0)
        self.index.add_items(rows, numpy.arange(len(rows)), num_threads=threads)

    def save(self, path: str) -> None:
        self.index.save_index(path)

    def search(self, queries: numpy.ndarray, ef: int, threads: int) -> numpy.ndarray:
        self.index.set_ef(ef)
        return self.index.knn_query(queries, k=TOP, num_threads=threads)[0]


class Faiss:
    """faiss IndexHNSWFlat, float32 (HNSW32: 32 links at the bottom, as M 16 elsewhere)."""

    links = 16
    sort = "flat"

    def build(self, rows: numpy.ndarray, threads: int) -> None:
        import faiss
        faiss.omp_set_num_threads(threads)
        self.index = self.make(faiss, rows.shape[1])
        self.index.hnsw.efConstruction = EF_CONSTRUCTION
        if not self.index.is_trained:
            self.index.train(rows[:50_000])
        self.index.add(rows)

    def make(self, faiss: Any, dimension: int) -> Any:
        return faiss.IndexHNSWFlat(dimension, self.links, faiss.METRIC_INNER_PRODUCT)

    def save(self, path: str) -> None:
        import faiss
        faiss.write_index(self.index, path)

    def search(self, queries: numpy.ndarray, ef: int, threads: int) -> numpy.ndarray:
        import faiss
        faiss.omp_set_num_threads(threads)
        self.index.hnsw.efSearch = ef
        return self.index.search(queries, TOP)[1]


class Faiss32(Faiss):
    """faiss HNSW32: 64 links at the bottom."""

    links = 32


class FaissInt8(Faiss):
    """faiss IndexHNSWSQ, 8 bits an element."""

    def make(self, faiss: Any, dimension: int) -> Any:
        return faiss.IndexHNSWSQ(dimension, faiss.ScalarQuantizer.QT_8bit, self.links, faiss.METRIC_INNER_PRODUCT)


class Usearch:
    """usearch, float32."""

    kind = "f32"

    def build(self, rows: numpy.ndarray, threads: int) -> None:
        from usearch.index import Index
        self.index = Index(ndim=rows.shape[1], metric="cos", dtype=self.kind, connectivity=M, expansion_add=EF_CONSTRUCTION)
        self.index.add(numpy.arange(len(rows)), rows, threads=threads, copy=True)

    def save(self, path: str) -> None:
        self.index.save(path)

    def search(self, queries: numpy.ndarray, ef: int, threads: int) -> numpy.ndarray:
        self.index.expansion_search = ef
        found = self.index.search(queries if len(queries) > 1 else queries[0], TOP, threads=threads)
        return found.keys.reshape(len(queries), -1)


class UsearchInt8(Usearch):
    """usearch, int8."""

    kind = "i8"


PEERS: dict[str, Callable[[], Any]] = {
    "hnswlib": Hnswlib, "faiss": Faiss, "faiss-hnsw32": Faiss32, "faiss-int8": FaissInt8, "usearch": Usearch,
    "usearch-int8": UsearchInt8,
}


def read_rows(path: Path, dimension: int) -> numpy.ndarray:
    """A raw file of little-endian float32, row after row."""
    return numpy.fromfile(path, dtype="<f4").reshape(-1, dimension)


def ground_truth(rows: numpy.ndarray, queries: numpy.ndarray) -> numpy.ndarray:
    """The TOP nearest rows of every query, ties by row."""
    best = numpy.empty((len(queries), TOP), dtype=numpy.int64)
    for first in range(0, len(queries), 100):
        scores = queries[first:first + 100] @ rows.T
        near = numpy.sort(numpy.argpartition(-scores, 4 * TOP, axis=1)[:, :4 * TOP], axis=1) if len(rows) > 4 * TOP \
            else numpy.tile(numpy.arange(len(rows)), (len(scores), 1))
        order = numpy.argsort(-numpy.take_along_axis(scores, near, 1), axis=1, kind="stable")[:, :TOP]
        best[first:first + 100] = numpy.take_along_axis(near, order, 1)
    return best


def recall(found: numpy.ndarray, truth: numpy.ndarray) -> float:
    return sum(len(set(a) & set(b)) for a, b in zip(found.tolist(), truth.tolist())) / truth.size


def measure_peer(name: str, rows_path: Path, queries_path: Path, truth: numpy.ndarray, options: argparse.Namespace) -> dict[str, Any]:
    """All figures of one peer, in this process."""
    rows, queries = read_rows(rows_path, options.dimension), read_rows(queries_path, options.dimension)
    peer = PEERS[name]()
    wall, cpu = time.perf_counter(), time.process_time()
    peer.build(rows, options.threads)
    built = {"build_s": time.perf_counter() - wall, "build_cpu_s": time.process_time() - cpu}
    del rows
    with tempfile.TemporaryDirectory() as folder:
        peer.save(os.path.join(folder, "index"))
        size = os.path.getsize(os.path.join(folder, "index"))
    points = []
    for ef in options.ef:
        point: dict[str, Any] = {"ef": ef, "recall_at_10": recall(peer.search(queries, ef, 1), truth)}
        for threads in sorted({1, options.threads}):
            point[f"queries_per_s_{threads}"] = len(queries) / min(timed(peer, queries, ef, threads) for _ in range(options.passes))
        walls = []
        for query in queries[:1000]:
            start = time.perf_counter_ns()
            peer.search(query[None], ef, 1)
            walls.append((time.perf_counter_ns() - start) / 1e3)
        point["latency_us"] = percentiles(walls)
        points.append(point)
    return {"peer": name, **built, "bytes": size, "points": points}


def timed(peer: Any, queries: numpy.ndarray, ef: int, threads: int) -> float:
    start = time.perf_counter()
    peer.search(queries, ef, threads)
    return time.perf_counter() - start


def percentiles(values: list[float]) -> dict[str, float]:
    """Nearest rank: a value that was measured, never an interpolation."""
    ordered = sorted(values)
    return {f"p{p}": ordered[math.ceil(p / 100 * len(ordered)) - 1] for p in PERCENTILES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=Path, required=True, help="raw little-endian float32, unit length, row after row")
    parser.add_argument("--queries", type=Path, required=True, help="the same for queries")
    parser.add_argument("--dimension", type=int, required=True)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--ef", type=int, nargs="+", default=[10, 16, 24, 32, 48, 64, 96, 128, 192, 256])
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of the build and of the second rate (default: all)")
    parser.add_argument("--passes", type=int, default=3, help="passes over the queries; the fastest counts (default 3)")
    options = parser.parse_args()
    rows = read_rows(options.rows, options.dimension)
    queries = read_rows(options.queries, options.dimension)
    truth = ground_truth(rows, queries)
    report = provenance({"rows": options.rows, "queries": options.queries}, PACKAGES) | {
        "corpus": {"rows": len(rows), "queries": len(queries), "dimension": options.dimension},
        "parameters": {"M": M, "efConstruction": EF_CONSTRUCTION, "threads": options.threads}, "rows": []}
    del rows
    for name in options.peers:  # each in a fresh process, so that no peer's memory or threads count for another
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            report["rows"].append(pool.submit(measure_peer, name, options.rows, options.queries, truth, options).result())
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
