"""The section of one corpus: leaderboard, confusion matrices, classes, speakers."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl
from markupsafe import Markup

from zoo import corpora, pages
from zoo.evaluation.baselines import BASELINES, CHANCE
from zoo.evaluation.counting import BySpeaker, by_speaker, occurring
from zoo.figures import results as draw
from zoo.reporting import marks
from zoo.reporting.leaderboard import Line, best_of, caption, columns, leaderboard, tasks_of
from zoo.reporting.numbers import numbers_blocks
from zoo.reporting.results import Results, Row, number_of_speakers, tested, with_interval
from zoo.reporting.trust import Sound, calibration_table, errors_blocks, reliability
from zoo.tables.predictions import RELEASE


def corpus_section(results: Results, corpus: str, sound: Sound) -> pages.Section:
    """The results of models on the corpus that they were trained on, a part for each task."""
    blocks: list[Markup] = []
    tasks = tasks_of(results, corpus)
    for task in tasks:
        title = [pages.subtitle(f"Task: {task}")] if tasks != ["categorical"] else []
        if task == "categorical":
            blocks += [*title, *_classes_blocks(results, corpus, sound)]
        else:
            blocks += [*title, *numbers_blocks(results, corpus, task)]
    return pages.Section(f"{corpus}: {tested(results, corpus)}", blocks)


def _classes_blocks(results: Results, corpus: str, sound: Sound) -> list[Markup]:
    """Leaderboard, confusion matrices, trust, classes, speakers of the task that is answered with classes."""
    lines = leaderboard(results, corpus)
    models = _models(results, corpus)
    best = best_of(lines)
    signs = {line.model: marks.signs(line.headline) for line in lines}
    confusions = {
        name: marks.figure(
            draw.confusion(f"{name} on {corpus}{signs.get(name, '')}", one.classes, one.total),
            f"Confusions of {'the best model, ' if name == best else ''}{name}: of all utterances with the label of "
            "the row, the percentage that was predicted as the class of the column.",
        )
        for name, one in models.items()
    }
    diagrams = {name: drawn for name, one in models.items() if (drawn := reliability(results, corpus, name, one))}
    shown = [confusions.pop(best), *([diagrams.pop(best)] if best in diagrams else [])]
    folder = Path(results.study.data) / corpus
    errors = dict(errors_blocks(results, corpus, [best, *(name for name in models if name != best)], folder, sound))
    return [
        pages.paragraph(_setting(results, corpus, models[best])),
        marks.table(
            columns("categorical"),
            [line.cells for line in lines],
            caption(results, corpus, lines),
            emphasise=[at for at, line in enumerate(lines) if line.is_best],
        ),
        pages.gallery([*shown, _speaker_figure(results, corpus, best, signs[best])]),
        *_folded("Confusion matrices of the other models", confusions.values(), gallery=True),
        *_corpus_table(results, corpus, lines),
        pages.subtitle("Per class"),
        _class_table(results, corpus, best),
        pages.folded("Recall per class, all models", [_recall_table(results, corpus, lines)]),
        pages.subtitle("How sure the models are"),
        calibration_table(results, corpus, _names(lines)),
        *_folded("Reliability of the other models", diagrams.values(), gallery=True),
        *_errors(results, corpus, best, errors),
        pages.subtitle("Per speaker"),
        *_sex_table(results, corpus, lines),
        pages.folded("UAR per speaker, all models", [_speaker_table(results, corpus, lines)]),
    ]


def _errors(results: Results, corpus: str, best: str, errors: dict[str, Markup]) -> list[Markup]:
    """Those of the best model, and behind a line those of the others; with the source of recordings that are heard."""
    if not errors:
        return []
    first = [errors.pop(best)] if best in errors else []
    text = "Where the models were wrong and most sure of it."
    if any("<audio" in one for one in (*first, *errors.values())):
        facts = corpora.get(corpus)
        whose = f"{facts.title}, {facts.licence}, at an even level and as MP3"
        text += f" Recordings: {'SYNTHETIC stand-ins' if corpus in results.synthetic else whose}."
    return [
        pages.subtitle("Most confident errors"),
        pages.paragraph(text),
        *first,
        *_folded("Of the other models", errors.values()),
    ]


def _folded(title: str, blocks: Iterable[Markup], gallery: bool = False) -> list[Markup]:
    """Blocks behind a line; nothing if there are none."""
    found = list(blocks)
    return [pages.folded(title, [pages.gallery(found)] if gallery else found)] if found else []


def _models(results: Results, corpus: str) -> dict[str, BySpeaker]:
    ours = results.predictions.filter(
        (pl.col("source") == corpus) & (pl.col("target") == corpus) & (pl.col("fold") != RELEASE),
        pl.col("task") == "categorical",
    )
    classes = occurring(ours)
    return {
        str(name): by_speaker(part, classes)
        for (name,), part in sorted(ours.partition_by("model", as_dict=True).items())
    }


def _setting(results: Results, corpus: str, per_speaker: BySpeaker) -> str:
    folds = results.tested[corpus]
    synthetic = "SYNTHETIC stand-ins. " if corpus in results.synthetic else ""
    return (
        f"{synthetic}{per_speaker.num_utterances} utterances of {_speakers(per_speaker)} in "
        f"{len(per_speaker.classes)} classes (scheme `{folds['scheme'][0]}`), protocol "
        f"`{folds['protocol'][0]}` with {folds['fold'].n_unique()} folds; the test predictions of all folds are pooled."
    )


def _speakers(found: BySpeaker) -> str:
    return number_of_speakers(0 if found.anonymous else len(found.speakers))


def _groups(results: Results, corpus: str, metric: str, kind: str) -> dict[str, dict[str, Row]]:
    """group -> model -> row of the scores, for groups such as class=…"""
    ours = results.within(corpus).filter(task="categorical", metric=metric)
    rows = ours.filter(pl.col("group").str.starts_with(f"{kind}="))
    found: dict[str, dict[str, Row]] = {}
    for row in rows.sort("group").iter_rows(named=True):
        found.setdefault(row["group"].removeprefix(f"{kind}="), {})[row["model"]] = row
    return found


def _class_table(results: Results, corpus: str, best: str) -> Markup:
    metrics = {name: _groups(results, corpus, name, "class") for name in ("recall", "precision", "f1")}
    rows = []
    for label, by_model in metrics["recall"].items():
        if best not in by_model:  # a class that only another model predicts; the corpus does not have it
            continue
        figures = [with_interval(metrics[name][label].get(best)) for name in metrics]
        rows.append([label, by_model[best]["num_utterances"], *figures])
    return marks.table(["class", "utterances", "recall", "precision", "F1"], rows, f"The best model, {best}, by class.")


def _names(lines: list[Line]) -> list[str]:
    return [line.model for line in lines if line.model not in BASELINES]


def _recall_table(results: Results, corpus: str, lines: list[Line]) -> Markup:
    names = _names(lines)
    groups = _groups(results, corpus, "recall", "class")
    rows = [[label, *(with_interval(by_model.get(name)) for name in names)] for label, by_model in groups.items()]
    return marks.table(["class", *names], rows)


def _corpus_table(results: Results, pool: str, lines: list[Line]) -> list[Markup]:
    """Of a pool, the figures of each of its corpora."""
    names, groups = _names(lines), _groups(results, pool, "uar", "corpus")
    rows = [[corpus, *(with_interval(by_model[name]) for name in names)] for corpus, by_model in groups.items()]
    return [marks.table(["left out", *names], rows, "UAR on a corpus by models of the others.")] if rows else []


def _sex_table(results: Results, corpus: str, lines: list[Line]) -> list[Markup]:
    """Nothing where nobody knows the sex of a speaker."""
    names = _names(lines)
    groups = _groups(results, corpus, "uar", "sex")
    first = names[0]
    rows = [
        [sex, by_model[first]["num_speakers"], *(with_interval(by_model[name]) for name in names)]
        for sex, by_model in groups.items()
    ]
    return [marks.table(["speakers", "number", *names], rows, "UAR by sex of the speaker.")] if rows else []


def _speaker_table(results: Results, corpus: str, lines: list[Line]) -> Markup:
    names = _names(lines)
    groups = _groups(results, corpus, "uar", "speaker")
    sexes = dict(results.tested[corpus].select("speaker_id", "sex").unique().iter_rows())
    rows = [
        [
            speaker,
            sexes.get(speaker) or "–",
            by_model[names[0]]["num_utterances"],
            *(with_interval(by_model[name]) for name in names),
        ]
        for speaker, by_model in groups.items()
    ]
    return marks.table(
        ["speaker", "sex", "utterances", *names], rows, "UAR over the classes that occur in the speaker's utterances."
    )


def _speaker_figure(results: Results, corpus: str, best: str, signs: str) -> Markup:
    groups = _groups(results, corpus, "uar", "speaker")
    order = sorted(groups, key=lambda speaker: (-groups[speaker][best]["value"], speaker))
    values = [groups[speaker][best]["value"] for speaker in order]
    others = [[row["value"] for name, row in groups[speaker].items() if name != best] for speaker in order]
    chance = results.within(corpus).filter(model=CHANCE, metric="uar")["value"]
    title = f"Speakers of {corpus}{signs}"
    return marks.figure(
        draw.speakers(title, order, values, others, chance[0] if len(chance) else 0.0),
        f"Each speaker's UAR with {best} (large) and the other models (small).",
    )
