"""A small synthetic version of IEMOCAP, in its layout."""

from zoo.synthetic.speech import Channel, StandIn, Take, rng_of


def content() -> tuple[list[Take], dict[str, str]]:
    """`SessionN/sentences/wav/DIALOG/TURN.wav` and `SessionN/dialog/EmoEvaluation/DIALOG.txt`.

    Both speakers of a session speak in both dialogues; the letter in a dialogue's name is who wore the markers.
    """
    takes: list[Take] = []
    texts: dict[str, str] = {}
    rare = ("fea", "sur", "dis", "oth")
    for session in range(1, 6):
        for part, markers in enumerate("FM"):
            dialog = f"Ses0{session}{markers}_" + ("impro01" if part == 0 else "script01_1")
            lines = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]", ""]
            clock = 6.29
            for turn in range(6):
                for who in "FM":
                    word = f"{dialog}_{who}{turn:03d}"
                    plan = (
                        ("ang", "neu", "sad", "exc", "hap", "xxx"),
                        ("neu", "sad", "ang", "exc", "fru", rare[session % 4] if who == markers else "hap"),
                    )
                    label = plan[part][turn]
                    emotion, rating, votes = _rated(label, word)
                    text = f"{dialog[6:]}_{who}{turn}" if part else word
                    path = f"Session{session}/sentences/wav/{dialog}/{word}.wav"
                    takes.append(Take(path, f"Ses0{session}{who}", "female" if who == "F" else "male", emotion, text))
                    values = ", ".join(f"{value:.4f}" for value in rating)
                    lines.append(f"[{clock:.4f} - {clock + 2:.4f}]\t{word}\t{label}\t[{values}]")
                    lines += [f"C-E{rater}:\t{vote};\t()" for rater, vote in zip((2, 3, 4), votes, strict=True)]
                    lines.append(f"C-{who}1:\t{votes[0]};\t()")
                    val, act, dom = (int(value + 0.5) for value in rating)
                    lines += [f"A-{rater}:\tval {val}; act {act}; dom  {dom};\t()" for rater in ("E3", "E4", f"{who}1")]
                    lines.append("")
                    clock += 2.6
            texts[f"Session{session}/dialog/EmoEvaluation/{dialog}.txt"] = "\n".join(lines) + "\n"
    return takes, texts


def _rated(label: str, word: str) -> tuple[str, list[float], tuple[str, str, str]]:
    """The emotion to synthesise, the mean ratings of valence, activation and dominance, and three raters' votes."""
    known = {
        "ang": ("anger", "Anger", (1.9, 3.7, 4.0)),
        "hap": ("happiness", "Happiness", (4.0, 3.1, 2.9)),
        "exc": ("excitement", "Excited", (4.0, 3.6, 3.4)),
        "sad": ("sadness", "Sadness", (2.2, 2.6, 2.8)),
        "neu": ("neutral", "Neutral", (3.0, 2.7, 2.9)),
        "fru": ("frustration", "Frustration", (2.3, 3.2, 3.3)),
        "fea": ("fear", "Fear", (2.5, 3.2, 2.4)),
        "sur": ("surprise", "Surprise", (2.9, 3.2, 2.9)),
        "dis": ("disgust", "Disgust", (2.5, 2.9, 3.1)),
        "oth": ("other", "Other", (2.8, 3.0, 3.1)),
        "xxx": ("frustration", "Frustration", (2.9, 3.0, 3.2)),
    }
    emotion, vote, means = known[label]
    rng = rng_of("iemocap", word, "raters")
    rating = [float(min(5.0, max(1.0, round(2 * (mean + rng.normal(0, 0.4))) / 2))) for mean in means]
    if label == "xxx":
        return emotion, rating, ("Frustration", "Neutral", "Sadness")
    return emotion, rating, (vote, vote, vote if rng.random() < 0.5 else "Neutral" if vote != "Neutral" else "Other")


CHANNEL = Channel(-36, -4, 0.50, (150, 5200), -10, (0.7, 1.1, 1.2, 0.7, 0.7, 1.1, 0.8, 0.9, 0.7))
STAND_IN = StandIn("iemocap", CHANNEL, content)
