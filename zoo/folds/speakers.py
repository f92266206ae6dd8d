"""Speakers (or sentences) as rows of numbers, and sets of them that resemble the whole."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from zoo import corpora

_DRAWS = 2000


@dataclass(frozen=True)
class Speakers:
    """The speakers of a corpus's labelled utterances.

    names: sorted. traits: (num_speakers, num_traits), utterances per class, then 1 for a woman, then 1 for a man.
    corpus: its name. The same serves for sets of sentences (`texts_of`).
    """

    names: tuple[str, ...]
    traits: npt.NDArray[np.float64]
    corpus: str

    def __len__(self) -> int:
        return len(self.names)

    def without(self, others: set[str]) -> "Speakers":
        """The speakers that are not among `others`."""
        keep = [row for row, name in enumerate(self.names) if name not in others]
        return Speakers(tuple(self.names[row] for row in keep), self.traits[keep], self.corpus)


def speakers_of(utterances: pl.DataFrame) -> Speakers:
    """From a frame with corpus, speaker_id, sex and label, one row an utterance."""
    sexes = [(pl.col("sex").first() == sex).fill_null(False).cast(pl.Int64).alias(sex) for sex in ("female", "male")]
    return _with_traits(utterances, "speaker_id", sexes)


def texts_of(utterances: pl.DataFrame, column: str = "text_id") -> Speakers:
    """Sentences (or takes) as rows of numbers: utterances per class, then those of women and of men."""
    sexes = [(pl.col("sex") == sex).fill_null(False).sum().alias(sex) for sex in ("female", "male")]
    return _with_traits(utterances.filter(pl.col(column).is_not_null()), column, sexes)


def _with_traits(utterances: pl.DataFrame, column: str, sexes: list[pl.Expr]) -> Speakers:
    labels = sorted(utterances["label"].unique().to_list())
    counts = [(pl.col("label") == label).sum().alias(f"label {label}") for label in labels]
    rows = utterances.group_by(column).agg(*counts, *sexes).sort(column)
    corpus = utterances["corpus"][0] if len(utterances) else ""
    return Speakers(tuple(rows[column]), rows.drop(column).to_numpy().astype(np.float64), corpus)


def _imbalance(part: npt.NDArray[np.float64], whole: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How far sums of traits (..., num_traits) are from the share of the whole that they should be: (...)."""
    whole = np.maximum(whole, 1e-9)
    shares = part / whole
    return np.asarray(np.square(shares - shares.mean(axis=-1, keepdims=True)).sum(axis=-1))


def resembling_subset(speakers: Speakers, size: int, seed: int) -> list[str]:
    """`size` speakers whose classes and sexes are shared out as in all of them; the best of many random draws."""
    random = np.random.default_rng([seed, len(speakers), size])
    draws = random.permuted(np.tile(np.arange(len(speakers)), (_DRAWS, 1)), axis=1)[:, :size]
    cost = _imbalance(speakers.traits[draws].sum(axis=1), speakers.traits.sum(axis=0))
    return sorted(speakers.names[row] for row in draws[int(cost.argmin())])


def resembling_parts(units: list[list[str]], speakers: Speakers, num_parts: int, seed: int) -> list[list[int]]:
    """Deal units (sets of speakers) out to parts of equal size that resemble each other; the best of many deals.

    Returns the indices of the units of each part.
    """
    row = {name: index for index, name in enumerate(speakers.names)}
    traits = np.array([speakers.traits[[row[name] for name in unit]].sum(axis=0) for unit in units])
    random = np.random.default_rng([seed, len(units), num_parts])
    deals = random.permuted(np.tile(np.arange(len(units)) % num_parts, (_DRAWS, 1)), axis=1)
    sums = np.stack([(deals[..., None] == part).swapaxes(1, 2) @ traits for part in range(num_parts)], axis=1)
    cost = _imbalance(sums[:, :, 0], traits.sum(axis=0)).sum(axis=1)
    best = deals[int(cost.argmin())]
    parts = [np.flatnonzero(best == part).tolist() for part in range(num_parts)]
    return sorted(parts)


def sessions(speakers: Speakers) -> list[list[str]]:
    """Those who talk to each other, together; everybody else alone. In the order of their names."""
    known = corpora.get(speakers.corpus).speakers if corpora.has(speakers.corpus) else {}
    groups: dict[str, list[str]] = {}
    for name in speakers.names:
        session = known[name].session if name in known else None
        groups.setdefault(session or f"alone: {name}", []).append(name)
    return list(groups.values())


def resembling_sets(speakers: Speakers, number: int) -> list[list[str]]:
    """All speakers in so many sets that resemble each other; those of a session together."""
    units = sessions(speakers)
    parts = resembling_parts(units, speakers, number, seed=0)
    return [sorted(name for unit in part for name in units[unit]) for part in parts]


def resembling_fifth(speakers: Speakers, seed: int) -> list[str]:
    """A fifth of the speakers who resemble all of them: two at the least so that both sexes can be there, one of fewer
    than five. Those of a session stay together, so that no dialogue is on two sides, unless it is the only one."""
    units = sessions(speakers)
    if len(units) == 1:
        units = [[name] for name in speakers.names]
    row = {name: index for index, name in enumerate(speakers.names)}
    traits = np.array([speakers.traits[[row[name] for name in unit]].sum(axis=0) for unit in units])
    number = 1 if len(speakers) < 5 else max(2, round(len(speakers) / 5))
    size = max(1, round(number * len(units) / len(speakers)))
    chosen = resembling_subset(Speakers(tuple(unit[0] for unit in units), traits, speakers.corpus), size, seed)
    return sorted(name for unit in units if unit[0] in chosen for name in unit)


def shared_dev(table: pl.DataFrame) -> list[int]:
    """The folds of a FOLDS table where one speaker is left to train on, so that dev has no speaker of its own."""
    seen = table.filter(pl.col("split") != "test").group_by("fold").agg(pl.col("speaker_id").n_unique())
    return sorted(seen.filter(pl.col("speaker_id") == 1)["fold"].to_list())
