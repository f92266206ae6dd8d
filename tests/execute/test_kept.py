"""A kept result comes back as it was written and under its own key, or not at all."""

import stat

import pytest
from fixtures.trainings import DAMAGE, damage

from zoo.errors import ZooError
from zoo.execute import kept

KEY, OTHER = "a" * 64, "b" * 64
CHANGED = "was changed or truncated since it was written; computing it again"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "results" / "one.done"


@pytest.mark.parametrize("content", [b"", b"\n", b"words", b"zoo-kept\n\n", bytes(range(256)) * 400])
def test_what_was_kept_comes_back(path, content, capsys):
    kept.keep(path, KEY, content)
    assert kept.kept(path, KEY) == content
    assert kept.kept(path, KEY) == content
    assert [found.name for found in path.parent.iterdir()] == ["one.done"]
    assert capsys.readouterr().err == ""


def test_without_a_kept_result_there_is_no_warning(path, capsys):
    assert kept.kept(path, KEY) is None
    assert capsys.readouterr().err == ""


def test_a_folder_in_its_place_is_an_error(path):
    path.mkdir(parents=True)
    with pytest.raises(ZooError, match=r"one\.done is a folder"):
        kept.kept(path, KEY)


def test_the_last_of_two_is_kept(path):
    kept.keep(path, KEY, b"first")
    kept.keep(path, KEY, b"second")
    assert kept.kept(path, KEY) == b"second"


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("content", [b"{}", bytes(range(256)) * 400], ids=["short", "long"])
def test_a_file_that_is_not_what_was_written_is_removed_with_a_warning(path, kind, content, capsys):
    kept.keep(path, KEY, content)
    damage(path, kind)
    assert kept.kept(path, KEY) is None
    assert capsys.readouterr().err == f"{path} {CHANGED}\n"
    assert not path.exists()
    assert kept.kept(path, KEY) is None
    assert capsys.readouterr().err == ""
    kept.keep(path, KEY, content)
    assert kept.kept(path, KEY) == content


def test_every_byte_counts(path, capsys):
    kept.keep(path, KEY, b"0.5")
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert kept.kept(path, KEY) is None, place
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert kept.kept(path, KEY) is None, length
    assert capsys.readouterr().err.count(CHANGED) == 2 * len(whole)
    path.write_bytes(whole)
    assert kept.kept(path, KEY) == b"0.5"


def test_a_result_of_other_inputs_is_none_of_these(path):
    kept.keep(path, OTHER, b"of others")
    assert kept.kept(path, KEY) is None


def test_a_result_that_could_not_be_written_leaves_the_former_one(path, monkeypatch):
    kept.keep(path, KEY, b"former")
    whole = type(path).write_bytes

    def half(self, content):
        whole(self, content[: len(content) // 2])
        raise KeyboardInterrupt

    monkeypatch.setattr(type(path), "write_bytes", half)
    with pytest.raises(KeyboardInterrupt):
        kept.keep(path, KEY, b"never written whole")
    monkeypatch.undo()
    assert kept.kept(path, KEY) == b"former"
    assert [found.name for found in path.parent.iterdir()] == ["one.done"]


def test_others_of_a_lab_may_read_what_is_kept(path):
    kept.keep(path, KEY, b"shared")
    assert stat.S_IMODE(path.stat().st_mode) & 0o444 == 0o444
