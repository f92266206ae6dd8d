"""The leaderboard of a task on a corpus: baselines first, then models, each with its difference to the best one.

The best model is named by the nested dev score, before any test prediction was read. The highest test figure is only
the maximum of several noisy figures, and is called that.
"""

from dataclasses import dataclass

import polars as pl

from zoo import metrics, tasks
from zoo.errors import ZooError
from zoo.evaluation.baselines import BASELINES as UNTRAINED
from zoo.reporting import marks
from zoo.reporting.results import Results, Row, with_interval

BASELINES = (*UNTRAINED, "statistics")
ALPHA = 0.05
TASKS = ("categorical", "soft", "dimensional")
# the figures of a leaderboard: the headline, then others
FIGURES = {
    "categorical": ("uar", "macro_f1"),
    "soft": ("js_distance", "uar"),
    "dimensional": ("ccc", "ccc_valence", "ccc_arousal", "ccc_dominance"),
}


@dataclass(frozen=True)
class ToBest:
    """The headline minus that of the best model, from the differences; p: corrected for all pairs (Holm).

    better: whether the difference is in favour of the model, since the best one was not named by these figures.
    exploration: what choices have seen of the speakers compared on; None: nothing.
    """

    value: float
    low: float | None
    high: float | None
    p: float | None
    better: bool
    exploration: str | None

    @property
    def figure(self) -> str:
        """The difference as text, with the signs of its doubts."""
        return f"{self.value:+.3f}{marks.signs({'exploration': self.exploration})}"


@dataclass(frozen=True)
class Line:
    """A line of a leaderboard. figures: metric -> row of the scores; the headline is first.

    is_best: it has the best nested dev score. is_top: it has the best test figure of all models. to_best: None for the
    best and for baselines without a training. num_trials: configurations tried. seconds: of search and trainings.
    is_transductive: whether it hears a speaker's recordings together. teacher: whose answers it learned. start:
    whose weights it started from. views: of an utterance, over which it averages. num_networks: that answer together.
    """

    model: str
    figures: dict[str, Row | None]
    is_best: bool
    is_top: bool
    to_best: ToBest | None
    is_transductive: bool
    teacher: str | None = None
    start: str | None = None
    views: int = 1
    num_trials: int | None = None
    seconds: float | None = None
    num_networks: int = 1

    @property
    def headline(self) -> Row:
        """The row of the scores that the leaderboard is sorted by."""
        row = next(iter(self.figures.values()))
        assert row is not None
        return row

    @property
    def is_baseline(self) -> bool:
        """Whether this is a baseline, which a model must beat."""
        return self.model in BASELINES

    @property
    def comparison(self) -> str:
        """The difference to the best as text."""
        if self.is_best:
            return "best by dev score" + (", best test figure too" if self.is_top else "")
        if self.to_best is None:
            return "–"
        if self.to_best.p is None:
            return f"{self.to_best.figure}, too few speakers to compare"
        p = "p < 0.001" if self.to_best.p < 0.001 else f"p = {self.to_best.p:.3f}"
        significant = "better" if self.to_best.better else "worse"
        result = significant if self.to_best.p < ALPHA else "no significant difference"
        return f"{self.to_best.figure}, {result} ({p})" + ("; best of the test figures" if self.is_top else "")

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as text: name, figures with intervals, difference to the best."""
        name = f"{self.model} (baseline)" if self.is_baseline else self.model
        name += f" ({self.num_networks} networks)" if self.num_networks > 1 else ""
        name += f" ({self.views} views)" if self.views > 1 else ""
        name += " (transductive: speaker)" if self.is_transductive else ""
        name += f" (distilled from {self.teacher})" if self.teacher else ""
        name += f" (started from {self.start})" if self.start else ""
        first, *others = (with_interval(row) for row in self.figures.values())
        first += f" {marks.BEST_OF_TEST.sign}" if self.is_top else ""
        trials = "–" if self.num_trials is None else str(self.num_trials)
        seconds = "–" if self.seconds is None else f"{self.seconds:.0f}"
        return name, first, *others, trials, seconds, self.comparison


def columns(task: str) -> tuple[str, ...]:
    """The head of a task's leaderboard."""
    return "model", *(metrics.get(name).title for name in FIGURES[task]), "trials", "seconds", "against the best"


def caption(results: Results, corpus: str, lines: list[Line]) -> str:
    """What the columns of a leaderboard mean."""
    machines = results.costs.filter(corpus=corpus)["machine"].drop_nulls().unique().sort().to_list()
    trials = {line.num_trials for line in lines if line.num_trials is not None}
    uneven = " Models differ in trials: one that tried more had more to choose from." if len(trials) > 1 else ""
    return (
        "Leaderboard: first the baselines, then the models. Intervals over speakers. Trials: configurations tried for "
        f"each group of folds.{uneven} Seconds: of its search and trainings, one core each"
        f"{', on ' + ' and '.join(machines) if machines else ''}."
    )


def tasks_of(results: Results, corpus: str) -> list[str]:
    """The tasks that models of a corpus were tested on."""
    found = set(results.within(corpus)["task"])
    return [task for task in TASKS if task in found]


def leaderboard(results: Results, corpus: str, task: str = "categorical") -> list[Line]:
    """The lines of a task on a corpus, models by their headline. The best may be the baseline `statistics`."""
    overall = results.within(corpus).filter(task=task, group="all")
    rows = {(row["model"], row["metric"]): row for row in overall.iter_rows(named=True)}
    headline = metrics.headline(task)
    names = {model for model, metric in rows if metric == headline.name}
    sign = -1 if headline.better == "higher" else 1

    def place(name: str) -> tuple[bool, float, str]:
        value = rows[name, headline.name]["value"]
        return value is None, 0.0 if value is None else sign * value, name

    models = sorted((name for name in names if name not in UNTRAINED), key=place)
    order = [name for name in BASELINES if name in names] + [name for name in models if name not in BASELINES]
    top = models[0] if len(models) > 1 else None  # one alone is no maximum
    best = _best(results, corpus, task, models)
    to_best = _differences(results, corpus, task, best) if best else {}
    costs = {row["model"]: _cost(row) for row in results.costs.filter(corpus=corpus).iter_rows(named=True)}
    return [
        Line(
            name,
            {metric: rows.get((name, metric)) for metric in FIGURES[task]},
            name == best,
            name == top,
            to_best.get(name),
            results.study.is_transductive(name),
            _teacher(results, name),
            _start(results, name),
            results.study.models[name].views if name in results.study.models else 1,
            *costs.get(name, (None, None, 1)),
        )
        for name in order
    ]


def _teacher(results: Results, name: str) -> str | None:
    model = results.study.models.get(name)
    return None if model is None or model.teacher is None else model.teacher.model


def _start(results: Results, name: str) -> str | None:
    model = results.study.models.get(name)
    start = None if model is None else model.start
    return None if start is None else start.release or f"{start.model} on {start.corpus}"


def _cost(row: Row) -> tuple[int, float | None, int]:
    known = [row[name] for name in ("search_s", "training_s") if row[name] is not None]
    return row["num_trials"], sum(known) if known else None, row["num_networks"]


def _best(results: Results, corpus: str, task: str, models: list[str]) -> str | None:
    """The model with the best nested dev score among those whose dev score is that of the task.

    Those of a multitask have another one: only without others are they compared among themselves, and by the most
    frequent measure.
    """
    found = {measure: one for measure, one in results.best.get(corpus, {}).items() if one["best"] in models}
    if not found:
        if not models:
            return None
        raise ZooError(f"search.csv names no best model of {corpus} for {task}", "run `dvc repro` to make it again")
    own = tasks.build({}, task, ()).dev_measure
    measure = own if own in found else max(found, key=lambda one: len(found[one]["dev_scores"]))
    return str(found[measure]["best"])


def best_of(lines: list[Line]) -> str:
    """The model with the best nested dev score."""
    return next(line.model for line in lines if line.is_best)


def _differences(results: Results, corpus: str, task: str, best: str) -> dict[str, ToBest]:
    """Every other model's headline minus the best one's; corrected for all pairs, as the best was chosen among them."""
    pairs = results.differences.filter(source=corpus, target=corpus, task=task, mode="trained")
    found = {}
    sign = 1 if metrics.headline(task).better == "higher" else -1
    for row in pairs.filter((pl.col("first") == best) | (pl.col("second") == best)).iter_rows(named=True):
        if row["value"] is None:
            continue
        value, low, high, other = row["value"], row["low"], row["high"], row["first"]
        if row["first"] == best:
            low, high = (None if end is None else -end for end in (high, low))
            value, other = -value, row["second"]
        found[other] = ToBest(value + 0.0, low, high, row["p_holm"], sign * value > 0, row["exploration"])  # never -0.0
    return found
