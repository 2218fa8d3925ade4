"""A receiver of ours in norse and snnTorch, from its exported files: the same decisions."""

import nir
import numpy as np
import torch

import comparison as c

MODEL = "lcd-snn-40"
SYMBOLS = 5000

with c.folder() as path:
    c.spikelink("generate", "lcd", "--symbols", str(SYMBOLS), "-o", path("data.npz"))
    c.spikelink("models", "run", MODEL, path("data.npz"), "-o", path("ours.npz"))
    c.spikelink("models", "export", MODEL, "--to", "npz", "-o", path("weights.npz"))
    samples = np.load(path("data.npz"))["y"]
    ours = np.load(path("ours.npz"))
    weights = dict(np.load(path("weights.npz")))

    for target, run in [("norse", c.run_norse), ("snntorch", c.run_snntorch)]:
        file = path(target + ".nir")
        c.spikelink("models", "export", MODEL, "--to", target, "--readout", "silent-neurons",
                    "-o", file)
        graph = nir.read(file)
        spikes = c.encode(samples, graph.metadata["encoder"])
        c.require(np.array_equal(spikes, ours["spikes"]), "the encoder in the metadata differs")
        steps = int(graph.metadata["steps"])
        score, closest = c.simulate(weights, spikes, steps)
        c.compare("ours against double precision", ours["symbols"], score.argmax(1), score, closest)
        found = c.scores(graph, *run(graph, c.dense(spikes, steps)))
        c.compare(f"{target} against ours", found.argmax(1), ours["symbols"], score, closest)

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
