"""File names alone state about an utterance what the corpus's reader states."""

from pathlib import PurePosixPath

import pytest

from zoo import corpora

PLACES = {
    "emodb": "wav/{name}.wav",
    "ravdess": "Actor_{end}/{name}.wav",
    "savee": "{name}.wav",
    "tess": "{name}.wav",
    "crema_d": "AudioWAV/{name}.wav",
}


@pytest.mark.parametrize("corpus", sorted(PLACES))
def test_names_state_what_the_reader_states(corpus, names_of, tmp_path):
    names = names_of[corpus]()
    for name in names[:: max(1, len(names) // 150)]:
        path = tmp_path / PLACES[corpus].format(name=name, end=name[-2:])
        path.parent.mkdir(exist_ok=True)
        path.touch()
    read = corpora.get(corpus).parse_name
    found = list(corpora.get(corpus).utterances(tmp_path))
    assert len(found) >= 150
    for utterance in found:
        parsed = vars(read(PurePosixPath("elsewhere") / f"{utterance.utterance_id}.flac"))
        parsed.pop("performance")
        assert parsed.items() <= vars(utterance).items()


def test_turns_state_what_the_label_files_state(tmp_path):
    from zoo import synthetic

    synthetic.write("iemocap", tmp_path)
    read = corpora.get("iemocap").parse_name
    for utterance in corpora.get("iemocap").utterances(tmp_path):
        parsed = vars(read(PurePosixPath(utterance.path)))
        assert parsed.pop("performance") is None and parsed.pop("native_label") is None
        assert parsed.items() <= vars(utterance).items()


@pytest.mark.parametrize("corpus", corpora.names())
def test_names_of_other_corpora_are_not_recognised(corpus, names_of):
    read = corpora.get(corpus).parse_name
    for other in set(names_of) - {corpus}:
        assert not any(read(PurePosixPath(f"{name}.wav")) for name in names_of[other]()[:50])
    assert read(PurePosixPath("noise/03a01Zz.wav")) is None


@pytest.mark.parametrize(
    ("corpus", "path", "utterance"),
    [
        ("savee", "AudioData/DC/sa01.wav", "DC_sa01"),
        ("tess", "OAF_neutral/OA_bite_neutral.wav", "OAF_bite_neutral"),
        ("crema_d", "AudioWAV/1040_ITH_SAD_X.wav", "1040_ITH_SAD_XX"),
        ("emodb", "wav/03a01Faxx.wav", "03a01Fa"),
        ("iemocap", "Ses05M_script01_1b_F004.wav", "Ses05M_script01_1b_F004"),
    ],
)
def test_names_of_copies_are_the_same_utterance(corpus, path, utterance):
    assert corpora.get(corpus).parse_name(PurePosixPath(path)).utterance_id == utterance


def test_the_last_field_gives_the_speaker():
    assert corpora.get("iemocap").parse_name(PurePosixPath("Ses03M_impro05a_F012.wav")).speaker_id == "Ses03F"


def test_songs_and_videos_are_distinguished_from_speech():
    speech, video, song = (
        corpora.get("ravdess").parse_name(PurePosixPath(f"{kind}-05-02-01-01-12.mp4"))
        for kind in ("03-01", "01-01", "03-02")
    )
    assert speech.performance == video.performance != song.performance
    assert speech.take_group == video.take_group != song.take_group
