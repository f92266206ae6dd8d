"""Speakers (or sentences) as vectors of traits, and sets of them that are balanced by class and sex."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from zoo import corpora
from zoo.folds.evening_out import evened_out

_DRAWS = 2000
_MAX_DRAWN = 8_000_000  # units times draws: memory


@dataclass(frozen=True)
class Speakers:
    """The speakers of a corpus's utterances.

    names: sorted. traits: (num_speakers, num_traits), utterances per class, then indicators of female and male.
    corpus: its name. Also used for sets of sentences (`texts_of`).
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
    """From a frame with corpus, speaker_id, sex and label, one row per utterance."""
    sexes = [(pl.col("sex").first() == sex).fill_null(False).cast(pl.Int64).alias(sex) for sex in ("female", "male")]
    return _with_traits(utterances, "speaker_id", sexes)


def texts_of(utterances: pl.DataFrame, column: str = "text_id") -> Speakers:
    """Sentences (or takes) with their traits: utterances per class, then utterances by women and by men."""
    sexes = [(pl.col("sex") == sex).fill_null(False).sum().alias(sex) for sex in ("female", "male")]
    return _with_traits(utterances.filter(pl.col(column).is_not_null()), column, sexes)


def _with_traits(utterances: pl.DataFrame, column: str, sexes: list[pl.Expr]) -> Speakers:
    labels = sorted(utterances["label"].drop_nulls().unique().to_list())
    counts = [(pl.col("label") == label).fill_null(False).sum().alias(f"label {label}") for label in labels]
    rows = utterances.group_by(column).agg(*counts, *sexes).sort(column)
    corpus = utterances["corpus"][0] if len(utterances) else ""
    return Speakers(tuple(rows[column]), rows.drop(column).to_numpy().astype(np.float64), corpus)


def _imbalance(part: npt.NDArray[np.float64], whole: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Squared deviation of the traits (..., num_traits), as shares of the whole, from their mean share: (...)."""
    whole = np.maximum(whole, 1e-9)
    shares = part / whole
    return np.asarray(np.square(shares - shares.mean(axis=-1, keepdims=True)).sum(axis=-1))


def _draws(number: int) -> int:
    return min(_DRAWS, max(1, _MAX_DRAWN // max(1, number)))


def balanced_subset(speakers: Speakers, size: int, seed: int) -> list[str]:
    """`size` speakers with classes and sexes in proportion to the whole; the best of many random draws."""
    random = np.random.default_rng([seed, len(speakers), size])
    draws = random.permuted(np.tile(np.arange(len(speakers)), (_draws(len(speakers)), 1)), axis=1)[:, :size]
    cost = _imbalance(speakers.traits[draws].sum(axis=1), speakers.traits.sum(axis=0))
    return sorted(speakers.names[row] for row in draws[int(cost.argmin())])


def balanced_parts(units: list[list[str]], speakers: Speakers, num_parts: int, seed: int) -> list[list[int]]:
    """Assign units (sets of speakers) to balanced parts of equal size; the best of many random assignments.

    Returns the indices of the units of each part.
    """
    row = {name: index for index, name in enumerate(speakers.names)}
    traits = np.array([speakers.traits[[row[name] for name in unit]].sum(axis=0) for unit in units])
    random = np.random.default_rng([seed, len(units), num_parts])
    assignments = random.permuted(np.tile(np.arange(len(units)) % num_parts, (_draws(len(units)), 1)), axis=1)
    sums = np.stack([(assignments[..., None] == part).swapaxes(1, 2) @ traits for part in range(num_parts)], axis=1)
    cost = _imbalance(sums[:, :, 0], traits.sum(axis=0)).sum(axis=1)
    best = assignments[int(cost.argmin())]
    parts = [np.flatnonzero(best == part).tolist() for part in range(num_parts)]
    return sorted(parts)


def sessions(speakers: Speakers) -> list[list[str]]:
    """The speakers grouped by session; speakers without a session alone. In the order of their names."""
    groups: dict[str, list[str]] = {}
    for name in speakers.names:
        groups.setdefault(_session(speakers.corpus, name) or f"alone: {name}", []).append(name)
    return list(groups.values())


def _session(corpus: str, name: str) -> str | None:
    """In a pool, speakers are named after their corpus, as in iemocap/Ses01F."""
    member, _, own = name.rpartition("/")
    known = corpora.get(member or corpus).speakers if corpora.has(member or corpus) else {}
    session = known[own].session if own in known else None
    return session and f"{member}/{session}"


def balanced_sets(speakers: Speakers, number: int) -> list[list[str]]:
    """All speakers in `number` balanced sets; speakers of one session stay together.

    Sets of as many sessions each, unless that makes the largest much larger than the smallest (`evening_out`).
    """
    units = sessions(speakers)
    parts = balanced_parts(units, speakers, number, seed=0)
    row = {name: index for index, name in enumerate(speakers.names)}
    traits = np.array([speakers.traits[[row[name] for name in unit]].sum(axis=0) for unit in units])
    parts = evened_out(parts, traits)
    return [sorted(name for unit in part for name in units[unit]) for part in parts]


def balanced_fifth(speakers: Speakers, seed: int) -> list[str]:
    """A balanced fifth of the speakers: at least two, so that both sexes can be included, or one of fewer than five.
    Speakers of one session stay together, so that no dialogue is in two splits, unless there is only one session."""
    units = sessions(speakers)
    if len(units) == 1:
        units = [[name] for name in speakers.names]
    row = {name: index for index, name in enumerate(speakers.names)}
    traits = np.array([speakers.traits[[row[name] for name in unit]].sum(axis=0) for unit in units])
    number = 1 if len(speakers) < 5 else max(2, round(len(speakers) / 5))
    size = max(1, round(number * len(units) / len(speakers)))
    chosen = balanced_subset(Speakers(tuple(unit[0] for unit in units), traits, speakers.corpus), size, seed)
    return sorted(name for unit in units if unit[0] in chosen for name in unit)


def shared_dev(table: pl.DataFrame) -> list[int]:
    """The folds of a FOLDS table where train and dev share their only speaker."""
    seen = table.filter(pl.col("split") != "test").group_by("fold").agg(pl.col("speaker_id").n_unique())
    return sorted(seen.filter(pl.col("speaker_id") == 1)["fold"].to_list())
