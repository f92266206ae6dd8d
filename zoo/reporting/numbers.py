"""The part of a corpus's section about a task that is answered with numbers: distributions, or valence and others."""

from collections.abc import Sequence

from markupsafe import Markup

from zoo import metrics, pages
from zoo.reporting import marks
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


def numbers_blocks(results: Results, corpus: str, task: str) -> list[Markup]:
    """Meaning, leaderboard, and the headline by sex and speaker."""
    lines = leaderboard(results, corpus, task)
    headline = metrics.headline(task)
    first = next(line for line in lines if line.model == best_of(lines)).headline
    synthetic = "SYNTHETIC stand-ins. " if corpus in results.synthetic else ""
    return [
        pages.paragraph(
            f"{synthetic}{first['num_utterances']} utterances of {number_of_speakers(first['num_speakers'])}. "
            f"{MEANING[task]}"
        ),
        marks.table(
            columns(task),
            [line.cells for line in lines],
            caption(results, corpus, lines),
            emphasise=[at for at, line in enumerate(lines) if line.is_best],
        ),
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
    return marks.table([kind, *names], cells, f"{headline.title} by {kind} of the speaker." if kind == "sex" else "")
