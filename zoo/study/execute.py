"""The section `execute`: what the executors of trials and trainings may use. No result depends on it."""

from typing import Annotated

from pydantic import AfterValidator, Field

from zoo.study.section import Address, Count, Section

MIN_SHARE = 0.0001  # Ray knows no smaller part of a processor


def _for_ray(amount: float) -> float:
    if (amount > 1 and amount % 1) or round(amount, 4) != amount:
        raise ValueError("a share below 1 has at most four decimals, and what is above 1 is a whole number")
    return amount


class Execute(Section):
    workers: Count
    cpus_per_job: Annotated[float, Field(ge=MIN_SHARE, le=1024), AfterValidator(_for_ray)]
    gpus_per_job: Annotated[float, Field(ge=0, le=64), AfterValidator(_for_ray)]
    address: Address
