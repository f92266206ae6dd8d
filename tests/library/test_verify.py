"""Verification reports what is not as published, and distinguishes known defects from new ones."""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from fixtures.projects import committed, outline
from typer.testing import CliRunner

from zoo.cli import app as zoo
from zoo.cli.data import app
from zoo.corpora import emodb as reader
from zoo.corpora.contract import Defect
from zoo.errors import ZooError
from zoo.library import places, record, verify
from zoo.library.add import add
from zoo.library.verification import Outcome, outcome

ANGRY, DISGUSTED, SAD = "wav/16a07Wa.wav", "wav/03b10Ec.wav", "wav/16b10Tb.wav"


@pytest.fixture
def here(emodb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small complete EmoDB in data/, with a record of what was added, published counts and hashes."""
    folder = tmp_path / "project"
    shutil.copytree(emodb, folder / "data/emodb")
    (folder / "data/emodb/wav/._03a01Fa.wav").unlink()
    outline(folder)
    monkeypatch.chdir(folder)
    data = folder / "data/emodb"
    counts: dict[str, int] = {}
    for utterance in reader.utterances(data):
        counts[utterance.native_label] = counts.get(utterance.native_label, 0) + 1
    hashes = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in data.glob("wav/*.wav")}
    monkeypatch.setattr(
        reader,
        "CORPUS",
        replace(reader.CORPUS, native_labels=counts, sha256=lambda: hashes, duration_range_s=(0.1, 9), hours=None),
    )
    as_added(data, monkeypatch)
    return data


def as_added(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the record list the folder's present files as those that were added."""
    files = {
        path.relative_to(data).as_posix(): hashlib.md5(path.read_bytes()).hexdigest()
        for path in data.rglob("*")
        if path.is_file()
    }
    monkeypatch.setattr(record, "added_files", lambda target: files)


def change(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    monkeypatch.setattr(reader, "CORPUS", replace(reader.CORPUS, **values))


def found() -> set[tuple[str, tuple[str, ...], bool]]:
    return {(finding.kind, finding.paths, finding.known) for finding in verify.verify("emodb").findings}


def silence(path: Path) -> None:
    soundfile.write(path, np.zeros(3200), 16_000, subtype="PCM_16")


def rewritten(path: Path) -> None:
    """The same samples in other bytes."""
    samples, rate = soundfile.read(path, dtype="int16")
    soundfile.write(path, samples, rate, format="WAVEX")


DAMAGES: dict[str, tuple[Callable[[Path], object], set[tuple[str, tuple[str, ...]]]]] = {
    "a file is gone": (
        lambda folder: (folder / ANGRY).unlink(),
        {("missing", ("16a07Wa",)), ("counts", ())},
    ),
    "a label file is gone": (
        lambda folder: (folder / "erkennung.txt").unlink(),
        {("missing", ("erkennung.txt",))},
    ),
    "an unrelated file is there": (
        lambda folder: (folder / "notes.txt").write_text("mine"),
        {("unexpected", ("notes.txt",))},
    ),
    "a hidden file is there": (
        lambda folder: (folder / "wav/._x.wav").write_text("litter"),
        {("unexpected", ("wav/._x.wav",))},
    ),
    "a byte is changed": (
        lambda folder: (folder / ANGRY).write_bytes((folder / ANGRY).read_bytes()[:-1] + b"\x55"),
        {("hash", (ANGRY,)), ("changed", (ANGRY,))},
    ),
    "a header is changed": (lambda folder: rewritten(folder / ANGRY), {("hash", (ANGRY,)), ("changed", (ANGRY,))}),
    "a file is cut to nothing": (
        lambda folder: (folder / ANGRY).write_bytes(b""),
        {("audio", (ANGRY,)), ("changed", (ANGRY,))},
    ),
    "a file is cut off": (
        lambda folder: (folder / ANGRY).write_bytes((folder / ANGRY).read_bytes()[:-2000]),
        {("audio", (ANGRY,)), ("changed", (ANGRY,))},
    ),
    "a label file is changed": (
        lambda folder: (folder / "erkennung.txt").write_text("Nr. Satz erkannt natuerlich"),
        {("changed", ("erkennung.txt",))},
    ),
    "a file is not audio": (
        lambda folder: (folder / ANGRY).write_bytes(b"RIFF?"),
        {("audio", (ANGRY,)), ("changed", (ANGRY,))},
    ),
    "a file is silent": (lambda folder: silence(folder / ANGRY), {("silent", (ANGRY,)), ("changed", (ANGRY,))}),
    "a file is a pointer": (
        lambda folder: (folder / ANGRY).write_text("version https://git-lfs.github.com/spec/v1\n"),
        {("pointer", (ANGRY,)), ("changed", (ANGRY,))},
    ),
    "a file is a copy of another": (
        lambda folder: shutil.copyfile(folder / DISGUSTED, folder / ANGRY),
        {("hash", (ANGRY,)), ("changed", (ANGRY,)), ("duplicate", (DISGUSTED, ANGRY))},
    ),
    "a file has another's samples": (
        lambda folder: (shutil.copyfile(folder / DISGUSTED, folder / ANGRY), rewritten(folder / ANGRY)),
        {("hash", (ANGRY,)), ("changed", (ANGRY,)), ("duplicate", (DISGUSTED, ANGRY))},
    ),
    "a name does not follow the corpus's scheme": (
        lambda folder: (folder / ANGRY).rename(folder / "wav/angry.wav"),
        {("names", ()), ("missing", (ANGRY,)), ("unexpected", ("wav/angry.wav",))},
    ),
}


def test_a_corpus_as_published_is_verified(here: Path) -> None:
    answer = CliRunner().invoke(app, ["verify", "emodb"])
    assert answer.exit_code == 0, answer.output
    assert "published hashes  ok, 8 equal" in answer.stdout
    assert "since added       ok, 9 unchanged" in answer.stdout
    assert answer.stdout.endswith("verified: no new problems\n") and " of 8.0 kHz\n" in answer.stdout


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_reported(here: Path, damage: str) -> None:
    hurt, expected = DAMAGES[damage]
    hurt(here)
    assert found() == {(kind, paths, False) for kind, paths in expected}
    answer = CliRunner().invoke(app, ["verify", "emodb"])
    assert answer.exit_code == 3
    for _, paths in expected:
        assert all(path in answer.stdout for path in paths)
    report = json.loads(CliRunner().invoke(app, ["verify", "emodb", "--json"]).stdout)
    assert report["verified"] is False
    assert {(finding["kind"], tuple(finding["paths"])) for finding in report["findings"]} == expected


def test_changes_are_reported_even_without_published_hashes(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, sha256=dict)
    louder, rate = soundfile.read(here / ANGRY)
    soundfile.write(here / ANGRY, louder / 2, rate)
    assert found() == {("changed", (ANGRY,), False)}
    answer = CliRunner().invoke(app, ["verify", "emodb"])
    assert answer.exit_code == 3
    assert "dvc checkout --force data/emodb" in answer.stdout
    assert "git checkout" not in answer.stdout  # the record is as it was
    monkeypatch.setattr(record, "rewritten", lambda target: True)
    assert "git checkout data.dvc, then dvc checkout --force data/emodb" in verify.verify("emodb").notes[0]
    monkeypatch.setattr(record, "added_files", lambda target: None)
    assert verify.verify("emodb").notes == (
        "it is unknown whether files have changed since they were added: data.dvc does not record them",
    )
    Path("data.dvc").write_text("outs:\n- md5: abcd.dir\n  path: data/emodb\n")
    assert "DVC's cache has no list of them" in verify.verify("emodb").notes[0]


@pytest.mark.parametrize("synthetic", [False, True])
def test_a_corpus_without_utterances_is_not_verified(here: Path, synthetic: bool) -> None:
    for path in here.glob("wav/*.wav"):
        path.unlink()
    if synthetic:
        (here / "SYNTHETIC.txt").touch()
    findings = {(finding.kind, finding.text) for finding in verify.verify("emodb").findings}
    assert ("counts", "it contains no utterance" if synthetic else "anger: 0 utterances, published: 1") in findings
    assert (
        "missing",
        "is missing; it was present when the corpus was added" if synthetic else "is missing",
    ) in findings
    assert outcome("emodb") == Outcome(verified=False, as_published=None if synthetic else False)


def test_an_empty_folder_is_not_verified(here: Path) -> None:
    Path("data/savee").mkdir()
    answer = CliRunner().invoke(app, ["verify", "savee"])
    assert answer.exit_code == 3
    assert "anger: 0 utterances, published: 60" in answer.stdout
    rows = json.loads(CliRunner().invoke(app, ["list", "--json"]).stdout)
    assert next(row["verified"] for row in rows if row["name"] == "savee") is False


def test_a_folder_without_read_permission_is_an_error(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verify.verify("emodb")
    scandir = os.scandir

    def denied(path: Any) -> Any:  # as for every user but root
        if Path(path).name == "wav":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(ZooError, match="data/emodb/wav cannot be read: Permission denied"):
        verify.verify("emodb")
    row = next(row for row in json.loads(CliRunner().invoke(app, ["list", "--json"]).stdout) if row["name"] == "emodb")
    assert row["verified"] is None
    assert "data/emodb/wav cannot be read" in row["problem"]


def test_a_label_file_without_read_permission_is_reported(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readable = Path.read_text

    def denied(path: Path, **how: Any) -> str:
        if path.name == "erkennung.txt":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return readable(path, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", denied)
        answer = CliRunner().invoke(zoo, ["data", "verify", "emodb"])
    assert answer.exit_code == 1
    assert "Permission denied: data/emodb/erkennung.txt" in answer.stderr
    assert "hint: check the permissions of the file or folder" in answer.stderr


def test_an_outcome_of_an_older_version_is_ignored(here: Path) -> None:
    verify.verify("emodb")
    assert outcome("emodb") == Outcome(verified=True, as_published=True)
    kept = json.loads(places.verification_file("emodb").read_text())
    del kept["as_published"]
    places.verification_file("emodb").write_text(json.dumps(kept))
    assert outcome("emodb") is None


def test_twins_under_different_labels_are_reported(here: Path) -> None:
    shutil.copyfile(here / DISGUSTED, here / ANGRY)
    assert "03b10Ec.wav = wav/16a07Wa.wav: the same bytes, under different labels: anger, disgust" in (
        CliRunner().invoke(app, ["verify", "emodb"]).stdout
    )


def test_known_defects_are_not_new_findings(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copyfile(here / DISGUSTED, here / ANGRY)
    silence(here / SAD)
    twins = Defect("twin", "the same bytes", ("03b10Ec", "16a07Wa"))
    silent = Defect("silent", "it is silent")
    change(monkeypatch, sha256=dict, known_defects={"03b10Ec": twins, "16a07Wa": twins, "16b10Tb": silent})
    as_added(here, monkeypatch)
    assert found() == {("duplicate", (DISGUSTED, ANGRY), True), ("silent", (SAD,), True)}
    answer = CliRunner().invoke(app, ["verify", "emodb"])
    assert answer.exit_code == 0
    assert "duplicates        ok, 1 known" in answer.stdout
    # a third copy is a new finding, as is silence where twins are known
    shutil.copyfile(here / DISGUSTED, here / "wav/08b09Lc.wav")
    assert ("duplicate", (DISGUSTED, "wav/08b09Lc.wav", ANGRY), False) in found()
    silence(here / ANGRY)
    assert ("silent", (ANGRY,), False) in found()


def test_stand_ins_are_not_compared_with_published_facts(here: Path) -> None:
    (here / "SYNTHETIC.txt").touch()
    (here / ANGRY).unlink()
    assert found() == {("missing", (ANGRY,), False)}
    assert "SYNTHETIC" in CliRunner().invoke(app, ["verify", "emodb"]).stdout


def test_the_list_shows_a_corpus_as_verified_until_a_file_changes(here: Path) -> None:
    def state() -> Any:
        rows = json.loads(CliRunner().invoke(app, ["list", "--json"]).stdout)
        return next(row["verified"] for row in rows if row["name"] == "emodb")

    assert state() is None
    verify.verify("emodb")
    assert state() is True
    (here / ANGRY).write_bytes(b"")
    assert state() is None
    verify.verify("emodb")
    assert state() is False
    assert "FAILED" in CliRunner().invoke(app, ["list"]).stdout


def test_a_missing_corpus_is_reported(here: Path) -> None:
    with pytest.raises(ZooError, match="data/ravdess is missing"):
        verify.verify("ravdess")


def test_info_shows_all_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    words = " ".join(CliRunner().invoke(app, ["info", "ravdess"]).stdout.split())
    for part in (
        "CC-BY-NC-SA-4.0",
        "24: 12 female, 12 male",
        "calm 192",
        "Two sentences",
        "stereo with identical channels",
        "md5:bc696df654c87fed845eb13823edef8a",
        "Livingstone",
    ):
        assert part in words
    facts = json.loads(CliRunner().invoke(app, ["info", "iemocap", "--json"]).stdout)
    assert facts["access"] == "on request"
    assert facts["downloads"] == []
    assert facts["speakers"]["Ses01F"]["sex"] == "female"
    assert facts["native_labels"]["xxx"] == 2507
    assert "zoo data add iemocap PATH" in CliRunner().invoke(app, ["info", "iemocap"]).stdout


def test_leftovers_of_a_killed_process_are_removed(here: Path, emodb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("adding_ravdess.dvc").write_text("outs: []\n")
    monkeypatch.setattr(record, "_dvc", committed)
    for name in (".emodb.0a1b2c3d.part", ".emodb.removed", ".ravdess.0a1b2c3d.part"):
        (here.parent / name / "wav").mkdir(parents=True)
    for folder in (emodb, here):
        (folder / "SYNTHETIC.txt").touch()
    add("emodb", emodb)
    assert sorted(path.name for path in here.parent.iterdir()) == [".ravdess.0a1b2c3d.part", "emodb"]
    assert not Path("adding_ravdess.dvc").exists()


def test_a_corpus_in_another_format_is_rejected_with_a_hint(here: Path, tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror/03a01Fa.flac").touch()
    with pytest.raises(ZooError) as error:
        add("emodb", tmp_path / "mirror")
    assert error.value.hint.startswith("its audio is flac: zoo needs the published wav files")


def test_the_record_lists_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data.dvc").write_text("outs:\n- md5: abcd.dir\n  path: data/emodb\n")
    listed = json.dumps([{"md5": "x", "relpath": "wav/03a01Fa.wav"}])
    for cache in (".dvc/cache", "elsewhere"):
        assert record.added_files(Path("data/emodb")) is None
        (tmp_path / cache / "files/md5/ab").mkdir(parents=True)
        (tmp_path / cache / "files/md5/ab/cd.dir").write_text(listed)
        assert record.added_files(Path("data/emodb")) == {"wav/03a01Fa.wav": "x"}
        (tmp_path / ".dvc/config").write_text("[core]\n    analytics = false\n[cache]\n    dir = ../elsewhere\n")
    assert record.added_files(Path("data/ravdess")) is None
