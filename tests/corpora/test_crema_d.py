"""CREMA-D: layouts, older names, pointers, the silent clip, twins, and the crowd's votes."""

import csv
import gzip
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zoo.corpora import crema_d as reader
from zoo.corpora import get
from zoo.corpora.contract import Utterance, Vote
from zoo.errors import ZooError
from zoo.library.manifest import build

Make = Callable[[list[str]], Path]
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 72862\n"
LABELS = Path(__file__).parents[2] / "../shared/corpora/crema_d_labels"
real = pytest.mark.skipif(not LABELS.is_dir(), reason="no label files of CREMA-D in ../shared")


def official_names() -> list[str]:
    """The 7,442 published names."""
    return [*reader.published_sha256(), reader.SILENT]


@pytest.fixture
def found(crema_d: Path) -> dict[str, Utterance]:
    return {utterance.utterance_id: utterance for utterance in reader.utterances(crema_d)}


def test_names_are_read(found: dict[str, Utterance]) -> None:
    first = found["1001_IEO_HAP_LO"]
    assert (first.path, first.speaker_id, first.native_label, first.text_id, first.intensity) == (
        "AudioWAV/1001_IEO_HAP_LO.wav",
        "1001",
        "HAP",
        "IEO",
        "low",
    )
    assert [found[name].intensity for name in ("1002_IEO_ANG_MD", "1001_IEO_HAP_HI", "1091_DFA_DIS_XX")] == [
        "medium",
        "high",
        "unspecified",
    ]
    assert {utterance.label_source for utterance in found.values()} == {"acted"}


def test_the_older_name_of_a_clip_is_mapped_to_the_present_one(found: dict[str, Utterance]) -> None:
    assert found["1040_ITH_SAD_XX"].path == "AudioWAV/1040_ITH_SAD_X.wav"
    assert found["1040_ITH_SAD_XX"].intensity == "unspecified"


def test_the_silent_clip_is_left_out_of_the_manifest(crema_d: Path) -> None:
    frame = build("crema_d", crema_d)
    assert len(frame) == 8
    assert reader.SILENT not in frame["utterance_id"]
    assert get("crema_d").known_defects[reader.SILENT].kind == "silent"
    assert frame.filter(speaker_id="1091")["sex"].to_list() == ["female", "female"]
    assert frame.filter(speaker_id="1091")["age"].to_list() == [29, 29]


def test_twins_with_two_labels_and_levels_of_one_sentence_stay_together(found: dict[str, Utterance]) -> None:
    groups = {name: utterance.take_group for name, utterance in found.items()}
    assert groups["1006_TIE_HAP_XX"] == groups["1006_TIE_NEU_XX"]
    assert groups["1001_IEO_HAP_LO"] == groups["1001_IEO_HAP_HI"]
    assert len(set(groups.values())) == 6


def test_published_hashes_are_those_of_the_utterances_and_show_the_twins() -> None:
    hashes = get("crema_d").sha256()
    assert len(hashes) == get("crema_d").num_utterances == 7441
    assert all(len(value) == 64 for value in hashes.values())
    assert hashes["1001_DFA_ANG_XX"] == "c6f94b2592487c7556bd86df7df6e8f4420d1b9c11414aeec9d8e5e640b51495"
    repeated = {value for value, number in Counter(hashes.values()).items() if number > 1}
    assert {name for name, value in hashes.items() if value in repeated} == {*reader.TWINS, *reader.TWINS.values()}


def test_known_defects_are_published_names() -> None:
    assert set(get("crema_d").known_defects) <= set(official_names())


@pytest.mark.parametrize("layout", ["crema/CREMA-D/AudioWAV/{}.wav", "{}.wav"])
def test_official_and_flat_layouts_are_recognised(touched: Make, layout: str) -> None:
    folder = touched([layout.format(name) for name in official_names()])
    recognition = reader.recognise(folder)
    assert recognition.root is not None, recognition.reason
    assert "7441 utterances, without the crowd's votes" in recognition.reason
    next(folder.rglob("1001_DFA_ANG_XX.wav")).unlink()
    assert "ANG 1270 of 1271" in reader.recognise(folder).reason


def test_missing_votes_are_reported(crema_d: Path) -> None:
    (crema_d / "SYNTHETIC.txt").touch()
    heard = sum(bool(utterance.votes) for utterance in reader.utterances(crema_d))
    assert heard == 3
    assert "5 of them without the crowd's votes" in reader.recognise(crema_d).reason
    (crema_d / "AudioWAV/SYNTHETIC.txt").touch()
    assert f"{reader.VOTES} is outside, in {crema_d}" in reader.recognise(crema_d / "AudioWAV").reason


def test_actor_folders_and_the_older_name_are_recognised(touched: Make) -> None:
    old = [name.replace("1040_ITH_SAD_XX", "1040_ITH_SAD_X") for name in official_names()]
    folder = touched([f"crema-d/{name[:4]}/{name}.wav" for name in old])
    recognition = reader.recognise(folder)
    assert recognition.root == folder / "crema-d", recognition.reason
    counts = Counter(utterance.native_label for utterance in reader.utterances(recognition.root))
    assert counts == get("crema_d").native_labels


def test_both_names_of_one_clip_are_one_utterance(crema_d: Path) -> None:
    shutil.copy(crema_d / "AudioWAV/1040_ITH_SAD_X.wav", crema_d / "AudioWAV/1040_ITH_SAD_XX.wav")
    assert len(list(reader.utterances(crema_d))) == 8


def test_pointers_are_reported_with_the_command_that_replaces_them(crema_d: Path) -> None:
    for path in sorted((crema_d / "AudioWAV").iterdir())[:3]:
        path.write_text(POINTER)
    recognition = reader.recognise(crema_d)
    assert recognition.root is None
    assert "3 Git LFS pointers instead of audio, first 1001_IEO_HAP_HI.wav" in recognition.reason
    assert "`git lfs pull`" in recognition.reason


def test_wrong_folders_are_explained(touched: Make, crema_d: Path) -> None:
    assert "MP3" in reader.recognise(touched(["mp3/AudioMP3/1001_DFA_ANG_XX.mp3"]) / "mp3").reason
    assert "86 of 91 actors are missing (1003, 1004" in reader.recognise(crema_d).reason
    (crema_d / "SYNTHETIC.txt").touch()
    assert reader.recognise(crema_d).root == crema_d


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("1092_DFA_ANG_XX.wav", "unknown actor code '1092'"),
        ("1001_ABC_ANG_XX.wav", "unknown sentence code 'ABC'"),
        ("1001_DFA_JOY_XX.wav", "unknown emotion code 'JOY'"),
        ("1001_DFA_ANG_ZZ.wav", "unknown level code 'ZZ'"),
        ("1001_DFA_ANG_X.wav", "is not a CREMA-D name"),
        ("1002/1001_DFA_ANG_XX.wav", "named for actor 1001 but is in 1002"),
    ],
)
def test_a_wrong_name_or_folder_is_reported(crema_d: Path, name: str, what: str) -> None:
    (crema_d / "AudioWAV" / name).parent.mkdir(exist_ok=True)
    (crema_d / "AudioWAV" / name).touch()
    with pytest.raises(ZooError) as error:
        list(reader.utterances(crema_d))
    assert name in error.value.message
    assert what in error.value.message


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text("0123456789_ADEFHILNOSTX", max_size=18), st.from_regex(r"10\d\d_[A-Z]{3}_[A-Z]{3}_[A-Z]{2}")))
def test_a_name_is_fully_parsed_or_rejected(name: str) -> None:
    try:
        actor, sentence, emotion, level = reader._fields(Path(f"{name}.wav"), name)
    except ZooError as error:
        assert name in error.message
    else:
        assert f"{actor}_{sentence}_{emotion}_{level}" == name
        assert actor in reader.SPEAKERS
        assert emotion in reader.COUNTS


def test_votes_are_read_by_what_the_crowd_was_given(found: dict[str, Utterance]) -> None:
    assert found["1001_IEO_HAP_LO"].votes == (
        Vote("both", "HAP", 8.0),
        Vote("both", "NEU", 1.0),
        Vote("face", "HAP", 9.0),
        Vote("face", "NEU", 1.0),
        Vote("voice", "HAP", 3.0),
        Vote("voice", "NEU", 6.0),
    )
    assert found["1091_DFA_DIS_XX"].votes == ()


def test_agreement_is_the_share_of_those_who_heard_the_clip(found: dict[str, Utterance]) -> None:
    shares = {name: utterance.agreement for name, utterance in found.items()}
    assert shares["1001_IEO_HAP_LO"] == pytest.approx(1 / 3, abs=1e-6)
    assert (shares["1040_ITH_SAD_XX"], shares["1091_WSI_FEA_XX"], shares["1091_DFA_DIS_XX"]) == (0.5, 0.5, None)


def rewrite(folder: Path, old: str, new: str) -> None:
    path = folder / reader.VOTES
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"fileName"', '"clip"', " has no column 'fileName'"),
        ('"H"', '"J"', " has no column 'H'"),
        ('"100002"', '"400002"', ", line 2: unknown modality in '400002'"),
        (",3,6,0,", ",3,many,0,", ", line 2: 'many' is not a number of votes"),
        (",3,6,0,", ",3,-6,0,", ", line 2: '-6' is not a number of votes"),
        ('"1040_ITH_SAD_XX"', '"laughter"', ", line 3: no votes on a clip"),
        ('"200002"', '"100009"', ", line 5: 1001_IEO_HAP_LO has its votes by voice twice"),
        (',4,0.5,"A:F"', "", ", line 4: no votes on a clip"),
    ],
)
def test_a_broken_table_of_votes_is_reported_with_its_line(crema_d: Path, old: str, new: str, what: str) -> None:
    rewrite(crema_d, old, new)
    with pytest.raises(ZooError) as error:
        list(reader.utterances(crema_d))
    assert f"tabulatedVotes.csv{what}" in error.value.message


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.sampled_from('",0123456789ADFHNS_IEOXL\x00\r\n;é '), max_size=60), max_size=6))
def test_no_table_of_votes_crashes_the_reader(crema_d: Path, lines: list[str]) -> None:
    head = (crema_d / reader.VOTES).read_text().splitlines()[0]
    (crema_d / reader.VOTES).write_text("\n".join([head, *lines]), newline="")
    try:
        votes = reader.read_votes(crema_d / reader.VOTES)
    except ZooError as error:
        assert "tabulatedVotes.csv, line " in error.message
    else:
        assert all(vote.count > 0 for ballots in votes.values() for vote in ballots)
    (crema_d / reader.VOTES).write_text(head)


@pytest.fixture(scope="module")
def real_votes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Vote, ...]]:
    path = tmp_path_factory.mktemp("votes") / "tabulatedVotes.csv"
    path.write_bytes(gzip.decompress((LABELS / "tabulatedVotes.csv.gz").read_bytes()))
    return reader.read_votes(path)


@real
@pytest.mark.real
def test_actors_are_those_of_the_published_table() -> None:
    with (LABELS / "VideoDemographics.csv").open() as file:
        table = {row["ActorID"]: (row["Sex"].lower(), int(row["Age"])) for row in csv.DictReader(file)}
    assert table == {name: (speaker.sex, speaker.age) for name, speaker in reader.SPEAKERS.items()}
    assert Counter(speaker.sex for speaker in reader.SPEAKERS.values()) == {"male": 48, "female": 43}


@real
@pytest.mark.real
def test_the_real_votes_have_the_published_counts(real_votes: dict[str, tuple[Vote, ...]]) -> None:
    assert set(real_votes) == set(official_names())
    winners = {source: {} for source in reader.SOURCES.values()}  # type: dict[str, dict[str, list[str]]]
    for name, ballots in real_votes.items():
        for source, table in winners.items():
            counts = {vote.label: vote.count for vote in ballots if vote.source == source}
            table[name] = [label for label, count in counts.items() if count == max(counts.values())]
    voice = {name: best[0] for name, best in winners["voice"].items() if len(best) == 1}
    assert len(voice) == 6798
    assert Counter(voice.values()) == {"NEU": 3897, "ANG": 986, "FEA": 645, "DIS": 547, "SAD": 370, "HAP": 353}
    assert sum(name[9:12] == label for name, label in voice.items()) == 3099
    heard = {name: sum(vote.count for vote in votes if vote.source == "voice") for name, votes in real_votes.items()}
    assert (min(heard.values()), max(heard.values())) == (4, 12)
    shares = {
        source: sum(best == [name[9:12]] for name, best in table.items()) / len(table)
        for source, table in winners.items()
    }
    assert shares == pytest.approx({"voice": 0.416, "face": 0.663, "both": 0.722}, abs=0.0006)


@real
@pytest.mark.real
def test_the_real_summary_agrees_with_the_votes(real_votes: dict[str, tuple[Vote, ...]]) -> None:
    with (LABELS / "summaryTable.csv").open() as file:
        for row in csv.DictReader(file):
            name = reader._RENAMED.get(row["FileName"], row["FileName"])
            counts = {vote.label: vote.count for vote in real_votes[name] if vote.source == "voice"}
            best = {label for label, count in counts.items() if count == max(counts.values())}
            assert {reader.WORDS[letter] for letter in row["VoiceVote"].split(":")} == best, name
