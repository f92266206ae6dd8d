"""What rounding inputs to a grid does: how many numbers differ between processors, and how scores move.

python benchmarks/grids.py numbers     a few minutes
python benchmarks/grids.py scores      half an hour: a small study for every line

The other processor is this one without its wide vector units: numpy, OpenBLAS and torch are told to leave them alone,
so that they add in another order. docs/inputs.md has the figures.
"""

import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import yaml

TOP = Path(__file__).parents[1]
INPUTS = ("log_mel", "mfcc", "mfcc_chroma", "waveform", "egemaps", "compare")
STEPS = (None, 2**-15, 2**-10, 2**-8, 2**-6, 2**-4, 2**-2)
BITS = (None, 20, 16, 12, 8)
OTHER = {
    "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 X86_V3 AVX512F AVX512CD AVX512_SKX X86_V4 AVX512_ICL AVX512_SPR",
    "OPENBLAS_CORETYPE": "Nehalem",
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
}
CORPUS_SIZE = 60  # utterances


def grids(name: str) -> list[dict[str, float]]:
    """Grids to compare for an input; {} for none."""
    key, values = ("bits", BITS) if name in ("egemaps", "compare") else ("step", STEPS)
    return [{} if value is None else {key: value} for value in values]


def utterances() -> list[np.ndarray]:
    """Some of the synthetic EmoDB, at recording levels of its own."""
    from zoo import audio
    from zoo.synthetic import write

    with tempfile.TemporaryDirectory() as folder:
        write("emodb", Path(folder))
        return [audio.load(path) for path in sorted(Path(folder).rglob("*.wav"))[:CORPUS_SIZE]]


def write_rows(path: Path, how: str) -> None:
    """Every input on every grid, and before rounding.

    how: float64, as it is; float32, as it was before there were grids; ulp: of samples of which half are an ulp louder.
    """
    from zoo import inputs
    from zoo.inputs import spectrum, steps
    from zoo.inputs.grid import Grid, rounded

    sounds = utterances()
    if how == "float32":
        filters = spectrum.mel_filters
        spectrum.power, spectrum.mel_filters = in_float32, lambda framing: filters(framing).astype(np.float32)
    if how == "ulp":
        random = np.random.default_rng(0)
        sounds = [
            np.where(random.random(len(one)) < 0.5, np.nextafter(one, np.float32(2) * one), one) for one in sounds
        ]
    found = {}
    for name in INPUTS:
        before, entry = steps.build(inputs.spec(name, {}).steps), inputs.get(name)
        computed = entry.make(entry.options()).compute(steps.applied(before, sounds))
        rows = np.concatenate(computed)
        found[name], std = rows, rows.std(axis=0)
        for number, grid in enumerate(grids(name)):
            found[f"{name}.{number}"] = on_grid = rounded(rows, Grid(**grid))
            error = (on_grid - rows).std(axis=0)
            found[f"{name}.{number}.error"] = np.max(error[std > 0] / std[std > 0])
    np.savez(path, **found)


def in_float32(samples: np.ndarray, framing: object) -> np.ndarray:
    """The power of frames as zoo computed it before there were grids."""
    from scipy.fft import rfft

    from zoo.inputs import spectrum

    padded = np.pad(samples.astype(np.float32), framing.n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, framing.n_fft)[:: framing.hop_length]
    found = rfft(frames * spectrum.hann_window(framing).astype(np.float32), axis=1)
    return np.square(found.real) + np.square(found.imag)


# what is compared -> two runs, each how it computes (see write_rows) and whether on the other processor
COMPARED = {
    "other processor": (("float64", False), ("float64", True)),
    "other processor, both in float32": (("float32", False), ("float32", True)),
    "float32": (("float64", False), ("float32", False)),
    "samples an ulp louder": (("float64", False), ("ulp", False)),
}


def numbers() -> None:
    """Print how far the other processor is off, and the share of numbers that differ, on every grid."""
    with tempfile.TemporaryDirectory() as folder:
        rows = {run: rows_of(run, Path(folder)) for run in sorted({run for runs in COMPARED.values() for run in runs})}
        for name in INPUTS:
            here, there = (rows[run][name].astype(np.float64) for run in COMPARED["other processor"])
            apart = np.abs(here - there)
            print(f"{name}: {here.size} numbers; the other is off by {apart.mean():.2g}, at most {apart.max():.2g}")
            for number, grid in enumerate(grids(name)):
                place = f"{name}.{number}"
                shares = [(rows[one][place] != rows[two][place]).mean() for one, two in COMPARED.values()]
                error = rows["float64", False][f"{place}.error"]
                print(f"    {shown(grid):8s} {error:9.2g}", *(f"{share:9.2g}" for share in shares))
    print(
        "columns: the error of rounding over the std (the worst dimension); shares that differ:", *COMPARED, sep="\n- "
    )


def rows_of(run: tuple[str, bool], folder: Path) -> dict[str, np.ndarray]:
    """What `write_rows` writes in a process of its own."""
    how, other = run
    path = folder / f"{how}{other}.npz"
    environment = os.environ | (OTHER if other else {})
    subprocess.run([sys.executable, __file__, "rows", str(path), how], check=True, env=environment)
    return dict(np.load(path))


def shown(grid: dict[str, float]) -> str:
    """A grid in words."""
    return "none" if not grid else f"{grid['bits']} bits" if "bits" in grid else f"1/{1 / grid['step']:g}"


def scores() -> None:
    """Print the UAR of the models of a small study for grids, and as the other processor trains."""
    lines = [
        ("no grid", {}, {}),
        ("no grid, trained by the other processor", {}, OTHER),
        ("1/64", {"step": 1 / 64}, {}),
        ("1/64, trained by the other processor", {"step": 1 / 64}, OTHER),
        ("1/4", {"step": 0.25}, {}),
        ("2", {"step": 2.0}, {}),
        ("8", {"step": 8.0}, {}),
    ]
    for title, grid, of_training in lines:
        found = study(grid, of_training)
        print(f"{title:42s}", *(f"{name} {value:.4f}" for name, value in found.items()), flush=True)


def study(grid: dict[str, float], of_training: dict[str, str]) -> dict[str, float]:
    """The UAR of three models of the embedded study, on one of its corpora."""
    values = yaml.safe_load((TOP / "studies" / "embedded.yaml").read_text(encoding="utf-8"))
    corpora = ["emodb"]
    values |= {"corpora": corpora, "synthetic": corpora}
    values["labels"], values["folds"] = ({name: values[key][name] for name in corpora} for key in ("labels", "folds"))
    values["inputs"] = {name: {"grid": grid} for name in ("log_mel", "mfcc")}
    values["models"] = {
        "statistics": {"input": "log_mel"},
        "cnn": {"input": "log_mel"},
        "bilstm_mfcc": {"architecture": "bilstm", "input": "mfcc"},
    }
    for section in ("tune", "train"):
        values[section]["executor"] = "processes"
    with tempfile.TemporaryDirectory() as top:
        (Path(top) / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")

        def stage(name: str, *arguments: str, **environment: str) -> None:
            command = [sys.executable, str(TOP / "stages" / f"{name}.py"), *arguments]
            own = os.environ | {"PYTHONPATH": str(TOP)} | environment
            subprocess.run(command, check=True, cwd=top, env=own, capture_output=True)

        for corpus in corpora:
            for name in ("synth", "manifest", "folds"):
                stage(name, corpus)
        stage("check")
        for corpus, name in product(corpora, values["inputs"]):
            stage("features", corpus, name)
        stage("check_features")
        stage("tune", **of_training)
        for model in values["models"]:
            stage("train", model, **of_training)
        stage("predict", **of_training)
        stage("evaluate")
        found = pl.read_csv(Path(top) / "reports" / "embedded" / "scores.csv")
        rows = found.filter(pl.col("metric") == "uar", pl.col("source") == pl.col("target"), pl.col("group") == "all")
        return {str(row["model"]): row["value"] for row in rows.iter_rows(named=True)}


if __name__ == "__main__":
    if sys.argv[1:2] == ["rows"]:
        write_rows(Path(sys.argv[2]), sys.argv[3])
    else:
        {"numbers": numbers, "scores": scores}[sys.argv[1]]()
