"""A small synthetic version of RAVDESS, in its layout."""

from zoo.synthetic.speech import Channel, StandIn, Take


def content() -> tuple[list[Take], dict[str, str]]:
    """`Actor_AA/03-01-EE-II-SS-RR-AA.wav`."""
    codes = ("neutral", "calm", "happiness", "sadness", "anger", "fear", "disgust", "surprise")
    takes = []
    for actor in range(1, 11):
        emotions = [*range(8), *((actor * 4 + step) % 8 for step in range(4))]
        for turn, code in enumerate(emotions):
            strong = code > 0 and (code + actor + (turn > 8)) % 2
            statement, repetition = (code // 2 + actor) % 2 + 1, 2 if turn >= 8 else 1
            word = f"03-01-{code + 1:02d}-{1 + strong:02d}-{statement:02d}-{repetition:02d}-{actor:02d}"
            sex = "male" if actor % 2 else "female"
            strength = 1.15 if strong else 0.9
            takes.append(
                Take(f"Actor_{actor:02d}/{word}.wav", f"{actor:02d}", sex, codes[code], str(statement), strength)
            )
    return takes, {}


CHANNEL = Channel(-46, -6, 0.28, (40, 7900), -14, (1.2, 0.8, 1.2, 1.2, 0.9, 0.5, 0.8, 1.2, 1.4))
STAND_IN = StandIn("ravdess", CHANNEL, content)
