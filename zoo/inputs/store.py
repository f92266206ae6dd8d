"""The store of an input of a corpus: one memory-mapped array, an index, the input's facts, and which encoder it had."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from zoo.errors import ZooError
from zoo.hashes import sha256_of
from zoo.inputs.contract import Frames, Input, encoder_of

FRAMES, INDEX, FACTS, ENCODER = "frames.npy", "index.parquet", "input.json", "encoder.json"
CONTENT = "zoo.frames"  # key in the index's metadata: the sha256 of all frames, in hexadecimal
# what numpy, polars and json raise for incomplete files and files of other formats
_READ_ERRORS = (
    OSError,
    ValueError,
    TypeError,
    EOFError,
    OverflowError,
    SyntaxError,
    TokenError,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
)
# copy: 0 is the utterance itself, the others are augmented copies of it
_COLUMNS = {"utterance_id": pl.String(), "copy": pl.Int64(), "offset": pl.Int64(), "num_frames": pl.Int64()}


class Store:
    """Features on disk. `frames(id)` is a slice of the memory map: (num_frames, num_dims) float32.

    copies: how many augmented copies of each utterance there are: for training, and models that average over views.
    Raises ZooError naming the folder if there is no store, or the file of it that cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        folder = Path(folder)
        if not (folder / INDEX).exists():
            raise ZooError(f"there are no features in {folder}", "create them: dvc repro")
        self.folder = folder
        with _errors_named(folder / INDEX):
            index = _read_index(folder / INDEX)
        with _errors_named(folder / FRAMES):
            self.array = _map_frames(folder / FRAMES)
        with _errors_named(folder / FACTS):
            self.facts = _read_object(folder / FACTS)
            # the index has the hash of the frames, so the large file need not be read
            self.fingerprint = sha256_of(folder / INDEX) + sha256_of(folder / FACTS)
        with _errors_named(folder / ENCODER):
            self.encoder = read_encoder(folder)
        if self.encoder is not None:
            # a model that goes on where the rows end depends on it even where they do not
            self.fingerprint += sha256_of(folder / ENCODER)
        self.num_dims = int(self.array.shape[1])
        self._places = {(name, copy): (start, count) for name, copy, start, count in index.iter_rows()}
        self.copies = max((copy for _, copy in self._places), default=0)

    def __reduce__(self) -> tuple[type["Store"], tuple[Any]]:
        # a worker process opens the files itself instead of receiving their content
        return Store, (self.folder.resolve(),)

    def num_frames(self, utterance_id: str, copy: int = 0) -> int:
        """Length of an utterance in frames, or of one of its copies (1 to `copies`)."""
        return int(self._locate(utterance_id, copy)[1])

    def frames(self, utterance_id: str, start: int = 0, stop: int | None = None, copy: int = 0) -> Frames:
        """Frames start to stop of an utterance, or of one of its copies (1 to `copies`): (stop - start, num_dims)
        float32."""
        offset, count = self._locate(utterance_id, copy)
        stop = count if stop is None else min(stop, count)
        return np.asarray(self.array[offset + start : offset + stop], dtype=np.float32)

    def require(self, wanted: Input, where: str) -> None:
        """Raise ZooError unless an input, with the encoder that it has now, is what these rows are of.

        where: the place that declares it, for messages.
        """
        keys = sorted({*self.facts, *wanted.facts})
        other = [key for key in keys if self.facts.get(key) != wanted.facts.get(key)]
        if not other and self.encoder != encoder_of(wanted):
            other = ["the encoder's configuration"]
        if other:
            raise ZooError(
                f"the features in {self.folder} are not of {where} as it is now: {', '.join(other)} differ",
                "create them again: dvc repro",
            )

    def _locate(self, utterance_id: str, copy: int) -> tuple[int, int]:
        try:
            return self._places[utterance_id, copy]
        except KeyError:
            raise ZooError(
                f"{self.folder} has no features of '{utterance_id}'", "create them again: dvc repro"
            ) from None


class Writer:
    """Writes a store into an existing folder, utterance by utterance, in constant memory; a context manager."""

    def __init__(self, folder: Path, wanted: Input, dtype: str) -> None:
        self._folder, self._input, self._dtype = folder, wanted, np.dtype(dtype)
        self._index: list[tuple[str, int, int, int]] = []
        self._total = 0
        self._content = hashlib.sha256()

    def __enter__(self) -> "Writer":
        self._file = open(self._folder / FRAMES, "wb")  # noqa: PTH123 (closed in __exit__)
        self._write_header()
        return self

    def add(self, utterance_id: str, frames: Frames, copy: int = 0) -> None:
        """Append the frames of an utterance, or of a copy of it: (num_frames, num_dims) float32."""
        content = np.ascontiguousarray(frames, dtype=self._dtype).tobytes()
        self._file.write(content)
        self._content.update(content)
        self._index.append((utterance_id, copy, self._total, len(frames)))
        self._total += len(frames)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._file.seek(0)
            self._write_header()
            pl.DataFrame(self._index, schema=list(_COLUMNS), orient="row").write_parquet(
                self._folder / INDEX, metadata={CONTENT: self._content.hexdigest()}
            )
            facts = json.dumps(self._input.facts, indent=2, sort_keys=True)
            (self._folder / FACTS).write_text(facts + "\n")
            if (encoder := encoder_of(self._input)) is not None:
                (self._folder / ENCODER).write_text(json.dumps(encoder, indent=2, sort_keys=True) + "\n")
        self._file.close()

    def _write_header(self) -> None:
        # numpy pads the header, so it can be rewritten once the number of frames is known
        shape = (self._total, self._input.num_dims)
        header = {"descr": np.lib.format.dtype_to_descr(self._dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)


@contextmanager
def _errors_named(path: Path) -> Iterator[None]:
    """Convert any exception from reading a missing, broken or foreign file into one ZooError that names it."""
    try:
        yield
    except _READ_ERRORS as error:
        reason = getattr(error, "strerror", None) or str(error).strip().split("\n")[0] or type(error).__name__
        raise ZooError(f"{path} cannot be used: {reason}", f"delete {path.parent}, then dvc repro") from error


def _read_index(path: Path) -> pl.DataFrame:
    """The index, if it has the offset and length of every utterance."""
    index = pl.read_parquet(path)
    if index.columns != list(_COLUMNS):
        raise ValueError(f"its columns are {', '.join(index.columns)}, not {', '.join(_COLUMNS)}")
    for name, dtype in _COLUMNS.items():
        if index.height and index.schema[name] != dtype:
            raise ValueError(f"{name} is {index.schema[name]}, not {dtype}")
        if empty := index[name].null_count():
            raise ValueError(f"{name} has no value in {empty} of {index.height} rows")
    return index


def _map_frames(path: Path) -> npt.NDArray[np.floating]:
    """The frames as a memory map, if they are a two-dimensional array of floats."""
    array = np.lib.format.open_memmap(path, mode="r")
    if array.ndim != 2 or not np.issubdtype(array.dtype, np.floating):
        raise ValueError(f"it holds {array.dtype} of shape {array.shape}, not one row of floats per frame")
    return array


def read_encoder(folder: Path) -> dict[str, Any] | None:
    """Which encoder computed the rows of a store, as `encoder_of` says; None without one."""
    path = folder / ENCODER
    return _read_object(path) if path.is_file() else None


def _read_object(path: Path) -> dict[str, Any]:
    """What a file says, if it is a JSON object."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(facts, dict):
        raise ValueError("it is not a JSON object of names and values")
    return facts
