"""IEMOCAP: the syntax of label files, who speaks, and why a folder is rejected."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zoo.corpora import iemocap as reader
from zoo.corpora.contract import Utterance, Vote
from zoo.errors import ZooError

IMPRO = "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt"


@pytest.fixture
def turns(iemocap: Path) -> dict[str, Utterance]:
    return {utterance.utterance_id: utterance for utterance in reader.utterances(iemocap)}


def test_only_label_files_directly_in_the_folder_are_read(turns: dict[str, Utterance]) -> None:
    assert list(turns) == [
        "Ses01F_impro01_F000",
        "Ses01F_impro01_M001",
        "Ses01F_impro01_M002",
        "Ses05M_script01_1b_F000",
    ]


def test_the_speaker_is_taken_from_the_turn_not_the_dialogue(turns: dict[str, Utterance]) -> None:
    assert [utterance.speaker_id for utterance in turns.values()] == ["Ses01F", "Ses01M", "Ses01M", "Ses05F"]
    assert (reader.SPEAKERS["Ses01M"].sex, reader.SPEAKERS["Ses05F"].sex) == ("male", "female")


def test_the_known_first_turn(turns: dict[str, Utterance]) -> None:
    first = turns["Ses01F_impro01_F000"]
    assert first.native_label == "neu"
    assert first.path == "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav"
    assert (first.valence, first.arousal, first.dominance) == (2.5, 2.5, 3.0)
    assert (first.elicitation, first.label_source, first.text_id) == ("improvised", "raters", None)


def test_dimensions_are_valence_activation_dominance(turns: dict[str, Utterance]) -> None:
    excited = turns["Ses01F_impro01_M001"]
    assert (excited.valence, excited.arousal, excited.dominance) == (4.3333, 5.0, 1.0)


def test_votes_are_counted_and_self_reports_kept_apart(turns: dict[str, Utterance]) -> None:
    assert turns["Ses01F_impro01_F000"].votes == (
        Vote("raters", "ang", 1.0),
        Vote("raters", "neu", 2.0),
        Vote("self", "ang", 1.0),
    )
    # two labels of one rater share that rater's vote
    assert turns["Ses01F_impro01_M001"].votes == (
        Vote("raters", "exc", 2.0),
        Vote("raters", "hap", 1.0),
        Vote("self", "neu", 1.0),
    )


def test_a_free_text_label_counts_as_other(turns: dict[str, Utterance]) -> None:
    assert Vote("raters", "oth", 1.0) in turns["Ses05M_script01_1b_F000"].votes


def test_a_rater_without_a_label_has_no_vote(turns: dict[str, Utterance]) -> None:
    assert sum(vote.count for vote in turns["Ses01F_impro01_M002"].votes) == 2.0


def test_agreement_counts_outside_raters_only(turns: dict[str, Utterance]) -> None:
    assert turns["Ses01F_impro01_F000"].agreement == pytest.approx(2 / 3, abs=1e-6)
    assert turns["Ses01F_impro01_M001"].agreement == 1.0
    assert turns["Ses05M_script01_1b_F000"].agreement == 0.5


def test_no_majority_has_no_agreement(turns: dict[str, Utterance]) -> None:
    assert turns["Ses01F_impro01_M002"].native_label == "xxx"
    assert turns["Ses01F_impro01_M002"].agreement is None


def test_scripts_share_their_text_across_sessions(turns: dict[str, Utterance]) -> None:
    scripted = turns["Ses05M_script01_1b_F000"]
    assert (scripted.text_id, scripted.take_group, scripted.elicitation) == (
        "script01_1",
        "Ses05F-script01_1",
        "scripted",
    )


def rewrite(folder: Path, old: str, new: str) -> None:
    path = folder / IMPRO
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("\texc\t", "\tjoy\t", "line 12: unknown label 'joy' of Ses01F_impro01_M001"),
        ("[2.5000, 2.5000, 3.0000]", "[2.5000, 2.5000]", "line 3: no turn in"),
        ("[4.3333,", "[6.0000,", "line 12: rating '6.0000' is not on the scale 1 to 5"),
        ("[4.3333,", "[nan,", "line 12: rating 'nan' is not on the scale 1 to 5"),
        (
            "Ses01F_impro01_M001",
            "Ses01F_impro02_M001",
            "line 12: 'Ses01F_impro02_M001' is not a turn of Ses01F_impro01",
        ),
        ("Ses01F_impro01_M001", "Ses01F_impro01_X001", "line 12: 'Ses01F_impro01_X001' is not a turn"),
    ],
)
def test_what_cannot_be_parsed_is_reported_with_file_and_line(iemocap: Path, old: str, new: str, what: str) -> None:
    rewrite(iemocap, old, new)
    with pytest.raises(ZooError) as error:
        list(reader.utterances(iemocap))
    assert f"Ses01F_impro01.txt, {what}" in error.value.message


def test_windows_line_ends_and_other_encodings_of_comments_do_not_matter(iemocap: Path) -> None:
    path = iemocap / IMPRO
    before = list(reader.utterances(iemocap))
    path.write_bytes(path.read_text().replace("mixed", "g\xeane").replace("\n", "\r\n").encode("latin-1"))
    assert list(reader.utterances(iemocap)) == before


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.sampled_from("[] -.0123456789\tSesM_impro;:C-EAxn(),%é\x1c"), max_size=60), max_size=6))
def test_no_label_file_crashes_the_reader(iemocap: Path, lines: list[str]) -> None:
    (iemocap / IMPRO).write_text("\n".join(lines))
    try:
        found = list(reader.utterances(iemocap))
    except ZooError as error:
        assert "Ses01F_impro01.txt, line " in error.message
    else:
        assert found[-1].utterance_id == "Ses05M_script01_1b_F000"


@pytest.mark.parametrize("name", ["Ses02F_impro01.txt", "notes.txt"])
def test_an_unexpected_label_file_is_reported(iemocap: Path, name: str) -> None:
    (iemocap / "Session1/dialog/EmoEvaluation" / name).touch()
    with pytest.raises(ZooError, match=f"{name} is not a dialogue of Session1"):
        list(reader.utterances(iemocap))


def test_a_partial_release_is_rejected_with_what_is_missing(iemocap: Path) -> None:
    recognition = reader.recognise(iemocap.parent)
    assert recognition.root is None
    assert "Session2, Session3, Session4 absent or without labels" in recognition.reason
    (iemocap / "SYNTHETIC.txt").touch()
    assert reader.recognise(iemocap.parent).root == iemocap


def official(folder: Path) -> list[Path]:
    """Write a release of the official size, with the dialogue names that break careless patterns; its audio, empty."""
    labels = [label for label, number in reader.COUNTS.items() for _ in range(number)]
    dialogues = [f"Ses0{session}{side}_{scene}" for session in range(1, 6) for side in "FM" for scene in SCENES]
    audio = []
    for index, dialogue in enumerate(dialogues):
        session = f"Session{dialogue[4]}"
        path = folder / session / "dialog/EmoEvaluation" / f"{dialogue}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        turns = [(f"{dialogue}_{'FM'[n % 2]}{n:03d}", label) for n, label in enumerate(labels[index :: len(dialogues)])]
        lines = [f"[1.0000 - 2.0000]\t{turn}\t{label}\t[2.0000, 3.0000, 4.0000]\n" for turn, label in turns]
        path.write_text("% header\n\n" + "\n".join(lines))
        wavs = folder / session / "sentences/wav" / dialogue
        wavs.mkdir(parents=True)
        audio += [wavs / f"{turn}.wav" for turn, _ in turns]
    for path in audio:
        path.touch()
    return audio


SCENES = ("impro01", "impro05a", "impro08b", "script01_1", "script01_1b", "script03_2")


def test_the_whole_release_is_recognised_and_missing_audio_is_counted(tmp_path: Path) -> None:
    audio = official(tmp_path / "IEMOCAP_full_release")
    assert len(audio) == 10_039
    recognition = reader.recognise(tmp_path)
    assert recognition.root == tmp_path / "IEMOCAP_full_release", recognition.reason
    assert "10039 utterances" in recognition.reason
    one = reader.recognise(recognition.root / "Session1")
    assert one.root is None
    assert "is one session" in one.reason
    for path in audio[:7]:
        path.unlink()
    recognition = reader.recognise(tmp_path)
    assert recognition.root is None
    assert "7 labelled turns have no audio" in recognition.reason
