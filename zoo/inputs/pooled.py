"""The stores of an input of several corpora as one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zoo.hashes import sha256_of_text
from zoo.inputs.contract import Frames, Input
from zoo.inputs.store import Store


class PooledStore(Store):
    """Several stores, whose utterances are named after them: emodb/03a01Fa is 03a01Fa of the store emodb.

    stores: by name, of the same input. Raises ZooError as Store does.
    """

    def __init__(self, stores: Mapping[str, Path]) -> None:
        self._stores = {name: Store(folder) for name, folder in stores.items()}
        first = next(iter(self._stores.values()))
        self.facts, self.num_dims = first.facts, first.num_dims
        self.copies = min(one.copies for one in self._stores.values())
        self.fingerprint = sha256_of_text(" ".join(f"{n} {one.fingerprint}" for n, one in self._stores.items()))

    def __reduce__(self) -> tuple[type["PooledStore"], tuple[Any]]:
        return PooledStore, ({name: one.folder.resolve() for name, one in self._stores.items()},)

    def require(self, wanted: Input, where: str) -> None:
        """As of Store, each of them."""
        for store in self._stores.values():
            store.require(wanted, where)

    def num_frames(self, utterance_id: str, copy: int = 0) -> int:
        """As of Store."""
        store, name = self._of(utterance_id)
        return store.num_frames(name, copy)

    def frames(self, utterance_id: str, start: int = 0, stop: int | None = None, copy: int = 0) -> Frames:
        """As of Store."""
        store, name = self._of(utterance_id)
        return store.frames(name, start, stop, copy)

    def _of(self, utterance_id: str) -> tuple[Store, str]:
        store, _, name = utterance_id.partition("/")
        return self._stores[store], name
