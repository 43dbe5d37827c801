"""Tiny transformer models made on the spot, so that no test needs a hub: one layer, a vocabulary of the texts given."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def _shape(texts: Iterable[str], folder: Path) -> dict[str, Any]:
    from transformers import BertTokenizerFast

    words = sorted({word for text in texts for word in re.findall(r"\w+|[^\w\s]", text.lower())})
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {word: number for number, word in enumerate((*SPECIAL, *words))}
    tokenizer = BertTokenizerFast(
        vocab=vocabulary, do_lower_case=True, strip_accents=False, model_max_length=96
    )
    tokenizer.save_pretrained(folder)
    return {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 128,
    }


def tiny_bi_encoder(texts: Iterable[str], folder: Path) -> Path:
    """Save an untrained sentence-transformers model; give its folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    torch.manual_seed(1)
    BertModel(BertConfig(**_shape(texts, folder / "base"))).save_pretrained(folder / "base")
    body = Transformer(str(folder / "base"), max_seq_length=96)
    SentenceTransformer(modules=[body, Pooling(32)], device="cpu").save(str(folder / "bi"))
    return folder / "bi"


def tiny_cross_encoder(texts: Iterable[str], folder: Path) -> Path:
    """Save an untrained CrossEncoder; give its folder."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    shape = BertConfig(**_shape(texts, folder / "cross"), num_labels=1)
    BertForSequenceClassification(shape).save_pretrained(folder / "cross")
    return folder / "cross"
