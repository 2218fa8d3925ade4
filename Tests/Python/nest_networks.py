"""Random networks for nest_reference.py, and the form in which they are kept."""

import base64

import numpy as np

TICK = 0.008
DURATION_TICKS = 7500
PICOSECONDS = 10 ** 6
FIELDS = ["count", "leak", "membrane", "excitatory", "inhibitory", "drive", "threshold", "reset",
          "refractory_ticks"]


def sizes(draw, largest):
    """1...largest, small ones more often."""
    return int(np.floor(np.exp(draw.uniform(0, np.log(largest + 1)))))


def population(draw, name, count, events):
    """Targets of one population, rounded as they are kept."""
    membrane = round(draw.uniform(2, 30), 2)
    excitatory, inhibitory = (round(draw.uniform(1, 15), 2) for _ in range(2))
    if draw.random() < 0.2:
        excitatory = membrane = round(draw.uniform(2, 15), 2)
    elif draw.random() < 0.1:
        inhibitory = round(min(membrane, 15) - 0.01, 2)
    leak = int(draw.integers(70, 120))
    # Tonic firing in some exact networks: the leak potential lies above the threshold.
    tonic = name == "exact" and draw.random() < 0.08
    threshold = leak - int(draw.integers(2, 9)) if tonic else leak + int(draw.integers(15, 70))
    reset = int(draw.integers(50, threshold - 4 if tonic else min(threshold - 10, 150)))
    # About the weight with which one event alone reaches the threshold, and what shares of it.
    ratio = membrane / excitatory
    peak = np.exp(-1) if ratio == 1 else ratio ** (-ratio / (ratio - 1))
    alone = draw.uniform(20, 160) * np.sqrt(1 + events / 20)
    drive = round(float(abs(threshold - leak) / peak / alone), 3)
    # Counts that the chip makes exactly; on the grid of 0.1 us they must be multiples of 25 ticks.
    refractory = 25 * int(draw.integers(1, 11)) if name == "grid" else int(draw.integers(25, 256))
    if draw.random() < 0.2:
        refractory *= 2  # by the next slower clock where the counter is too short
    return dict(zip(FIELDS, [count, leak, membrane, excitatory, inhibitory, drive, threshold, reset,
                             refractory]))


def network(name, number, attempt):
    """One network: populations, weights [afferent, neuron] and events (tick, source)."""
    key = [sum(name.encode()), number * 1000 + attempt]
    draw = np.random.Generator(np.random.Philox(key=key))
    neurons, sources = sizes(draw, 40), sizes(draw, 30)
    parts = min(neurons, int(draw.integers(1, 3)))
    cuts = np.sort(draw.choice(np.arange(1, neurons), parts - 1, replace=False))
    count = int(draw.integers(5, 30))
    populations = [population(draw, name, int(n), count)
                   for n in np.diff([0, *cuts, neurons])]
    middle, spread = draw.uniform(0, 25), draw.uniform(10, 40)
    weights = draw.normal(middle, spread, (sources, neurons))
    if name == "recurrent":
        weights = np.vstack([weights, draw.normal(draw.uniform(-10, 10), draw.uniform(5, 20),
                                                  (neurons, neurons))])
    weights = np.clip(np.round(weights), -63, 63).astype(np.int8)
    weights[draw.random(weights.shape) < draw.uniform(0, 0.4)] = 0
    ticks = draw.integers(2, DURATION_TICKS - 500, count)
    if name == "grid":
        ticks = 125 * (1 + ticks // 125)
    events = np.stack([np.sort(ticks), draw.integers(0, sources, count)], axis=1)
    return {"sources": sources, "populations": populations, "weights": weights, "events": events}


def each(net, field):
    """A field of the populations, [neuron]."""
    return np.concatenate([np.full(p["count"], p[field], dtype=float)
                           for p in net["populations"]])


def packed(net, spikes):
    """A network and its spikes as they are kept; the README beside the files describes it."""
    events = b"".join(tick.to_bytes(2, "little") + bytes([source])
                      for tick, source in net["events"].tolist())
    times = b"".join(round(time * PICOSECONDS).to_bytes(4, "little") + bytes([k])
                     for time, k in spikes)
    def text(data):
        return base64.b64encode(data).decode()

    return [net["sources"], [[p[f] for f in FIELDS] for p in net["populations"]],
            text(net["weights"].tobytes()), text(events), text(times)]


def spikes_of(kept):
    """Times in ps and neurons of a network as it is kept."""
    spikes = np.frombuffer(base64.b64decode(kept[4]), dtype="<u4,u1")
    return spikes["f0"].astype(int), spikes["f1"].astype(int)
