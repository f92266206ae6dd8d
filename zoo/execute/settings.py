"""How the jobs of a stage run, as the study says."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zoo.study.execute import Execute
from zoo.study.section import Executor
from zoo.study.study import Study


@dataclass(frozen=True)
class Settings:
    """section: of the study, which names the executor. storage: a folder for what Ray Tune notes of its trials."""

    executor: Executor
    section: Literal["tune", "train"]
    resources: Execute
    storage: Path

    @property
    def without_ray(self) -> str:
        """A hint: what to do where Ray cannot run."""
        return f"set {self.section}.executor: processes in params.yaml, which needs no Ray"


def settings_of(study: Study, section: Literal["tune", "train"]) -> Settings:
    """Those of the stage `tune` or `train`."""
    executor = study.tune.executor if section == "tune" else study.train.executor
    return Settings(executor, section, study.execute, study.derived / "scratch" / "ray")
