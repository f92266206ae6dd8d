"""What no result depends on, each with the reason. Whatever is listed here may change without anything being rerun.

tests/dependencies checks it: these modules compute nothing (no numpy, polars, torch), import no module that matters,
and a study gives the same bytes, or an error, whichever of their constants or return values is changed.
"""

MODULES = {
    "zoo.errors": "messages for people; they do not change a result",
    "zoo.files": "how files are written: completely or not at all",
    "zoo.locks": "only locking",
    "zoo.terminal": "the layout of tables in a terminal",
    "zoo.execute.progress": "progress display",
    "zoo.dependencies": "determines what is rerun, not its result",
}
LIBRARIES = {
    "rich": "only terminal output",
    "filelock": "only locking",
}
