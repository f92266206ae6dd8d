"""Where the figures come from: what was tuned on what, and what the corpora are."""

import json

import polars as pl

from zoo import corpora, labels, pages
from zoo.reporting.results import Results


def search_section(results: Results) -> pages.Section:
    """The search: how many configurations, on whom, and what they reached on dev speakers."""
    trials = results.trials
    if trials.is_empty():
        return pages.Section("What was tuned on what", [pages.paragraph("This study has no search.")])
    rows = []
    for (corpus, architecture), some in _by_search(results):
        means = some.group_by("config_id").agg(
            pl.col("dev_uar").mean(), pl.col("dev_loss").mean(), pl.col("config").first()
        )
        release = means.sort("dev_uar", "dev_loss", "config_id", descending=[True, False, False]).row(0, named=True)
        best = some.group_by("group").agg(pl.col("dev_uar").max()).sort("group")["dev_uar"].to_list()
        rows.append(
            [
                architecture,
                corpus,
                some["config_id"].n_unique(),
                some["group"].n_unique(),
                ", ".join(f"{uar:.3f}" for uar in best),
                "{:.3f}–{:.3f}".format(*some.select(low=pl.min("dev_uar"), high=pl.max("dev_uar")).row(0)),
                _readable(release["config"]),
            ]
        )
    return pages.Section(
        "What was tuned on what",
        [
            pages.paragraph(
                "The folds of a corpus are cut into groups. For each group every architecture tries the same number of "
                "configurations, with the same budget, on training and dev speakers outside that group; the one with "
                "the best UAR on its dev speakers serves the group's folds. So no configuration has seen its test "
                "speakers."
            ),
            pages.table(
                [
                    "architecture",
                    "corpus",
                    "configurations",
                    "groups",
                    "best dev UAR, by group",
                    "all dev UAR",
                    "release",
                ],
                rows,
                "The release takes the configuration with the best mean dev UAR over the groups. A dev UAR is a "
                "choice's own figure and flatters it: it is no result.",
            ),
        ],
    )


def _by_search(results: Results) -> list[tuple[tuple[str, str], pl.DataFrame]]:
    parts = results.trials.partition_by("corpus", "architecture", as_dict=True, maintain_order=True)
    order = [(corpus, name) for corpus in results.study.corpora for name in results.study.architectures]
    return [(place, parts[place]) for place in order if place in parts]


def _readable(config: str) -> str:
    values = json.loads(config)
    return ", ".join(
        f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}" for key, value in values.items()
    )


def data_section(results: Results) -> pages.Section:
    """What every corpus is: origin, labels and where they come from, size, terms."""
    facts = {name: corpora.get(name) for name in results.study.corpora}
    described = {name: _describe(results, name) for name in facts}
    rows = [[word, *(described[name][word] for name in facts)] for word in next(iter(described.values()))]
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
                "Label source: acted is what the actor was asked for, raters what listeners chose.",
            ),
            *([pages.paragraph(_stand_ins(results))] if results.synthetic else []),
            *terms,
        ],
    )


def _describe(results: Results, name: str) -> dict[str, str]:
    manifest, folds = results.manifests[name], results.folds[name]
    return {
        "origin": "SYNTHETIC" if name in results.synthetic else "recorded",
        "label source": _words(manifest["label_source"]),
        "elicitation": _words(manifest["elicitation"]),
        "language": _words(manifest["language"]),
        "speakers": f"{manifest['speaker_id'].n_unique()}, of them {folds['speaker_id'].n_unique()} scored",
        "utterances": f"{len(manifest)}, of them {folds['utterance_id'].n_unique()} scored",
        "minutes": f"{manifest['duration_s'].sum() / 60:.1f}",
        "protocol": f"{folds['protocol'][0]}, {folds['fold'].n_unique()} folds",
        "scheme": folds["scheme"][0],
        "classes": ", ".join(sorted(folds["label"].unique())),
        "left out by the scheme": _left_out(results, name),
        "licence": corpora.get(name).licence,
    }


def _words(column: pl.Series) -> str:
    return " and ".join(sorted(column.unique().to_list()))


def _left_out(results: Results, name: str) -> str:
    counts = results.manifests[name]["native_label"].value_counts().sort("native_label")
    words = dict(counts.iter_rows())
    places = labels.mapping(results.study.labels[name], name, list(words))
    return ", ".join(f"{word} {number}" for word, number in words.items() if places[word] is None) or "nothing"


def _stand_ins(results: Results) -> str:
    names = ", ".join(results.synthetic)
    return f"The speech of {names} is SYNTHETIC here; what follows describes the recorded corpora that it stands for."
