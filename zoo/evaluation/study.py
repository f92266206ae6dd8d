"""All tables of scores of a study, from its predictions."""

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from zoo import corpora, labels
from zoo.evaluation.costs import costs
from zoo.evaluation.differences import differences
from zoo.evaluation.gain import gain_figures
from zoo.evaluation.human_ceiling import human_ceiling
from zoo.evaluation.method_counts import ANSWERS
from zoo.evaluation.method_differences import method_differences
from zoo.evaluation.method_ranks import method_ranks, method_tests
from zoo.evaluation.methods import method_figures
from zoo.evaluation.scores import in_all_schemes, score
from zoo.evaluation.search import learning_curves, search_figures
from zoo.evaluation.selection_debt import selection_debt
from zoo.evaluation.summary import as_json, headlines, summary
from zoo.files import whole_folder, write_text
from zoo.study.study import Study
from zoo.tables import costs as costs_table
from zoo.tables import differences as differences_table
from zoo.tables import gain_figures as gain_table
from zoo.tables import human_ceiling as human_ceiling_table
from zoo.tables import method_differences as method_differences_table
from zoo.tables import method_ranks as method_ranks_table
from zoo.tables import method_tests as method_tests_table
from zoo.tables import methods as methods_table
from zoo.tables import scores as scores_table
from zoo.tables import search as search_table
from zoo.tables import selection_debt as debt_table
from zoo.tables.adapted import ADAPTED, COUNTED, COUNTS, PREDICTED
from zoo.tables.as_published import AS_PUBLISHED, FILE
from zoo.tables.embeddings import EMBEDDINGS
from zoo.tables.embeddings import FILE as EMBEDDED
from zoo.tables.gain import GAIN
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import PREDICTIONS
from zoo.tables.search import CURVES
from zoo.tables.trials import TRIALS


def write_scores(study: Study) -> None:
    """Write predictions.parquet, scores.csv, differences.csv, gain.csv, costs.csv, search.csv, curves.parquet,
    metrics.json and metrics/MODEL.json of nested models; selection_debt.csv has those that are selected as published,
    and no other table. Of methods against the difference between corpora: see `_write_methods`."""
    places = [f"{model}/{corpus}" for corpus in study.sources for model in study.nested]
    made_from = {place: study.derived / "trained" / place / "predictions.parquet" for place in places}
    made_from["cross"] = study.derived / "cross.parquet"
    predictions = pl.concat([PREDICTIONS.read(path) for path in made_from.values()])
    mappings = {name: _mapping(study, name) for name in study.corpora}
    everything = in_all_schemes(predictions, mappings, study.cross_scheme)
    figures = score(everything, study.study, study.evaluate.confidence, study.exploration)
    pairs = differences(everything, study.study, study.evaluate.confidence, study.exploration)
    folder = study.reports
    spent = costs(study, costs_table.read_csv(folder / "costs.csv"))
    gained = pl.concat(GAIN.read(study.derived / "trained" / place / "gain.parquet") for place in places)
    under_gain = gain_figures(predictions, gained, study.study, study.evaluate.confidence, study.exploration)
    told = {
        (model, corpus): AS_PUBLISHED.read(study.derived / "trained" / model / corpus / FILE)
        for corpus in study.corpora
        for model in study.as_published
    }
    trials = TRIALS.read(study.derived / "trials.parquet")
    best = json.loads((study.derived / "best.json").read_text(encoding="utf-8"))
    PREDICTIONS.write(predictions, folder / "predictions.parquet", made_from)
    gain_table.write_csv(under_gain, folder / "gain.csv")
    scores_table.write_csv(figures, folder / "scores.csv")
    differences_table.write_csv(pairs, folder / "differences.csv")
    debt_table.write_csv(selection_debt(study, predictions, told), folder / "selection_debt.csv")
    costs_table.write_csv(spent, folder / "costs.csv")
    search_table.write_csv(search_figures(trials, best, _sizes(study)), folder / "search.csv")
    CURVES.write(learning_curves(trials), folder / "curves.parquet", made_from={})
    write_text(folder / "metrics.json", as_json(summary(figures, pairs, study.cross_scheme)))
    with whole_folder(folder / "metrics") as part:
        # `dvc metrics show` has a column for each: what only cells train on would make it too wide
        named = figures.filter(pl.col("source").is_in([*study.corpora, *study.pools]))
        for model, own in headlines(named).items():
            write_text(part / f"{model}.json", as_json(own))
    _write_methods(study)


def _write_methods(study: Study) -> None:
    """Write methods.csv, method_differences.csv, method_ranks.csv and method_tests.csv, without a row for a study
    without methods."""
    models = study.nested if study.cross.methods else []
    folders, name = [study.derived / "adapted" / model for model in models], study.study
    counts = pl.concat([COUNTS.frame([]), *(COUNTS.read(folder / COUNTED) for folder in folders)])
    said = (ADAPTED.read(folder / PREDICTED).select(ANSWERS) for folder in folders)
    answers = pl.concat([ADAPTED.frame([]).select(ANSWERS), *said])
    figures = method_figures(counts, name, study.evaluate.confidence, study.exploration)
    pairs = method_differences(counts, answers, name, study.evaluate.confidence, study.exploration)
    methods_table.write_csv(figures, study.reports / "methods.csv")
    method_differences_table.write_csv(pairs, study.reports / "method_differences.csv")
    method_ranks_table.write_csv(method_ranks(figures), study.reports / "method_ranks.csv")
    method_tests_table.write_csv(method_tests(counts, name, study.exploration), study.reports / "method_tests.csv")
    _write_beside_methods(study, folders, has_methods=len(counts) > 0)


def _write_beside_methods(study: Study, folders: Sequence[Path], has_methods: bool) -> None:
    """Write what stands beside methods on the page: embeddings.parquet and human_ceiling.csv."""
    placed = [EMBEDDINGS.read(folder / EMBEDDED) for folder in folders]
    EMBEDDINGS.write(pl.concat([EMBEDDINGS.frame([]), *placed]), study.reports / EMBEDDED, made_from={})
    heard = study.corpora if has_methods else []
    manifests = {one: MANIFEST.read(study.derived / "manifest" / f"{one}.parquet") for one in heard}
    ceiling = human_ceiling(manifests, study.cross_scheme, study.study, study.evaluate.confidence)
    human_ceiling_table.write_csv(ceiling, study.reports / human_ceiling_table.FILE)


def _sizes(study: Study) -> dict[tuple[str, str], int]:
    """The parameters of every release, of all its networks together."""
    found = {}
    for path in study.derived.glob("trained/*/*/release.json"):
        networks = json.loads(path.read_text(encoding="utf-8"))["networks"]
        found[path.parent.name, path.parents[1].name] = sum(one["num_parameters"] for one in networks)
    return found


def _mapping(study: Study, corpus: str) -> dict[str, str | None]:
    native = list(corpora.get(corpus).native_labels)
    return labels.class_mapping(corpus, native, study.labels[corpus], study.cross_scheme)
