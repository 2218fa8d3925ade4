"""Random networks of leaky integrate-and-fire neurons in the simulator NEST, as reference for
Tests/BrainScaleS2Tests/Emulation/NESTAgreementTests.swift. The ordinary tests need no NEST.

    python3 -m venv .build/nest-environment
    .build/nest-environment/bin/pip install --requirement Tests/Python/requirements-nest.txt
    .build/nest-environment/bin/python Tests/Python/nest_reference.py [--write]

`--write` renews the files in Tests/BrainScaleS2Tests/Reference; without it the networks are
simulated again and must give what is kept. 1 us on the chip is 1 ms in NEST, 1 LSB is 1 mV. An
event adds weight * drive to the synaptic drive e of tau_m dv/dt = e - i - v; in NEST that is a
current of weight * drive pA on a capacitance of tau_m / ms pF. Three sets:

exact       1000 feed-forward networks, `iaf_psc_exp_ps`: spike times between grid points.
recurrent   60 recurrent networks, `iaf_psc_exp` on a grid of 8 ns of the chip, with the latency
            of the chip as delay. The grid rule of NEST is then the rule of the chip: a spike is
            stamped on the first tick at which the membrane has reached its threshold, the
            refractory period and the way back to the synapses count from the stamp.
grid        100 feed-forward networks, `iaf_psc_exp` on its usual grid of 0.1 ms, events on
            multiples of 1 us; the first spike of every neuron, because the grid's stamp, up to
            0.1 us late, begins the refractory period and so delays all further spikes.

One rule of the chip is not in `iaf_psc_exp_ps`: its refractory period counts from the exact spike,
that of the chip from the tick after it. So NEST is halted on the tick at which the chip releases
a neuron from reset, at most 8 ns after NEST has, and the membrane is set to its reset potential
once more. First spikes know nothing of this. How far NEST strays without it is printed.

Networks in which rounding would decide are left out and others drawn, about one in ten: the
emulation of the chip computes single precision. (Of 18423 spikes of the exact set without these
margins one was on another tick, its exact time 1 ps after the tick.) Left out are networks
  - with a potential less than NEAR below the threshold that is not the start of a spike;
  - with a spike whose potential at the tick before or at its own is less than CLOSE from the
    threshold, so that the tick is in doubt, or that passes its threshold by less than NEAR;
  - with a spike in the last LAST_TICKS of the run, or after which the next is sooner than that;
  - of the grid set, with a potential on the grid less than GRID_NEAR below the threshold that is
    not the start of a spike: the membrane may have crossed and returned between two points.
"""

import json
import os
import sys

import nest
import numpy as np

from nest_networks import DURATION_TICKS, FIELDS, TICK, each, network, packed, spikes_of

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REFERENCE = os.path.join(ROOT, "Tests", "BrainScaleS2Tests", "Reference")
WRITES = "--write" in sys.argv[1:]
LATENCY_TICKS = 16
LAST_TICKS = 25
NEAR, CLOSE, GRID_NEAR = 1e-3, 2e-5, 0.1
FEWEST, MOST = 1, 100
COUNTS = {"exact": 1000, "recurrent": 60, "grid": 100}


# MARK: NEST


def build(net, model, resolution):
    """Neurons, a recorder of spikes and one of potentials, both per neuron of the network."""
    nest.ResetKernel()
    nest.resolution = resolution
    leak, membrane = each(net, "leak"), each(net, "membrane")
    neurons = nest.Create(model, len(leak), params={
        "E_L": leak, "V_m": leak, "C_m": membrane, "tau_m": membrane,
        "tau_syn_ex": each(net, "excitatory"), "tau_syn_in": each(net, "inhibitory"),
        "V_th": each(net, "threshold"), "V_reset": each(net, "reset"),
        "t_ref": np.round(each(net, "refractory_ticks") * TICK, 6)})
    # An event arrives one step, the shortest delay of NEST, after its generator.
    currents = each(net, "drive")[None, :] * net["weights"]
    for source in range(net["sources"]):
        ticks = net["events"][net["events"][:, 1] == source, 0]
        if len(ticks) == 0:
            continue
        generator = nest.Create("spike_generator", params={
            "spike_times": np.round(ticks * TICK - resolution, 6)})
        nest.Connect(generator, neurons, "all_to_all", {
            "weight": currents[source][:, None], "delay": resolution})
    if len(currents) > net["sources"]:
        nest.Connect(neurons, neurons, "all_to_all", {
            "weight": currents[net["sources"]:].T, "delay": LATENCY_TICKS * TICK})
    spikes = nest.Create("spike_recorder")
    nest.Connect(neurons, spikes)
    potentials = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": resolution})
    nest.Connect(potentials, neurons)
    return neurons, spikes, potentials


def recorded(recorder, first):
    """Spikes (us, neuron) in order of neuron and time."""
    events = recorder.get("events")
    times, neurons = np.asarray(events["times"]), np.asarray(events["senders"]) - first
    order = np.lexsort([times, neurons])
    return list(zip(times[order].tolist(), neurons[order].tolist()))


def course(potentials, first, count):
    """Potentials [neuron, step]; column k is time (k + 1) * resolution."""
    events = potentials.get("events")
    order = np.lexsort([events["times"], events["senders"]])
    return np.asarray(events["V_m"])[order].reshape(count, -1)


def stamp(time):
    """The tick on which the chip stamps an exact time; NEST starts with a spike a rounding late
    where the leak potential is above the threshold."""
    return int(np.ceil(max(time, 0) / TICK - 1e-7))


def simulate(net, model, resolution, halts=False):
    """Spikes and potentials; `halts` releases neurons on the ticks of the chip."""
    neurons, spikes, potentials = build(net, model, resolution)
    count, first = len(neurons), neurons.tolist()[0]
    if not halts:
        nest.Simulate(DURATION_TICKS * TICK)
        return recorded(spikes, first), course(potentials, first, count)
    refractory = each(net, "refractory_ticks").astype(int)
    reset = each(net, "reset")
    step = int(refractory.min())
    now, seen, releases = 0, 0, []
    while now < DURATION_TICKS:
        # Spikes within a step of the shortest refractory period are released after it.
        end = min([DURATION_TICKS, now + step] + [tick for tick, _ in releases])
        nest.Simulate((end - now) * TICK)
        now = end
        if spikes.n_events > seen:
            events = spikes.get("events")
            for time, sender in zip(events["times"][seen:], events["senders"][seen:]):
                k = int(sender) - first
                releases.append((stamp(time) + int(refractory[k]), k))
            seen = spikes.n_events
        for tick, k in releases:
            if tick == now:
                neurons[k].V_m = float(reset[k])
        releases = [(tick, k) for tick, k in releases if tick > now]
    return recorded(spikes, first), course(potentials, first, count)


# MARK: Networks in which rounding would decide


def slopes(net, neuron, time, spikes):
    """dv/dt in LSB/us and d2v/dt2 at the threshold, from the drives of all earlier events."""
    p = {f: each(net, f)[neuron] for f in FIELDS[1:]}
    arrivals = [(tick * TICK, source) for tick, source in net["events"].tolist()]
    if len(net["weights"]) > net["sources"]:
        arrivals += [(t + LATENCY_TICKS * TICK, net["sources"] + k) for t, k in spikes]
    e = i = 0.0
    for arrival, row in arrivals:
        if arrival < time - 1e-9:
            drive = p["drive"] * float(net["weights"][row, neuron])
            e += max(drive, 0) * np.exp((arrival - time) / p["excitatory"])
            i += max(-drive, 0) * np.exp((arrival - time) / p["inhibitory"])
    slope = (e - i - (p["threshold"] - p["leak"])) / p["membrane"]
    return slope, (-e / p["excitatory"] + i / p["inhibitory"] - slope) / p["membrane"]


def is_decided(net, spikes, v, on_grid):
    """Whether every spike and its tick are beyond doubt, by the margins at the top."""
    threshold = each(net, "threshold")
    tonic = threshold <= each(net, "leak")
    near = v >= threshold[:, None] - NEAR
    for k in range(len(threshold)):
        own = [time for time, neuron in spikes if neuron == k]
        stamps = [stamp(time) for time in own]
        if any(b - a < LAST_TICKS for a, b in zip(stamps, stamps[1:] + [DURATION_TICKS])):
            return False
        for time, tick in zip(own, stamps):
            if tick >= 2:
                near[k, tick - 2] = False
            if tonic[k] and tick == 0:
                continue
            # On the grid the crossing itself is found from the potential at the tick before.
            if on_grid:
                before = v[k, tick - 2]
                slope, bend = slopes(net, k, tick * TICK, spikes)
                at = before + TICK * (slope - 0.5 * TICK * bend)
                # The slope is that at the threshold; the potential is so close to it that the
                # difference, its distance over tau_m, moves `at` by less than CLOSE / 10.
                margins = [threshold[k] - before, at - threshold[k]]
            else:
                slope, bend = slopes(net, k, time, spikes)
                margins = [slope * (time - (tick - 1) * TICK), slope * (tick * TICK - time)]
            if min(margins) < CLOSE or slope <= 0 or bend < 0 and slope ** 2 < -2 * bend * NEAR:
                return False
    return not near.any()


# MARK: The three sets


def exact(net):
    spikes, v = simulate(net, "iaf_psc_exp_ps", TICK, halts=True)
    if not is_decided(net, spikes, v, on_grid=False):
        return None
    if FEWEST <= len(spikes) <= MOST:
        free, _ = simulate(net, "iaf_psc_exp_ps", TICK)
        strays(spikes, free)
    return [(time if stamp(time) > 0 else 0.0, k) for time, k in spikes]


def recurrent(net):
    spikes, v = simulate(net, "iaf_psc_exp", TICK)
    return spikes if is_decided(net, spikes, v, on_grid=True) else None


def grid(net):
    """First spikes on the grid of 0.1 ms."""
    spikes, v = simulate(net, "iaf_psc_exp", 0.1)
    threshold = each(net, "threshold")
    firsts = []
    for k in range(len(threshold)):
        first = next((time for time, neuron in spikes if neuron == k), None)
        end = v.shape[1] if first is None else int(round(first / 0.1)) - 2
        if (v[k, :max(end, 0)] >= threshold[k] - GRID_NEAR).any():
            return None
        if first is not None:
            if first > (DURATION_TICKS - LAST_TICKS) * TICK:
                return None
            firsts.append((first, k))
    return firsts


STRAY = {"same": 0, "other": 0, "first": [], "later": []}


def strays(spikes, free):
    """How far NEST as it is differs from NEST with the releases of the chip."""
    if [k for _, k in spikes] != [k for _, k in free]:
        STRAY["other"] += 1
        return
    STRAY["same"] += 1
    previous = None
    for (a, k), (b, _) in zip(spikes, free):
        order = "first" if k != previous else "later"
        STRAY[order].append(abs(a - b) * 1e3)
        previous = k


def make(name, run):
    lines, left_out, total = [], 0, 0
    for number in range(COUNTS[name]):
        for attempt in range(1000):
            net = network(name, number, attempt)
            spikes = run(net)
            # Silent networks say little and very busy ones fill the file: others are drawn.
            if spikes is not None and FEWEST <= len(spikes) <= MOST:
                break
            left_out += spikes is None
        total += len(spikes)
        lines.append(json.dumps(packed(net, spikes), separators=(",", ":")))
    print(f"{name}: {len(lines)} networks, {total} spikes; left out as undecided: {left_out}",
          flush=True)
    text = ('{"simulator":"NEST ' + nest.__version__ + f'","durationTicks":{DURATION_TICKS},'
            '"networks":[\n' + ",\n".join(lines) + "\n]}\n")
    path = os.path.join(REFERENCE, f"nest-{name}.json")
    if WRITES:
        os.makedirs(REFERENCE, exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return
    with open(path) as file:
        kept = json.load(file)["networks"]
    if len(kept) != len(lines):
        sys.exit(f"FAILED: {name}: {len(kept)} networks are kept")
    for number, (a, b) in enumerate(zip(kept, map(json.loads, lines))):
        (x, k), (y, m) = spikes_of(a), spikes_of(b)
        if a[:4] != b[:4] or not np.array_equal(k, m) or (abs(x - y) > 1).any():
            sys.exit(f"FAILED: {name}: network {number} is not what is kept")


if __name__ == "__main__":
    nest.verbosity = nest.VerbosityLevel.ERROR
    for name, run in [("exact", exact), ("recurrent", recurrent), ("grid", grid)]:
        make(name, run)
    print(f"exact, NEST without the halts: {STRAY['same']} networks with the same spikes, "
          f"{STRAY['other']} with others; {len(STRAY['first'])} first spikes at most "
          f"{max(STRAY['first']):.6f} ns apart, "
          f"later ones {np.median(STRAY['later']):.2f} ns (median), "
          f"{np.quantile(STRAY['later'], 0.99):.1f} ns (99 %), {max(STRAY['later']):.0f} ns (all)")
