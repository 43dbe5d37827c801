"""A network of ours as onnxruntime runs it: one thread a text, and a branch with what reads its rows."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import numpy as np
import onnxruntime

from rag.embedding.e5.branch import Branch
from rag.embedding.e5.network import INNER, TUNED, branch_of
from rag.embedding.e5.packed import Floats, Packed

Session: TypeAlias = onnxruntime.InferenceSession

_SLOW = "SkipLayerNormFusion"  # a sum and a normalisation in one, in three times the time of both
_ERRORS = 3  # of its log: what is worth a line is raised


def session(network: bytes) -> Session:
    """Load a network to be run on one core; several texts are read at once by several threads of the caller."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = (
        False  # as quick, and a long text's room is given back
    )
    options.log_severity_level = _ERRORS
    with TemporaryDirectory() as folder:  # given as bytes, it would be held as long as the session
        path = Path(folder, "network.onnx")
        path.write_bytes(network)
        return Session(path, options, providers=["CPUExecutionProvider"], disabled_optimizers=[_SLOW])


class BranchReader:
    """One loaded branch; may be asked by many threads at once."""

    def __init__(self, packed: Packed, branch: Branch) -> None:
        self._branch, self._longest = branch.without_layers(), packed.sizes.longest
        self._session = session(branch_of(packed, branch))

    def shares(self, inner_rows: Floats) -> dict[str, float]:
        """Give the probability of each class for what the seventh layer makes of a text (pieces, width)."""
        most = self._longest
        parts = [inner_rows[at : at + most] for at in range(0, len(inner_rows), most)]
        tuned = [self._session.run([TUNED], {INNER: rows[None]})[0][0] for rows in parts]
        return self._branch.shares(np.concatenate(tuned))
