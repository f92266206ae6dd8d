"""What catalogues promise: versions never change, damage is seen, names are found."""

import json
import os
import subprocess
import sys
from pathlib import Path

import fsspec
import pytest

from zoo.cli.show_models import listing
from zoo.errors import ZooError
from zoo.releases import FILES, FINGERPRINTS
from zoo.releases.card import read as read_card
from zoo.releases.catalogue import Catalogue, known
from zoo.releases.publish import LOCK, publish
from zoo.releases.pull import Found, cache_folder, find, pull

CANDIDATES = Path("derived/mini/zoo")


def recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the candidates pass for models of recorded speech."""
    for card in CANDIDATES.rglob("card.json"):
        values = json.loads(card.read_text(encoding="utf-8"))
        values["origin"] = "recorded"
        card.write_text(json.dumps(values), encoding="utf-8")


def test_publishing_the_same_again_does_nothing(zoo, project):
    assert zoo("publish", "mini").exit_code == 0
    before = {path: path.read_bytes() for path in Path("models").rglob("*") if path.is_file()}
    for log in Path("derived/mini/logs").rglob("*.json"):
        log.write_text('{"seconds": 99}', encoding="utf-8")  # what it cost is no part of what it is
    again = zoo("publish", "mini")
    assert again.exit_code == 0
    assert "statistics@emodb:0.1.0 (SYNTHETIC) unchanged, already in models" in again.stdout
    assert {path: path.read_bytes() for path in Path("models").rglob("*") if path.is_file()} == before


def test_other_content_gets_the_next_version_and_never_an_old_one(zoo, project, retrained):
    zoo("publish", "mini")
    retrained()
    rejected = zoo("publish", "mini", "-m", "statistics@emodb", "--version", "0.1.0")
    assert rejected.exit_code == 1
    assert "statistics@emodb:0.1.0 is already in models with other content" in rejected.stderr
    assert "0.2.0 (SYNTHETIC) published" in zoo("publish", "mini").stdout
    versions = [(row.name, row.version) for row in Catalogue("models").index().releases]
    assert versions == [("statistics@emodb", "0.1.0"), ("statistics@emodb", "0.2.0"), ("statistics@ravdess", "0.1.0")]
    assert find("statistics@emodb")[0][0].version == "0.2.0"
    assert pull("statistics@emodb:0.1.0").found.version == "0.1.0"


def test_synthetic_models_stay_below_1_and_recorded_ones_start_there(zoo, project, monkeypatch):
    rejected = zoo("publish", "mini", "--version", "1.0.0")
    assert rejected.exit_code == 1
    assert "SYNTHETIC and cannot be 1.0.0" in rejected.stderr
    assert {path.name for path in Path("models").glob("*")} <= {LOCK}
    zoo("publish", "mini")
    recorded(monkeypatch)
    (Path("models") / "index.json").unlink()
    assert "recorded ones start at 1.0.0" in zoo("publish", "mini", "--version", "0.9.0").stderr
    published = zoo("publish", "mini")
    assert "statistics@emodb:1.0.0 published" in published.stdout
    assert "SYNTHETIC" not in published.stdout


def test_the_newest_recorded_release_of_all_catalogues_is_taken(zoo, project, retrained, monkeypatch):
    assert find("statistics@emodb")[0][0].is_candidate
    publish(CANDIDATES, Catalogue("models"))
    assert find("statistics@emodb")[0][0].version == "0.1.0"
    retrained()
    recorded(monkeypatch)
    publish(CANDIDATES, Catalogue("other"), version="1.4.0")
    monkeypatch.setenv("ZOO_CATALOGUES", f"{Path('other').absolute()}{os.pathsep}")
    found = find("statistics@emodb")[0][0]
    assert (found.version, found.entry.origin) == ("1.4.0", "recorded")
    assert "trained on recorded speech" in zoo("pull", "statistics@emodb").stdout
    assert "SYNTHETIC" in zoo("pull", "statistics@emodb:0.1.0").stdout


def test_this_clones_recorded_model_comes_before_a_synthetic_release(zoo, project, monkeypatch):
    publish(CANDIDATES, Catalogue("models"))
    assert find("statistics@emodb")[0][0].version == "0.1.0"
    recorded(monkeypatch)
    found = find("statistics@emodb")[0][0]
    assert (found.version, found.entry.origin) == ("candidate", "recorded")
    output = zoo("pull", "statistics@emodb").stdout
    assert "trained on recorded speech" in output and "SYNTHETIC" not in output
    publish(CANDIDATES, Catalogue("other"))
    monkeypatch.setenv("ZOO_CATALOGUES", "other")
    assert find("statistics@emodb")[0][0].version == "1.0.0"


def test_the_next_version_is_counted_over_all_catalogues(zoo, project, retrained, monkeypatch):
    publish(CANDIDATES, Catalogue("models"))
    retrained()
    # a new content must not take a version that another catalogue has, the same content keeps its version
    versions = {item.name: (item.version, item.is_new) for item in publish(CANDIDATES, Catalogue("empty"))}
    assert versions == {"statistics@emodb": ("0.2.0", True), "statistics@ravdess": ("0.1.0", True)}
    monkeypatch.setenv("ZOO_CATALOGUES", "empty")
    again = {item.name: (item.version, item.is_new) for item in publish(CANDIDATES, Catalogue("models"))}
    assert again == {"statistics@emodb": ("0.2.0", True), "statistics@ravdess": ("0.1.0", False)}
    # one release in two catalogues is one release
    assert [place.catalogue.address for place in find("statistics@emodb")[0]] == ["models", "empty"]
    assert pull("statistics@emodb").found.version == "0.2.0"


def test_addresses_are_separated_by_commas_and_folders_as_in_path(project, monkeypatch):
    monkeypatch.setenv("ZOO_CATALOGUES", f"a{os.pathsep}b,s3://bucket/models, c")
    assert [catalogue.address for catalogue in known()] == ["models", "a", "b", "s3://bucket/models", "c"]


def test_one_version_with_two_contents_is_an_error(project, retrained, monkeypatch):
    publish(CANDIDATES, Catalogue("models"))
    retrained()
    publish(CANDIDATES, Catalogue("other"), version="0.3.0")
    text = (Path("other") / "index.json").read_text(encoding="utf-8").replace("0.3.0", "0.1.0")
    (Path("other") / "index.json").write_text(text, encoding="utf-8")
    monkeypatch.setenv("ZOO_CATALOGUES", "other")
    with pytest.raises(ZooError, match=r"statistics@emodb:0\.1\.0 is not the same in models and other"):
        find("statistics@emodb")


def test_a_storage_address_serves_as_a_catalogue(project, monkeypatch):
    address = f"memory://zoo-{os.getpid()}/models"
    publish(CANDIDATES, Catalogue(address))
    monkeypatch.setenv("ZOO_CATALOGUES", address)
    pulled = pull("statistics@emodb")
    assert pulled.found.catalogue.address == address
    assert read_card(pulled.folder / "card.json").version == "0.1.0"

    def broken(*_: object, **__: object) -> bytes:
        raise OSError("no route to host")

    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "cat_file", broken)
    again = pull("statistics@emodb")
    assert any("last copy of its index" in note for note in again.notes)
    monkeypatch.setenv("ZOO_CATALOGUES", "memory://elsewhere")
    with pytest.raises(ZooError, match="cannot be reached: no route to host"):
        pull("statistics@emodb")
    monkeypatch.setenv("ZOO_CATALOGUES", "nosuch://elsewhere")
    with pytest.raises(ZooError, match="nosuch://elsewhere"):
        pull("statistics@emodb")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_damaged_release_is_named_and_taken_from_elsewhere(project, monkeypatch, name, damage):
    publish(CANDIDATES, Catalogue("models"))
    publish(CANDIDATES, Catalogue("other"))
    path = Path("models/statistics/emodb/0.1.0") / name
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(content[:-9] if damage == "cut" else content[:-9] + b"123456789")
    with pytest.raises(ZooError, match=f"models/statistics/emodb/0.1.0/{name}") as caught:
        pull("statistics@emodb")
    assert "git checkout" in caught.value.hint
    monkeypatch.setenv("ZOO_CATALOGUES", "other")
    pulled = pull("statistics@emodb")
    assert pulled.found.catalogue.address == "other"
    assert any(name in note for note in pulled.notes)


def test_a_damaged_cache_mends_itself(zoo, project):
    zoo("publish", "mini")
    folder = pull("statistics@emodb").folder
    for name in ("weights.safetensors", "card.json"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:40])
        result = zoo("show", "statistics@emodb")
        assert result.exit_code == 0
        assert "the copy in the cache was damaged" in result.stderr
        assert (folder / name).read_bytes() == whole


def test_the_shipped_index_and_its_list_say_post_exploration_as_the_cards_do():
    shipped = Catalogue(str(Path(__file__).parents[2] / "models"))
    entries = shipped.index().releases
    for entry in entries:
        score = read_card(Path(shipped.address) / entry.folder / "card.json").uar
        assert (entry.uar, entry.exploration) == (score.value, score.exploration)
    found = [Found(entry, shipped, entry.folder) for entry in entries]
    assert listing(found, "*").count("] post-exploration") == len(entries) > 0


def test_a_damaged_index_is_an_error_that_says_where(zoo, project):
    zoo("publish", "mini")
    text = Path("models/index.json").read_text(encoding="utf-8")
    for damaged in (text[:-20], "[]", text.replace('"format": 2', '"format": 7')):
        Path("models/index.json").write_text(damaged, encoding="utf-8")
        for words in (("pull", "statistics@emodb"), ("list",), ("publish", "mini")):
            result = zoo(*words)
            assert result.exit_code == 1
            assert "models/index.json is damaged" in result.stderr
            assert "git checkout" in result.stderr


def _index_with(change):
    """The text of the index after a change of its first entry."""
    index = json.loads(Path("models/index.json").read_text(encoding="utf-8"))
    change(index, index["releases"][0])
    return json.dumps(index)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda index, entry: index["releases"].append(entry), "'statistics@emodb:0.1.0' is there twice"),
        (lambda index, entry: entry["files"]["card.json"].update(num_bytes=-1), "files.card.json.num_bytes: Input"),
        (lambda index, entry: entry["files"]["card.json"].update(num_bytes=1.5), "files.card.json.num_bytes: Input"),
        (lambda index, entry: entry.update(uar=float("nan")), "releases.0.uar: Input should be a finite number"),
        (lambda index, entry: entry.update(low=-0.5), "releases.0.low: Input should be greater than or equal to 0"),
        (lambda index, entry: entry.update(high="0.9"), "releases.0.high: Input should be a valid number"),
        (lambda index, entry: entry.update(identity="mine"), "releases.0.identity: String"),
    ],
)
def test_an_index_with_odd_content_is_damaged(zoo, project, change, named):
    zoo("publish", "mini")
    Path("models/index.json").write_text(_index_with(change), encoding="utf-8")
    _all_refuse(zoo, named)


def test_an_index_with_a_key_twice_is_damaged(zoo, project):
    zoo("publish", "mini")
    path = Path("models/index.json")
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace('"uar":', '"uar": 0.99, "uar":', 1), encoding="utf-8")
    _all_refuse(zoo, "'uar' is there twice")


def _all_refuse(zoo, named):
    for words in (("pull", "statistics@emodb"), ("list",), ("publish", "mini")):
        result = zoo(*words)
        assert result.exit_code == 1
        lines = result.stderr.splitlines()
        assert len(lines) == 2 and "models/index.json is damaged: " in lines[0] and named in lines[0]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"version": "../../../../evil"}, "'../../../../evil' is not a version"),
        ({"version": "candidate"}, "'candidate' is not a version"),
        ({"name": "../../evil@emodb"}, "'../../evil@emodb' is not the name of a model"),
        ({"name": "statistics@/evil"}, "'statistics@/evil' is not the name of a model"),
        ({"name": "statistics@emodb:1.0.0"}, "'statistics@emodb:1.0.0' is not the name of a model"),
        ({"file": "../../../evil"}, "'../../../evil' is not the name of a file of a release"),
        ({"file": "/evil"}, "'/evil' is not the name of a file of a release"),
        ({"file": "..\\evil"}, "'..\\evil' is not the name of a file of a release"),
        ({"file": ".evil"}, "'.evil' is not the name of a file of a release"),
        ({"without": "card.json"}, "the files of statistics@emodb:0.1.0 do not include card.json"),
        ({"without": "golden.safetensors"}, "the files of statistics@emodb:0.1.0 do not include golden.safetensors"),
    ],
)
def test_an_index_that_leads_out_of_the_cache_is_rejected(zoo, project, monkeypatch, change, named):
    publish(CANDIDATES, Catalogue("foreign"))
    path = Path("foreign/index.json")
    index = json.loads(path.read_text(encoding="utf-8"))
    entry = index["releases"][0]
    assert entry["name"] == "statistics@emodb"
    entry |= {key: value for key, value in change.items() if key in entry}
    if "file" in change:
        entry["files"][change["file"]] = entry["files"]["card.json"]
    if "without" in change:
        del entry["files"][change["without"]]
    path.write_text(json.dumps(index), encoding="utf-8")
    monkeypatch.setenv("ZOO_CATALOGUES", "foreign")
    for words in (("pull", "statistics@ravdess"), ("list",)):
        result = zoo(*words)
        assert result.exit_code == 1
        assert f"foreign/index.json is damaged: {named}" in result.stderr
    assert not list(project.parent.rglob("*evil*"))
    assert not list((project.parent / "cache").rglob("*@*"))


def test_a_tampered_card_or_candidate_is_rejected(zoo, project):
    card = CANDIDATES / "statistics/emodb/card.json"
    whole = card.read_text(encoding="utf-8")
    card.write_text(whole.replace('"dropout": 0.1', '"dropout": 0.9'), encoding="utf-8")
    with pytest.raises(ZooError, match="was changed"):
        publish(CANDIDATES, Catalogue("models"))
    assert not Path("models/index.json").exists()
    card.write_text(whole, encoding="utf-8")
    weights = CANDIDATES / "statistics/emodb/weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    result = zoo("pull", "statistics@emodb")
    assert result.exit_code == 1
    assert "weights.safetensors is missing or damaged" in result.stderr
    assert "dvc repro" in result.stderr
    # the other model is not touched by it
    assert zoo("pull", "statistics@ravdess").exit_code == 0


def test_an_interrupted_publish_leaves_nothing_in_the_index_and_can_be_done_again(project, monkeypatch):
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Catalogue, "write_index", cut)
        with pytest.raises(KeyboardInterrupt):
            publish(CANDIDATES, Catalogue("models"))
    assert find("statistics@emodb")[0][0].is_candidate
    publish(CANDIDATES, Catalogue("models"))
    assert pull("statistics@emodb").found.version == "0.1.0"


def test_two_pulls_at_once_both_end_well(project):
    publish(CANDIDATES, Catalogue("models"))
    code = "from zoo.releases.pull import pull; print(pull('statistics@emodb:0.1.0').folder)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    pulls = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(2)
    ]
    output = [process.communicate(timeout=60)[0].strip() for process in pulls]
    assert [process.returncode for process in pulls] == [0, 0]
    assert output[0] == output[1]
    assert {path.name for path in Path(output[0]).iterdir()} == {*FILES, FINGERPRINTS}


def test_two_publishes_at_once_are_both_in_the_index(project):
    code = (
        "import sys; from pathlib import Path; from zoo.releases.publish import publish;"
        "from zoo.releases.catalogue import Catalogue;"
        "publish(Path('derived/mini/zoo'), Catalogue('models'), [sys.argv[1]])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    names = ["statistics@emodb", "statistics@ravdess"]
    processes = [subprocess.Popen([sys.executable, "-c", code, name], env=environment) for name in names]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert [entry.name for entry in Catalogue("models").index().releases] == names


def test_an_index_that_contradicts_the_card_is_rejected(zoo, project, retrained):
    zoo("publish", "mini")
    retrained()
    zoo("publish", "mini")
    index = json.loads(Path("models/index.json").read_text(encoding="utf-8"))
    old, new = index["releases"][:2]
    old["identity"] = new["identity"]
    Path("models/index.json").write_text(json.dumps(index), encoding="utf-8")
    result = zoo("pull", "statistics@emodb:0.1.0")
    assert result.exit_code == 1
    assert "models/index.json does not agree with the card of statistics@emodb:0.1.0" in result.stderr


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("statistcs@emodb", "did you mean statistics@emodb"),
        ("statistics@emodbb", "did you mean statistics@emodb"),
        ("statistics", "model@corpus"),
        ("statistics@emodb:7.0.0", "available: candidate"),
        ("statistics@emodb:new", "versions are X.Y.Z"),
        ("cnn_lstm@iemocap", "zoo data add iemocap PATH"),
    ],
)
def test_unknown_names_say_what_to_do(zoo, name, named):
    result = zoo("pull", name)
    assert result.exit_code in (1, 2)
    assert named in result.stderr
    assert "Traceback" not in result.output


def test_an_absent_model_says_that_repro_makes_only_the_synthetic_one(zoo):
    hint = zoo("pull", "cnn_lstm@iemocap").stderr
    assert "`make repro` makes a SYNTHETIC one" in hint
    assert "zoo publish" in hint


def test_unknown_studies_and_candidates_are_named(zoo):
    assert "did you mean mini" in zoo("publish", "minni").stderr
    assert "unknown candidate 'cnn'" in zoo("publish", "mini", "-m", "cnn").stderr


def test_another_input_than_the_trained_one_is_rejected(zoo, monkeypatch):
    from dataclasses import replace

    from zoo import inputs

    present = inputs.build
    monkeypatch.setattr(inputs, "build", lambda spec: replace(present(spec), facts={"hop_length": 80}))
    result = zoo("evaluate", "statistics@emodb", "ravdess")
    assert result.exit_code == 1
    assert "input 'log_mel' of this version of zoo is not the one" in result.stderr


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="other systems have other folders")
def test_the_cache_is_where_the_system_keeps_caches_unless_zoo_cache_says_otherwise(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    monkeypatch.setenv("ZOO_CACHE", "")
    assert cache_folder() == Path("/caches/zoo")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache/zoo"
    monkeypatch.setenv("ZOO_CACHE", "/mine")
    assert cache_folder() == Path("/mine")
