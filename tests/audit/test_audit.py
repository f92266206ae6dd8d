"""The audit finds the known leaks of published splits, and passes clean ones."""

import json
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.audit.audit import audit_files, audit_fold
from zoo.audit.fold_files import read
from zoo.audit.identity import corpus_of, identify
from zoo.errors import ZooError
from zoo.folds.cut import cut
from zoo.folds.emobox import RAVDESS
from zoo.folds.luna_jimenez import TEST_ACTORS


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """Without corpus and study, only names and published hashes are available."""
    monkeypatch.chdir(tmp_path)


def crossing(fold, kind, splits):
    (found,) = [one for one in fold.crossings if one.kind == kind and one.splits == splits]
    return found


def at_random(names, num_folds, size):
    shuffled = random.Random(1).sample(names, len(names))
    return [set(shuffled[fold * size : (fold + 1) * size]) for fold in range(num_folds)]


def test_emobox_emodb_shares_all_speakers_and_versions_of_takes(names_of, write_emobox):
    names = names_of["emodb"]()
    found = audit_files([write_emobox("emodb", at_random(names, 5, 107), names)])
    assert found.corpus == "emodb"
    assert [fold.fold for fold in found.folds] == ["1", "2", "3", "4", "5"]
    assert found.leaks == ("speakers", "takes")
    for fold in found.folds:
        assert fold.sizes == {"train": 428, "dev": 0, "test": 107}
        speakers = crossing(fold, "speakers", ("train", "test"))
        assert (speakers.shared, speakers.values, speakers.recordings) == (10, 10, 107)
        takes = crossing(fold, "takes", ("train", "test"))
        assert 11 <= takes.recordings <= 25  # as counted in the published folds
        for example in takes.examples:
            assert example.first != example.second
            assert example.value in example.first and example.value in example.second


@pytest.mark.parametrize(
    ("corpus", "size", "speakers"), [("tess", 700, 2), ("crema_d", 1856, 91)], ids=["tess", "crema_d"]
)
def test_random_quarters_of_emobox_share_all_speakers(names_of, write_emobox, corpus, size, speakers):
    names = names_of[corpus]()
    (test,) = at_random(names, 1, size)
    twins = {"1006_TIE_HAP_XX", "1006_TIE_NEU_XX"}
    if corpus == "crema_d":  # as published: one twin is tested, the other trains
        test = (test - twins) | {"1006_TIE_HAP_XX"}
    (fold,) = audit_files([write_emobox(corpus, [test], names)]).folds
    assert crossing(fold, "speakers", ("train", "test")).shared == speakers
    if corpus == "crema_d":
        audio = crossing(fold, "identical audio", ("train", "test"))
        assert any(
            {"1006_TIE_NEU", "1006_TIE_HAP"} == {one.first[-19:-7], one.second[-19:-7]} for one in audio.examples
        )


def test_emobox_ravdess_and_savee_are_clean_but_for_sentences(names_of, write_emobox):
    names = names_of["ravdess"]()
    tests = [{name for name in names if name[-2:] in actors.split()} for actors in RAVDESS]
    found = audit_files([write_emobox("ravdess", tests, names)])
    assert found.verdict == "clean"
    assert {fold.sizes["test"] for fold in found.folds} == {240}
    for fold in found.folds:
        sentences = crossing(fold, "sentences", ("train", "test"))
        assert (sentences.shared, sentences.values, sentences.leak) == (2, 2, False)
    names = names_of["savee"]()
    tests = [{name for name in names if name.startswith(speaker)} for speaker in ("JE", "KL", "DC", "JK")]
    folder = write_emobox("savee", tests, names)
    assert audit_files([folder]).verdict == "clean"
    strict = audit_files([folder], strict=True)
    assert strict.verdict == "leaks: sentences"
    assert crossing(strict.folds[0], "sentences", ("train", "test")).recordings == 120


def superb(folder, names, draw_dev):
    """s3prl's files of session 1; its speaker is the dialogue's prefix."""
    rows = {split: [] for split in ("train", "dev", "test")}
    chance = random.Random(0)
    for name in names:
        split = "test" if name.startswith("Ses01") else "dev" if draw_dev and chance.random() < 0.2 else "train"
        path = f"Session{name[4]}/sentences/wav/{name.rpartition('_')[0]}/{name}.wav"
        rows[split].append({"path": path, "label": "neu", "speaker": name[:6]})
    folder = folder / "meta_data" / "Session1"
    folder.mkdir(parents=True)
    for split, meta_data in rows.items():
        if meta_data:
            content = {"labels": {"neu": 0}, "meta_data": meta_data}
            (folder / f"{split}_meta_data.json").write_text(json.dumps(content))
    return folder


def test_superbs_random_dev_shares_all_speakers_with_train(names_of, tmp_path):
    found = audit_files([superb(tmp_path, names_of["iemocap"](), draw_dev=True)])
    (fold,) = found.folds
    assert fold.fold == "1"
    speakers = crossing(fold, "speakers", ("train", "dev"))
    assert (speakers.shared, speakers.values, speakers.leak) == (8, 8, True)
    assert not [one for one in fold.crossings if one.leak and one.splits != ("train", "dev")]
    assert found.leaks == ("speakers", "takes")


def test_superbs_sessions_are_clean_and_its_speaker_field_is_wrong_and_unused(names_of, tmp_path):
    names = names_of["iemocap"]()
    found = audit_files([superb(tmp_path, names, draw_dev=False)])
    assert found.verdict == "clean"
    assert found.wrong_speakers == (len(names) // 2, len(names))


def test_ravdess_sound_of_videos_beside_audio_only(names_of, tmp_path):
    audio, video = names_of["ravdess"](), names_of["ravdess"]("01")
    assert audio[0] == video[0].replace("01-", "03-", 1)
    test = set(random.Random(2).sample(audio, 300)) | set(random.Random(3).sample(video, 300))
    rows = [f"{name}.wav,{'test' if name in test else 'train'}\n" for name in audio + video]
    (tmp_path / "all.csv").write_text("path,split\n" + "".join(rows))
    (fold,) = audit_files([tmp_path / "all.csv"]).folds
    assert fold.leaks == ("speakers", "takes", "performances")
    same = crossing(fold, "performances", ("train", "test"))
    assert same.recordings > 400
    assert {same.examples[0].first[:2], same.examples[0].second[:2]} == {"01", "03"}


def test_luna_jimenez_and_audb_are_clean(names_of, tmp_path):
    for fold, actors in enumerate(TEST_ACTORS):
        for split in ("train", "test"):
            rows = [name for name in names_of["ravdess"]("01") if (name[-2:] in actors) == (split == "test")]
            lines = "".join(f"{name}\t/data/{name}.wav\tangry\n" for name in rows)
            (tmp_path / f"fold{fold}_{split}.csv").write_text(f"name\tpath\temotion\n{lines}")
    found = audit_files(sorted(tmp_path.glob("fold*.csv")))
    assert found.verdict == "clean"
    assert [fold.sizes["test"] for fold in found.folds] == [300, 300, 300, 300, 240]
    for split in ("train", "test"):
        rows = [n for n in names_of["emodb"]() if (n[:2] in ("12", "14", "15", "16")) == (split == "test")]
        table = "file,emotion\n" + "".join(f"wav/{name}.wav,anger\n" for name in rows)
        (tmp_path / f"db.emotion.categories.{split}.gold_standard.csv").write_text(table)
    (fold,) = audit_files(sorted(tmp_path.glob("db.*.csv"))).folds
    assert fold.leaks == ()
    assert fold.sizes == {"train": 304, "dev": 0, "test": 231}  # as published


def test_unknown_and_repeated_files_are_counted(tmp_path):
    (tmp_path / "train.txt").write_text("03a01Fa\n03a01Fa\nsomebody\n")
    (tmp_path / "test.txt").write_text("08a01Fd\nsomebody\n")
    (fold,) = audit_files([tmp_path / "train.txt", tmp_path / "test.txt"], "emodb").folds
    assert fold.unknown == ("somebody",)
    assert fold.repeated == 1
    assert fold.leaks == ("recordings",)  # the same unknown name in both splits


def table(path, rows, header="file,split"):
    path.write_text("".join(f"{row}\n" for row in (header, *rows)))
    return path


def test_unknown_recordings_are_in_the_verdict_unless_something_leaks(tmp_path):
    rows = ["03a01Fa.wav,train", "08a01Fd.wav,test", *(f"foo{number}.wav,train" for number in range(600))]
    found = audit_files([table(tmp_path / "all.csv", rows)], "emodb")
    assert found.verdict == found.folds[0].verdict == "undetermined: 600 of 602 recordings are unknown"
    assert found.leaks == ()
    found = audit_files([table(tmp_path / "all.csv", [*rows, "03a01Fb.wav,test"])], "emodb")
    assert found.verdict == "leaks: speakers, takes"


def test_the_verdict_on_all_folds_counts_a_recording_once(tmp_path):
    rows = [f"{name}.wav,{fold}" for fold, name in enumerate(("03a01Fa", "08a01Fd", "foo"))]
    found = audit_files([table(tmp_path / "all.csv", rows, "file,fold")])
    assert len(found.folds) == 3
    assert found.verdict == "undetermined: 1 of 3 recordings are unknown"


COPIES = [
    ("emodb", "wav/{}_noise.wav"),
    ("emodb", "{}_speed0.9.wav"),
    ("emodb", "{} (pitch +2).flac"),
    ("ravdess", "{}-aug1.wav"),
    ("crema_d", "{}_noise_10dB.wav"),
    ("iemocap", "{}_aug.wav"),
    ("tess", "{}_reverb"),
    ("savee", "{}-speed1.1"),
]


@pytest.mark.parametrize(("corpus", "form"), COPIES)
def test_an_augmented_copy_in_train_is_a_leak_of_its_recording(names_of, tmp_path, corpus, form):
    name = names_of[corpus]()[0]
    path = table(tmp_path / "all.csv", [f"{form.format(name)},train", f"{name}.wav,train", f"{name}.wav,test"])
    found = audit_files([path])
    (fold,) = found.folds
    assert found.corpus == corpus and not fold.unknown
    assert fold.copies == (form.format(name),)
    assert fold.repeated == 0 and fold.sizes["train"] == 2  # a recording of its own
    path = table(tmp_path / "all.csv", [f"{form.format(name)},train", f"{name}.wav,test"])
    assert audit_files([path]).leaks == ("speakers", "takes", "performances")


def test_with_a_manifest_copies_and_absent_names_are_distinguished(named_manifest, tmp_path):
    manifest = named_manifest("ravdess", ["03-01-05-01-01-01-07"])
    rows = ["03-01-05-01-01-01-07.wav,train", "03-01-05-01-01-01-07_noise.wav,train", "01-01-05-01-01-01-07.mp4,test"]
    rows = identify(read([table(tmp_path / "all.csv", [*rows, "foo.wav,test"])]), "ravdess", manifest)
    assert rows["known_by"].to_list() == ["corpus", "copy", "name", "nothing"]
    assert rows["speaker_id"].to_list() == ["07", "07", "07", None]
    fold = audit_fold("all", rows)
    assert (len(fold.copies), len(fold.by_name), len(fold.unknown)) == (1, 1, 1)
    assert "performances" in fold.leaks


@pytest.mark.parametrize(("first", "second"), [("emodb", "ravdess"), ("ravdess", "emodb"), ("savee", "tess")])
def test_a_file_about_several_corpora_is_rejected_wherever_the_few_names_are(names_of, tmp_path, first, second):
    rows = [f"{name}.wav,{'test' if place else 'train'}" for place, name in enumerate(names_of[first]())]
    for few in ([f"{names_of[second]()[-1]}.wav,train"], [f"{names_of[second]()[7]}_noise.wav,train"]):
        for every in ([*rows, *few], [*few, *rows]):
            with pytest.raises(ZooError, match=f"about several corpora: {first}, {second}|{second}, {first}") as caught:
                audit_files([table(tmp_path / "all.csv", every)])
            assert caught.value.exit_code == 2


def test_the_named_corpus_of_a_file_about_several_is_audited(names_of, tmp_path):
    emodb = ["03a01Fa.wav,train,", "08a01Fd.wav,test,"]
    ravdess = [f"{name}.wav,{split},{{}}" for name in names_of["ravdess"]()[:4] for split in ("train", "test")]
    for word in ("", "RAVDESS"):  # identified by names, and by a column
        path = table(tmp_path / "all.csv", [*emodb, *(row.format(word) for row in ravdess)], "file,split,corpus")
        clean, leaky = (audit_files([path], corpus) for corpus in ("emodb", "ravdess"))
        assert (clean.verdict, clean.left_out, clean.recordings) == ("clean", 8, 2)
        assert (leaky.leaks, leaky.left_out if not word else 2) == (("recordings", "speakers"), 2)


@pytest.mark.parametrize(
    ("emodb", "ravdess", "others", "found"), [(25, 0, 75, True), (20, 0, 80, False), (15, 15, 70, True)]
)
def test_a_quarter_of_the_names_claims_a_corpus_whichever_corpora_they_are_of(
    names_of, tmp_path, emodb, ravdess, others, found
):
    names = [
        *names_of["emodb"]()[:emodb],
        *names_of["ravdess"]()[:ravdess],
        *(f"own{place}" for place in range(others)),
    ]
    rows = [f"{name}.wav,{'test' if place % 2 else 'train'}" for place, name in enumerate(names)]
    claimed = corpus_of(read([table(tmp_path / "all.csv", rows)]))
    assert (claimed is not None) == found


def test_sessions_in_two_splits_are_a_warning(tmp_path):
    rows = ["a.wav,train,Ann,day 1", "b.wav,test,Bob,Day 1", "c.wav,test,Cid,"]
    found = audit_files([table(tmp_path / "all.csv", rows, "file,split,speaker,session")])
    assert found.verdict == "clean, by the speakers stated"
    (shared,) = found.folds[0].crossings
    assert (shared.kind, shared.leak) == ("sessions", False)


def test_with_a_manifest_the_same_samples_in_two_splits_are_a_leak(named_manifest, tmp_path):
    manifest = named_manifest("emodb")
    one, other = (manifest.filter(speaker_id=who)["utterance_id"][0] for who in ("03", "08"))
    same = pl.when(pl.col("utterance_id").is_in([one, other])).then(pl.lit("ab" * 32)).otherwise("sha256_samples")
    listed = read([table(tmp_path / "all.csv", [f"{one}.wav,train", f"{other}.wav,test"])])
    assert audit_fold("all", identify(listed, "emodb", manifest)).leaks == ()
    found = audit_fold("all", identify(listed, "emodb", manifest.with_columns(sha256_samples=same)))
    assert found.leaks == ("identical audio",)


def stated(tmp_path, names, speaker):
    rows = [f"{name}.wav,{'test' if place % 2 else 'train'},{speaker(name)}" for place, name in enumerate(names)]
    return audit_files([table(tmp_path / "all.csv", rows, "file,split,speaker")]).wrong_speakers


def test_speakers_match_without_leading_zeros_and_letters(names_of, tmp_path):
    emodb, ravdess, iemocap = (names_of[corpus]() for corpus in ("emodb", "ravdess", "iemocap"))
    assert stated(tmp_path, emodb, lambda name: int(name[:2])) == (0, len(emodb))
    assert stated(tmp_path, ravdess, lambda name: f"{int(name[-2:])}.0") == (0, len(ravdess))
    assert stated(tmp_path, ravdess, lambda name: f"Actor_{name[-2:]}") == (0, len(ravdess))
    for form in ("Ses0{}{}", "Ses{}{}", "0{}{}", "{}{}"):
        right = stated(tmp_path, iemocap, lambda name, form=form: form.format(name[4], name.split("_")[-1][0]))
        assert right == (0, len(iemocap)), form
        wrong = stated(tmp_path, iemocap, lambda name, form=form: form.format(name[4], name[5]))
        assert wrong == (len(iemocap) // 2, len(iemocap)), form


def test_renamed_speakers_are_not_wrong_but_exchanged_speakers_are(names_of, tmp_path):
    ravdess, emodb = names_of["ravdess"](), names_of["emodb"]()
    assert stated(tmp_path, ravdess, lambda name: int(name[-2:]) - 1) == (0, 0)  # counted from 0
    assert stated(tmp_path, emodb, lambda name: f"person {name[:2].translate(str.maketrans('0123', 'abcd'))}") == (0, 0)
    assert stated(tmp_path, emodb, lambda name: name[2:5]) == (0, 0)  # no speakers at all
    exchanged = {"03": "08", "08": "03"}
    both = sum(name[:2] in exchanged for name in emodb)
    assert stated(tmp_path, emodb, lambda name: exchanged.get(name[:2], name[:2])) == (both, len(emodb))


def test_with_two_speakers_dev_may_share_the_training_speaker_but_no_take(named_manifest):
    manifest = named_manifest("tess")
    for (fold,), rows in listed(cut(manifest, "tess", "native", "leave_one_speaker_out"), manifest).group_by("fold"):
        found = audit_fold(str(fold), rows)
        assert found.leaks == ()
        assert not crossing(found, "speakers", ("train", "dev")).leak


def listed(table, manifest):
    rows = table.select(
        pl.lit("folds.parquet").alias("source"),
        pl.col("fold").cast(pl.String()),
        "split",
        pl.col("utterance_id").alias("listed"),
        pl.lit(None, dtype=pl.String()).alias("key"),
        pl.lit(None, dtype=pl.String()).alias("stated_speaker"),
    )
    return identify(rows, manifest["corpus"][0], manifest)


CASES = (
    ("emodb", "leave_one_speaker_out"),
    ("emodb", "audb"),
    ("emodb", "across_sentences"),
    ("ravdess", "luna_jimenez"),
    ("savee", "leave_one_speaker_out"),
    ("iemocap", "emo_superb"),
)


@pytest.fixture(scope="module")
def our_own(named_manifest):
    """Identified rows of each case, one fold each."""
    manifests = {corpus: named_manifest(corpus) for corpus, _ in CASES}
    return {
        case: listed(cut(manifests[case[0]], case[0], "native", case[1]), manifests[case[0]]).partition_by("fold")
        for case in CASES
    }


@settings(max_examples=40, deadline=None)
@given(case=st.sampled_from(CASES), data=st.data())
def test_our_folds_are_clean_and_a_moved_utterance_is_found(our_own, case, data):
    rows = data.draw(st.sampled_from(our_own[case]))
    strict = case[1] == "across_sentences"
    clean = audit_fold("0", rows)
    assert clean.leaks == () and not clean.unknown
    if strict:
        assert not [one for one in clean.crossings if one.kind == "sentences" and one.splits[1] == "test"]
    place = data.draw(st.integers(0, len(rows) - 1))
    name, split = rows["listed"][place], rows["split"][place]
    to = data.draw(st.sampled_from(sorted({"train", "dev", "test"} - {split})))
    moved = rows.with_columns(
        pl.when(pl.col("listed") == name).then(pl.lit(to)).otherwise(pl.col("split")).alias("split")
    )
    found = audit_fold("0", moved)
    assert "speakers" in found.leaks
    speakers = [one for one in found.crossings if one.kind == "speakers"]
    assert {split, to} in [set(one.splits) for one in speakers]
    assert any(name in (example.first, example.second) for one in speakers for example in one.examples)
