"""Texts as the scripts read them, and texts cut to an exact number of tokens."""

import json
from pathlib import Path

from tokenizers import Tokenizer


def read_texts(path: Path) -> list[str]:
    """The texts of JSON Lines `{"id": …, "text": …}`, in the file's order."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines if line.strip()]


def maximum_tokens(model: Path) -> int:
    """Tokens, the special ones included, at which sentence-transformers cuts this model's texts."""
    return json.loads((model / "sentence_bert_config.json").read_text(encoding="utf-8"))["max_seq_length"]


def open_tokenizer(model: Path) -> Tokenizer:
    """The model's tokenizer, cutting where sentence-transformers does. Padding is off: the file pads everything to 128."""
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.enable_truncation(maximum_tokens(model))
    tokenizer.no_padding()
    return tokenizer


def texts_of_length(texts: list[str], tokens: int, count: int, tokenizer: Tokenizer) -> list[str]:
    """`count` different beginnings of texts, cut between words, that have exactly `tokens` tokens with [CLS] and [SEP].

    Raises `ValueError` where the texts have fewer such beginnings.
    """
    found: dict[str, None] = {}
    for text in texts:
        words = text.split()
        for end in range(1, len(words) + 1):
            cut = " ".join(words[:end])
            length = len(tokenizer.encode(cut).ids)
            if length == tokens:
                found[cut] = None
            if length >= tokens:
                break
        if len(found) == count:
            return list(found)
    raise ValueError(f"{len(found)} texts of {tokens} tokens found, {count} needed")
