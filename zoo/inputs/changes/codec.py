"""Coding with losses, and decoding: MP3 and Opus, by libsndfile."""

import io
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from zoo.audio import RATE_HZ
from zoo.errors import ZooError
from zoo.inputs.changes.contract import Change, Floats, Random, Range, within
from zoo.study.configured import Configurable
from zoo.study.section import Section

FILES = {"mp3": ("MP3", "MPEG_LAYER_III"), "opus": ("OGG", "OPUS")}
LOUDEST = 0.5  # before coding, so that what overshoots is not clipped


class Options(Section):
    """formats: of which one is drawn. compression: libsndfile's, from 0, the best that a format has, to 0.99, the
    smallest. 0.8 to 0.99 are 30 to 21 kbit/s in MP3 and 58 to 9 in Opus, measured on speech.
    """

    formats: Annotated[tuple[Literal["mp3", "opus"], ...], Field(min_length=1, strict=False)] = ("mp3", "opus")
    compression: Annotated[Range, within(0, 0.99)] = (0.8, 0.99)


def changed(samples: Floats, random: Random, formats: tuple[str, ...], compression: tuple[float, float]) -> Floats:
    """The samples after coding and decoding, at their old level. Same shape. Raises ZooError if it cannot be done."""
    import soundfile

    kind, level = formats[int(random.integers(len(formats)))], random.uniform(*compression)
    loudest = float(np.abs(samples).max())
    if loudest == 0:
        return samples
    file, (container, subtype) = io.BytesIO(), FILES[kind]
    scale = LOUDEST / loudest
    try:
        coded = (samples * scale).astype(np.float32)
        soundfile.write(file, coded, RATE_HZ, format=container, subtype=subtype, compression_level=level)
        file.seek(0)
        decoded, _ = soundfile.read(file, dtype="float32")
    except (soundfile.LibsndfileError, ValueError) as error:
        raise ZooError(
            f"the change codec cannot write {kind}", "install libsndfile 1.2 or later, or choose other formats"
        ) from error
    found = np.zeros(len(samples))
    found[: len(decoded)] = decoded[: len(samples)]
    return found / scale


def _make(options: Options) -> Change:
    return Change(8, lambda samples, random: changed(samples, random, options.formats, options.compression))


CHANGE = Configurable(Options, _make)
