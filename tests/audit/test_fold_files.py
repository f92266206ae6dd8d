"""Fold files in many formats give the same rows."""

import json

import polars as pl
import pytest

from zoo.audit.fold_files import read
from zoo.audit.identity import corpus_of, identify
from zoo.errors import ZooError

MEMBERS = {"03a01Fa": "train", "08a01Fd": "dev", "09a01Wb": "test"}
NESTED = {split: [f"wav/{name}.wav"] for name, split in MEMBERS.items()}
ROWS = [{"key": name, "wav": f"/data/{name}.wav", "split": split, "emo": "x"} for name, split in MEMBERS.items()]
LINES = "\n".join(map(json.dumps, ROWS))
ONE_FILE = {
    "split.csv": "file,emotion,split\n" + "".join(f"wav/{name}.wav,x,{split}\n" for name, split in MEMBERS.items()),
    "semicolons.csv": "ID;Split_Set\n03a01Fa;Train\n08a01Fd;Development\n09a01Wb;Test1\n",
    "bom.tsv": "\ufeffFileName\tPartition\n03a01Fa.wav\ttrain\n08a01Fd.wav\tval\n09a01Wb.wav\ttest\n",
    "windows.csv": "path,set\n" + "".join(f"C:\\x\\{name}.wav,{split}\n" for name, split in MEMBERS.items()),
    "by_split.json": json.dumps(NESTED),
    "in_data.json": json.dumps({"labels": {"x": 0}, "data": ROWS}),
    "rows.json": json.dumps(ROWS),
    "by_number.json": json.dumps(dict(enumerate(ROWS))),
    "by_key.json": json.dumps({name: {"split": split, "labels": ["x"]} for name, split in MEMBERS.items()}),
    "lines.jsonl": LINES + "\n",
    "lines.json": LINES,
    "objects.jsonl": "\n".join(
        json.dumps({"audio": {"path": f"{name}.flac"}, "split": split}) for name, split in MEMBERS.items()
    ),
}
SEVERAL = {
    "emodb.emotion.{split}.csv": "file,emotion\nwav/{name}.wav,anger\n",
    "{split}.csv": "ID,duration,wav,emo\n0,1.0,$root/{name}.wav,x\n",
    "headless_{split}.csv": "wav/{name}.wav,x\n",
    "fold1/{split}.txt": "{name}\n",
    "{split}/list.lst": "wav/{name}.wav\n",
    "{split}.json": '{{"{name}": {{"wav": "x/{name}.wav", "length": 2.1, "emo": "x"}}}}',
    "emodb_{split}_fold_1.jsonl": '{{"key": "{name}", "label": "x", "audio": "x/{name}.wav"}}\n',
}


def members(listed):
    known = identify(listed, "emodb", None)
    return dict(known.select("utterance_id", "split").rows())


@pytest.mark.parametrize("name", ONE_FILE)
def test_train_dev_and_test_in_one_file(tmp_path, name):
    (tmp_path / name).write_text(ONE_FILE[name], encoding="utf-8")
    listed = read([tmp_path / name])
    assert corpus_of(listed) == "emodb"
    assert members(listed) == MEMBERS
    assert listed["fold"].n_unique() == 1


@pytest.mark.parametrize("word", ["dev", "val", "valid", "validation", "devel"])
@pytest.mark.parametrize("name", SEVERAL)
def test_every_split_may_be_a_file(tmp_path, name, word):
    for utterance, split in MEMBERS.items():
        path = tmp_path / name.format(split=word if split == "dev" else split)
        path.parent.mkdir(exist_ok=True)
        path.write_text(SEVERAL[name].format(name=utterance))
    listed = read([tmp_path])
    assert members(listed) == MEMBERS
    assert listed["fold"].n_unique() == (3 if name.startswith("{split}/") else 1)


def test_folds_are_known_by_columns_keys_and_names(tmp_path):
    rows = "".join(f"{fold},{name},{split}\n" for fold in (1, 2) for name, split in MEMBERS.items())
    (tmp_path / "all.csv").write_text("fold,utterance_id,split\n" + rows)
    (tmp_path / "nested.json").write_text(json.dumps({"fold_1": NESTED, "fold_2": NESTED}))
    for fold in (1, 2):
        for name, split in MEMBERS.items():
            (tmp_path / f"Session{fold}").mkdir(exist_ok=True)
            (tmp_path / f"Session{fold}" / f"{split}_meta_data.json").write_text(
                json.dumps({"meta_data": [{"path": f"{name}.wav", "label": "x", "speaker": "x"}]})
            )
    for files in ([tmp_path / "all.csv"], [tmp_path / "nested.json"], sorted(tmp_path.glob("Session*"))):
        listed = read(files)
        assert sorted(listed["fold"].unique()) == ["1", "2"]
        assert all(members(part) == MEMBERS for part in listed.partition_by("fold"))


def test_folds_without_splits_are_tested_in_turn(tmp_path):
    (tmp_path / "folds.csv").write_text("file,fold\n03a01Fa.wav,1\n08a01Fd.wav,2\n09a01Wb.wav,2\n")
    listed = read([tmp_path / "folds.csv"])
    first, second = (members(listed.filter(pl.col("fold") == fold)) for fold in ("1", "2"))
    assert first == {"03a01Fa": "test", "08a01Fd": "train", "09a01Wb": "train"}
    assert second == {"03a01Fa": "train", "08a01Fd": "test", "09a01Wb": "test"}


WHOLE = "file,split\n" + "".join(f"{name}.wav,{split}\n" for name, split in MEMBERS.items())
TURNED = "file,split\n" + "".join(
    f"{name}.wav,{split}\n" for name, split in zip(MEMBERS, ("test", "train", "train"), strict=True)
)


@pytest.mark.parametrize(
    ("names", "folds"),
    [
        (("labels_consensus_1.csv", "labels_consensus_2.csv"), ["1", "2"]),
        (("women.csv", "men.csv"), ["men", "women"]),
        (("a/all.csv", "b/all.csv"), ["a", "b"]),
    ],
)
def test_each_of_several_files_with_all_splits_is_a_fold(tmp_path, names, folds):
    for name, content in zip(names, (WHOLE, TURNED), strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    listed = read([tmp_path / name for name in names])
    assert sorted(listed["fold"].unique()) == folds
    first = listed.filter(source=str(tmp_path / names[0]))
    assert first["fold"].n_unique() == 1 and members(first) == MEMBERS
    if "/" not in names[0]:  # the folder stands for them, and for no other files
        (tmp_path / "README.txt").write_text("EMO-SUPERB's folds\n")
        (tmp_path / "label_map.json").write_text('{"anger": ["ang"]}')
        assert read([tmp_path]).sort("fold", "listed").equals(listed.sort("fold", "listed"))


def test_a_single_file_with_two_splits_is_not_a_separate_fold(tmp_path):
    (tmp_path / "train.txt").write_text("03a01Fa\n")
    (tmp_path / "rest.csv").write_text("file,split\n08a01Fd.wav,dev\n09a01Wb.wav,test\n")
    listed = read([tmp_path / "train.txt", tmp_path / "rest.csv"])
    assert members(listed) == MEMBERS and listed["fold"].n_unique() == 1


def test_a_folder_of_files_named_after_folds_is_tested_in_turn(tmp_path):
    (tmp_path / "fold_1.txt").write_text("03a01Fa\n")
    (tmp_path / "fold_2.txt").write_text("08a01Fd\n")
    listed = read([tmp_path])
    assert sorted(listed.select("fold", "split", "listed").rows()) == [
        *(("1", "test", "03a01Fa"), ("1", "train", "08a01Fd")),
        *(("2", "test", "08a01Fd"), ("2", "train", "03a01Fa")),
    ]


def test_a_folder_named_like_a_file_is_ignored(tmp_path):
    (tmp_path / "train.json").mkdir()
    (tmp_path / "test.csv").write_text("file\n09a01Wb.wav\n")
    assert members(read([tmp_path])) == {"09a01Wb": "test"}


def test_a_broken_link_is_rejected_and_not_skipped(tmp_path):
    (tmp_path / "dev.csv").symlink_to(tmp_path / "elsewhere.csv")
    (tmp_path / "train.csv").write_text("file\n03a01Fa.wav\n")
    with pytest.raises(ZooError, match=r"dev\.csv is a broken link"):
        read([tmp_path])


@pytest.mark.parametrize("code", ["latin-1", "utf-16", "utf-16-le"])
def test_encodings_of_other_programs_are_read(tmp_path, code):
    rows = "".join(f"{name}.wav,{split},schön\n" for name, split in MEMBERS.items())
    (tmp_path / "all.csv").write_text("file,split,text\n" + rows, encoding=code)
    assert members(read([tmp_path / "all.csv"])) == MEMBERS


def test_a_line_separator_within_a_text_does_not_end_a_json_line(tmp_path):
    rows = [row | {"emo": "a\u2028b"} for row in ROWS]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / "all.jsonl").write_text(lines, encoding="utf-8")
    assert members(read([tmp_path / "all.jsonl"])) == MEMBERS


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.csv", None, "absent.csv is missing"),
        ("notes.docx", "PK\3\4", "notes.docx is a workbook or zip file"),
        ("train.json", '{"a": [', "train.json cannot be read"),
        ("lines.jsonl", LINES[:-5], r"cannot be read: .*: line 3 column 71 "),
        ("lines.json", LINES[:-5], r"cannot be read: .*: line 3 column 71 "),
        ("pretty.json", json.dumps(ROWS, indent=1)[:60], "cannot be read: .*: line 5 column 3 "),
        ("all.csv", "file,split\na.wav,test\nb.wav,\nc.wav,\n", "2 of 3 rows of .*all.csv have no split"),
        ("train.csv", "", "train.csv lists no recordings"),
        ("train.csv", "emotion,length\nx,1\n", "no recording is named in emotion, length"),
        ("train.parquet", "x", "train.parquet is not a readable Parquet file"),
        ("all.csv", "file,split\na.wav,tset\n", "'tset' is not a split"),
        ("all.csv", "file,split,spk\na.wav,test,1\na.wav,dev,2\n", "two speakers: '1' .line 2. and '2' .line 3."),
        ("all.csv", "file\na.wav\n", "does not state which recordings are for training"),
    ],
)
def test_what_cannot_be_read_is_reported(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(ZooError, match=message) as caught:
        read([tmp_path / name])
    assert caught.value.hint


def test_a_manifest_identifies_more_than_names(named_manifest, tmp_path):
    """Recordings are identified by their paths in the corpus, whatever their ids."""
    manifest = named_manifest("emodb", ["03a01Fa", "08a01Fd", "09a01Wb"]).with_columns(
        pl.Series("path", ["x/1.wav", "y/1.wav", "z/2.wav"]), pl.Series("utterance_id", ["x-1", "y-1", "z-2"])
    )
    (tmp_path / "all.csv").write_text("file,split\nx/1.wav,train\ny/1.flac,test\n2.wav,test\n1.wav,dev\n")
    rows = identify(read([tmp_path / "all.csv"]), "emodb", manifest).sort("listed")
    assert dict(rows.select("listed", "utterance_id").rows()) == {
        "1.wav": None,  # two recordings end so
        "2.wav": "z-2",
        "x/1.wav": "x-1",
        "y/1.flac": "y-1",
    }
    assert rows["known_by"].to_list() == ["nothing", "corpus", "corpus", "corpus"]
