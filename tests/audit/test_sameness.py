"""Whether recordings and people are the same, by samples, sound and names, however these are written."""

from pathlib import PurePosixPath

import pytest

from zoo import fingerprint
from zoo.audit.sameness import Known, Utterance, compare, groups
from zoo.audit.speaker_names import meant
from zoo.listings.people import person

TAKES = {"03": "03a01Fa", "08": "08a01Fd", "09": "09a01Wb", "10": "10a01Nb"}


def known(*, sound: bool, speakers=("03", "08", "09", "10"), corpus="emodb") -> Known:
    return Known(frozenset({"ab" * 32}), (b"",) if sound else None, {corpus: frozenset(speakers)})


def asked(*rows: tuple[str, str]) -> list[Utterance]:
    """Utterances of (file, speaker), whose audio is that of no other."""
    return [Utterance(PurePosixPath(path), speaker, path, b"") for path, speaker in rows]


@pytest.mark.parametrize("written", ["3", "03", "3.0", "Actor_03", "speaker_03", "spk3", "S03"])
def test_a_speaker_is_known_however_written_if_the_file_is_named_so(written):
    found = compare(known(sound=True), asked(("03a01Fa.mp3", written), ("x.wav", "Anna"), ("y.wav", "Anna")))
    assert (found.evidence, found.speakers) == (("speaker", None, None), (written,))
    assert not found.by_name_only


def test_names_of_files_are_copies_only_where_their_sound_could_not_be_compared():
    rows = asked(*((f"{name}.flac", "x") for name in TAKES.values()))
    assert set(compare(known(sound=False), rows).evidence) == {"name"}
    assert set(compare(known(sound=True), rows).evidence) == {"speaker"}


def test_a_few_coincident_names_of_other_people_are_nobody():
    rows = asked(*((f"own{number}.wav", f"p{number}") for number in range(9)), ("03a01Fa.wav", "Anna"))
    assert set(compare(known(sound=True), rows).evidence) == {None}


def test_names_of_files_count_where_most_have_them_and_only_for_known_speakers():
    named = [(f"{name}.wav", "x") for name in (*TAKES.values(), "11a01Fc")]
    found = compare(known(sound=False), asked(*named, *((f"own{number}.wav", "y") for number in range(3))))
    assert found.evidence == ("name",) * 4 + ("speaker", None, None, None)
    found = compare(known(sound=False), asked(("11a01Fc.wav", "Ann"), ("11a02Fc.wav", "Ann")))
    assert set(found.evidence) == {None}


def test_one_copy_is_more_than_names_and_its_speaker_is_no_doubt():
    rows = asked(("a.wav", "speaker_3"), *((f"{number}.wav", "speaker_8") for number in range(19)))
    rows[0] = Utterance(rows[0].path, "speaker_3", "ab" * 32, b"")
    found = compare(known(sound=True), rows)
    assert (found.speakers, found.doubtful) == (("speaker_3",), ("speaker_8",))
    assert not found.by_name_only


def test_numbers_are_no_evidence_by_themselves_and_it_is_said():
    rows = asked(*((f"{number}.wav", str(number)) for number in range(1, 11)))
    for sound in (True, False):
        found = compare(known(sound=sound), rows)
        assert set(found.evidence) == {None}
        assert found.doubtful == ("10", "3", "8", "9")


def test_only_names_of_known_speakers_are_a_doubt_that_can_be_resolved():
    rows = asked(("a.wav", "speaker_3"), ("b.wav", "speaker_8"))
    silent, heard = compare(known(sound=False), rows), compare(known(sound=True), rows)
    assert (silent.speakers, silent.by_name_only) == (("speaker_3", "speaker_8"), True)
    assert (heard.speakers, heard.doubtful) == ((), ("speaker_3", "speaker_8"))
    assert compare(known(sound=True), asked(("a.wav", "03"), ("b.wav", "08"))).by_name_only
    special = known(sound=True, speakers=["Ses01F"], corpus="iemocap")
    assert compare(special, asked(("a.wav", "Ses01F"), ("b.wav", "me"))).evidence == ("speaker", None)


@pytest.mark.parametrize("sound", [True, False])
def test_whoever_says_that_they_are_other_people_is_believed_unless_more_than_names_is_known(sound):
    rows = asked(("a.wav", "03"), ("b.wav", "08"))
    found = compare(known(sound=sound), rows, other_speakers=True)
    assert (found.evidence, found.doubtful, found.by_name_only) == ((None, None), ("03", "08"), True)
    rows[0] = Utterance(rows[0].path, "03", "ab" * 32, b"")
    assert compare(known(sound=sound), rows, other_speakers=True).evidence == ("samples", "speaker")
    assert compare(known(sound=sound), asked(("a.wav", "03")), "emodb", other_speakers=True).speakers == ("03",)


def test_a_copy_supports_the_names_of_speakers_that_are_written_alike():
    rows = asked(("a.wav", "speaker_3"), ("b.wav", "speaker_8"), ("c.wav", "Anna"), ("d.wav", "me9"))
    rows[0] = Utterance(rows[0].path, "speaker_3", "ab" * 32, b"")
    assert compare(known(sound=True), rows).evidence == ("samples", "speaker", None, None)


def test_of_a_known_corpus_only_its_own_speakers_count():
    assert compare(known(sound=True), asked(("a.wav", "03")), "emodb").speakers == ("03",)
    assert compare(known(sound=True), asked(("a.wav", "3"), ("03a01Fa.wav", "03")), "ravdess").speakers == ()


def test_what_is_the_same_is_grouped_by_samples_and_sound(monkeypatch):
    monkeypatch.setattr(fingerprint, "likeness", lambda one, other: float(one[:8] == other[:8]))
    one, other = bytes(range(32)), bytes(range(8)) + bytes(24)
    assert groups(["a", "b", "c", "b"], [one, b"", other, b""]) == [(0, 2), (1, 3)]
    assert groups(["a", "b"], [b"", b""]) == groups([]) == []


def test_names_in_other_scripts_are_different_people():
    assert meant(["王芳", "Žofia"], ["张伟", "Sofia"]) == {"王芳": None, "Žofia": None}
    assert person("spk_01") == person("SPK1") == "spk1"
    assert len({person(name) for name in ("1_1", "11", "张伟", "王芳", "-", "_")}) == 6


def test_names_that_could_be_two_speakers_are_none():
    assert meant(["1", "F1"], ["F1", "M1"]) == {"1": None, "F1": "F1"}
