"""Studies of corpora of one's own: `zoo study new` and `zoo study check` know what these can be asked."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoo import corpus_file
from zoo.cli import app
from zoo.dependencies import plan
from zoo.study import params

FACTS = {
    **dict.fromkeys(("title", "citation", "terms", "obtain"), "mine"),
    "licence": "CC-BY-4.0",
    "commercial_use": True,
    "language": "de",
    "sampling_rate_hz": 16_000,
    "duration_range_s": (0.5, 9.0),
    "native_labels": {"wut": 30, "freude": 30},
}


def write(name: str, **more: object) -> None:
    path = corpus_file.path_of(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(corpus_file.text_of(corpus_file.CorpusFile.model_validate(FACTS | more)))
    Path("data", name).mkdir(parents=True)


def zoo(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    return result.output + (f"{result.exception.args[0]}" if result.exception and result.exception.args else "")


def people(number: int, **more: object) -> dict[str, dict[str, object]]:
    return {f"s{at}": dict(more) for at in range(number)}


@pytest.mark.parametrize(
    ("speakers", "protocol", "groups"),
    [
        ({}, "random_recordings", 3),
        (people(12), "leave_speakers_out", 3),
        (people(4), "leave_one_speaker_out", 3),
        (people(2), "leave_one_speaker_out", 2),
        ({f"s{at}": {"session": f"of {at // 2}"} for at in range(6)}, "leave_one_session_out", 3),
    ],
)
def test_a_new_study_has_a_protocol_that_fits_and_can_be_used_at_once(
    studies: Path, speakers: dict[str, object], protocol: str, groups: int
) -> None:
    emotions = {"wut": "anger", "freude": "happiness"}
    write("mine", speakers=speakers, emotions=emotions)
    assert "studies/first.yaml" in zoo("study", "new", "first", "--corpora", "mine", "--models", "statistics")
    study = params.load_preset("first")
    assert (study.folds, study.tune.groups, study.cross_scheme) == ({"mine": protocol}, groups, "core4")
    zoo("study", "use", "first")
    assert zoo("study", "check").startswith("study first: mine")


def test_labels_that_no_shared_scheme_knows_are_compared_as_they_are(studies: Path) -> None:
    write("mine", emotions={"wut": None, "freude": None})
    zoo("study", "new", "first", "--corpora", "mine", "--models", "statistics")
    assert params.load_preset("first").cross_scheme == "native"


def test_a_protocol_that_needs_speakers_is_found_before_anything_runs(studies: Path) -> None:
    write("mine", emotions={"wut": "anger", "freude": "happiness"})
    zoo("study", "new", "first", "--corpora", "mine", "--models", "statistics")
    path = Path("studies/first.yaml")
    path.write_text(path.read_text().replace("random_recordings", "leave_speakers_out"))
    Path("params.yaml").write_text(path.read_text())
    output = zoo("study", "check")
    assert "leave_speakers_out keeps speakers apart, and mine names none" in output


def test_what_reads_a_corpus_runs_again_once_its_description_is_edited(studies: Path) -> None:
    write("mine", emotions={"wut": "anger", "freude": "happiness"})
    zoo("study", "new", "first", "--corpora", "mine", "--models", "statistics")
    study, path = params.load_preset("first"), corpus_file.path_of("mine")
    before = {place.as_posix(): found.digest for place, found in plan.closures(study)}
    path.write_text(path.read_text().replace("language: de", "language: pl"))
    stale = {place.as_posix() for place, found in plan.closures(study) if found.digest != before[place.as_posix()]}
    assert {"manifest/mine.json", "folds/mine.json", "check.json", "report.json"} <= stale
