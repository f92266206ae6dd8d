"""`dvc plots` and `dvc metrics show`: pictures that load nothing, and figures that fit a terminal."""

import json
from pathlib import Path

import yaml

TOP = Path(__file__).parents[2]
PIPELINE = yaml.safe_load((TOP / "dvc.yaml").read_text(encoding="utf-8"))


def test_plots_are_folders_of_pictures_so_that_no_script_is_loaded_from_the_network():
    places = PIPELINE["plots"]
    assert places and all(isinstance(place, str) for place in places)  # with axes it would be data, and DVC would draw
    for place in places:
        files = list((TOP / place.replace("${study}", "embedded")).iterdir())
        assert {file.suffix for file in files} == {".svg"}
        assert {"uar", "learning", "matrix"} <= {file.stem.partition("-")[0] for file in files}


def test_metrics_of_a_study_are_few_short_numbers_a_file_for_each_model():
    [metrics] = PIPELINE["stages"]["evaluate"]["metrics"]
    [place] = metrics
    folder = TOP / place.replace("${item.study}", "embedded")
    table = {path.relative_to(TOP).as_posix(): json.loads(path.read_text()) for path in folder.iterdir()}
    assert len(table) > 4
    columns = sorted({name for row in table.values() for name in row})
    widths = [max(map(len, table))]
    widths += [max(len(name), *(len(str(row.get(name, "-"))) for row in table.values())) for name in columns]
    assert sum(widths) + 4 * len(columns) <= 80  # DVC puts four spaces between columns
