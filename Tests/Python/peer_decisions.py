"""Receivers of ours in norse and snnTorch, from their exported files: the same decisions."""

import os

import nir
import numpy as np
import torch

import comparison as c

MODEL = "lcd-snn-40"
SYMBOLS = 5000

# Trained here for a moment: every readout, encoders of both kinds, learned numbers, recurrence,
# and decision feedback.
TRAINED = {
    "recurrent-sums": """
name: recurrent-sums
description: Ternary bits, recurrent, sums of weighted spikes
receiver:
  kind: snn
  taps: 7
  encoder: { kind: ternary, bits: 6, mean: 3, largest: 4 }
  network: { hidden: 24, outputs: 4, steps: 10, step_ms: 1, membrane_time_constant_ms: 10,
             synaptic_time_constant_ms: 5, threshold: 1, surrogate_slope: 1, readout: sum,
             recurrent: true }
training: { noise_power_dB: [-18], symbols: 20000, seed: 1, batch: 100, learning_rate: 0.01,
            final_learning_rate_factor: 0.1 }
""",
    "fed-back": """
name: fed-back
description: Learned receptive fields, recurrent, decision feedback, last membranes
receiver:
  kind: snn
  taps: 7
  feedback: 2
  encoder: { kind: receptive-field, neurons_per_tap: 6, first_center: 0, last_center: 7,
             steps_per_unit: 6, steps: 10, late_spikes: in-last-step }
  network: { hidden: 24, outputs: 4, steps: 12, step_ms: 0.5, membrane_time_constant_ms: 3,
             synaptic_time_constant_ms: 3, threshold: 1, surrogate_slope: 10, readout: last,
             recurrent: true }
training: { noise_power_dB: [-18], symbols: 20000, seed: 1, batch: 100, learning_rate: 0.01,
            final_learning_rate_factor: 0.1, encoder_learning: { kind: spike-times } }
""",
}


def trained(name, path):
    """Trains one of the receivers above and returns its folder."""
    os.mkdir(path(name))
    with open(path(name, "model.yaml"), "w") as file:
        file.write(TRAINED[name].lstrip())
    c.spikelink("train", path(name), "--channel", "lcd", "--threads", "1", "-o",
                path(name + "-trained"))
    return path(name + "-trained")


def inputs(samples, ours, encoder, classes):
    """What the metadata say the network is given; must be what ours was given."""
    spikes, values = c.encode(samples, encoder)
    count = int(encoder.get("feedback", 0))
    # The first symbols of a block see what a run before the block has decided.
    fed = ours["spikes"][:, spikes.shape[1]:]
    for d in range(count):
        past = np.where(np.arange(classes) == ours["symbols"][:-d - 1, None], 0, 255)
        found = fed[d + 1:, d * classes:(d + 1) * classes]
        c.require(np.array_equal(found[count:], past[count:]), "feedback inputs differ")
    spikes = np.concatenate([spikes, fed], axis=1)
    values = np.concatenate([values, fed != 255], axis=1).astype(np.float32)
    c.require(np.array_equal(spikes, ours["spikes"]), "the encoder in the metadata differs")
    if "values" in ours:
        c.require(np.array_equal(values, ours["values"]), "the weights of spikes differ")
    return spikes, values


def compare(model, path):
    name = os.path.basename(model)
    c.spikelink("models", "run", model, path("data.npz"), "-o", path("ours.npz"))
    c.spikelink("models", "export", model, "--to", "npz", "-o", path("weights.npz"))
    samples = np.load(path("data.npz"))["y"]
    ours = dict(np.load(path("ours.npz")))
    weights = dict(np.load(path("weights.npz")))
    classes = ours["scores"].shape[1]
    c.require(len(np.unique(ours["symbols"])) == classes, f"{name} decides not for all symbols")
    errors = (ours["symbols"] != ours["q"]).mean()
    print(f"  {name}: {errors:.1%} symbol errors")
    form = ["--readout", "silent-neurons"] if "readout.tau_mem_ms" in weights else []
    for target, run in [("norse", c.run_norse), ("snntorch", c.run_snntorch)]:
        file = path(target + ".nir")
        c.spikelink("models", "export", model, "--to", target, *form, "-o", file)
        graph = nir.read(file)
        spikes, values = inputs(samples, ours, graph.metadata["encoder"], classes)
        steps = int(graph.metadata["steps"])
        score, closest = c.simulate(weights, spikes, steps, values=values)
        c.compare(f"{name}: ours against double precision", ours["symbols"], score.argmax(1), score,
                  closest)
        if "hidden.recurrent_weight" in weights:
            silent = {**weights, "hidden.recurrent_weight": 0 * weights["hidden.recurrent_weight"]}
            alone = c.simulate(silent, spikes, steps, values=values)[0].argmax(1)
            c.require((alone != ours["symbols"]).any(), f"{name}: recurrence changes nothing")
        found = c.scores(graph, *run(graph, c.dense(spikes, steps, values)))
        c.compare(f"{name}: {target} against ours", found.argmax(1), ours["symbols"], score,
                  closest)
    return weights


with c.folder() as path:
    c.spikelink("generate", "lcd", "--symbols", str(SYMBOLS), "-o", path("data.npz"))
    for name in TRAINED:
        compare(trained(name, path), path)
    weights = compare(MODEL, path)

    # The weights by hand.
    c.spikelink("models", "export", MODEL, "--to", "state-dict", "-o", path("weights.pt"))
    state = torch.load(path("weights.pt"), weights_only=True)
    net = torch.nn.ModuleDict({
        "hidden": torch.nn.Linear(70, 40, bias=False), "readout": torch.nn.Linear(40, 4, bias=False)})
    net.load_state_dict(state, strict=True)
    constants = state._metadata["spikelink"]
    c.require(constants["hidden.tau_mem_ms"] == weights["hidden.tau_mem_ms"][0], "tau_mem differs")
    c.require(np.array_equal(net["hidden"].weight.detach(), weights["hidden.weight"]),
              "weights differ")
    torch.load(path("weights.pt"), weights_only=True, mmap=True)
    print("  state_dict: loads strictly, with its constants")
