"""The cost of a manifest compared with reading and decoding alone, and how time and memory grow with size.

python benchmarks/manifest.py [--json] [--corpus NAME FOLDER]... [--files N]

The corpora are real ones; N tiny files (default 100,000) are generated, described, cut into folds and checked. Reading
and decoding alone is soundfile's, to float32, in as many threads. Reading and decoding uncompressed audio takes
about as long as its SHA-256, which a manifest needs twice (of the file, of the samples): so the time with both
hashes is reported too.
"""

import argparse
import hashlib
import io
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
import polars as pl

from zoo import corpora
from zoo.checks import study as study_checks
from zoo.corpora.contract import Corpus, ParsedName, Utterance
from zoo.folds.cut import cut
from zoo.library import manifest as building
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST

ROUNDS = 3
NUM_SPEAKERS = 10  # EmoDB's: the generated corpus takes the place of that one
SECONDS, RATE_HZ = 0.1, 16_000


def best(work: Callable[[], object]) -> float:
    """Seconds of the best of three rounds; the first one warms the disk's cache."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        rounds.append(time.perf_counter() - start)
    return min(rounds)


def read(path: Path) -> None:
    """Read and decode a file, and no more."""
    import soundfile

    soundfile.read(path, dtype="float32", always_2d=True)


def read_and_hash(path: Path) -> None:
    """The least that a manifest needs: the file's bytes and its samples, and a hash of each."""
    import soundfile

    stored = path.read_bytes()
    samples, _ = soundfile.read(io.BytesIO(stored), dtype="int16", always_2d=True)
    hashlib.sha256(stored).hexdigest()
    hashlib.sha256(samples.data).hexdigest()


def in_threads(work: Callable[[Path], None], paths: list[Path]) -> None:
    """Apply `work` to every file, in as many threads as the manifest uses."""
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for _ in pool.map(work, paths):
            pass


def against_reading(name: str, folder: Path) -> dict[str, float]:
    """Seconds for a corpus's manifest, for reading and decoding alone, with hashes, and the ratios."""
    paths = [folder / utterance.path for utterance in corpora.get(name).utterances(folder)]
    alone, hashed = best(lambda: in_threads(read, paths)), best(lambda: in_threads(read_and_hash, paths))
    whole = best(lambda: building.build(name, folder))
    return {
        "files": len(paths),
        "reading_s": alone,
        "with_hashes_s": hashed,
        "manifest_s": whole,
        "ratio": whole / alone,
        "ratio_with_hashes": whole / hashed,
    }


def generated(number: int) -> Corpus:
    """EmoDB with any number of utterances: `SS_label_number.wav`."""
    labels = list(corpora.get("emodb").native_labels)
    speakers = list(corpora.get("emodb").speakers)

    def utterances(folder: Path) -> Iterator[Utterance]:
        for at in range(number):
            speaker, label = speakers[at % NUM_SPEAKERS], labels[at // NUM_SPEAKERS % len(labels)]
            name = f"{speaker}_{label}_{at:06d}"
            yield Utterance(name, f"{at // 1000:03d}/{name}.wav", speaker, label, take_group=name)

    def parse_name(path: PurePosixPath) -> ParsedName:
        speaker, label, _ = path.stem.split("_")
        return ParsedName(path.stem, speaker, path.stem, native_label=label)

    counts = dict.fromkeys(labels, 0)
    for utterance in utterances(Path()):
        counts[utterance.native_label] += 1
    return replace(
        corpora.get("emodb"),
        utterances=utterances,
        parse_name=parse_name,
        native_labels=counts,
        duration_range_s=(0, 9),
        known_defects={},
    )


def write_audio(corpus: Corpus, folder: Path) -> None:
    """Write a tenth of a second of noise for every utterance, each different."""
    import soundfile

    noise = np.random.default_rng(0).normal(0, 0.1, int(SECONDS * RATE_HZ))
    for at, utterance in enumerate(corpus.utterances(folder)):
        path = folder / utterance.path
        path.parent.mkdir(parents=True, exist_ok=True)
        noise[0] = (at % 251 - 125) / 256
        noise[1], noise[2] = (at // 251 % 251 - 125) / 256, (at // 251**2 - 125) / 256
        soundfile.write(path, noise, RATE_HZ, subtype="PCM_16")


def at_scale(number: int) -> dict[str, float]:
    """Seconds for the manifest, the table, and the checks with their pages of a generated corpus; peak memory."""
    from rich.console import Console

    params = Path("params.yaml").resolve()
    corpus = generated(number)
    corpora.get = building.get = lambda name: corpus  # type: ignore[assignment]  # the only corpus in this process
    with tempfile.TemporaryDirectory() as top:
        os.chdir(top)
        write_audio(corpus, Path("audio"))
        start = time.perf_counter()
        frame = building.build("emodb", Path("audio"))
        described = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        current = params.load(params).model_copy(update={"corpora": ["emodb"]})
        manifest = current.derived / "manifest" / "emodb.parquet"
        MANIFEST.write(frame, manifest, {})
        before = time.perf_counter()
        MANIFEST.read(manifest)
        read = time.perf_counter()
        rows = cut(frame, "emodb", "native", current.folds["emodb"])
        FOLDS.write(rows, current.derived / "folds" / "emodb.parquet", {"manifest": manifest})
        checking = time.perf_counter()
        with Path(os.devnull).open("w") as nowhere:
            study_checks.run(current, Console(file=nowhere))
        done = time.perf_counter()
        peak_of_checks = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        million = reading_a_million(frame, current.derived / "manifest" / "million.parquet")
        os.chdir("/")
    return {
        "files": number,
        "manifest_s": described - start,
        "manifest_peak_mb": peak,
        "read_table_s": read - before,
        "fold_rows": len(rows),
        "checks_and_pages_s": done - checking,
        "checks_peak_mb": peak_of_checks,
        "read_a_million_rows_s": million,
    }


def reading_a_million(frame: pl.DataFrame, path: Path) -> float:
    """Seconds to read and check a manifest of a million rows: repeated copies of this one, with different ids."""
    copies = -(-1_000_000 // len(frame))
    rows = pl.concat(
        frame.with_columns(pl.format("{}-{}", pl.lit(copy), "utterance_id").alias("utterance_id"))
        for copy in range(copies)
    )
    MANIFEST.write(rows.head(1_000_000), path, {})
    start = time.perf_counter()
    MANIFEST.read(path)
    return time.perf_counter() - start


def main() -> None:
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--corpus", nargs=2, action="append", default=[], metavar=("NAME", "FOLDER"))
    parser.add_argument("--files", type=int, default=100_000)
    given = parser.parse_args()
    found = {name: against_reading(name, Path(folder)) for name, folder in given.corpus}
    if given.files:
        found["generated"] = at_scale(given.files)
    if given.json:
        json.dump(found, sys.stdout)
        return
    for name, values in found.items():
        print(name, *(f"{word} {value:.2f}" for word, value in values.items()), sep="  ")


if __name__ == "__main__":
    main()
