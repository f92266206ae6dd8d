"""docs/across-corpora.md, its commands about a shipped model in their order, on recordings of one's own."""

import csv
import re
import shlex
import shutil

from conftest import TOP

PAGE = TOP / "docs/across-corpora.md"
BLOCK = re.compile(r"^```sh\b[^\n]*\n(.*?)^```$", re.M | re.S)
EMOTIONS = {"05": "anger", "03": "happiness", "01": "neutral", "04": "sadness"}


def test_the_commands_of_the_page_run_in_order(zoo, project):
    found = sorted((project / "derived/synthetic/ravdess").rglob("*.wav"))
    parts = [path.stem.split("-") for path in found]
    rows = [
        {"path": str(path), "label": EMOTIONS[part[2]], "speaker": f"actor {part[6]}"}
        for path, part in zip(found, parts, strict=True)
        if part[2] in EMOTIONS
    ]
    people = list(dict.fromkeys(row["speaker"] for row in rows))
    table("table.csv", rows)
    table("speakers.csv", rows[:20])
    table("labels.csv", [row for row in rows if row["speaker"] in people[:3]])
    (project / "recordings").mkdir()
    for row in rows[:12]:
        shutil.copy(row["path"], project / "recordings")
    shutil.copy(rows[0]["path"], project / "call.wav")

    lines = [line for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")) for line in block.splitlines()]
    commands = [shlex.split(line, comments=True) for line in lines]
    tried = [words[1:] for words in commands if words and words[1] in ("evaluate", "adapt", "predict")]
    assert len(tried) > 8
    for words in tried:
        # of a synthetic corpus there are few recordings of each class
        words = ["2" if word == "5" else word for word in words]
        done = zoo(*("statistics@emodb" if word == "whisper_base@pooled" else word for word in words))
        assert done.exit_code == 0, f"{' '.join(words)}\n{done.stderr}"


def test_every_method_of_the_ladder_is_in_the_page_s_table():
    from zoo import methods

    page = PAGE.read_text(encoding="utf-8")
    for name in methods.names():
        assert f"`{name}" in page or name == "source_only", name


def table(name, rows):
    with open(name, "w", newline="") as file:  # noqa: PTH123  # in the project's folder
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
