"""What catalogues promise: versions never change, damage is seen, names are found."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from zoo.errors import ZooError
from zoo.releases import FILES, FINGERPRINTS
from zoo.releases.cache import cache_folder
from zoo.releases.card import read as read_card
from zoo.releases.catalogue import Catalogue, known
from zoo.releases.publish import LOCK, publish
from zoo.releases.pull import find, pull

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


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_damaged_release_is_named_and_taken_from_elsewhere(released, published, monkeypatch, name, damage):
    shutil.copytree(published, "other")
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
        "import sys; from pathlib import Path; from zoo.releases import fingerprints;"
        "fingerprints.added = lambda card, folder: card;"  # they take long
        "from zoo.releases.publish import publish;"
        "from zoo.releases.catalogue import Catalogue;"
        "publish(Path('derived/mini/zoo'), Catalogue('models'), [sys.argv[1]])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    names = ["statistics@emodb", "statistics@ravdess"]
    processes = [subprocess.Popen([sys.executable, "-c", code, name], env=environment) for name in names]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert [entry.name for entry in Catalogue("models").index().releases] == names


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
