"""Draw the figures and write the report page."""

from _run import run


def main() -> None:
    """Read reports/STUDY and what it was made from, write reports/STUDY/figures and index.html."""
    from zoo.reporting import page, results
    from zoo.study import params

    now = params.load()
    found = results.read(now)
    print(f"The report: {page.write(found, now.reports)}")


if __name__ == "__main__":
    run(main)
