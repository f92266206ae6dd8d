"""A small synthetic version of CREMA-D, in its layout, with the votes of a crowd.

What is heard of a clip is a mixture of emotions, and the crowd votes for its parts. The votes follow the published ones
on the real clips (processedResults/tabulatedVotes.csv, voice only, 7,442 clips): the mean shares of votes for each
intended emotion, their scatter between clips, and the number of listeners.
"""

import numpy as np

from zoo.synthetic.speech import Channel, StandIn, Take, rng_of

WORDS = {
    "ANG": "anger",
    "DIS": "disgust",
    "FEA": "fear",
    "HAP": "happiness",
    "NEU": "neutral",
    "SAD": "sadness",
}
# intended emotion -> mean shares of the votes for ANG, DIS, FEA, HAP, NEU, SAD; concentration of the Dirichlet
# distribution with these means that has the variance of the real shares
HEARD = {
    "ANG": ((0.527, 0.211, 0.053, 0.020, 0.178, 0.011), 3.72),
    "DIS": ((0.121, 0.286, 0.093, 0.028, 0.375, 0.097), 5.27),
    "FEA": ((0.065, 0.063, 0.320, 0.030, 0.384, 0.138), 3.52),
    "HAP": ((0.071, 0.076, 0.083, 0.290, 0.448, 0.033), 3.78),
    "NEU": ((0.039, 0.059, 0.050, 0.020, 0.762, 0.070), 13.37),
    "SAD": ((0.019, 0.071, 0.116, 0.013, 0.533, 0.249), 6.94),
}
LISTENERS = (8, 11)  # of a clip, between the 10 % and 99 % quantiles
SENTENCES = ("IEO", "TIE", "IOM", "IWW")
# numbers of real actors, half of them women
ACTORS = {
    f"{number}": "female" if number in (1002, 1003, 1004, 1006, 1007) else "male"
    for number in (1001, 1002, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015)
}


def content() -> tuple[list[Take], dict[str, str]]:
    """`AudioWAV/ACTOR_SENTENCE_EMOTION_LEVEL.wav`, and the votes on voices and on videos with sound."""
    takes, lines = [], ['"","A","D","F","H","N","S","fileName"']
    for actor, sex in ACTORS.items():
        for number, (code, emotion) in enumerate(WORDS.items()):
            for turn in range(2):
                sentence = SENTENCES[(number + turn * 2 + int(actor)) % len(SENTENCES)]
                name = f"{actor}_{sentence}_{code}_XX"
                rng = rng_of("crema_d", name, "listeners")
                means, concentration = HEARD[code]
                heard = rng.dirichlet(np.array(means) / sum(means) * concentration)
                mixture = tuple(zip(WORDS.values(), heard.tolist(), strict=True))
                takes.append(Take(f"AudioWAV/{name}.wav", actor, sex, emotion, sentence, 1.3, mixture))
                seen = (heard + (np.array(list(WORDS)) == code)) / 2  # a face tells more of what was intended
                for source, shares in ((1, heard), (3, seen)):
                    votes = rng.multinomial(rng.integers(*LISTENERS, endpoint=True), shares)
                    lines.append(f'"{source}{len(takes):05d}",{",".join(map(str, votes))},"{name}"')
    return takes, {"processedResults/tabulatedVotes.csv": "\n".join(lines) + "\n"}


CHANNEL = Channel(-44, -5, 0.20, (50, 7700), -12, (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0))
STAND_IN = StandIn("crema_d", CHANNEL, content)
