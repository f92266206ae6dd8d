"""Score every prediction of the study: metrics.json, scores.csv, differences.csv and all predictions in one file."""

from _run import run


def main() -> None:
    """Read derived/STUDY/trained/*/*/predictions.parquet and cross.parquet, write reports/STUDY."""
    import polars as pl

    from zoo import corpora, labels
    from zoo.evaluation.differences import differences
    from zoo.evaluation.scores import in_all_schemes, score
    from zoo.evaluation.summary import as_json, summary
    from zoo.files import write_text
    from zoo.study import params
    from zoo.tables import differences as differences_csv
    from zoo.tables import scores as scores_csv
    from zoo.tables.predictions import PREDICTIONS

    now = params.load()
    inputs = {
        f"{corpus}/{model}": now.derived / "trained" / model / corpus / "predictions.parquet"
        for corpus in now.corpora
        for model in now.models
    }
    inputs["cross"] = now.derived / "cross.parquet"
    predictions = pl.concat([PREDICTIONS.read(path) for path in inputs.values()])
    mappings = {
        name: labels.class_mapping(name, list(corpora.get(name).native_labels), now.labels[name], now.cross_scheme)
        for name in now.corpora
    }
    everything = in_all_schemes(predictions, mappings, now.cross_scheme)
    scores = score(everything, now.study, now.evaluate.confidence)
    compared = differences(everything, now.study, now.evaluate.confidence)
    PREDICTIONS.write(predictions, now.reports / "predictions.parquet", made_from=inputs)
    scores_csv.write_csv(scores, now.reports / "scores.csv")
    differences_csv.write_csv(compared, now.reports / "differences.csv")
    write_text(now.reports / "metrics.json", as_json(summary(scores, compared, now.cross_scheme)))


if __name__ == "__main__":
    run(main)
