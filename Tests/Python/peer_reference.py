"""Small networks of every exchangeable form, in norse and snnTorch.

Exports each for both tools, runs the files there, and checks the decisions against the equations
in double precision; then the reverse, with files that the tools' own exporters write. The files
and decisions are what the ordinary tests check against: `--write` renews them.
"""

import os
import sys

import nir
import numpy as np
import torch

import comparison as c

REFERENCE = os.path.join(c.ROOT, "Tests", "NetworkExchangeTests", "Reference", "peers")
WRITES = "--write" in sys.argv[1:]
INPUTS, HIDDEN, CLASSES, STEPS, SAMPLES = 12, 10, 4, 40, 200
STEP_MS, TAU_MEM_MS, TAU_SYN_MS = 0.5, 6.0, 5.0


def random(name):
    return np.random.Generator(np.random.Philox(key=sum(name.encode())))


def spikes(name):
    """One spike per input, or none: time steps [sample, input], 255 for none."""
    draw = random(name + " spikes")
    steps = draw.integers(0, STEPS // 2, (SAMPLES, INPUTS), dtype=np.uint8)
    return np.where(draw.random(steps.shape) < 0.8, steps, 255).astype(np.uint8)


def weights(draw, rows, columns, scale):
    return draw.normal(0, scale, (rows, columns)).astype(np.float32)


def population(name, count, threshold=None, synapse=True):
    arrays = {f"{name}.tau_mem_ms": np.full(count, TAU_MEM_MS)}
    if synapse:
        arrays[f"{name}.tau_syn_ms"] = np.full(count, TAU_SYN_MS)
    if threshold is not None:
        arrays[f"{name}.threshold"] = np.full(count, threshold)
        arrays[f"{name}.reset"] = np.zeros(count)
    return arrays


def about(score):
    text = ('{"decision":"the class with the highest score over all steps","encoder":{},'
            f'"format":"spikelink.weights/1","score":"{score}"}}')
    return np.frombuffer(text.encode(), dtype=np.uint8)


def integrators():
    draw = random("integrators")
    return {"hidden.weight": weights(draw, HIDDEN, INPUTS, 2), **population("hidden", HIDDEN, 1.0),
            "readout.weight": weights(draw, CLASSES, HIDDEN, 1), **population("readout", CLASSES),
            "about": about("maximum")}


def recurrent_sums():
    draw = random("recurrent sums")
    return {"hidden.weight": weights(draw, HIDDEN, INPUTS, 2), **population("hidden", HIDDEN, 0.9),
            "hidden.recurrent_weight": weights(draw, HIDDEN, HIDDEN, 0.7),
            "readout.weight": weights(draw, CLASSES, HIDDEN, 1), "about": about("sum")}


def two_layers():
    """Neurons without a synaptic current, time constants of their own, spike counts."""
    draw = random("two layers")
    first = population("hidden_1", HIDDEN, 1.0)
    first["hidden_1.tau_syn_ms"] = np.round(draw.uniform(4, 9, HIDDEN), 3)
    return {"hidden_1.weight": weights(draw, HIDDEN, INPUTS, 2), **first,
            "hidden_2.weight": weights(draw, 8, HIDDEN, 6),
            **population("hidden_2", 8, 0.5, synapse=False),
            "readout.weight": weights(draw, CLASSES, 8, 2), **population("readout", CLASSES, 0.2),
            "about": about("sum")}


def decided(score):
    return np.asarray(score).argmax(1).astype(np.uint8)


def keep(name, arrays, files):
    """Writes reference files, or compares with those that are kept."""
    os.makedirs(REFERENCE, exist_ok=True)
    path = os.path.join(REFERENCE, name + ".npz")
    if WRITES:
        np.savez_compressed(path, **arrays)
        for source in files:
            os.replace(source, os.path.join(REFERENCE, os.path.basename(source)))
        return
    kept = np.load(path)
    for key, value in arrays.items():
        c.require(np.array_equal(kept[key], value), f"{name}: {key} is not what is kept")


def ours_there(path):
    for name, make in [("integrators", integrators), ("recurrent_sums", recurrent_sums),
                       ("two_layers", two_layers)]:
        archive = {"dt_ms": np.array(STEP_MS), "steps": np.array(STEPS), **make()}
        np.savez_compressed(path(name + ".weights.npz"), **archive)
        steps = spikes(name)
        score, closest = c.simulate(archive, steps, STEPS)
        kept = {"spikes": steps, "reference": decided(score)}
        files = [path(name + ".weights.npz")]
        share = np.bincount(decided(score), minlength=CLASSES).max() / SAMPLES
        c.require(share < 0.7, f"{name}: one class takes {share:.0%}, which shows little")
        for target, run in [("norse", c.run_norse), ("snntorch", c.run_snntorch)]:
            file = path(f"{name}.{target}.nir")
            form = ["--readout", "silent-neurons"] if name == "integrators" else []
            c.spikelink("models", "export", path(name + ".weights.npz"), "--to", target, *form,
                        "-o", file)
            graph = nir.read(file)
            found = c.scores(graph, *run(graph, c.dense(steps, STEPS)))
            c.compare(f"{name} in {target}", decided(found), decided(score), score, closest)
            kept[target] = decided(found)
            files.append(file)
        keep(name, kept, files)


def theirs(name, network, graph, path):
    """A network of another tool as it decides there, and the file it writes."""
    steps = spikes(name)
    state, total = None, 0
    with torch.no_grad():
        for step in c.dense(steps, STEPS):
            output = network(step, state) if name == "from_norse" else network(step)
            output, state = output if isinstance(output, tuple) else (output, None)
            total = total + output
    nir.write(path(name + ".nir"), graph)
    print(f"  {name}: {len(set(total.argmax(1).tolist()))} classes decided")
    keep(name, {"spikes": steps, "decisions": decided(total)}, [path(name + ".nir")])


def from_norse(path):
    import norse.torch as norse

    draw = random("from norse")
    linear = [torch.nn.Linear(INPUTS, HIDDEN, bias=False),
              torch.nn.Linear(HIDDEN, CLASSES, bias=False)]
    for layer, scale in zip(linear, [2, 1]):
        layer.weight.data = torch.from_numpy(weights(draw, *layer.weight.shape, scale))
    parameters = norse.LIFParameters(
        tau_mem_inv=torch.full((HIDDEN,), 1e3 / 8), tau_syn_inv=torch.full((HIDDEN,), 1e3 / 5),
        v_th=torch.ones(HIDDEN), v_leak=torch.zeros(HIDDEN), v_reset=torch.zeros(HIDDEN))
    network = norse.SequentialState(linear[0], norse.LIFCell(parameters), linear[1])
    # The sample with its batch axis, as users have it.
    theirs("from_norse", network, norse.to_nir(network, torch.zeros(1, INPUTS)), path)


def from_snntorch(path):
    import snntorch
    from snntorch.export_nir import export_to_nir

    draw = random("from snntorch")
    linear = [torch.nn.Linear(INPUTS, HIDDEN, bias=False),
              torch.nn.Linear(HIDDEN, CLASSES, bias=False)]
    for layer, scale in zip(linear, [2, 1]):
        layer.weight.data = torch.from_numpy(weights(draw, *layer.weight.shape, scale))
    def each(value):
        return torch.full((HIDDEN,), value)

    # The format knows only immediate resets to zero; the tool's own default is another one.
    neurons = snntorch.Synaptic(
        alpha=each(0.9), beta=each(0.92), threshold=each(9.0), reset_mechanism="zero",
        reset_delay=False, init_hidden=True)
    network = torch.nn.Sequential(linear[0], neurons, linear[1])
    graph = export_to_nir(network, torch.zeros(INPUTS))
    neurons.reset_mem()
    theirs("from_snntorch", network, graph, path)


with c.folder() as path:
    ours_there(path)
    from_norse(path)
    from_snntorch(path)
