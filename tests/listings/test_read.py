"""The same rows in every format, with every separator, encoding and common names of columns, are the same listing."""

import doctest
import json
from datetime import timedelta

import polars as pl
import pytest

from zoo import listings
from zoo.errors import ZooError
from zoo.listings import audio_files, cells, names, read

ROWS = [("wav/ä b.wav", "anger", "s1"), ("wav/b.wav", "fear", "s2"), ("wav/c.wav", "anger", "s1")]
COLUMNS = ("path", "label", "speaker")
DICTS = [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]


def table(mark=",", head=COLUMNS, end="\n"):
    return "".join(mark.join(row) + end for row in (head, *ROWS))


def in_columns(rows):
    return {name: [row[name] for row in rows] for name in COLUMNS}


TEXTS = {
    "commas.csv": table(),
    "semicolons.csv": table(";", ("File", "Emotion", "Speaker ID")),
    "pipes.csv": table("|", ("Path", "Label", "Spk")),
    "tabs.tsv": table("\t", ("file_name", "gold", "actor")),
    "german.csv": table(";", ("Datei", "Gefühl", "Sprecher")),
    "excel.csv": "sep=;\r\n" + table(";", end="\r\n"),
    "old_mac.csv": table(end="\r"),
    "quoted.csv": "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in (COLUMNS, *ROWS)),
    "quotes_in_text.tsv": table("\t").replace("label", "label\ttext", 1).replace("\tanger", '\tanger\t"so he said'),
    "trailing.csv": table(end=",\n"),
    "empty_lines.csv": "\n" + table(end="\n\n"),
    "spaces.csv": table(" , "),
    "other_name.csv": table(head=("file_id", "label", "speaker")),
    "unknown_name.csv": table(head=("the recordings", "label", "speaker")),
    "header.txt": table("\t"),
    "no_suffix": table(),
    "index.csv": table().replace("path", ",path", 1).replace("wav/", "7,wav/"),
    "rows.json": json.dumps(DICTS, indent=1),
    "lines.jsonl": "\n".join(map(json.dumps, DICTS)),
    "lines.json": "\n".join(map(json.dumps, DICTS)),
    "array.jsonl": json.dumps(DICTS),
    "in_data.json": json.dumps({"name": "mine", "version": 1, "data": DICTS}),
    "objects.jsonl": "\n".join(json.dumps({"audio": {"path": p}, "emotion": e, "spk": s}) for p, e, s in ROWS),
    "lists.json": json.dumps(in_columns(DICTS)),
    "split.json": json.dumps({"columns": COLUMNS, "index": [0, 1, 2], "data": ROWS}),
    "pandas.json": json.dumps({name: dict(enumerate(column)) for name, column in in_columns(DICTS).items()}),
}
TEXTS["quotes_in_text.tsv"] = TEXTS["quotes_in_text.tsv"].replace("\tfear", "\tfear\t")


def facts(listing):
    return [tuple(row.cells.get(role, "") for role in COLUMNS) for row in listing.rows]


@pytest.mark.parametrize("name", TEXTS)
def test_formats(tmp_path, name):
    (tmp_path / name).write_bytes(TEXTS[name].encode())
    listing = read(tmp_path / name, COLUMNS)
    assert facts(listing) == ROWS
    listing.require(*COLUMNS)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_encodings(tmp_path, code):
    (tmp_path / "mine.csv").write_bytes(table().encode(code))
    assert facts(read(tmp_path / "mine.csv")) == ROWS


def test_parquet_of_hugging_face_and_audformat(tmp_path):
    paths = [{"path": path, "bytes": b"RIFF"} for path, *_ in ROWS]
    frame = pl.DataFrame({"audio": paths, "label": [0, 1, 0], "speaker": [row[2] for row in ROWS]})
    names_of = {"info": {"features": {"label": {"names": ["anger", "fear"], "_type": "ClassLabel"}}}}
    frame.write_parquet(tmp_path / "hugging.parquet", metadata={"huggingface": json.dumps(names_of)})
    assert facts(read(tmp_path / "hugging.parquet")) == ROWS
    ends = [timedelta(seconds=second) for second in (1.5, 2, 3)]
    columns = {"file": [row[0] for row in ROWS], "start": [timedelta(0)] * 3, "end": ends}
    pl.DataFrame({**columns, "emotion": [row[1] for row in ROWS]}).write_parquet(tmp_path / "db.emotion.parquet")
    of_segments = read(tmp_path / "db.emotion.parquet")
    assert [cells.seconds(row.cells["end"]) for row in of_segments.rows] == [1.5, 2, 3]
    assert of_segments.columns["label"] == "emotion"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("mine.csv", "path,label,label\na.wav,x,y\n", r"two columns 'label' \(columns 2 and 3\)"),
        ("mine.csv", "path,label,emotion\na.wav,x,x\nb.wav,x,y\n", "'label' and 'emotion' .line 3: 'x' and 'y'"),
        ("mine.csv", "path,label,Label\na.wav,x,y\n", "'label' and 'Label'"),
        ("mine.json", '[{"path": "a.wav", "label": "x", "label": "y"}]', "two values of 'label'"),
        ("mine.csv", "path,label\na.wav,x,y\n", "line 2: 3 cells, but the first line names 2 columns"),
        ("mine.csv", 'path,label\na.wav,x\n"b.wav,y\nc.wav,z,z\n', "line 3: unexpected end of data"),
        ("mine.csv", 'path,label\nb.wav,"y\nc.wav,z\n', "line 2: unexpected end of data"),
        ("mine.csv", b"path,label\n\x81.wav,x\n", "mine.csv is not text in UTF-8, UTF-16 or Windows-1252"),
        ("mine.csv", b"RIFF\x10\x00\x00\x00WAVE", "mine.csv is audio, not a table"),
        ("mine.xlsx", b"PK\x03\x04\x00", "mine.xlsx is a workbook or zip file"),
        ("mine.csv", b"PK\x03\x04\x00", "mine.csv is a workbook or zip file"),
        ("mine.pkl", b"\x80\x04", "mine.pkl is a pickle, which can run programs"),
        ("mine.json", '[{"path": "a.wav"},\n{"path": ', "neither JSON nor JSON lines: .*line 2 column 10"),
        ("mine.parquet", b"PAR1 no", "is not a readable Parquet file"),
    ],
)
def test_what_is_no_listing_is_an_error_that_names_it(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ZooError, match=message) as caught:
        read(tmp_path / name)
    assert caught.value.hint


def test_columns_of_one_role_may_agree(tmp_path):
    content = "file,path,label,emotion,id,name\na.wav,/x/a.wav,anger,anger,1,one\nb.wav,y/b.flac,,fear,2,two\n"
    (tmp_path / "mine.csv").write_text(content)
    assert [row.cells["label"] for row in read(tmp_path / "mine.csv").rows] == ["anger", "fear"]
    with pytest.raises(ZooError, match="has no column 'speaker'"):
        read(tmp_path / "mine.csv").require("speaker")


def test_a_cell_may_be_as_long_as_it_likes(tmp_path):
    (tmp_path / "mine.csv").write_text(f"path,text,label\na.wav,{'x' * 1_000_000},anger\n")
    (row,) = read(tmp_path / "mine.csv").rows
    assert row.cells["label"] == "anger" and len(row.cells["text"]) == 1_000_000


def test_paths_are_of_the_table_first_then_of_the_working_directory(tmp_path, monkeypatch):
    (tmp_path / "tables").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    for place in ("tables/both.wav", "here/both.wav", "here/only.wav", "tables/u\N{COMBINING DIAERESIS} a.wav"):
        (tmp_path / place).touch()

    def found(path):
        return audio_files.audio_file(listings.Row("mine.csv", "line 2", {"path": path}, {}), tmp_path / "tables")

    assert found("both.wav") == tmp_path / "tables" / "both.wav"
    assert found("only.wav").samefile(tmp_path / "here" / "only.wav")
    assert found(str(tmp_path / "here" / "only.wav")).is_file()
    assert found("ü a.wav").is_file() and found("~/here/only.wav").is_file() and found("..\\here\\only.wav").is_file()
    with pytest.raises(ZooError, match=r"mine\.csv, line 2: gone\.wav is not a file"):
        found("gone.wav")
    with pytest.raises(ZooError, match="is an address, not a file"):
        found("https://example.org/a.wav")


@pytest.mark.parametrize("module", [listings, cells, names])
def test_the_examples_hold(module):
    assert doctest.testmod(module).failed == 0
