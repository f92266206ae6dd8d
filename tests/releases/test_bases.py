"""Which encoders a published model may build on."""

from functools import partial
from types import SimpleNamespace

import pytest
from fixtures import checkpoints

from zoo import encoders
from zoo.errors import REFUSED, ZooError
from zoo.inputs.contract import Spec
from zoo.releases.objections import overruled
from zoo.releases.publish import _require_exportable, _require_known_base, _require_licence
from zoo.releases.readme import _encoder
from zoo.runtime.release import Base


def base(**changes):
    facts = {"name": "someone/encoder", "revision": "0a" * 20, "sha256": "0" * 64, "num_bytes": 41_000_000}
    return Base(**facts | changes)


def card(own=None, teachers=None, starts=None):
    teacher = SimpleNamespace(base=teachers) if teachers else None
    start = SimpleNamespace(bases=[starts]) if starts else None
    return SimpleNamespace(name="model@emodb", release=SimpleNamespace(base=own, teacher=teacher, start=start))


def test_an_encoder_in_a_folder_is_refused_and_one_of_the_hub_is_not():
    _require_known_base(card(base()))
    _require_known_base(card())
    with pytest.raises(ZooError, match=r"builds on the encoder in tests/tiny/x, a folder of this machine") as caught:
        _require_known_base(card(base(name="tests/tiny/x", revision=None)))
    assert caught.value.exit_code == REFUSED


@pytest.mark.parametrize("revision", [None, "main", "deadbeef"])
def test_an_encoder_without_a_commit_is_refused_though_its_name_looks_like_one_of_the_hub(revision):
    with pytest.raises(ZooError, match="someone/encoder at no stated commit") as caught:
        _require_known_base(card(base(revision=revision)))
    assert caught.value.exit_code == REFUSED


@pytest.mark.parametrize("whose", ["own", "teachers", "starts"])
def test_a_licence_that_forbids_it_is_quoted_whether_the_model_or_its_teacher_builds_on_it(
    whose, monkeypatch, tmp_path
):
    monkeypatch.setattr(encoders, "find", lambda *asked: SimpleNamespace(folder=tmp_path))
    _require_licence(card(**{whose: base(licence="mit")}))
    with pytest.raises(
        ZooError, match=r"someone/encoder, whose licence forbids to publish it: CC-BY-ND, section"
    ) as caught:
        _require_licence(card(**{whose: base(licence="cc-by-nd-4.0")}))
    assert caught.value.exit_code == REFUSED
    (tmp_path / "LICENSE").write_text("You may not use it for emotion recognition.")
    with pytest.raises(ZooError, match=r'LICENSE: "You may not use it for emotion recognition."'):
        _require_licence(card(**{whose: base(licence=None)}))


def test_the_readme_of_a_model_names_its_encoder_with_size_and_licence():
    [line] = _encoder(SimpleNamespace(base=base(licence="mit")))
    assert (
        "someone/encoder at revision 0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a, 41 MB of weights where it was trained"
        in line
    )
    assert "perhaps more on the hub, licence mit, sha256 000" in line
    assert "no licence stated" in _encoder(SimpleNamespace(base=base()))[0]


@pytest.mark.parametrize("joined", [False, True])
def test_a_model_on_an_encoder_and_on_opensmile_is_published_by_force_only(joined):
    pytest.importorskip("transformers")
    tiny = {"checkpoint": checkpoints.tiny()}
    parts = {"parts": {"base": {"input_type": "encoder_layers", **tiny}, "egemaps": {}}}
    spec = Spec("joined", parts) if joined else Spec("encoder_layers", tiny)
    own = SimpleNamespace(base=base(), input=SimpleNamespace(spec=spec))
    one = SimpleNamespace(name="model@emodb", release=own, views=1)
    if not joined:
        _require_exportable(one)
        return
    with pytest.raises(ZooError, match="hears 'joined', which cannot be exported") as refused:
        _require_exportable(one)
    assert overruled(True, partial(_require_exportable, one)) == [refused.value.message]
