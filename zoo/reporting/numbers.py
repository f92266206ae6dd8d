"""The part of a corpus's section about a task that is answered with numbers: distributions, or valence and others."""

from collections.abc import Sequence

from markupsafe import Markup

from zoo import metrics, pages
from zoo.evaluation.baselines import CHANCE
from zoo.figures import results as draw
from zoo.figures.results import Figures
from zoo.reporting.leaderboard import Line, best_of, caption, columns, leaderboard
from zoo.reporting.results import Results, Row, number_of_speakers, with_interval

MEANING = {
    "soft": "The models answer with a distribution over the classes, and are compared with that of the raters' votes, "
    "also where there is no majority: the Jensen–Shannon distance is 0 if both are equal and 1 if they have no class "
    "in common; lower is better. The UAR is of the utterances with a majority.",
    "dimensional": "The models answer with valence, arousal and dominance. The CCC, concordance correlation "
    "coefficient, is of all folds' utterances together: 1 if answers and ratings are equal, 0 for constant answers, "
    "and lower than the correlation if their mean or spread differs.",
}


def numbers_blocks(results: Results, corpus: str, task: str, figures: Figures) -> list[Markup]:
    """Meaning, leaderboard, figure, and the headline by sex and speaker."""
    lines = leaderboard(results, corpus, task)
    headline = metrics.headline(task)
    name = f"{headline.name}-{corpus}".replace("_", "-")
    shown = [line for line in lines if line.model != CHANCE and line.headline["value"] is not None]
    bounds = [None if line.headline["low"] is None else (line.headline["low"], line.headline["high"]) for line in shown]
    figures[name] = draw.intervals(
        f"{headline.title} on {corpus}",
        [line.model for line in shown],
        [line.headline["value"] for line in shown],
        bounds,
        None,
        [not line.is_baseline for line in shown],
        f"{headline.title}; {headline.better} is better",
    )
    first = next(line for line in lines if line.model == best_of(lines)).headline
    synthetic = "SYNTHETIC stand-ins. " if corpus in results.synthetic else ""
    return [
        pages.paragraph(
            f"{synthetic}{first['num_utterances']} utterances of {number_of_speakers(first['num_speakers'])}. "
            f"{MEANING[task]}"
        ),
        pages.table(
            columns(task),
            [line.cells for line in lines],
            caption(results, corpus, lines),
            emphasise=[at for at, line in enumerate(lines) if line.is_best],
        ),
        pages.gallery([pages.figure(figures[name], f"{headline.title} with its interval over speakers.")]),
        _groups(results, corpus, task, lines, "sex"),
        pages.folded(f"{headline.title} per speaker", [_groups(results, corpus, task, lines, "speaker")]),
    ]


def _groups(results: Results, corpus: str, task: str, lines: Sequence[Line], kind: str) -> Markup:
    """The headline for each sex or speaker."""
    headline = metrics.headline(task)
    ours = results.within(corpus).filter(task=task, metric=headline.name).iter_rows(named=True)
    rows: dict[str, dict[str, Row]] = {}
    for row in ours:
        if row["group"].startswith(f"{kind}="):
            rows.setdefault(row["group"].partition("=")[2], {})[row["model"]] = row
    names = [line.model for line in lines if any(line.model in each for each in rows.values())]
    cells = [[group, *(with_interval(each.get(name)) for name in names)] for group, each in sorted(rows.items())]
    return pages.table([kind, *names], cells, f"{headline.title} by {kind} of the speaker." if kind == "sex" else "")
