"""What a search selected is what is read: a selection that was changed is rejected, and computed again."""

import json

import pytest
from fixtures.searches import Runs, selection
from fixtures.trainings import in_place

from zoo.errors import ZooError
from zoo.training import job as jobs
from zoo.tuning.search import search
from zoo.tuning.selection import KEPT, read_selection

CHANGED = "was changed or truncated since it was written; computing it again"


def better(content):
    """Somebody's wish, in place of what was found."""
    told = json.loads(content)
    told["groups"][0]["dev_score"] = 0.999
    return (json.dumps(told, indent=2, sort_keys=True) + "\n").encode()


EDITS = {
    "a better result": better,
    "another configuration": lambda content: content.replace(b'"config_id": 0', b'"config_id": 1'),
    "cut off": lambda content: content[: len(content) // 2],
    "a space more": lambda content: content + b" ",
    "empty": lambda content: b"",
    "not text": lambda content: b"\xff\xfe" + content,
}


@pytest.fixture(params=EDITS)
def edit(request):
    return EDITS[request.param]


def test_a_verdict_that_was_edited_is_made_again_and_the_others_are_kept(tiny_study, edit, capsys):
    study, runs = tiny_study(), Runs({(0, 1): (0.6, 1.0)})
    search(study, run=runs)
    folder = study.derived / "tuned"
    before = {path: path.read_bytes() for path in folder.rglob("*.json")}
    trials = (study.derived / "trials.parquet").read_bytes()
    path = folder / "statistics" / "emodb.json"
    path.write_bytes(edit(before[path]))
    assert path.read_bytes() != before[path]
    runs.trials.clear()
    capsys.readouterr()
    search(study, run=runs)
    assert {name for name, *_ in runs.trials} == {"statistics"} and len(runs.trials) == 4
    assert capsys.readouterr().err == f"{path} {CHANGED}\n"
    assert {path: path.read_bytes() for path in folder.rglob("*.json")} == before
    assert (study.derived / "trials.parquet").read_bytes() == trials
    runs.trials.clear()
    search(study, run=runs)
    assert not runs.trials and capsys.readouterr().err == ""


def test_a_verdict_that_was_edited_costs_no_training(tiny_study, monkeypatch, capsys):
    """Its trials are kept, and tell it again."""
    study = tiny_study(models=["statistics"])
    search(study, run=in_place)
    path = study.derived / "tuned" / "statistics" / "emodb.json"
    before = path.read_bytes()
    path.write_bytes(better(before))
    monkeypatch.setattr(jobs, "fit", None)
    search(study, run=in_place)
    assert path.read_bytes() == before
    assert CHANGED in capsys.readouterr().err


def test_an_edited_verdict_is_read_by_nobody(tiny_study, edit):
    study = tiny_study()
    search(study, run=Runs())
    path = study.derived / "tuned" / "statistics" / "emodb.json"
    honest, before = read_selection(study, "emodb", "statistics"), path.read_bytes()
    assert honest == json.loads(before)
    path.write_bytes(edit(before))
    with pytest.raises(ZooError, match=r"tuned.statistics.emodb\.json was changed since the search wrote it") as caught:
        read_selection(study, "emodb", "statistics")
    assert "dvc repro" in caught.value.hint
    assert read_selection(study, "emodb", "cnn") == selection(study, "cnn")
    path.write_bytes(before)
    assert read_selection(study, "emodb", "statistics") == honest


def test_a_verdict_that_is_absent_or_of_nobodys_search_is_refused(tiny_study):
    study = tiny_study()
    search(study, run=Runs())
    tuned = study.derived / "tuned"
    (tuned / "cnn" / "emodb.json").unlink()
    with pytest.raises(ZooError, match="is missing"):
        read_selection(study, "emodb", "cnn")
    (tuned / KEPT).unlink()
    with pytest.raises(ZooError, match="was changed since the search wrote it"):
        read_selection(study, "emodb", "statistics")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"7",
        b'"words"',
        b'{"statistics@emodb": null, "cnn@emodb": null}',
        b'{"statistics@emodb": "ab", "cnn@emodb": {}}',
        b'{"statistics@emodb": {"key": 1, "sha256": null}, "cnn@emodb": 7}',
        None,
    ],
)
def test_a_damaged_list_of_what_was_found_costs_a_new_search(tiny_study, content, capsys):
    study, runs = tiny_study(), Runs()
    search(study, run=runs)
    path = study.derived / "tuned" / KEPT
    before = {path: path.read_bytes() for path in study.derived.rglob("*.json")}
    assert path in before
    path.write_bytes(before[path][: len(before[path]) // 2] if content is None else content)
    with pytest.raises(ZooError, match="was changed since the search wrote it"):
        read_selection(study, "emodb", "statistics")
    runs.trials.clear()
    capsys.readouterr()
    search(study, run=runs)
    assert len(runs.trials) == 8
    assert {path: path.read_bytes() for path in study.derived.rglob("*.json")} == before
    assert capsys.readouterr().err.count("computing it again") <= 1
