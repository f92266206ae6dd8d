"""Score every prediction of the study: metrics.json, scores.csv, differences.csv, costs.csv and all predictions."""

from _run import run


def main() -> None:
    """Read derived/STUDY/trained/*/*/predictions.parquet and cross.parquet, write reports/STUDY."""
    import polars as pl

    from zoo import corpora, labels
    from zoo.evaluation.costs import costs
    from zoo.evaluation.differences import differences
    from zoo.evaluation.scores import in_all_schemes, score
    from zoo.evaluation.summary import as_json, summary
    from zoo.files import write_text
    from zoo.study import params
    from zoo.tables import costs as seconds
    from zoo.tables import differences as compared
    from zoo.tables import scores as scored
    from zoo.tables.predictions import PREDICTIONS

    now = params.load()
    places = [f"{model}/{corpus}" for corpus in now.corpora for model in now.models]
    inputs = {place: now.derived / "trained" / place / "predictions.parquet" for place in places}
    inputs["cross"] = now.derived / "cross.parquet"
    predictions = pl.concat([PREDICTIONS.read(path) for path in inputs.values()])
    mappings = {
        name: labels.class_mapping(name, list(corpora.get(name).native_labels), now.labels[name], now.cross_scheme)
        for name in now.corpora
    }
    everything = in_all_schemes(predictions, mappings, now.cross_scheme)
    confidence = now.evaluate.confidence
    figures = score(everything, now.study, confidence, now.exploration)
    pairs = differences(everything, now.study, confidence)
    spent = costs(now, seconds.read_csv(now.reports / "costs.csv"))
    PREDICTIONS.write(predictions, now.reports / "predictions.parquet", made_from=inputs)
    scored.write_csv(figures, now.reports / "scores.csv")
    compared.write_csv(pairs, now.reports / "differences.csv")
    seconds.write_csv(spent, now.reports / "costs.csv")
    write_text(now.reports / "metrics.json", as_json(summary(figures, pairs, now.cross_scheme)))


if __name__ == "__main__":
    run(main)
