"""Publishing: candidates become releases, with versions that never change."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import Any

from zoo import encoders, inputs
from zoo.encoders.checkpoint import COMMIT, VARIABLE
from zoo.encoders.licences import forbidding
from zoo.errors import REFUSED, ZooError, unknown
from zoo.files import write_text
from zoo.locks import locked
from zoo.releases import CARD, README, embeddings, fingerprints, parse_version, tested
from zoo.releases.architectures import sources_of
from zoo.releases.card import FORMAT, Card, require_files
from zoo.releases.card import read as read_card
from zoo.releases.card import write as write_card
from zoo.releases.catalogue import Catalogue
from zoo.releases.index import Entry, Index, entry_of
from zoo.releases.objections import CODE, DIRTY, Places, overruled, require_committed, require_no_worse
from zoo.releases.readme import readme
from zoo.releases.sources import read_all
from zoo.releases.terms import bases_of
from zoo.tables.folds import MARK, SPEAKER_DEPENDENT

AGAIN = "run `dvc repro` to make it again"
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
LOCK = ".publish.lock"  # an empty file that stays in the catalogue's folder


@dataclass(frozen=True)
class Published:
    """name, version, and whether it is new (False: the catalogue already had it as this version)."""

    name: str
    version: str
    is_new: bool


def candidates(folder: Path) -> dict[str, Path]:
    """The candidates in derived/STUDY/zoo, name -> folder."""
    return {f"{card.parts[-3]}@{card.parts[-2]}": card.parent for card in sorted(Path(folder).glob(f"*/*/{CARD}"))}


def check_candidate(folder: Path) -> Card:
    """A candidate's card. Raises ZooError when the card or one of its files is damaged."""
    try:
        card = read_card(folder / CARD)
    except ZooError as error:
        raise ZooError(error.message, AGAIN) from error
    require_files(card, folder, AGAIN)
    return card


def publish(
    folder: Path,
    to: Catalogue,
    wanted: list[str] | None = None,
    version: str | None = None,
    commit: str | None = None,
    force: bool = False,
    notes: list[str] | None = None,
    with_embeddings: bool = False,
) -> list[Published]:
    """Publish the candidates in `folder` in the catalogue `to`; content that is already there is not published again.

    wanted: models or names (with wildcards), all where None. version: X.Y.Z; if None, that of the same
    content in another known catalogue, else the next one over all of them. commit: that of the code, for the card.
    force: also models whose input no other runtime can compute, those that nobody tested on new speakers, those of code
    that is not committed, and those that are worse than what they would supersede; their cards say so.
    notes: get what the user has to know. with_embeddings: of what they were trained on, see zoo/releases/embeddings.py.
    Raises ZooError before anything is written if one of them cannot be published.
    """
    from zoo.releases.load import load

    said = [] if notes is None else notes
    chosen = _choose(candidates(folder), wanted, folder)
    cards = {name: check_candidate(place) for name, place in chosen.items()}
    objections: dict[str, list[str]] = {}
    for name, card in cards.items():
        load(chosen[name])  # a model that does not answer as it did when it was made is not published
        checks = (_require_new_speakers, _require_exportable)
        objections[name] = [one for check in checks for one in overruled(force, partial(check, card))]
        _require_known_base(card)
        _require_licence(card)
    with exclusive(to):
        index = to.index()
        elsewhere = read_all(besides=to)
        said.extend(elsewhere.notes)
        places = [*((to, entry) for entry in index.releases), *elsewhere.entries]
        plan = {name: _plan(card, index, version, places) for name, card in cards.items()}
        new = {name: step for name, step in plan.items() if step.is_new}
        for name, step in new.items():
            objections[name] += overruled(force, partial(require_committed, name, commit))
            objections[name] += overruled(force, partial(require_no_worse, cards[name], step.version, places, said))
        facts = {name: {"version": step.version, "forced": objections[name]} for name, step in new.items()}
        entries = [
            _upload(cards[name].model_copy(update=facts[name]), chosen[name], to, commit, with_embeddings)
            for name in new
        ]
        if entries:
            releases = sorted([*index.releases, *entries], key=lambda entry: (entry.name, parse_version(entry.version)))
            to.write_index(Index(format=FORMAT, releases=releases))
    return list(plan.values())


def _choose(found: dict[str, Path], wanted: list[str] | None, folder: Path) -> dict[str, Path]:
    if not found:
        raise ZooError(f"{folder} holds no candidates", "run `dvc repro` to make them")
    if not wanted:
        return found
    chosen: dict[str, Path] = {}
    for pattern in wanted:
        fitting = {
            name: place for name, place in found.items() if fnmatch(name, pattern if "@" in pattern else f"{pattern}@*")
        }
        if not fitting:
            raise unknown("candidate", pattern, {*found, *(name.partition("@")[0] for name in found)})
        chosen |= fitting
    return chosen


def _plan(card: Card, index: Index, version: str | None, everywhere: Places) -> Published:
    mine = [entry for entry in index.releases if entry.name == card.name]
    if same := next((entry for entry in mine if entry.identity == card.identity), None):
        return Published(card.name, same.version, False)
    places = [(place, entry) for place, entry in everywhere if entry.name == card.name]
    chosen = version or _next(card, [entry for _, entry in places])
    if card.origin == "recorded" and parse_version(chosen) < (1, 0, 0):
        raise ZooError(f"{card.name}: {chosen} is for synthetic models", "recorded ones start at 1.0.0")
    if card.origin == "synthetic" and parse_version(chosen) >= (1, 0, 0):
        raise ZooError(f"{card.name} is SYNTHETIC and cannot be {chosen}", "synthetic models stay below 1.0.0 (0.x)")
    for catalogue, entry in places:
        if entry.version == chosen and entry.identity != card.identity:
            raise ZooError(
                f"{card.name}:{chosen} is already in {catalogue.address} with other content",
                "releases never change: omit --version, or pass a newer one",
            )
    return Published(card.name, chosen, True)


def _next(card: Card, everywhere: list[Entry]) -> str:
    """The version of this content in another catalogue, else the one after the newest of all catalogues."""
    alike = [entry for entry in everywhere if entry.origin == card.origin]
    taken = {entry.version for entry in everywhere if entry.identity != card.identity}
    if same := [entry.version for entry in alike if entry.identity == card.identity and entry.version not in taken]:
        return max(same, key=parse_version)
    newest = max((parse_version(entry.version) for entry in alike), default=None)
    if newest is None:
        return "1.0.0" if card.origin == "recorded" else "0.1.0"
    return f"{newest[0]}.{newest[1] + 1}.0"


def _require_exportable(card: Card) -> None:
    """Raise ZooError for an input that no other runtime can compute, unless it is that of an encoder, which others can
    bring. Of a joined input this is asked of each part. No other runtime can make
    augmented copies."""
    spec = card.release.input.spec
    if card.views > 1:
        what = f"averages over {card.views} views, of which all but one are augmented copies"
    else:
        heard = inputs.build(spec)
        brought = card.release.base is not None and all(one.exportable or one.base is not None for one in heard.parts)
        if heard.exportable or brought:
            return
        what = f"hears '{spec.input_type}'{''.join(f', after {name}' for name, _ in spec.steps)}"
    raise ZooError(
        f"{card.name} {what}, which cannot be exported: it would run with zoo alone, in this environment",
        "such models are for studies; --force publishes it all the same",
        REFUSED,
    )


def _require_new_speakers(card: Card) -> None:
    """Raise ZooError for a model that nobody tested on new speakers."""
    if card.release.protocol in SPEAKER_DEPENDENT:
        raise ZooError(
            f"{card.name} is {MARK}: {card.release.corpus} names no speakers, and nobody new was tested",
            "add the corpus again with a column `speaker`; --force publishes it all the same, and its card says so",
            REFUSED,
        )


def _require_known_base(card: Card) -> None:
    """Raise ZooError for an encoder of which it is not stated where others can bring it from."""
    base = card.release.base
    if base is None:
        return
    if not _HUB_NAME.fullmatch(base.name):
        raise ZooError(
            f"{card.name} builds on the encoder in {base.name}, a folder of this machine",
            f"name the encoder as on the hub, such as openai/whisper-base; {VARIABLE} names a folder where it is found",
            REFUSED,
        )
    if base.revision is None or not COMMIT.fullmatch(base.revision):
        raise ZooError(
            f"{card.name} builds on the encoder {base.name} at no stated commit, so nobody else can bring it",
            "state the commit as `revision` of the input, and run `dvc repro`",
            REFUSED,
        )


def _require_licence(card: Card) -> None:
    """Raise ZooError where the licence of an encoder, or of one that a teacher heard, forbids such models.

    Teachers are the model's own and those of what it started from.
    """
    for base in bases_of(card.release):
        folder = encoders.find(base.name, base.revision, base.sha256).folder
        if clause := forbidding(base.licence, folder):
            raise ZooError(
                f"{card.name} builds on {base.name}, whose licence forbids to publish it: {clause}",
                "choose another encoder; the model may be studied where the licence allows that",
                REFUSED,
            )


def _upload(card: Card, candidate: Path, to: Catalogue, commit: str | None, with_embeddings: bool) -> Entry:
    code = card.code.model_copy(update={"commit": commit})
    facts = {"code": code, "cost": _cost(candidate), "architectures": sources_of(card.release)}
    with tempfile.TemporaryDirectory() as temporary:
        folder = shutil.copytree(candidate, Path(temporary) / "release")
        card = tested.added(fingerprints.added(card.model_copy(update=facts), folder), folder)
        if with_embeddings:
            card = embeddings.added(card, folder)
        return upload(card, folder, to)


def upload(card: Card, source: Path, to: Catalogue) -> Entry:
    """Write a release, its card and README made anew, and return its entry. source: the folder of its other files."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_card(card, folder / CARD)
        write_text(folder / README, readme(card))
        sources = {name: source / name for name in card.files} | {CARD: folder / CARD, README: folder / README}
        entry = entry_of(card, card.version or "", sources)
        # files left by an interrupted publish are not in the index, so nobody uses them and they may be replaced
        for name, path in sources.items():
            to.write(f"{entry.folder}/{name}", path)
    return entry


def _cost(candidate: Path) -> dict[str, Any] | None:
    """The cost that the training logged; None if there is no log."""
    study, model, corpus = candidate.parents[2], *candidate.parts[-2:]
    try:
        cost: dict[str, Any] = json.loads((study / "logs" / "train" / corpus / f"{model}.json").read_bytes())
    except (OSError, ValueError):
        return None
    return cost


@contextmanager
def exclusive(to: Catalogue) -> Iterator[None]:
    """Lock a local catalogue for publishing. Storage addresses have no locks: only one publisher at a time."""
    if to.local is None:
        yield
        return
    with locked(to.local / LOCK, f"another zoo is publishing in {to.address}; waiting for it"):
        yield


def commit_of(folder: Path) -> str | None:
    """The git commit of the code in `folder`, with `-dirty` if the code differs from it; None without git."""
    command = ["git", "-C", str(folder)]
    try:
        head = subprocess.run([*command, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
        edits = subprocess.run(
            [*command, "status", "--porcelain", "--", *CODE], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return head.stdout.strip() + (DIRTY if edits.stdout.strip() else "")
