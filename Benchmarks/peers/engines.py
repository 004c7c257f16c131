"""The lexical engines that lexical.py measures, each behind the same five steps.

`build`, `parse` and `search` are inside the clock, `prepare` and `positions` outside. An engine's package is imported
when the engine is made, so that a process holds only the one it measures.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Callable, Protocol, Sequence

TOP = 10


class Peer(Protocol):
    """A search engine whose index lies in a folder. Documents are known by their position in the corpus."""

    def build(self, texts: Sequence[str], folder: Path) -> None: ...
    def open(self, folder: Path) -> None: ...
    def prepare(self, text: str) -> Any: ...  # before the clock: make the text safe to parse
    def parse(self, prepared: Any) -> Any: ...
    def search(self, query: Any) -> Any: ...
    def positions(self, found: Any) -> list[int]: ...  # after the clock


class Tantivy:
    """tantivy through its Python package: one writer thread, term frequencies without positions, nothing stored."""

    def __init__(self, tokenizer: str) -> None:
        import tantivy
        self.tantivy, self.tokenizer = tantivy, tokenizer

    def build(self, texts: Sequence[str], folder: Path) -> None:
        fields = self.tantivy.SchemaBuilder().add_integer_field("position", fast=True)
        schema = fields.add_text_field("text", tokenizer_name=self.tokenizer, index_option="freq").build()
        writer = self.tantivy.Index(schema, path=str(folder)).writer(heap_size=256_000_000, num_threads=1)
        for position, text in enumerate(texts):
            writer.add_document(self.tantivy.Document(text=text, position=position))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self.index = self.tantivy.Index.open(str(folder))
        self.searcher = self.index.searcher()
        words = self.tantivy.TextAnalyzerBuilder(self.tantivy.Tokenizer.simple())
        self.words = words.filter(self.tantivy.Filter.lowercase()).build()

    def prepare(self, text: str) -> str:
        """tantivy's own words, lower case: no query syntax, and no word that the parser would make a phrase."""
        return " ".join(self.words.analyze(text))

    def parse(self, prepared: str) -> Any:
        return self.index.parse_query(prepared, ["text"])

    def search(self, query: Any) -> Any:
        return self.searcher.search(query, limit=TOP, count=False)  # counting would switch off its top-k pruning

    def positions(self, found: Any) -> list[int]:
        places: Any = self.searcher.fast_field_values("position", [address for _, address in found.hits])
        return places


class BM25S:
    """bm25s as its manual shows it: English stop words, PyStemmer's English stemmer, default k1 and b.

    The backend selects how an index is searched; it is built with numpy, so that no compiler's time is in the build.
    """

    def __init__(self, backend: str) -> None:
        import bm25s
        import Stemmer
        self.bm25s, self.stemmer, self.backend = bm25s, Stemmer.Stemmer("english"), backend
        self.threads = 1 if backend == "numba" else 0  # 1 means "serial" to numba and "a thread pool of one" to numpy

    def tokens(self, texts: list[str]) -> list[list[str]]:
        return self.bm25s.tokenize(texts, stopwords="en", stemmer=self.stemmer, return_ids=False, show_progress=False)

    def build(self, texts: Sequence[str], folder: Path) -> None:
        index = self.bm25s.BM25(backend="numpy")
        index.index(self.tokens(list(texts)), show_progress=False)
        index.save(folder, show_progress=False)

    def open(self, folder: Path) -> None:
        self.index = self.bm25s.BM25.load(folder, show_progress=False, backend=self.backend)
        self.k = min(TOP, self.index.scores["num_docs"])

    def prepare(self, text: str) -> str:
        return text

    def parse(self, prepared: str) -> list[list[str]]:
        return self.tokens([prepared])

    def search(self, query: list[list[str]]) -> Any:
        if not query[0]:  # its compiled backend refuses a query without words
            return None
        return self.index.retrieve(query, k=self.k, n_threads=self.threads, show_progress=False)

    def positions(self, found: Any) -> list[int]:
        if found is None:
            return []
        return [int(place) for place, score in zip(found.documents[0], found.scores[0]) if score > 0]


PEERS: dict[str, Callable[[], Peer]] = {
    "tantivy default": lambda: Tantivy("default"),
    "tantivy en_stem": lambda: Tantivy("en_stem"),
    "bm25s english": lambda: BM25S("numpy"),
}
if find_spec("numba"):  # not in requirements.txt; compiled top-k selection is much faster than numpy's
    PEERS["bm25s english, numba"] = lambda: BM25S("numba")
