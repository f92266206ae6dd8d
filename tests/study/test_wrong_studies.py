"""Whatever a stage could not run is rejected when the study is read, in one message with field, value and bounds."""

import re
from pathlib import Path

import pytest
import yaml

from zoo.study.params import parse

STUDY = (Path(__file__).parents[2] / "studies" / "embedded.yaml").read_text(encoding="utf-8")
NAN, INF = ".nan", ".inf"
# a billion laughs: ten lines that stand for nine to the ninth values
LAUGHS = "a: &a [ha]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def rejected(text: str) -> list[str]:
    """Message and hint of each mistake."""
    _, mistakes = parse(text, Path("params.yaml"))
    return [f"{one.message} | {one.hint}" for one in mistakes]


def with_value(where: str, value: str) -> str:
    """The embedded study with another value, as YAML, at a place such as train.seeds."""
    values = yaml.safe_load(STUDY)
    *parents, last = where.split(".")
    section = values
    for parent in parents:
        section = section.setdefault(parent, {})
    section[last] = "@"
    return yaml.safe_dump(values, sort_keys=False).replace("'@'", value)


@pytest.mark.parametrize(
    ("where", "value", "bound"),
    [
        ("study", "A", "lower-case"),
        ("study", "a" * 101, "100"),
        ("study", "a/b", "lower-case"),
        ("study", "..", "lower-case"),
        ("study", "con", "Windows"),
        ("study", "lpt1", "Windows"),
        ("study", "2026-11-28", "string"),
        ("study", "'2026-11-28'", "lower-case"),
        ("study", "yes", "string"),
        ("study", "null", "string"),
        ("study", "''", "lower-case"),
        ("study", "mine\u202e", "lower-case"),
        ("data", "''", "pattern"),
        ("data", '"a\\0b"', "pattern"),
        ("data", "a" * 1001, "1000"),
        ("data", "[data]", "string"),
        ("corpora", "[]", "at least 1"),
        ("corpora", "emodb", "list"),
        ("corpora", "{emodb: 1}", "list"),
        ("labels", "[core4]", "dictionary"),
        ("cross_scheme", "core4+", "lower-case"),
        ("cross_scheme", "a" * 101, "100"),
        ("pools", "{pooled: [emodb]}", "at least 2"),
        ("exploration.emodb", "{speakers: all, alternatives: 0, until: '2026-10', choices: x}", "equal to 1"),
        ("exploration.emodb", "{speakers: [], alternatives: 1, until: '2026-10', choices: x}", "at least 1"),
        ("exploration.emodb", "{speakers: all, alternatives: 1, until: '2026-13', choices: x}", "pattern"),
        ("exploration.emodb", "{speakers: all, alternatives: 1, until: 2026-10-01, choices: x}", "string"),
        ("models", "{}", "at least 1"),
        ("models", "[cnn]", "dictionary"),
        ("models.con", "{input: log_mel}", "Windows"),
        ("models.CNN", "{input: log_mel}", "lower-case"),
        ("models.cnn.num_trials", "1000000000", "10000"),
        ("models.cnn.average", "0", "equal to 1"),
        ("models.cnn.views", "1000000000", "10000"),
        ("models.cnn.teacher", "{model: statistics, share: .nan}", "equal to 1"),
        ("models.cnn.start", "{model: statistics, corpus: emodb, epochs: 1000000000}", "10000"),
        ("models.cnn.published", "{uar: 1.5, source: x}", "equal to 1"),
        ("models.cnn.train", "{crop_s: .inf}", "3600"),
        ("tune.num_trials", "1000000000", "10000"),
        ("tune.num_trials", "0", "equal to 1"),
        ("tune.num_trials", "-1", "equal to 1"),
        ("tune.num_trials", "2.5", "integer"),
        ("tune.num_trials", "true", "integer"),
        ("tune.num_trials", "1e3", "1.0e+3"),
        ("tune.num_trials", "1_000", "plain decimal"),
        ("tune.num_trials", "010", "plain decimal"),
        ("tune.num_trials", "1:30", "plain decimal"),
        ("tune.num_trials", "0x10", "plain decimal"),
        ("tune.num_trials", "9" * 5000, "digits"),
        ("tune.groups", "1", "equal to 2"),
        ("tune.groups", "1000000000", "1000"),
        ("tune.seed", "-1", "equal to 0"),
        ("tune.seed", "4294967296", "4294967295"),
        ("tune.max_epochs", "1000000000", "10000"),
        ("tune.patience", "1000000000", "10000"),
        ("tune.executor", "slurm", "'ray'"),
        ("train.seeds", "[]", "at least 1"),
        ("train.seeds", "[-1]", "equal to 0"),
        ("train.seeds", "[18446744073709551616]", "4294967295"),
        ("train.seeds", "[1, 1]", "once"),
        ("train.seeds", "[1.0]", "integer"),
        ("train.seeds", "1", "list"),
        ("train.max_epochs", "1000000000", "10000"),
        ("train.refit", "'true'", "boolean"),
        ("train.refit", "1", "boolean"),
        ("train.batch_size", "1", "equal to 2"),
        ("train.batch_size", "1000000000", "65536"),
        ("train.accumulate", "1001", "1000"),
        ("train.crop_s", INF, "3600"),
        ("train.crop_s", NAN, "3600"),
        ("train.crop_s", "0", "greater than 0"),
        ("train.crop_s", "-3.0", "greater than 0"),
        ("train.crop_s", "1e9", "1.0e+3"),
        ("train.crop_s", "1.0e+9", "3600"),
        ("train.mixup", NAN, "equal to 10"),
        ("train.mixup", "-0.1", "equal to 0"),
        ("train.average_epochs", "101", "100"),
        ("train.gradient_clip", INF, "1000000"),
        ("train.gradient_clip", NAN, "1000000"),
        ("train.precision", "float16", "'bfloat16'"),
        ("train.augmentation", "{bands: {gain: .inf}}", "finite"),
        ("train.augmentation", "{bands: {gain: -1}}", "equal to 0"),
        ("train.augmentation", "{images: {gain: 1}}", "'bands'"),
        ("execute.workers", "0", "equal to 1"),
        ("execute.cpus_per_job", INF, "1024"),
        ("execute.cpus_per_job", "1.5", "whole"),
        ("execute.gpus_per_job", "0.00001", "four decimals"),
        ("execute.gpus_per_job", NAN, "64"),
        ("execute.address", "''", "pattern"),
        ("evaluate.confidence", NAN, "less than 1"),
        ("evaluate.confidence", "95", "less than 1"),
        ("evaluate.gain", "0", "boolean"),
    ],
)
def test_a_value_that_no_stage_can_use_is_rejected(where: str, value: str, bound: str) -> None:
    found = rejected(with_value(where, value))
    assert len(found) == 1, found
    assert bound in found[0]
    assert len(found[0]) < 600
    in_yaml = "not valid YAML" in found[0]
    assert in_yaml or where.split(".")[-1] in found[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds no parameters"),
        ("\n# only a comment\n", "holds no parameters"),
        ("- study\n- data\n", "holds no parameters"),
        ("study", "holds no parameters"),
        ("null", "holds no parameters"),
        (STUDY + "\ntune:\n  seed: 2\n", "'tune' is there twice"),
        (STUDY.replace("  seed: 1", "  seed: 1\n  seed: 2"), "'seed' is there twice"),
        (STUDY.replace("\n  num_trials: 2", "\n\tnum_trials: 2"), "cannot start any token"),
        (STUDY.replace("study: embedded", "study: &name embedded\nmine: *name"), "alias"),
        (LAUGHS, "alias"),
        ("study: &study [*study]", "alias"),
        ("study: " + "[" * 5000, "levels"),
        ("{" * 500, "levels"),
        ("study: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("study: 2026-13-45", "month"),
        ("study: a: b", "mapping values are not allowed"),
        ("study: 'a", "end of stream"),
        ("study: \x00", "special characters"),
        ("1: 2\nstudy: x", "quotes"),
        (STUDY + "\nyes: 1\n", "quotes"),
        (STUDY.replace("  emodb: native", "  2026-11-28: native"), "quotes"),
        ("? [a, b]\n: c", "unhashable"),
    ],
)  # fmt: skip
def test_what_is_no_mapping_of_names_to_plain_values_is_rejected(text: str, why: str) -> None:
    found = rejected(text)
    assert len(found) == 1
    assert why in found[0] and found[0].startswith("params.yaml")
    assert len(found[0]) < 400


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"study: \xff", "UTF-8"),
        (STUDY.encode("utf-16"), "UTF-8"),
        (b"study: x\n" + b"#" * (1 << 20), "bytes"),
    ],
    ids=["Latin-1", "UTF-16", "a megabyte"],
)
def test_a_file_that_is_no_text_of_a_study_is_rejected(tmp_path: Path, content: bytes, why: str) -> None:
    from zoo.errors import ZooError
    from zoo.study.params import load

    (tmp_path / "params.yaml").write_bytes(content)
    with pytest.raises(ZooError, match=r"params\.yaml") as error:
        load(tmp_path / "params.yaml")
    assert why in f"{error.value.message} {error.value.hint}"


def test_a_byte_order_mark_and_line_ends_of_windows_are_read(tmp_path: Path) -> None:
    from zoo.study.params import load

    (tmp_path / "params.yaml").write_bytes(b"\xef\xbb\xbf" + re.sub("\n", "\r\n", STUDY).encode())
    assert load(tmp_path / "params.yaml").study == "embedded"
