"""What the documents show exists: commands, files, make targets."""

import re
import shlex
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
DOCUMENTS = [TOP / "README.md", TOP / "CONTRIBUTING.md", TOP / "CHANGELOG.md", *sorted((TOP / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```sh\b[^\n]*\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def commands(document: Path) -> list[list[str]]:
    blocks = BLOCK.findall(document.read_text(encoding="utf-8"))
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def test_the_readme_opens_with_the_two_commands() -> None:
    assert [words[:2] for words in commands(TOP / "README.md")[:2]] == [["make", "repro"], ["make", "test"]]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = LINK.findall(document.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (document.parent / target).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_lines_fit_an_editor(document: Path) -> None:
    lines = document.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if len(line) > 120 and not line.startswith("|")]  # tables cannot be wrapped


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_and_their_options_exist(document: Path) -> None:
    from typer.main import get_command

    from zoo.cli import app

    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    settings = set(re.findall(r"^([A-Z_]+) \?=", makefile, re.M))
    for words in commands(document):
        if words[0] == "make":
            for word in words[1:]:
                name, equals, _ = word.partition("=")
                assert name in (settings if equals else targets), f"make {word}"
        elif words[0] == "zoo":
            command = get_command(app)
            rest = words[1:]
            while rest and hasattr(command, "commands"):
                assert rest[0] in command.commands, " ".join(words)
                command = command.commands[rest.pop(0)]
            known = {option for parameter in command.params for option in parameter.opts}
            assert not [word for word in rest if word.startswith("-") and word not in known], " ".join(words)
