"""Features that do not fit their audio, their front-end or their file are caught before anything trains on them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from zoo import checks, features, study
from zoo.errors import REFUSED, ZooError
from zoo.features._store import FRAMES, FRONT_END, INDEX, Writer
from zoo.study import Study
from zoo.tables.manifest import MANIFEST

TOP = Path(__file__).parents[2]
LOG_MEL = features.get("log_mel")
Frames = dict[str, np.ndarray]


@pytest.fixture
def current(official: list[dict[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study of three utterances of 2 s."""
    monkeypatch.chdir(tmp_path)
    values = study.load(TOP / "params.yaml")
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


def shifted(folder: Path) -> None:
    late = pl.when(pl.col("utterance_id") == "09a01Wa").then(1).otherwise(0)
    pl.read_parquet(folder / INDEX).with_columns(pl.col("offset") - late).write_parquet(folder / INDEX)


def cut_short(folder: Path) -> None:
    np.save(folder / FRAMES, np.load(folder / FRAMES)[:-1])


def other_window(folder: Path) -> None:
    facts = json.loads((folder / FRONT_END).read_text())
    (folder / FRONT_END).write_text(json.dumps(facts | {"window_samples": 512}))


def named_twice(folder: Path) -> None:
    index = pl.read_parquet(folder / INDEX)
    index.with_columns(pl.col("utterance_id").replace("09a01Wa", "08a01Wa")).write_parquet(folder / INDEX)


ONCE, FINITE = "every utterance has features once", "all values are finite numbers"
FILLED, LONG = "utterances lie one after another and fill the file", "there are as many frames as the audio is long"
STRANGER = "features are of utterances of the manifest"
SILENCE = np.full((201, LOG_MEL.num_dims), -100, dtype=np.float32)
DAMAGES = {
    "an utterance without": (Made({n: f for n, f in frames().items() if n != "08a01Wa"}), ONCE, "08a01Wa has no"),
    "an utterance twice": (Made(frames(), afterwards=named_twice), ONCE, "08a01Wa is in the index twice"),
    "a stranger": (Made(frames() | {"z": frames()["08a01Wa"]}), STRANGER, "z is not"),
    "no frame": (Made(frames() | {"08a01Wa": SILENCE[:0]}), "every utterance has a frame or more", "num_frames is"),
    "too short": (Made(frames() | {"08a01Wa": frames()["08a01Wa"][:150]}), LONG, "150 frames instead of about 200"),
    "no number": (spoilt(float("nan")), FINITE, "08a01Wa: values from nan"),
    "endless": (spoilt(float("inf")), FINITE, "to inf"),
    "too large for half precision": (spoilt(1e6, "float16"), FINITE, "to inf"),
    "all alike": (Made(frames() | {"08a01Wa": SILENCE}), "frames differ within an utterance", "all values are -100"),
    "a shifted index": (Made(frames(), afterwards=shifted), FILLED, "starts at frame 401, the one before"),
    "a file cut short": (Made(frames(), afterwards=cut_short), FILLED, "holds 602 frames, index"),
    "fewer dimensions": (Made(frames(), num_dims=32), "frames have the front-end's dimensions", "32 dim"),
    "other parameters": (Made(frames(), afterwards=other_window), "the front-end's parameters are today's", "is 512"),
}  # fmt: skip


def test_sound_features_pass(current: Study) -> None:
    write(current, Made(frames()))
    checks.require_sound_features(current, "emodb")
    titles = {one.title for one in checks.check_features(current, "emodb")}
    assert titles == {title for _, title, _ in DAMAGES.values()}


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_features_are_caught_and_named(current: Study, name: str) -> None:
    made, title, said = DAMAGES[name]
    write(current, made)
    failed = {one.title: one.findings for one in checks.check_features(current, "emodb") if one.state == "failed"}
    assert said in " ".join(failed[title])
    assert set(failed) == {title}


def test_unsound_features_stop_the_stage(current: Study) -> None:
    write(current, spoilt(float("nan")))
    with pytest.raises(ZooError) as caught:
        checks.require_sound_features(current, "emodb")
    assert caught.value.exit_code == REFUSED
    assert FINITE in caught.value.message
    assert "dvc repro --force" in caught.value.hint
