"""A small synthetic version of EmoDB, in its layout."""

from zoo.synthetic.speech import Channel, StandIn, Take, rng_of


def content() -> tuple[list[Take], dict[str, str]]:
    """`wav/SSTTTEV.wav` and the listening test in `erkennung.txt`: Latin-1, decimal commas, non-breaking spaces."""
    letters = "WLEAFTN"
    words = ("anger", "boredom", "disgust", "fear", "happiness", "sadness", "neutral")
    codes = dict(zip(letters, words, strict=True))
    texts = ("a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10")
    takes, lines = [], ["Nr.\tSatz\terkannt\tnatuerlich"]
    for number, speaker in enumerate(("03", "08", "09", "10", "11", "12", "13", "14", "15", "16")):
        sex = "male" if speaker in ("03", "10", "11", "12", "15") else "female"
        more = [letters[(number * 4 + step) % 7] for step in range(4)]
        for turn, letter in enumerate([*letters, *more]):
            # the first of the four extra takes is another version of a take, the others have another text
            text = texts[(letters.index(letter) + number + (3 if turn > 7 else 0)) % 10]
            word = f"{speaker}{text}{letter}{'b' if turn == 7 else 'a'}"
            takes.append(Take(f"wav/{word}.wav", speaker, sex, codes[letter], text))
            heard = rng_of("emodb", word, "listeners").integers(16, 21) * 5
            lines.append(f"{len(lines)}\xa0\xa0\t{word}.wav\t{heard},00\xa0\xa0\t{heard - 10},00\xa0\xa0")
    return takes, {"erkennung.txt": "\r\n".join(lines) + "\r\n"}


CHANNEL = Channel(-52, -3, 0.12, (60, 7600), -9, (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0))
STAND_IN = StandIn("emodb", CHANNEL, content)
