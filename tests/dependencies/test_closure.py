"""What a stage or a training reaches, and what does not concern it."""

import ast
from importlib import import_module
from pathlib import Path

import pytest
from dependencies.mutations import first_mutation

import zoo
from zoo.dependencies import closure as closures
from zoo.dependencies import exempt, plan, syntax
from zoo.dependencies.closure import TOP, closure
from zoo.errors import ZooError
from zoo.study import params
from zoo.training import job

STUDY = params.load(TOP / "studies" / "embedded.yaml")
RETRAINED = ("tune.json", "train/")


def planned():
    return {place.as_posix(): found.digest for place, found in plan.closures(STUDY)}


@pytest.fixture(scope="module")
def stale_after(tmp_path_factory):
    """stale_after(path): the entries of the plan that another content of a file changes; nothing is written."""
    before = planned()

    def stale(path, monkeypatch):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            changed = first_mutation(text)
            if changed is None:
                return None
            honest = syntax.read
            edited = tmp_path_factory.mktemp("edited") / path.name
            edited.write_text(changed, encoding="utf-8")
            other = syntax.Source(honest(edited).digest, honest(path).imports)
            monkeypatch.setattr(syntax, "read", lambda given: other if given == path else honest(given))
        else:
            raise AssertionError(path)
        after = planned()
        return {place for place in before if before[place] != after[place]}

    return stale


MODULES = sorted((TOP / "zoo").rglob("*.py"))


def of_trainings(stale):
    return {place for place in stale if place.startswith(RETRAINED)}


BESIDE = ["audit", "cli", "evaluation", "figures", "library", "pages", "releases", "reporting"]


def test_what_comes_after_or_beside_a_training_never_retrains(stale_after):
    reached = {
        path for place, found in plan.closures(STUDY) if of_trainings({place.as_posix()}) for path in found.modules
    }
    rooms = {path.split("/")[1] for path in reached if path.startswith("zoo/")}
    assert "training" in rooms and not rooms & set(BESIDE)
    for path in (TOP / "zoo/releases/card.py", TOP / "zoo/reporting/page.py"):
        with pytest.MonkeyPatch.context() as monkeypatch:
            assert not of_trainings(stale_after(path, monkeypatch)), path


def test_what_reads_a_trained_model_does_not_depend_on_how_it_was_trained():
    for place, found in plan.closures(STUDY):
        if place.parts[0] in ("adapt", "predict.json", "evaluate.json", "package.json", "report.json"):
            assert {"zoo/training/loop.py", "zoo/augmentation/tempo.py"}.isdisjoint(found.modules), place


@pytest.mark.parametrize("name", ["zoo/training/loop.py", "zoo/inputs/store.py", "zoo/study/train.py"])
def test_what_a_training_uses_retrains_everything(stale_after, name):
    with pytest.MonkeyPatch.context() as monkeypatch:
        stale = stale_after(TOP / name, monkeypatch)
    assert of_trainings(stale) == {"tune.json", *(f"train/{model}.json" for model in STUDY.models)}


def test_an_architecture_concerns_itself_only(stale_after):
    with pytest.MonkeyPatch.context() as monkeypatch:
        stale = stale_after(TOP / "zoo/architectures/cnn.py", monkeypatch)
    assert of_trainings(stale) == {"tune.json", "train/cnn.json"}
    with pytest.MonkeyPatch.context() as monkeypatch:
        of_two_models = stale_after(TOP / "zoo/architectures/bilstm.py", monkeypatch)
    assert of_trainings(of_two_models) == {"tune.json", "train/bilstm.json", "train/bilstm_mfcc.json"}
    assert not {place for place in stale if place.startswith(("manifest/", "folds/", "features/", "check"))}


def test_an_input_concerns_its_features_and_no_training(stale_after):
    """What is trained depends on the features themselves."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        stale = stale_after(TOP / "zoo/inputs/mfcc.py", monkeypatch)
    assert {place for place in stale if place.startswith("features/")} == {
        f"features/{corpus}/mfcc.json" for corpus in STUDY.corpora
    }
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert not stale_after(TOP / "zoo/inputs/waveform.py", monkeypatch)  # which this study does not have


def test_a_joined_input_depends_on_the_code_of_its_parts():
    parts = {"base": {"input_type": "encoder_layers"}, "egemaps": {}}
    study = with_entries(inputs=STUDY.inputs | {"both": {"input_type": "joined", "parts": parts}})
    found = plan.closure_of(study, "features", (STUDY.corpora[0], "both"))
    wanted = {f"zoo/inputs/{name}.py" for name in ("joined", "encoder_layers", "egemaps", "functionals", "of_encoder")}
    assert wanted <= set(found.modules) and "opensmile" in found.libraries
    assert "zoo/inputs/compare.py" not in found.modules


def with_entries(**changes):
    return STUDY.model_copy(update=changes)


@pytest.mark.parametrize(
    ("name", "heard", "stale"),
    [
        ("zoo/inputs/steps/trim.py", {"log_mel": {"steps": {"trim": {}}}, "mfcc": {"steps": {}}}, "log_mel"),
        ("zoo/inputs/steps/level.py", {"log_mel": {"steps": {"trim": {}}}, "mfcc": {"steps": {}}}, None),
        ("zoo/inputs/steps/level.py", {"log_mel": {}, "mfcc": {"steps": {}}}, "log_mel"),
        ("zoo/inputs/changes/speed.py", {"log_mel": {"copies": 2}, "mfcc": {}}, "log_mel"),
        ("zoo/inputs/changes/codec.py", {"log_mel": {"copies": 2}, "mfcc": {}}, None),
        (
            "zoo/inputs/changes/codec.py",
            {"log_mel": {"copies": 2}, "mfcc": {"copies": {"number": 1, "changes": {"codec": {}}}}},
            "mfcc",
        ),
    ],
)
def test_a_step_or_change_concerns_the_inputs_that_declare_it_or_declare_none(name, heard, stale):
    study = with_entries(inputs=heard)
    before = {place.as_posix(): found for place, found in plan.closures(study)}
    declared = {place for place, found in before.items() if name in found.modules}
    of_features = {place for place in declared if place.startswith("features/")}
    assert of_features == ({f"features/{corpus}/{stale}.json" for corpus in STUDY.corpora} if stale else set())
    assert (stale is not None) == ("check_features.json" in declared)


@pytest.mark.parametrize("entry", [{"parts": {"categorical": {}, "sex": {}}}, {}])
def test_a_task_concerns_the_models_that_have_it_and_its_parts(entry):
    name = "multitask" if entry else "dimensional"
    models = STUDY.models | {"cnn": STUDY.models["cnn"].model_copy(update={"task": name})}
    study = with_entries(tasks=STUDY.tasks | {name: entry}, models=models)
    for model in ("cnn", "statistics"):
        found = plan.closure_of(study, "train", [model]).modules
        wanted = {name, *entry.get("parts", {})} if model == "cnn" else {"categorical"}
        assert {path for path in found if path.startswith("zoo/tasks/")} >= {f"zoo/tasks/{one}.py" for one in wanted}
        assert ("zoo/tasks/sex.py" in found) == ("sex" in wanted)
        assert ("zoo/tasks/dimensional.py" in found) == ("dimensional" in wanted)


def test_a_corpus_concerns_its_own_stages_and_no_training(stale_after):
    with pytest.MonkeyPatch.context() as monkeypatch:
        stale = stale_after(TOP / "zoo/corpora/emodb.py", monkeypatch)
    # the search groups speakers by conversation, but its trials do not depend on the corpus
    own = {"manifest/emodb.json", "folds/emodb.json"}
    methods = {f"adapt/{model}.json" for model in STUDY.models}  # who is who in two corpora, and what labels mean
    assert {place for place in stale if "/" in place} == own | methods


@pytest.mark.parametrize("name", ["zoo/corpora/tess.py", "zoo/architectures/pooling.py", "zoo/folds/superb.py"])
def test_entries_that_no_stage_chose_make_nothing_stale(stale_after, name):
    chosen = {"zoo/architectures/pooling.py"}  # shared code: whoever imports it
    with pytest.MonkeyPatch.context() as monkeypatch:
        stale = stale_after(TOP / name, monkeypatch)
    assert (stale != set()) == (name in chosen)
    assert "train/statistics.json" not in stale


def test_package_data_counts_for_those_who_can_read_it():
    found = dict(plan.closures(STUDY))
    data = {place.as_posix(): set(one.data) for place, one in found.items()}
    assert data["report.json"] >= {"zoo/pages/page.css", "zoo/pages/page.html", "zoo/labels/core4.csv"}
    assert data["folds/iemocap.json"] == {"zoo/labels/core4.csv"}
    assert data["folds/emodb.json"] == set()
    assert data["train/cnn.json"] == data["tune.json"] == set()
    assert closure(["zoo.corpora.crema_d"], {"zoo.corpora": ["crema_d"]}).data == {
        "zoo/corpora/crema_d.sha256.csv.gz": closures.hashlib.sha256(
            (TOP / "zoo/corpora/crema_d.sha256.csv.gz").read_bytes()
        ).hexdigest()
    }


def test_libraries_that_compute_count_with_their_public_version(monkeypatch):
    found = closure([job.__name__], {})
    assert {"numpy", "torch"} <= set(found.libraries)
    assert not any("+" in version for version in found.libraries.values())
    assert {"rich", "filelock"}.isdisjoint(found.libraries)
    monkeypatch.setattr(closures, "_version", lambda library: "99")
    assert closure([job.__name__], {}).digest != found.digest


CHOSEN = {"zoo.architectures": ["cnn"], "zoo.tasks": ["categorical"], "zoo.augmentation": ["gain"]}


def test_a_training_s_key_has_the_code_that_its_stage_has():
    stage = dict(plan.closures(STUDY))[Path("train/cnn.json")]
    own = closure([job.__name__], dict.fromkeys(closures.REGISTRIES, ()) | CHOSEN)
    assert own.modules.items() <= stage.modules.items()
    assert {"zoo/training/loop.py", "zoo/architectures/cnn.py", "zoo/inputs/store.py"} <= set(own.modules)
    assert {"zoo/tasks/categorical.py", "zoo/augmentation/gain.py"} <= set(own.modules)
    assert not {"zoo/tasks/soft.py", "zoo/augmentation/tempo.py", "zoo/inputs/log_mel.py"} & set(own.modules)
    assert not any(name.startswith(("zoo/corpora", "zoo/folds", "zoo/tables", "stages")) for name in own.modules)


def test_every_registry_takes_part_by_chosen_names():
    """A registry without chosen entries would hide them: a new one must list the entries that a stage uses."""
    found = {
        ".".join(path.relative_to(TOP).parent.parts)
        for path in MODULES
        if path.name == "__init__.py" and "Registry" in path.read_text(encoding="utf-8")
    }
    assert found == {*closures.REGISTRIES, "zoo.synthetic"} - {"zoo.labels"}  # whose entries are tables
    given = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(plan, "closure", lambda roots, chosen: given.append(set(chosen)) or closure([], {}))
        list(plan.closures(STUDY))
    assert all(found <= chosen for chosen in given if chosen != {"zoo.synthetic"})


def test_only_registries_import_by_name():
    """An import that is computed is not in any syntax tree."""
    for path in MODULES:
        calls = {
            node.func.id if isinstance(node.func, ast.Name) else f".{getattr(node.func, 'attr', '')}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        }
        if path.name != "registry.py" and path != TOP / "zoo" / "__init__.py":
            assert not calls & {"import_module", ".import_module", "__import__", "exec", "eval"}, path
        # what `import zoo` offers is found by name, for users only
        assert not {name for module, name in syntax.read(path).imports if module == "zoo"} & set(zoo._NAMES), path


def test_what_is_exempt_exists_and_computes_nothing():
    """No library that computes, and no module that counts, is reached from what may change without a rerun."""
    for name in exempt.MODULES:
        path = closures._file(name)
        assert path is not None and exempt.MODULES[name], name
        for module, imported in [pair for one in _files_of(path) for pair in syntax.read(one).imports]:
            root = module.split(".")[0]
            assert root not in ("numpy", "polars", "scipy", "torch", "pyarrow", "soundfile"), (name, module)
            if root == "zoo" and name not in ("zoo", "zoo.dependencies"):
                assert closures._is_exempt(module) or closures._is_exempt(f"{module}.{imported}"), (name, module)


def _files_of(path):
    return sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" and path.parent.name != "zoo" else [path]


def test_package_data_of_a_registry_has_the_name_of_an_entry():
    """Other names would be read by everybody and be in nobody's closure."""
    from zoo import labels

    entries = {"zoo/labels": set(labels.schemes())}
    for package in {*closures.REGISTRIES, "zoo.synthetic"} - {"zoo.labels"}:
        entries[package.replace(".", "/")] = set(import_module(package).REGISTRY.names())
    for folder, known in entries.items():
        found = {path.name.partition(".")[0] for path in closures._files(TOP / folder)}
        assert found <= known, folder


def test_a_stage_whose_code_is_not_the_plan_s_fails(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_bytes((TOP / "studies" / "embedded.yaml").read_bytes())
    plan.require_current("folds", ["emodb"])  # without a plan there is nothing to compare with
    plan.write(STUDY)
    plan.require_current("folds", ["emodb"])
    plan.require_current("folds", ["another"])
    path = STUDY.derived / "plan" / "folds" / "emodb.json"
    path.write_text(path.read_text().replace('"zoo/folds/cut.py": "', '"zoo/folds/cut.py": "0'))
    with pytest.raises(ZooError, match=r"the code of the stage folds has changed since .*emodb\.json was written"):
        plan.require_current("folds", ["emodb"])
    plan.require_current("train", ["cnn"])
