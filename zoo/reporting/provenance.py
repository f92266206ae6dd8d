"""Where the figures come from: the hyperparameter search, and the corpora."""

import json
from collections.abc import Iterator

import polars as pl

from zoo import corpora, labels, pages
from zoo.library.published import deviations_of
from zoo.reporting.results import Results


def search_section(results: Results) -> pages.Section:
    """The search: the number of configurations, their data, and their dev score."""
    trials = results.trials
    if trials.is_empty():
        return pages.Section("Hyperparameter search", [pages.paragraph("This study has no hyperparameter search.")])
    rows = []
    for (corpus, model), some in _by_search(results):
        means = some.group_by("config_id").agg(
            pl.col("dev_score").mean(), pl.col("dev_loss").mean(), pl.col("config").first()
        )
        release = means.sort("dev_score", "dev_loss", "config_id", descending=[True, False, False]).row(0, named=True)
        best = some.group_by("group").agg(pl.col("dev_score").max()).sort("group")["dev_score"].to_list()
        rows.append(
            [
                model,
                corpus,
                some["config_id"].n_unique(),
                some["group"].n_unique(),
                ", ".join(f"{uar:.3f}" for uar in best),
                "{:.3f}–{:.3f}".format(*some.select(low=pl.min("dev_score"), high=pl.max("dev_score")).row(0)),
                _readable(release["config"]),
            ]
        )
    return pages.Section(
        "Hyperparameter search",
        [
            pages.paragraph(
                "The search is nested in the cross-validation. The folds of a corpus are divided into groups. For each "
                "group every model tries the same number of configurations, with the same budget, on training "
                "and dev speakers outside that group; the one with the best dev score is used for its folds. So "
                "no configuration was chosen with the help of its test speakers."
            ),
            pages.table(
                [
                    "model",
                    "corpus",
                    "configurations",
                    "groups",
                    "best dev score, by group",
                    "range of dev score",
                    "release",
                ],
                rows,
                "The release uses the configuration with the best mean dev score over the groups. A dev score is no "
                "result: it is optimistic, since the configuration was chosen by it.",
            ),
        ],
    )


def _by_search(results: Results) -> list[tuple[tuple[str, str], pl.DataFrame]]:
    parts = results.trials.partition_by("corpus", "model", as_dict=True, maintain_order=True)
    order = [(corpus, name) for corpus in results.study.sources for name in results.study.nested]
    return [(place, parts[place]) for place in order if place in parts]


def _readable(config: str) -> str:
    values = json.loads(config)
    return ", ".join(
        f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}" for key, value in values.items()
    )


def data_section(results: Results) -> pages.Section:
    """The corpora: origin, labels and their source, size, terms."""
    facts = {name: corpora.get(name) for name in results.study.corpora}
    described = {name: _describe(results, name) for name in facts}
    rows = [[fact, *(described[name][fact] for name in facts)] for fact in next(iter(described.values()))]
    terms = [
        pages.paragraph(f"{each.title}. {each.citation} Licence: {each.licence}. {each.terms}")
        for each in facts.values()
    ]
    return pages.Section(
        "The corpora",
        [
            pages.table(
                ["", *facts],
                rows,
                "Label source: acted is what the actor was asked to express, raters what listeners chose.",
            ),
            *([pages.paragraph(_stand_ins(results))] if results.synthetic else []),
            *(pages.paragraph(f"{name}: {text}") for name, text in _exploration(results)),
            *terms,
        ],
    )


def _exploration(results: Results) -> Iterator[tuple[str, str]]:
    for name, seen in results.study.exploration.items():
        speakers = set(results.folds[name]["speaker_id"].unique())
        if text := seen.of(speakers):
            yield name, f"{text}. Chosen: {seen.choices}."


def _describe(results: Results, name: str) -> dict[str, str]:
    manifest, folds = results.manifests[name], results.folds[name]
    labelled = folds.drop_nulls("label")
    return {
        "origin": "SYNTHETIC" if name in results.synthetic else "recorded",
        "copy": _copy(results, name),
        "label source": _values(manifest["label_source"]),
        "elicitation": _values(manifest["elicitation"]),
        "language": _values(manifest["language"]),
        "speakers": f"{manifest['speaker_id'].n_unique()}, {labelled['speaker_id'].n_unique()} with a class",
        "utterances": f"{len(manifest)}, {labelled['utterance_id'].n_unique()} with a class",
        "minutes": f"{manifest['duration_s'].sum() / 60:.1f}",
        "protocol": f"{folds['protocol'][0]}, {folds['fold'].n_unique()} folds",
        "scheme": folds["scheme"][0],
        "classes": ", ".join(sorted(labelled["label"].unique())),
        "left out by the scheme": _left_out(results, name),
        "licence": corpora.get(name).licence,
    }


def _copy(results: Results, name: str) -> str:
    """Whether the recordings are the published ones."""
    if name in results.synthetic:
        return "of no recordings"
    found = deviations_of(corpora.get(name), results.manifests[name])
    return f"not as published: {'; '.join(found)}" if found else "as published"


def _values(column: pl.Series) -> str:
    return " and ".join(sorted(column.unique().to_list()))


def _left_out(results: Results, name: str) -> str:
    counts = results.manifests[name]["native_label"].value_counts().sort("native_label")
    natives = dict(counts.iter_rows())
    places = labels.mapping(results.study.labels[name], name, list(natives))
    return ", ".join(f"{native} {number}" for native, number in natives.items() if places[native] is None) or "nothing"


def _stand_ins(results: Results) -> str:
    names = ", ".join(results.synthetic)
    return f"The speech of {names} is SYNTHETIC here; the following describes the recorded corpora that it replaces."
