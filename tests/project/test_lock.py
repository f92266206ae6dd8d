"""One lock serves Python 3.11 to 3.13, complete and with hashes; torch lies beside it."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parents[2]
ENTRY = re.compile(
    r"^(?P<pin>[A-Za-z0-9][^\\\n]*?)\s*\\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M
)
LOCK = (TOP / "requirements.lock").read_text(encoding="utf-8")
PINS = [Requirement(match["pin"]) for match in ENTRY.finditer(LOCK)]


def declared() -> list[Requirement]:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    return [Requirement(text) for text in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"])]


def in_python(version: str) -> dict[str, Requirement]:
    environment = {**default_environment(), "python_version": version, "python_full_version": f"{version}.1"}
    chosen = [pin for pin in PINS if pin.marker is None or pin.marker.evaluate(dict(environment))]
    names = [canonicalize_name(pin.name) for pin in chosen]
    assert len(names) == len(set(names)), f"a package has two versions in Python {version}"
    return dict(zip(names, chosen, strict=True))


def test_every_line_is_a_pin_with_hashes() -> None:
    heads = [line for line in LOCK.splitlines() if line and line[0] not in " #"]
    assert len(heads) == len(PINS) > 100
    assert all(re.fullmatch(r"==[^=*]+", str(pin.specifier)) for pin in PINS)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_lock_has_what_the_project_asks_for(version: str) -> None:
    locked = in_python(version)
    for wanted in declared():
        if wanted.name != "torch":
            pin = locked[canonicalize_name(wanted.name)]
            assert wanted.specifier.contains(next(iter(pin.specifier)).version), f"{pin} does not do for {wanted}"


def test_torch_is_pinned_beside_the_lock_and_brings_its_own_cuda() -> None:
    (pin,) = (TOP / "torch.pin").read_text(encoding="utf-8").split()
    (wanted,) = (requirement for requirement in declared() if requirement.name == "torch")
    assert wanted.specifier.contains(next(iter(Requirement(pin).specifier)).version)
    heavy = [pin.name for pin in PINS if re.match(r"torch|nvidia|cuda|triton", pin.name)]
    assert not heavy


def test_what_makes_the_environment_is_locked_too() -> None:
    assert {"uv", "setuptools"} <= in_python("3.11").keys()
