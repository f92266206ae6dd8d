"""The price of a leak: what a figure gains where training has heard the test speaker, the test sentence, or both.

Every speaker with every sentence is a block, which is tested: the utterances that the speaker says of it. Nothing of
this speaker with this sentence is ever trained on. Four trainings are asked about a block, of n utterances each:

neither: all utterances of other speakers with other sentences; so n is how many these are.
speaker: of these, in every class, as many as the speaker says of other sentences are replaced by those of the speaker.
sentence: likewise by utterances of the sentence by others.
both: by both.

A replacement is at most half of a class: of the test speaker and the sentence there may be more than of all the others.
What is replaced in `both` is what is replaced in the other two. So the four trainings of a block have equal sizes and
equal numbers of each class, have most of their utterances in common, and are asked about the same utterances; they
differ in what they had heard. Prices are differences of UAR over all blocks, paired by speaker: the jackknife leaves
out a speaker from all cells at once.

Sentences are those that the corpus names. Where there are more than ten, ten sets of them take their place: what is
replaced is then of the very sentences that the speaker says of the set, and nothing else of the set is trained on.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from zoo import architectures
from zoo.errors import WRONG_USAGE, ZooError
from zoo.evaluation.intervals import FEWEST_SPEAKERS, jackknife, left_out, standard_error, t_quantile, too_few
from zoo.methods.contract import Names, Numbers
from zoo.metrics.confusion import UAR, confusion
from zoo.runtime.inference import outputs_of
from zoo.study.study import Study
from zoo.tables.leak import BOTH, CELLS, LEAK, NEITHER, PRICES, SENTENCE, SPEAKER
from zoo.tables.manifest import NO_SPEAKER
from zoo.training.data import CorpusData, load
from zoo.training.recipe import DEFAULTS
from zoo.training.solved import solve

SETS = 10  # of sentences, at most

# rows that are trained on, rows that are asked about -> the numbers of their classes, as answered
Answered = Callable[[Numbers, Numbers], Numbers]


@dataclass(frozen=True)
class Utterances:
    """Of N utterances: numbers of their classes, (N,), 0..num_classes - 1; names of speakers and sentences, (N,)."""

    labels: Numbers
    speakers: Names
    sentences: Names
    num_classes: int


@dataclass(frozen=True)
class Block:
    """A speaker with a sentence: the rows that are asked about, and those of each training."""

    speaker: str
    asked: Numbers
    trained: Mapping[str, Numbers]


def blocks_of(known: Utterances) -> Iterator[Block]:
    """Every block of which the speaker says another sentence, and another one says the sentence.

    Which utterances are replaced is drawn by the names of the speaker and the sentence. Classes that only the block's
    speaker or sentence has are not trained on.
    """
    sets = in_sets(known.sentences)
    for speaker in np.unique(known.speakers):
        for name in np.unique(sets):
            of_speaker, of_set = known.speakers == speaker, sets == name
            asked = np.flatnonzero(of_speaker & of_set)
            of_sentence = np.isin(known.sentences, known.sentences[asked])
            random = np.random.default_rng(zlib.crc32(f"{speaker} {name}".encode()))
            parts: dict[str, list[Numbers]] = {cell: [] for cell in CELLS}
            replaced = np.zeros(2, np.int64)
            for number in range(known.num_classes):
                of_class = known.labels == number
                others, by_speaker, of_text = (
                    random.permutation(np.flatnonzero(of_class & rows))
                    for rows in (~of_speaker & ~of_set, of_speaker & ~of_set, ~of_speaker & of_sentence)
                )
                first, last = (others[: len(others) // 2], others[len(others) // 2 :])
                heard, said = by_speaker[: len(first)], of_text[: len(first)]
                replaced += len(heard), len(said)
                with_speaker = np.concatenate([heard, first[len(heard) :]])
                with_sentence = np.concatenate([said, last[len(said) :]])
                parts[NEITHER] += [first, last]
                parts[SPEAKER] += [with_speaker, last]
                parts[SENTENCE] += [first, with_sentence]
                parts[BOTH] += [with_speaker, with_sentence]
            if len(asked) and replaced.all():
                yield Block(str(speaker), asked, {cell: np.sort(np.concatenate(rows)) for cell, rows in parts.items()})


def prices(known: Utterances, answered: Answered, confidence: float) -> list[dict[str, object]]:
    """Rows of the LEAK table, without what says whose they are: the UAR of each cell and the prices.

    answered: fits a model to rows and answers about others. Raises ZooError if there is no block.
    """
    speakers = [str(name) for name in np.unique(known.speakers)]
    counts = {cell: np.zeros((len(speakers), known.num_classes, known.num_classes), np.int64) for cell in CELLS}
    sizes: list[tuple[int, float, float]] = []
    num_utterances = 0
    for block in blocks_of(known):
        place, labels = speakers.index(block.speaker), known.labels[block.asked]
        for cell, trained in block.trained.items():
            counts[cell][place] += confusion(labels, answered(trained, block.asked), known.num_classes)
        own = float((known.speakers[block.trained[SPEAKER]] == block.speaker).mean())
        said = np.isin(known.sentences[block.trained[SENTENCE]], known.sentences[block.asked])
        sizes.append((len(block.trained[NEITHER]), own, float(said.mean())))
        num_utterances += len(labels)
    if not sizes:
        raise ZooError(
            "no speaker says two sentences that others say too, so that neither can be heard without the other",
            "choose a corpus whose speakers say the same sentences",
            WRONG_USAGE,
        )
    tested = np.array([counts[NEITHER][place].any() for place in range(len(speakers))])
    shared = dict(
        zip(("num_trained", "speaker_share", "sentence_share"), np.mean(sizes, axis=0).tolist(), strict=True),
        num_speakers=int(tested.sum()),
        num_utterances=num_utterances,
    )
    sums = {cell: found[None, tested] for cell, found in counts.items()}
    rows: list[dict[str, object]] = []
    for cell in CELLS:
        found = jackknife(sums[cell], UAR, confidence)
        rows.append(
            shared | {"name": cell, "value": found.value, "low": found.low, "high": found.high, "how": found.how}
        )
    each = {cell: left_out(sums[cell], UAR) for cell in CELLS}
    for name, weights in PRICES.items():
        value = float(sum(weight * each[cell][0] for cell, weight in weights.items()))
        without = np.sum([weight * each[cell][1] for cell, weight in weights.items()], axis=0)
        rows.append(shared | {"name": name, "value": value} | _interval(value, without, confidence))
    return rows


def _interval(value: float, without: np.ndarray, confidence: float) -> dict[str, object]:
    """As of a difference of two models (zoo.evaluation.comparison). without: (K,), without each of the speakers."""
    number = len(without)
    if number < FEWEST_SPEAKERS or np.isnan(without).any():
        why = too_few(number) if number < FEWEST_SPEAKERS else "none: without one of the speakers there is no figure"
        return {"low": None, "high": None, "how": why}
    reach = t_quantile(0.5 + confidence / 2, number - 1) * standard_error(without)
    how = f"paired jackknife over {number} speakers, t, {100 * confidence:.4g} %"
    return {"low": value - reach, "high": value + reach, "how": how}


def of_study(study: Study, model: str, corpus: str) -> pl.DataFrame:
    """The LEAK table of a model of a study, at its defaults and what the study fixes, on one of its corpora.

    Raises ZooError for a model that is not fitted at once, a corpus without names of speakers or sentences, and as
    `prices` does.
    """
    architecture = study.models[model].architecture
    if architectures.get(architecture).solve is None:
        raise ZooError(
            f"{model} is trained epoch by epoch, and a price takes hundreds of trainings",
            "choose a model that is fitted at once, of ridge or layer_ridge",
            WRONG_USAGE,
        )
    data = load(study, corpus, model)
    rows = data.everything()
    if rows["speaker_id"].str.starts_with(NO_SPEAKER).any():
        raise ZooError(
            f"{corpus} has recordings of which it names no speaker", "choose a corpus that names them", WRONG_USAGE
        )
    rows = rows.filter(pl.col("text_id").is_not_null() & pl.col("label").is_not_null())
    if rows["text_id"].n_unique() < 2:
        raise ZooError(
            f"{corpus} names no sentences, so it is unknown which of them were heard"
            if rows.is_empty()
            else f"{corpus} has one sentence, which every training has heard",
            "choose a corpus with sentences that several speakers say",
            WRONG_USAGE,
        )
    known = Utterances(
        np.array([data.classes.index(name) for name in rows["label"]], np.int64),
        rows["speaker_id"].to_numpy().astype(str),
        rows["text_id"].to_numpy().astype(str),
        len(data.classes),
    )
    found = prices(known, _answered(study, data, rows), study.evaluate.confidence)
    origin, scheme = rows["origin"][0], rows["scheme"][0]
    whose = {"study": study.study, "model": model, "corpus": corpus, "scheme": scheme, "origin": origin}
    return LEAK.check(LEAK.frame([whose | row for row in found]), f"the price of a leak of {model}@{corpus}")


def in_sets(sentences: Names) -> Names:
    """The sentences, (N,); where there are more than ten, the names of ten sets of them, as even as can be.

    >>> in_sets(np.array(["b", "a", "b"])).tolist()
    ['b', 'a', 'b']
    """
    names, places, counts = np.unique(sentences, return_inverse=True, return_counts=True)
    if len(names) <= SETS:
        return sentences
    sizes, of = np.zeros(SETS, np.int64), np.zeros(len(names), np.int64)
    for place in np.argsort(-counts, kind="stable"):
        of[place] = sizes.argmin()
        sizes[of[place]] += counts[place]
    return np.array([f"set {number}" for number in of[places]])


def _answered(study: Study, data: CorpusData, rows: pl.DataFrame) -> Answered:
    train = study.training(data.name)
    config = DEFAULTS | {"hyperparameters": data.model.fixed}
    recipe = data.recipe(config, train, epochs=1, patience=1, seed=train.seeds[0], refit=False)

    def answered(trained: Numbers, asked: Numbers) -> Numbers:
        network = solve(recipe, data.examples(rows[trained.tolist()]))
        said = outputs_of(network, data.store, rows["utterance_id"][asked.tolist()].to_list())
        return np.asarray(said.argmax(axis=1), np.int64)

    return answered
