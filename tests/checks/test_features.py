"""Features that do not fit their audio, their input or their file are caught before anything trains on them."""

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
from zoo.inputs.contract import Spec
from zoo.inputs.store import CONTENT, FACTS, FRAMES, INDEX, Writer
from zoo.study import params
from zoo.study.study import Study
from zoo.tables.manifest import MANIFEST

TOP = Path(__file__).parents[2]
LOG_MEL = inputs.build(Spec("log_mel"))
Frames = dict[str, np.ndarray]


@pytest.fixture
def current(official: list[dict[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study of three utterances of 2 s."""
    monkeypatch.chdir(tmp_path)
    values = params.load(TOP / "studies/embedded.yaml")
    current = values.model_copy(update={"corpora": ["emodb"], "inputs": {"log_mel": {"steps": {}}}})
    rows = [row | {"duration_s": 2.0} for row in official[:3]]
    MANIFEST.write(MANIFEST.frame(rows), current.derived / "manifest" / "emodb.parquet", {})
    return current


@dataclass
class Made:
    """What an input made, to be damaged before and after it is written."""

    frames: Frames
    num_dims: int = LOG_MEL.num_dims
    dtype: str = "float32"
    copies: tuple[str, ...] = ()
    afterwards: Callable[[Path], object] = lambda folder: None


def write(current: Study, made: Made) -> None:
    folder = current.derived / "features" / "emodb" / "log_mel"
    folder.mkdir(parents=True)
    with Writer(folder, replace(LOG_MEL, num_dims=made.num_dims), made.dtype) as writer, np.errstate(over="ignore"):
        for name, frames in made.frames.items():
            writer.add(name, frames[:, : made.num_dims])
            if name in made.copies:
                writer.add(name, frames[:, : made.num_dims], 1)
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
    facts = json.loads((folder / FACTS).read_text())
    (folder / FACTS).write_text(json.dumps(facts | {"win_length": 512}))


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
COPIES = "utterances have the study's number of copies"
COMPUTED = "the input is computed as it would be now"
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
    "fewer dimensions": (Made(frames(), num_dims=32), "frames have the input's dimensions", "32 dim"),
    "an unwanted copy": (Made(frames(), copies=("08a01Wa",)), COPIES, "08a01Wa has 1 copies instead of 0"),
    "other facts": (Made(frames(), afterwards=other_window), COMPUTED, "win_length is 512"),
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
    same_type = {"log_mel": {"dtype": made.dtype, "steps": {}}}
    outcomes = of_features.outcomes(current.model_copy(update={"inputs": same_type}), "emodb")
    failed = {one.title: one.findings for one in outcomes if one.state == "failed"}
    assert message in " ".join(failed[title])
    assert set(failed) == {title, BESIDES.get(name, title)}


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_values_of_another_dtype_than_the_study_s_are_reported(current: Study, dtype: str) -> None:
    write(current, Made(frames(), dtype=dtype))
    folder = current.derived / "features" / "emodb" / "log_mel"
    utterances = MANIFEST.read(current.derived / "manifest" / "emodb.parquet")
    table = of_features.table(utterances, folder, LOG_MEL)

    def found(wanted: str) -> dict[str, list[str]]:
        made = [one for one in of_features.checks(folder, LOG_MEL, wanted) if one.find and not one.skip]
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


def with_steps(current: Study) -> Study:
    return current.model_copy(update={"inputs": {"log_mel": {"steps": {"trim": {}}}}})


def write_trimmed(current: Study, lengths: dict[str, int]) -> None:
    """Frames that a step before the input has made shorter, or, in error, longer."""
    folder = current.derived / "features" / "emodb" / "log_mel"
    folder.mkdir(parents=True)
    random = np.random.default_rng(1)
    with Writer(folder, inputs.of_study(current.inputs, "log_mel"), "float32") as writer:
        for name in frames():
            size = (lengths.get(name, 201), LOG_MEL.num_dims)
            writer.add(name, random.normal(-40, 10, size).astype(np.float32))


def test_a_step_may_make_utterances_shorter_but_not_longer(current: Study) -> None:
    current = with_steps(current)
    write_trimmed(current, {"08a01Wa": 90})
    of_features.require_sound(current)


def test_an_utterance_that_is_longer_than_its_recording_is_caught_after_a_step_too(current: Study) -> None:
    current = with_steps(current)
    write_trimmed(current, {"08a01Wa": 300})
    failed = {one.title: one.findings for one in of_features.outcomes(current, "emodb") if one.state == "failed"}
    assert failed == {LONG: ("08a01Wa: 300 frames instead of about 200",)}


def test_features_without_a_step_that_the_study_declares_are_caught(current: Study) -> None:
    write(current, Made(frames()))
    failed = {one.title for one in of_features.outcomes(with_steps(current), "emodb") if one.state == "failed"}
    assert failed == {COMPUTED}
