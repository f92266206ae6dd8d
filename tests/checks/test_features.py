"""Features that do not fit their audio, their front-end or their file are caught before anything trains on them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from zoo import inputs
from zoo.checks import features as of_features
from zoo.errors import REFUSED, ZooError
from zoo.inputs.store import CONTENT, FRAMES, FRONT_END, INDEX, Writer
from zoo.study import params
from zoo.study.study import Study
from zoo.tables.manifest import MANIFEST

TOP = Path(__file__).parents[2]
LOG_MEL = inputs.get("log_mel")
Frames = dict[str, np.ndarray]


@pytest.fixture
def current(official: list[dict[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study of three utterances of 2 s."""
    monkeypatch.chdir(tmp_path)
    values = params.load(TOP / "studies/embedded.yaml")
    chosen = values.features.model_copy(update={"front_ends": ["log_mel"]})
    current = values.model_copy(update={"corpora": ["emodb"], "features": chosen})
    rows = [row | {"duration_s": 2.0} for row in official[:3]]
    MANIFEST.write(MANIFEST.frame(rows), current.derived / "manifest" / "emodb.parquet", {})
    return current


@dataclass
class Made:
    """What a front-end made, to be damaged before and after it is written."""

    frames: Frames
    num_dims: int = LOG_MEL.num_dims
    dtype: str = "float32"
    afterwards: Callable[[Path], object] = lambda folder: None


def write(current: Study, made: Made) -> None:
    folder = current.derived / "features" / "emodb" / "log_mel"
    folder.mkdir(parents=True)
    with Writer(folder, replace(LOG_MEL, num_dims=made.num_dims), made.dtype) as writer, np.errstate(over="ignore"):
        for name, frames in made.frames.items():
            writer.add(name, frames[:, : made.num_dims])
    made.afterwards(folder)


def frames() -> Frames:
    random = np.random.default_rng(1)
    names = ("03a01Wa", "08a01Wa", "09a01Wa")
    return {name: random.normal(-40, 10, (201, LOG_MEL.num_dims)).astype(np.float32) for name in names}


def spoilt(value: float, dtype: str = "float32") -> Made:
    made = frames()
    made["08a01Wa"][7, 3] = value
    return Made(made, dtype=dtype)


def reindex(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[Path], None]:
    """Change the index and keep its hash of the frames."""

    def afterwards(folder: Path) -> None:
        kept = {CONTENT: pl.read_parquet_metadata(folder / INDEX)[CONTENT]}
        change(pl.read_parquet(folder / INDEX)).write_parquet(folder / INDEX, metadata=kept)

    return afterwards


def reframe(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Path], None]:
    """Change the frames and leave the index as it is."""
    return lambda folder: np.save(folder / FRAMES, change(np.load(folder / FRAMES)))


def shuffled(frames: np.ndarray) -> np.ndarray:
    return np.concatenate([np.random.default_rng(0).permutation(part) for part in np.split(frames, 3)])


def noise(frames: np.ndarray) -> np.ndarray:
    return np.random.default_rng(0).normal(size=frames.shape).astype(np.float32)


def other_window(folder: Path) -> None:
    facts = json.loads((folder / FRONT_END).read_text())
    (folder / FRONT_END).write_text(json.dumps(facts | {"window_samples": 512}))


def forgotten(folder: Path) -> None:
    pl.read_parquet(folder / INDEX).write_parquet(folder / INDEX)


LATE = pl.when(pl.col("utterance_id") == "09a01Wa").then(1).otherwise(0)
shifted = reindex(lambda index: index.with_columns(pl.col("offset") - LATE))
named_twice = reindex(lambda index: index.with_columns(pl.col("utterance_id").replace("09a01Wa", "08a01Wa")))
SWAP = {"08a01Wa": "09a01Wa", "09a01Wa": "08a01Wa"}
swapped = reindex(lambda index: index.with_columns(pl.col("utterance_id").replace(SWAP)))

ONCE, FINITE = "every utterance has features exactly once", "all values are finite numbers"
FILLED, LONG = "utterances are contiguous and fill the file", "numbers of frames match the durations"
STRANGER, ORDER = "every utterance with features is in the manifest", "utterances are in the manifest's order"
FRAME = "every utterance has at least one frame"
WRITTEN, TYPE = "frames match their hash in the index", "values have the study's dtype"
SILENCE = np.full((201, LOG_MEL.num_dims), -100, dtype=np.float32)
DAMAGES = {
    "an utterance without": (Made({n: f for n, f in frames().items() if n != "08a01Wa"}), ONCE, "08a01Wa has no"),
    "an utterance twice": (Made(frames(), afterwards=named_twice), ONCE, "08a01Wa is in the index twice"),
    "a stranger": (Made(frames() | {"z": frames()["08a01Wa"]}), STRANGER, "z is not"),
    "no frame": (Made(frames() | {"08a01Wa": SILENCE[:0]}), FRAME, "08a01Wa has no frames"),
    "too short": (Made(frames() | {"08a01Wa": frames()["08a01Wa"][:150]}), LONG, "150 frames instead of about 200"),
    "no number": (spoilt(float("nan")), FINITE, "08a01Wa: values from nan"),
    "endless": (spoilt(float("inf")), FINITE, "to inf"),
    "too large for half precision": (spoilt(1e6, "float16"), FINITE, "to inf"),
    "all alike": (Made(frames() | {"08a01Wa": SILENCE}), "frames differ within an utterance", "all values are -100"),
    "a shifted index": (Made(frames(), afterwards=shifted), FILLED, "starts at frame 401, the one before"),
    "two names exchanged": (Made(frames(), afterwards=swapped), ORDER, "09a01Wa is in the place of 08a01Wa"),
    "frames shuffled": (Made(frames(), afterwards=reframe(shuffled)), WRITTEN, "frames.npy holds"),
    "frames reversed": (Made(frames(), afterwards=reframe(lambda frames: frames[::-1])), WRITTEN, "frames.npy holds"),
    "another unit": (Made(frames(), afterwards=reframe(lambda frames: frames * 1000)), WRITTEN, "frames.npy holds"),
    "noise": (Made(frames(), afterwards=reframe(noise)), WRITTEN, "frames.npy holds"),
    "a file cut short": (Made(frames(), afterwards=reframe(lambda frames: frames[:-1])), WRITTEN, "frames.npy holds"),
    "an index that forgot": (Made(frames(), afterwards=forgotten), WRITTEN, "index.parquet does not state"),
    "fewer dimensions": (Made(frames(), num_dims=32), "frames have the front-end's dimensions", "32 dim"),
    "other parameters": (Made(frames(), afterwards=other_window), "the front-end's parameters are current", "is 512"),
}  # fmt: skip


BESIDES = {"a file cut short": FILLED}  # what else the damage trips


def test_sound_features_pass(current: Study) -> None:
    write(current, Made(frames()))
    of_features.require_sound(current)
    titles = {one.title for one in of_features.outcomes(current, "emodb")}
    assert titles == {title for _, title, _ in DAMAGES.values()} | {TYPE}


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_features_are_caught_and_named(current: Study, name: str) -> None:
    made, title, message = DAMAGES[name]
    write(current, made)
    same_type = current.features.model_copy(update={"dtype": made.dtype})
    outcomes = of_features.outcomes(current.model_copy(update={"features": same_type}), "emodb")
    failed = {one.title: one.findings for one in outcomes if one.state == "failed"}
    assert message in " ".join(failed[title])
    assert set(failed) == {title, BESIDES.get(name, title)}


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_values_of_another_dtype_than_the_study_s_are_reported(current: Study, dtype: str) -> None:
    write(current, Made(frames(), dtype=dtype))
    folder = current.derived / "features" / "emodb" / "log_mel"
    utterances = MANIFEST.read(current.derived / "manifest" / "emodb.parquet")
    table = of_features.table(utterances, folder, "log_mel")

    def found(wanted: str) -> dict[str, list[str]]:
        made = [one for one in of_features.checks(folder, "log_mel", wanted) if one.find and not one.skip]
        return {one.title: lines for one in made if one.find and (lines := one.find(table))}

    assert found("float32") == {TYPE: [f"frames.npy holds {dtype}, not float32"]}
    assert found(dtype) == {}


def test_frames_that_cannot_be_read_stop_the_stage(current: Study) -> None:
    write(current, Made(frames(), afterwards=lambda folder: (folder / FRAMES).write_bytes(b"")))
    with pytest.raises(ZooError, match=r"frames\.npy cannot be used"):
        of_features.require_sound(current)


def test_unsound_features_stop_the_stage(current: Study) -> None:
    write(current, spoilt(float("nan")))
    with pytest.raises(ZooError) as caught:
        of_features.require_sound(current)
    assert caught.value.exit_code == REFUSED
    assert FINITE in caught.value.message
    assert "then dvc repro" in caught.value.hint
