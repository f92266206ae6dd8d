"""Whether stated probabilities are right: losses before and after recalibration."""

from collections.abc import Sequence

from markupsafe import Markup

from zoo import metrics, pages
from zoo.reporting.results import Results, Row, with_interval

FIGURES = ("log_loss", "log_loss_recalibrated", "miscalibration", "brier", "ece")


def calibration_table(results: Results, corpus: str, names: Sequence[str]) -> Markup:
    """The losses of models tested on new speakers of a corpus; a figure that does not exist is a dash."""
    overall = results.within(corpus).filter(task="categorical", group="all")
    rows: dict[tuple[str, str], Row] = {(row["model"], row["metric"]): row for row in overall.iter_rows(named=True)}
    return pages.table(
        ["model", *(metrics.get(name).title for name in FIGURES), "temperature"],
        [[name, *(with_interval(rows.get((name, metric))) for metric in (*FIGURES, "temperature"))] for name in names],
        "Lower is better; a log loss of the logarithm of the number of classes is that of chance. Recalibrated: the "
        "logits of a fold divided by the temperature that is best for the other folds. Miscalibration: what that "
        "gains. Temperature: the best one for all folds, above 1 for an overconfident model. The expected calibration "
        "error is biased upwards, the more the fewer utterances there are, and no interval covers it.",
    )
