"""`zoo bench-encoder`: how good is a pretrained encoder for emotions, beside what is known?"""

from pathlib import Path
from typing import Annotated

import typer

from zoo.terminal import say

DATA = Path("data")


def bench_encoder(
    checkpoint: Annotated[
        str,
        typer.Argument(metavar="CHECKPOINT", help="A name on the model hub, such as openai/whisper-base, or a folder."),
    ],
    on: Annotated[str, typer.Option("--on", help="Corpora of this clone, with commas between them.")] = "emodb,ravdess",
    revision: Annotated[str, typer.Option("--revision", help="A commit on the hub.")] = "",
    data: Annotated[
        Path | None, typer.Option("--data", help="The folder of the corpora.", show_default=str(DATA))
    ] = None,
) -> None:
    """Test a pretrained encoder, frozen. A nested linear probe on its layers; prints its UAR beside all studies' here.

    After Ctrl-C it goes on where it stopped.
    """
    from zoo.errors import WRONG_USAGE, ZooError
    from zoo.project import entered

    names = list(dict.fromkeys(name.strip() for name in on.split(",") if name.strip()))
    if not names:
        raise ZooError("--on names no corpus", "such as --on emodb,ravdess", WRONG_USAGE)
    with entered() as moved:
        folder = Path(checkpoint)
        _bench(str(moved(folder)) if folder.is_dir() else checkpoint, revision, names, moved(data) if data else DATA)


def _bench(checkpoint: str, revision: str, names: list[str], data: Path) -> None:
    from zoo import terminal
    from zoo.scoring.encoder_bench import bench, slug

    lines = bench(checkpoint, revision or None, names, data, lambda text: say(text, err=True))
    for name in names:
        rows = [
            [
                line.model,
                line.study,
                "" if line.value is None else f"{line.value:.3f}",
                "" if line.low is None or line.high is None else f"{line.low:.3f} to {line.high:.3f}",
                "" if line.num_trials is None else str(line.num_trials),
                "" if line.seconds is None else f"{line.seconds:.0f} s",
            ]
            for line in lines
            if line.corpus == name
        ]
        head = ("model", "study", "UAR", "95 % interval", "trials", "search and training")
        say(terminal.text(head, rows, right=range(2, len(head)), title=name) + "\n")
    say(
        f"{checkpoint} is the study {slug(checkpoint)}: all figures in reports/{slug(checkpoint)}. Its layers and its "
        "penalty were chosen on speakers whom no fold tests; an encoder that is chosen by this table is not."
    )
