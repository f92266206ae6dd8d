"""Several corpora as one: pools, of which each corpus is tested by models of the others, and what only cells train on,
of which a fifth of the speakers is tested.

A person of two corpora is one speaker.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from zoo import corpora as facts
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import whole_folder
from zoo.folds.cut import usable
from zoo.folds.speakers import Speakers, balanced_fifth, speakers_of
from zoo.study.cross import LEAVE_ONE_CORPUS_OUT
from zoo.study.study import HELD_OUT_SPEAKERS, POOLS, Study
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST


def write(study: Study) -> None:
    """Write derived/STUDY/pools/: manifest/NAME.parquet and folds/NAME.parquet of all corpora that are trained on
    together; nothing without any.

    Names of utterances, speakers, sentences and groups of takes begin with their corpus, as in emodb/03, those of
    speakers with the corpus whose people they are. The classes are those of the cross scheme.
    """
    with whole_folder(study.derived / POOLS) as folder:
        for name, corpora in study.unions.items():
            _write(name, {one: study.derived / "manifest" / f"{one}.parquet" for one in corpora}, study, folder)


def _write(name: str, paths: Mapping[str, Path], study: Study, folder: Path) -> None:
    manifests = {corpus: MANIFEST.read(path) for corpus, path in paths.items()}
    manifest = folder / "manifest" / f"{name}.parquet"
    MANIFEST.write(pl.concat(_named(frame, one, name) for one, frame in manifests.items()), manifest, paths)
    cut = leave_one_corpus_out if name in study.pools else held_out_speakers
    FOLDS.write(cut(name, manifests, study.cross_scheme), folder / "folds" / f"{name}.parquet", {"manifest": manifest})


def held_out_speakers(name: str, manifests: Mapping[str, pl.DataFrame], scheme: str) -> pl.DataFrame:
    """The FOLDS rows of corpora together: a balanced fifth of the speakers of each is test, a fifth of the others dev.

    manifests: by corpus, MANIFEST rows. A person of several corpora is in one split: the last of test, dev and train
    that any of them would have.
    """
    frames, serves = [], dict[str, str]()
    for corpus, manifest in manifests.items():
        own = _named(usable(manifest, corpus, scheme), corpus, name)
        speakers = _speakers(own, corpus)
        test = _fifth(speakers, seed=0)
        dev = _fifth(speakers.without(set(test)), seed=0)
        _serve(serves, speakers.names, test, dev)
        frames.append(own)
    return _split(pl.concat(frames), serves, HELD_OUT_SPEAKERS, 0)


def leave_one_corpus_out(pool: str, manifests: Mapping[str, pl.DataFrame], scheme: str) -> pl.DataFrame:
    """The FOLDS rows of a pool: every corpus is tested once, by what was trained on the others. A balanced fifth of the
    speakers of each of these is dev.

    Who speaks in the tested corpus is trained on in no other. manifests: by corpus, MANIFEST rows.
    """
    labelled = {corpus: _named(usable(frame, corpus, scheme), corpus, pool) for corpus, frame in manifests.items()}
    rows = []
    for fold, tested in enumerate(labelled):
        people = set(labelled[tested]["speaker_id"])
        serves = dict.fromkeys(people, "test")
        for corpus, frame in labelled.items():
            speakers = _speakers(frame, corpus).without(people)
            _serve(serves, speakers.names, dev=_fifth(speakers, seed=fold))
        whole = pl.concat(
            frame.filter(corpus == tested or ~pl.col("speaker_id").is_in(list(people)))
            for corpus, frame in labelled.items()
        )
        rows.append(_split(whole, serves, LEAVE_ONE_CORPUS_OUT, fold))
    return pl.concat(rows)


def _speakers(frame: pl.DataFrame, corpus: str) -> Speakers:
    return speakers_of(frame.with_columns(pl.lit(corpus).alias("corpus")))


def _fifth(speakers: Speakers, seed: int) -> list[str]:
    return balanced_fifth(speakers, seed) if len(speakers) else []


def _serve(serves: dict[str, str], people: Iterable[str], test: Iterable[str] = (), dev: Iterable[str] = ()) -> None:
    """Add the split in which each person serves; who had one in another corpus, in the last of test, dev and train."""
    for person in people:
        split = "test" if person in test else "dev" if person in dev else "train"
        serves[person] = min(split, serves.get(person, split), key=("test", "dev", "train").index)


def _split(utterances: pl.DataFrame, serves: Mapping[str, str], protocol: str, fold: int) -> pl.DataFrame:
    """The FOLDS rows of utterances by their speaker's split. Raises ZooError if a split has nobody."""
    if missing := sorted({"train", "dev", "test"} - set(serves.values())):
        name, once = utterances["corpus"][0], "a person of several corpora counts once"
        raise ZooError(
            f"{name}: {protocol} leaves nobody for {missing[0]} in fold {fold}: {once}",
            f"remove {name} from pools or cross.cells, or add a corpus with other people to it",
            WRONG_USAGE,
        )
    return utterances.with_columns(
        pl.col("speaker_id").replace_strict(serves).alias("split"),
        pl.lit(protocol).alias("protocol"),
        pl.lit(fold, dtype=pl.Int64()).alias("fold"),
        pl.lit(None, dtype=pl.Int64()).alias("text_set"),
    ).select(list(FOLDS.columns))


def _named(frame: pl.DataFrame, corpus: str, pool: str) -> pl.DataFrame:
    """The rows of a corpus as those of a pool, in which names are unique."""
    names = ("utterance_id", "path", "text_id", "take_group")
    named = [pl.format(f"{corpus}/{{}}", one).alias(one) for one in names]
    people = facts.get(corpus).people or corpus
    named.append(pl.format(f"{people}/{{}}", pl.col("speaker_id")).alias("speaker_id"))
    return frame.with_columns(pl.lit(pool).alias("corpus"), *named)
