"""Recall@10 of lexical baselines at matching captions to descriptor sets, on a CSV with `caption` and `aspect_list`.

A query is a whole caption, a document a clip's tags joined by ", ", and exactly one document is relevant to a query.
Protocol `full`: all tags; every row is a document. Protocol `sampled` (Epure et al. 2024, arXiv 2411.05649, with whole
captions): for each row, k1 ~ U{1..|exact|} of the tags that are case-sensitive substrings of the caption and
k2 ~ U{0..min(|exact|, |others|)} of the others, shuffled; identical strings are one document; a row without exact tags
has the empty string as its relevant document. Seeds 0, 1, 2; mean ± population standard deviation.
"""

import argparse
import ast
import csv
import json
import random
from pathlib import Path
from typing import Any, Iterator

import bm25s
import numpy as np
import Stemmer
from sklearn.feature_extraction.text import TfidfVectorizer

from engines import TOP
from provenance import provenance

SEEDS = (0, 1, 2)
Row = tuple[str, list[str]]  # caption, tags
Pairs = tuple[list[str], list[str], list[int]]  # queries, documents, the relevant document's place for each query


def read_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["caption"], ast.literal_eval(row["aspect_list"])) for row in csv.DictReader(file)]


def full_pairs(rows: list[Row]) -> Pairs:
    return [caption for caption, _ in rows], [", ".join(tags) for _, tags in rows], list(range(len(rows)))


def sampled_pairs(rows: list[Row], seed: int) -> Pairs:
    generator = random.Random(seed)
    places: dict[str, int] = {}
    relevant = []
    for caption, tags in rows:
        document = sample_tags(caption, tags, generator)
        relevant.append(places.setdefault(document, len(places)))
    return [caption for caption, _ in rows], list(places), relevant


def sample_tags(caption: str, tags: list[str], generator: random.Random) -> str:
    exact = [tag for tag in tags if tag in caption]
    others = [tag for tag in tags if tag not in caption]
    if not exact:
        return ""
    chosen = generator.sample(exact, generator.randint(1, len(exact)))
    chosen += generator.sample(others, generator.randint(0, min(len(exact), len(others))))
    generator.shuffle(chosen)
    return ", ".join(chosen)


def tfidf_scores(queries: list[str], documents: list[str]) -> Iterator[np.ndarray]:
    """scikit-learn's TfidfVectorizer as it comes, fitted on the documents; cosine with every document, per query."""
    vectorizer = TfidfVectorizer()
    matrix = vectorizer.fit_transform(documents)
    for vector in vectorizer.transform(queries):
        yield (matrix @ vector.T).toarray().ravel()


def bm25_scores(queries: list[str], documents: list[str]) -> Iterator[np.ndarray]:
    """bm25s, Lucene's BM25 with k1 1.2 and b 0.75, over words stemmed by PyStemmer, English stop words left out."""
    def tokens(texts: list[str]) -> list[list[str]]:
        stemmer = Stemmer.Stemmer("english")
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False)

    index = bm25s.BM25(k1=1.2, b=0.75, backend="numpy")
    index.index(tokens(documents), show_progress=False)
    for words in tokens(queries):
        yield index.get_scores(words) if words else np.zeros(len(documents))


SCORERS = {"TF-IDF (scikit-learn default)": tfidf_scores, "BM25 (bm25s, stemmed)": bm25_scores}


def hits(scores: Iterator[np.ndarray], relevant: list[int]) -> np.ndarray:
    """For each query, whether the relevant document is among the ten best; of equals, the earlier document wins."""
    def rank(row: np.ndarray, place: int) -> int:
        return int((row > row[place]).sum() + (row[:place] == row[place]).sum())

    return np.array([rank(row, place) < TOP for row, place in zip(scores, relevant, strict=True)])


def recall(name: str, protocol: str, runs: list[Pairs]) -> dict[str, Any]:
    """Recall@10 in percent over the runs: of all queries, and of those whose relevant document is not empty."""
    everything, nonempty = [], []
    for queries, documents, relevant in runs:
        found = hits(SCORERS[name](queries, documents), relevant)
        holds = np.array([documents[place] != "" for place in relevant])
        everything.append(100 * found.mean())
        nonempty.append(100 * found[holds].mean())
    counts = {"queries": len(runs[0][0]), "documents": [len(documents) for _, documents, _ in runs],
              "empty_queries": [sum(documents[place] == "" for place in relevant) for _, documents, relevant in runs]}
    figures = {key: {"mean": float(np.mean(values)), "std": float(np.std(values)), "runs": [float(v) for v in values]}
               for key, values in (("recall_at_10", everything), ("recall_at_10_nonempty", nonempty))}
    return {"scorer": name, "protocol": protocol} | counts | figures


def table(report: dict[str, Any]) -> str:
    """The report as Markdown; counts that differ between seeds are means."""
    def cell(figure: dict[str, Any]) -> str:
        return f"{figure['mean']:.1f}" + (f" ± {figure['std']:.1f}" if len(figure["runs"]) > 1 else "")

    lines = ["| protocol | scorer | queries (empty) | documents | Recall@10 | Recall@10, without empty |",
             "|---|---|---|---|---|---|"]
    for row in report["rows"]:
        empty, documents = np.mean(row["empty_queries"]), np.mean(row["documents"])
        lines.append(f"| {row['protocol']} | {row['scorer']} | {row['queries']:,} ({empty:.0f}) | {documents:,.0f} "
                     f"| {cell(row['recall_at_10'])} | {cell(row['recall_at_10_nonempty'])} |")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--csv", type=Path, required=True, help="has columns `caption` and `aspect_list`")
    options.add_argument("--protocol", choices=("full", "sampled", "both"), default="both")
    options.add_argument("--json", type=Path, metavar="FILE", help="also write every figure here")
    arguments = options.parse_args()
    rows = read_rows(arguments.csv)
    protocols = {"full": [full_pairs(rows)], "sampled": [sampled_pairs(rows, seed) for seed in SEEDS]}
    chosen = protocols if arguments.protocol == "both" else [arguments.protocol]
    measured = [recall(name, protocol, protocols[protocol]) for protocol in chosen for name in SCORERS]
    report = provenance({"csv": arguments.csv}) | {"seeds": list(SEEDS), "rows": measured}
    print(table(report))
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
