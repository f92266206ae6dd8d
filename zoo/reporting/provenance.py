"""Where the figures come from: the corpora."""

from collections.abc import Iterator

import polars as pl

from zoo import corpora, labels, pages
from zoo.reporting.results import Results
from zoo.tables.manifest import NO_SPEAKER


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
            *([pages.paragraph(_absent(results))] if set(facts) - set(results.manifests) else []),
            *([pages.paragraph(_stand_ins(results))] if results.synthetic else []),
            *(pages.paragraph(f"{name}: {text}") for name, text in _exploration(results)),
            *terms,
        ],
    )


def _exploration(results: Results) -> Iterator[tuple[str, str]]:
    for name, seen in results.study.exploration.items():
        speakers = set(results.tested[name]["speaker_id"].unique())
        if text := seen.of(speakers):
            yield name, f"{text}. Chosen: {seen.choices}."


def _describe(results: Results, name: str) -> dict[str, str]:
    """The facts of a corpus; where its manifest is not at hand, official ones."""
    tested = results.tested[name]
    labelled = tested.drop_nulls("label")
    speakers, utterances = (labelled[column].n_unique() for column in ("speaker_id", "utterance_id"))
    return {
        "origin": "SYNTHETIC" if name in results.synthetic else "recorded",
        **_of_manifest(results, name, f"{speakers} tested with a class", f"{utterances} tested with a class"),
        "protocol": f"{tested['protocol'][0]}, {tested['fold'].n_unique()} folds",
        "scheme": tested["scheme"][0],
        "classes": ", ".join(sorted(labelled["label"].unique())),
        "left out by the scheme": _left_out(results, name),
        "licence": corpora.get(name).licence,
    }


def _of_manifest(results: Results, name: str, speakers: str, utterances: str) -> dict[str, str]:
    manifest, official = results.manifests.get(name), corpora.get(name)
    if manifest is None:
        return {
            "label source": "–",
            "elicitation": "–",
            "language": official.language,
            "speakers": f"{len(official.speakers)} (official), {speakers}",
            "utterances": f"{official.num_utterances} (official), {utterances}",
            "minutes": "–",
        }
    unknown = manifest["speaker_id"].str.starts_with(NO_SPEAKER).any()
    return {
        "label source": _values(manifest["label_source"]),
        "elicitation": _values(manifest["elicitation"]),
        "language": _values(manifest["language"]),
        "speakers": "unknown" if unknown else f"{manifest['speaker_id'].n_unique()}, {speakers}",
        "utterances": f"{len(manifest)}, {utterances}",
        "minutes": f"{manifest['duration_s'].sum() / 60:.1f}",
    }


def _values(column: pl.Series) -> str:
    return " and ".join(sorted(column.unique().to_list()))


def _left_out(results: Results, name: str) -> str:
    natives = dict(sorted(corpora.get(name).native_labels.items()))
    if name in results.manifests:
        natives = dict(results.manifests[name]["native_label"].value_counts().sort("native_label").iter_rows())
    places = labels.mapping(results.study.labels[name], name, list(natives))
    return ", ".join(f"{native} {number}" for native, number in natives.items() if places[native] is None) or "nothing"


def _absent(results: Results) -> str:
    names = ", ".join(name for name in results.study.corpora if name not in results.manifests)
    return (
        f"This page was made where the manifest of {names} is not at hand: official numbers stand in the place of what "
        "was found, and no recording of it can be heard."
    )


def _stand_ins(results: Results) -> str:
    names = ", ".join(results.synthetic)
    return f"The speech of {names} is SYNTHETIC here; the following describes the recorded corpora that it replaces."
