"""The command line: one file per command group. Nothing heavier than typer is imported until a command needs it."""

import errno
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from zoo.cli import (
    adapt,
    bench_encoder,
    data,
    evaluate,
    gate,
    labels,
    models,
    predict,
    publish,
    report,
    score,
    splits,
    study,
)
from zoo.errors import FAILURE, ZooError
from zoo.files import disk_is_full
from zoo.terminal import escaped, replace_what_cannot_be_encoded, say

INTERRUPTED = 130  # what a shell reports after Ctrl-C


class Group(TyperGroup):
    """The top command: problems that a user can fix give two lines and an exit code, not a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; help and usage errors are printed here."""
        replace_what_cannot_be_encoded()
        return super().main(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Ends the process with the ZooError's exit code, 130 after Ctrl-C, 1 for a bug of zoo."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _leave("interrupted; run it again to resume", "", INTERRUPTED)
        except ZooError as error:
            if ctx.params.get("debug"):
                raise
            _leave(f"error: {error.message}", error.hint, error.exit_code)
        except OSError as error:
            if ctx.params.get("debug") or error.errno == errno.EPIPE:
                raise  # typer handles a closed pipe
            hint = "run `zoo --debug …` for the traceback"
            if disk_is_full(error):
                hint = "free some space and run it again"
            elif isinstance(error, PermissionError):
                hint = "check the permissions of the file or folder"
            _leave(f"error: {error.strerror or error}{f': {error.filename}' if error.filename else ''}", hint, FAILURE)
        except Exception as error:
            # typer handles usage errors and exits; anything else is a bug of zoo
            if ctx.params.get("debug") or type(error).__module__.split(".")[0] in ("typer", "click"):
                raise
            _leave(
                f"error: {type(error).__name__}: {error}",
                "this is a bug of zoo: run `zoo --debug …` for the traceback, and please report it",
                FAILURE,
            )


def _leave(message: str, hint: str, exit_code: int) -> NoReturn:
    say(escaped(message), err=True)
    if hint:
        say(f"hint: {escaped(hint)}", err=True)
    raise typer.Exit(exit_code)


app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="The model zoo for speech emotion recognition.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from zoo.version import __version__

        say(f"zoo {__version__}")
        raise typer.Exit


@app.callback()
def main(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """The model zoo for speech emotion recognition."""


app.command("list")(models.list_)
app.command()(models.pull)
app.command()(models.show)
app.command()(predict.predict)
app.command()(evaluate.evaluate)
app.command()(adapt.adapt)
app.command()(publish.publish)
app.command()(score.score)
app.command("bench-encoder")(bench_encoder.bench_encoder)
app.command()(gate.gate)
app.command()(labels.labels)
app.add_typer(data.app, name="data")
app.add_typer(report.app, name="report")
app.add_typer(splits.app, name="splits")
app.add_typer(study.app, name="study")
