"""Compute an input of a corpus: python stages/features.py CORPUS INPUT."""

from pathlib import Path

from _run import run


def main(corpus: str, name: str) -> None:
    """Write derived/<study>/features/<corpus>/<input>/, and print how much its steps removed of each emotion."""
    from zoo import terminal
    from zoo.inputs import spec
    from zoo.inputs.extract import extract
    from zoo.inputs.removed import HEAD, cells
    from zoo.study import params
    from zoo.tables.manifest import MANIFEST

    current = params.load()
    manifest = MANIFEST.read(current.derived / "manifest" / f"{corpus}.parquet")
    folder = current.derived / "features" / corpus / name
    declared = spec(name, current.inputs[name])
    keep = current.derived.parent / "scratch" / "inputs"
    removed = extract(manifest, Path(current.data) / corpus, folder, declared, f"inputs.{name}", keep)
    steps = ", ".join(step for step, _ in declared.steps) or "none"
    title = f"{name} of {corpus}: removed by the steps before it ({steps})"
    print(terminal.text(HEAD, cells(removed), right=range(1, len(HEAD)), title=title))


if __name__ == "__main__":
    run(main)
