"""The section of one corpus: leaderboard, confusion matrices, classes, speakers."""

import polars as pl
from markupsafe import Markup

from zoo import pages
from zoo.evaluation.baselines import BASELINES, CHANCE
from zoo.evaluation.counting import BySpeaker, by_speaker, occurring
from zoo.figures import results as draw
from zoo.figures.results import Figures
from zoo.reporting.calibration import calibration_table
from zoo.reporting.leaderboard import Line, best_of, caption, columns, leaderboard, tasks_of
from zoo.reporting.numbers import numbers_blocks
from zoo.reporting.results import Results, Row, number_of_speakers, tested, with_interval
from zoo.tables.predictions import RELEASE


def corpus_section(results: Results, corpus: str, figures: Figures) -> pages.Section:
    """The results of models on the corpus that they were trained on, a part for each task."""
    blocks: list[Markup] = []
    tasks = tasks_of(results, corpus)
    for task in tasks:
        title = [pages.subtitle(f"Task: {task}")] if tasks != ["categorical"] else []
        part = _classes_blocks if task == "categorical" else numbers_blocks
        blocks += [*title, *part(results, corpus, task, figures)]
    return pages.Section(f"{corpus}: {tested(results, corpus)}", blocks)


def _classes_blocks(results: Results, corpus: str, task: str, figures: Figures) -> list[Markup]:
    """Leaderboard, confusion matrices, classes, speakers of a task that is answered with classes."""
    lines = leaderboard(results, corpus, task)
    models = _models(results, corpus)
    best = best_of(lines)
    figures[f"uar-{corpus}"] = _uar_figure(corpus, lines)
    for name, per_speaker in models.items():
        figures[f"confusion-{corpus}-{name}"] = draw.confusion(
            f"{name} on {corpus}", per_speaker.classes, per_speaker.total
        )
    figures[f"speakers-{corpus}"] = _speaker_figure(results, corpus, best)
    confusions = {
        name: pages.figure(figures[f"confusion-{corpus}-{name}"], f"{name} on {corpus}: percent of each label.")
        for name in models
    }
    rest = [figure for name, figure in confusions.items() if name != best]
    return [
        pages.paragraph(_setting(results, corpus, models[best])),
        pages.table(
            columns(task),
            [line.cells for line in lines],
            caption(results, corpus, lines),
            emphasise=[at for at, line in enumerate(lines) if line.is_best],
        ),
        pages.gallery(
            [
                pages.figure(
                    figures[f"uar-{corpus}"], "UAR with its interval over speakers; the dashed line is chance."
                ),
                pages.figure(
                    figures[f"confusion-{corpus}-{best}"],
                    f"Confusions of the best model, {best}: of all utterances with the label of the row, the "
                    "percentage that was predicted as the class of the column.",
                ),
                pages.figure(
                    figures[f"speakers-{corpus}"],
                    f"Each speaker's UAR with {best} (large) and the other models (small).",
                ),
            ]
        ),
        *([pages.folded("Confusion matrices of the other models", [pages.gallery(rest)])] if rest else []),
        *_corpus_table(results, corpus, lines),
        pages.subtitle("Per class"),
        _class_table(results, corpus, best),
        pages.folded("Recall per class, all models", [_recall_table(results, corpus, lines)]),
        pages.folded("Calibration", [calibration_table(results, corpus, _names(lines))]),
        pages.subtitle("Per speaker"),
        _sex_table(results, corpus, lines),
        pages.folded("UAR per speaker, all models", [_speaker_table(results, corpus, lines)]),
    ]


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
    folds = results.folds[corpus]
    synthetic = "SYNTHETIC stand-ins. " if corpus in results.synthetic else ""
    return (
        f"{synthetic}{per_speaker.num_utterances} utterances of {_speakers(per_speaker)} in "
        f"{len(per_speaker.classes)} classes (scheme `{folds['scheme'][0]}`), protocol "
        f"`{folds['protocol'][0]}` with {folds['fold'].n_unique()} folds; the test predictions of all folds are pooled."
    )


def _speakers(found: BySpeaker) -> str:
    return number_of_speakers(0 if found.anonymous else len(found.speakers))


def _uar_figure(corpus: str, lines: list[Line]) -> str:
    shown = [line for line in lines if line.model != CHANCE and line.headline["value"] is not None]
    bounds = [None if line.headline["low"] is None else (line.headline["low"], line.headline["high"]) for line in shown]
    chance = next((line.headline["value"] for line in lines if line.model == CHANCE), 0.0)
    names, values = [line.model for line in shown], [line.headline["value"] for line in shown]
    return draw.intervals(f"UAR on {corpus}", names, values, bounds, chance, [not line.is_baseline for line in shown])


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
    return pages.table(["class", "utterances", "recall", "precision", "F1"], rows, f"The best model, {best}, by class.")


def _names(lines: list[Line]) -> list[str]:
    return [line.model for line in lines if line.model not in BASELINES]


def _recall_table(results: Results, corpus: str, lines: list[Line]) -> Markup:
    names = _names(lines)
    groups = _groups(results, corpus, "recall", "class")
    rows = [[label, *(with_interval(by_model.get(name)) for name in names)] for label, by_model in groups.items()]
    return pages.table(["class", *names], rows)


def _corpus_table(results: Results, pool: str, lines: list[Line]) -> list[Markup]:
    """Of a pool, the figures of each of its corpora."""
    names, groups = _names(lines), _groups(results, pool, "uar", "corpus")
    rows = [[corpus, *(with_interval(by_model[name]) for name in names)] for corpus, by_model in groups.items()]
    return [pages.table(["left out", *names], rows, "UAR on a corpus by models of the others.")] if rows else []


def _sex_table(results: Results, corpus: str, lines: list[Line]) -> Markup:
    names = _names(lines)
    groups = _groups(results, corpus, "uar", "sex")
    first = names[0]
    rows = [
        [sex, by_model[first]["num_speakers"], *(with_interval(by_model[name]) for name in names)]
        for sex, by_model in groups.items()
    ]
    return pages.table(["speakers", "number", *names], rows, "UAR by sex of the speaker.")


def _speaker_table(results: Results, corpus: str, lines: list[Line]) -> Markup:
    names = _names(lines)
    groups = _groups(results, corpus, "uar", "speaker")
    sexes = dict(results.folds[corpus].select("speaker_id", "sex").unique().iter_rows())
    rows = [
        [
            speaker,
            sexes.get(speaker) or "–",
            by_model[names[0]]["num_utterances"],
            *(with_interval(by_model[name]) for name in names),
        ]
        for speaker, by_model in groups.items()
    ]
    return pages.table(
        ["speaker", "sex", "utterances", *names], rows, "UAR over the classes that occur in the speaker's utterances."
    )


def _speaker_figure(results: Results, corpus: str, best: str) -> str:
    groups = _groups(results, corpus, "uar", "speaker")
    order = sorted(groups, key=lambda speaker: (-groups[speaker][best]["value"], speaker))
    values = [groups[speaker][best]["value"] for speaker in order]
    others = [[row["value"] for name, row in groups[speaker].items() if name != best] for speaker in order]
    chance = results.within(corpus).filter(model=CHANCE, metric="uar")["value"]
    return draw.speakers(f"Speakers of {corpus}", order, values, others, chance[0] if len(chance) else 0.0)
