"""Reference embeddings by sentence-transformers in float32, for checking another encoder of the same weights.

Writes raw little-endian float32, texts × dimension, rows in the order of the texts' file (or `.npy` of the same numbers,
by the name's ending), and beside it, with `.json` added to the name, what the numbers depend on.
"""

import argparse
import json
from pathlib import Path

from provenance import provenance
from texts import open_tokenizer, read_texts

PACKAGES = ("numpy", "sentence-transformers", "tokenizers", "torch", "transformers")
MAXIMUM_TOKENS = 256


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--model", type=Path, required=True, help="a sentence-transformers model's folder")
    options.add_argument("--texts", type=Path, required=True, help='JSON Lines of {"id", "text"}')
    options.add_argument("--out", type=Path, required=True, metavar="FILE", help="ends in .f32 or .npy")
    arguments = options.parse_args()
    if arguments.out.suffix not in (".f32", ".npy"):
        options.error(f"--out {arguments.out}: must end in .f32 or .npy")

    import numpy as np
    from sentence_transformers import SentenceTransformer

    texts = read_texts(arguments.texts)
    model = SentenceTransformer(str(arguments.model), device="cpu", local_files_only=True)
    model.max_seq_length = MAXIMUM_TOKENS
    vectors = model.encode(texts, batch_size=32, show_progress_bar=False, normalize_embeddings=True).astype("<f4")
    if arguments.out.suffix == ".npy":
        np.save(arguments.out, vectors)
    else:
        vectors.tofile(arguments.out)

    tokenizer = open_tokenizer(arguments.model)
    tokenizer.no_truncation()
    lengths = [len(encoding.ids) for encoding in tokenizer.encode_batch(texts)]
    files = {"texts": arguments.texts, "model": arguments.model / "model.safetensors", "embeddings": arguments.out}
    description = {"dimension": vectors.shape[1], "count": vectors.shape[0], "type": "float32, little-endian",
                   "pooling": "mean", "normalised": True, "max_seq_length": MAXIMUM_TOKENS,
                   "longest_tokens": max(lengths), "truncated_texts": sum(n > MAXIMUM_TOKENS for n in lengths)}
    report = description | provenance(files, PACKAGES)
    Path(f"{arguments.out}.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
