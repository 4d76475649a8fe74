"""What all workloads share: rounds, ratios, and the form of a result."""

import os

from .load import WrongAnswer, middle


class Bench:
    """What all workloads share: where things are, how long and how often."""

    def __init__(self, build, wrk, rounds, server_core):
        self.build = build
        self.wrk = wrk
        self.rounds = rounds
        self.core = server_core

    def floor(self, name, *arguments):
        return os.path.join(self.build, "bench", "floor_" + name), *arguments

    def load(self, subject, path, connections=64):
        return self.wrk.run(subject.pid, subject.address, path, subject.headers, connections)


def require(holds, what):
    if not holds:
        raise WrongAnswer(what)


def row(name, what, figures, floor=None, ratio=None, target="", met=None, note=""):
    return {
        "id": name,
        "what": what,
        "figures": figures,
        "floor": floor,
        "ratio": None if ratio is None else round(ratio, 3),
        "target": target,
        "met": met,
        "note": note,
    }


def ratio_of(runs, floors, figure):
    """The median of the ratios of neighbours in time: what disturbs both cancels out."""
    return middle([run[figure] / floor[figure] for run, floor in zip(runs, floors)])[0]


def alternate(rounds, *measurements):
    """Each measurement once per round, so that a slow minute of the machine hits them all."""
    results = [[] for _ in measurements]
    for _ in range(rounds):
        for runs, measure in zip(results, measurements):
            runs.append(measure())
    return results
