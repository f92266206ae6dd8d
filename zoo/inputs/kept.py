"""Rows that took long to compute, kept by what was heard: an interrupted extraction goes on, and studies share them."""

import hashlib
import json
import os
import tempfile
from pathlib import Path

import numpy as np

from zoo.dependencies.closure import closure, of_encoders
from zoo.errors import ZooError
from zoo.hashes import sha256_of_text
from zoo.inputs.contract import Frames, Input, Samples


def code_digest(wanted: Input) -> str:
    """Digest of the code and libraries that compute an input of samples after its steps."""
    chosen = {**of_encoders(), "zoo.inputs": [wanted.input_type], "zoo.inputs.changes": (), "zoo.inputs.steps": ()}
    return closure(["zoo.inputs"], chosen).digest


class Kept:
    """A folder of rows for an input, one file for each content of samples. dtype: of the files.

    The folder is of everything that determines the rows besides the samples: the input's facts, the configuration of
    its encoder, and the code and libraries that compute it. Another of these finds nothing, and computes anew.

    Any number of processes may use it: a file is there whole or not at all, and equal content is equal bytes.
    """

    def __init__(self, folder: Path, wanted: Input, dtype: str) -> None:
        determinants = [dict(wanted.facts), wanted.configuration, dtype, code_digest(wanted)]
        self._folder = folder / sha256_of_text(json.dumps(determinants, sort_keys=True))[:32]
        self._dtype, self._num_dims = dtype, wanted.num_dims

    def find(self, samples: Samples) -> Frames | None:
        """The rows of an utterance; None if there are none, or the file is damaged."""
        try:
            rows = np.load(self._path(samples), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        whole = rows.ndim == 2 and rows.shape[1] == self._num_dims and rows.dtype == self._dtype
        return np.asarray(rows, dtype=np.float32) if whole else None

    def put(self, samples: Samples, rows: Frames) -> None:
        """Keep the rows of an utterance. Raises ZooError where there is no space for them."""
        path = self._path(samples)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
                np.save(part, rows.astype(self._dtype))
            os.replace(part.name, path)  # noqa: PTH105 (of a name)
        except OSError as error:
            Path(part.name).unlink(missing_ok=True)
            raise ZooError(
                f"{path.parent} cannot keep what was computed: {error.strerror}", "make room for it"
            ) from error

    def _path(self, samples: Samples) -> Path:
        name = hashlib.sha256(np.ascontiguousarray(samples).tobytes()).hexdigest()
        return self._folder / name[:2] / f"{name}.npy"
