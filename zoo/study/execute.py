"""The section `execute`: what the executors of trials and trainings may use. No result depends on it."""

from typing import Annotated

from pydantic import Field

from zoo.study.section import Count, Section


class Execute(Section):
    workers: Count
    cpus_per_job: Annotated[float, Field(gt=0)]
    gpus_per_job: Annotated[float, Field(ge=0)]
    address: str
