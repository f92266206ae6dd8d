"""The report of a study: one page that says what was found, on whom, and how sure it is."""

from pathlib import Path

from markupsafe import Markup

from zoo import pages
from zoo.figures.results import Figures
from zoo.files import whole_folder, write_text
from zoo.reporting.across import matrix_section
from zoo.reporting.corpus import corpus_section
from zoo.reporting.provenance import data_section, search_section
from zoo.reporting.results import Results


def write(results: Results, folder: Path) -> Path:
    """Write figures/*.svg and index.html into a study's report folder; returns the page's path."""
    figures: Figures = {}
    sections = [
        *(corpus_section(results, corpus, figures) for corpus in results.study.corpora),
        matrix_section(results, figures),
        search_section(results),
        data_section(results),
        pages.Section("What the figures mean", _meaning(results)),
    ]
    with whole_folder(folder / "figures") as part:
        for name, svg in sorted(figures.items()):
            write_text(part / f"{name}.svg", svg)
    path = folder / "index.html"
    pages.write(path, f"Speech emotion recognition: {results.study.study}", sections, notice(results), _lead(results))
    return path


def notice(results: Results) -> str:
    """The warning on everything that shows synthetic results; empty where all speech is recorded."""
    if not (corpora := results.synthetic):
        return ""
    return (
        f"SYNTHETIC: {', '.join(corpora)} {'is' if len(corpora) == 1 else 'are'} not recorded speech but small "
        "stand-ins made by a program. Their figures show that the pipeline works; they say nothing about people."
    )


def _lead(results: Results) -> str:
    study = results.study
    seeds = len(study.train.seeds)
    return (
        f"{len(study.architectures)} architectures trained on {', '.join(study.corpora)}, tested on speakers they have "
        f"never heard, within each corpus and across corpora; {seeds} seed{'s' if seeds > 1 else ''}."
    )


def _meaning(results: Results) -> list[Markup]:
    share = f"{100 * results.study.evaluate.confidence:g} %"
    return [
        pages.paragraph(text)
        for text in (
            "UAR, unweighted average recall, is the mean over the classes of the share of a class's utterances that "
            "was recognised. Every class counts the same, however frequent. Guessing gives 1 divided by the number of "
            "classes, whatever the corpus; a plain share of right answers (accuracy) would not say that.",
            "F1 is the harmonic mean of precision (how much of what was called a class is of that class) and recall; "
            "macro F1 is the mean over the classes.",
            "Every figure within a corpus is of speakers that neither the training nor the search for hyperparameters "
            "nor the choice of an epoch had heard: the predictions of all test folds are put together and counted "
            "once. It is a figure of the procedure; the released weights are trained on all speakers.",
            f"The brackets are {share} intervals: the figure is computed again without each speaker in turn, and the "
            "spread says how much it would vary with other speakers (delete-one-speaker jackknife with Student's t). "
            "They speak of new speakers for these trained models, not of new trainings, rooms, languages or kinds of "
            "emotion. "
            "With fewer than four speakers there is no interval.",
            "Whether two models differ is asked of their difference, speaker by speaker on the same utterances, with "
            "p-values corrected for all pairs of a leaderboard (Holm). Intervals that overlap do not answer that. 'Not "
            "told apart' does not mean equal: this corpus has too few speakers to tell. The best is "
            "picked by these very figures, which flatters it a little.",
            "Labels are what an actor was asked to express (acted) or what listeners chose (raters), never what "
            "anybody felt. Acted speech in a studio is easier than any other: expect less elsewhere, and see "
            "the matrix for how much less on the next corpus.",
        )
    ]
