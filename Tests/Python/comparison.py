"""What the comparison scripts share: our program, our files, and how other tools run them."""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import torch

warnings.simplefilter("ignore", DeprecationWarning)
torch.set_num_threads(1)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("SPIKELINK", os.path.join(ROOT, ".build", "release", "spikelink"))


def spikelink(*arguments, status=0):
    """Runs our program; returns standard output and standard error."""
    run = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, cwd=ROOT)
    if run.returncode != status:
        sys.exit(f"spikelink {' '.join(arguments)}: exit {run.returncode}\n{run.stderr}")
    return run.stdout, run.stderr


def require(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory() as path:
        yield lambda *names: os.path.join(path, *names)


# MARK: Spikes


def encode(samples, encoder):
    """Time steps [symbol, input] of the encoder in a file's metadata, 255 for no spike, and the
    weights of the spikes, 0 for none. Samples are those of one circular block.
    """
    taps = int(encoder["taps"])
    half = taps // 2
    padded = np.concatenate([samples[-half:], samples, samples[:half]]).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, taps)[:, :, None]
    steps, values = {"receptive-field": receptive_fields, "ternary": ternary}[encoder["kind"]](
        windows, encoder)
    return steps.astype(np.uint8).reshape(len(samples), -1), values.reshape(len(samples), -1)


def receptive_fields(windows, encoder):
    """Neuron n of tap k spikes in step floor(steps_per_unit[k, n] * |y - centers[k, n]|)."""
    count = int(encoder["steps"])
    exact = (np.asarray(encoder["steps_per_unit"], dtype=np.float32)
             * np.abs(windows - np.asarray(encoder["centers"], dtype=np.float32)))
    late = 255 if encoder["late_spikes"] == "dropped" else count - 1
    steps = np.where(exact < count, np.floor(exact), late)
    return steps, (steps != 255).astype(np.float32)


def ternary(windows, encoder):
    """The bits of round(|y - mean| / largest * m), the most significant first, signed."""
    bits = int(encoder["bits"])
    highest = np.float32(2 ** bits - 1)
    relative = windows - np.float32(encoder["mean"])
    exact = np.abs(relative) * (highest / np.float32(encoder["largest"]))
    level = np.floor(exact)
    level = np.minimum(highest, level + (exact - level >= 0.5)).astype(np.int64)
    isset = (level >> np.arange(bits - 1, -1, -1)) & 1
    return np.where(isset, 0, 255), (isset * np.where(relative < 0, -1, 1)).astype(np.float32)


def dense(spikes, step_count, values=None):
    """Spikes as other tools want them: [time, sample, input]."""
    steps = np.arange(step_count)[:, None, None]
    inputs = (spikes[None] == steps).astype(np.float32)
    return torch.from_numpy(inputs if values is None else inputs * values[None])


# MARK: Other tools


def run_norse(graph, inputs, dt=None):
    """Output [time, sample, class] and readout membrane (None if it has none) in norse."""
    import norse.torch

    network = norse.torch.from_nir(graph) if dt is None else norse.torch.from_nir(graph, dt=dt)
    state, outputs, membranes = None, [], []
    with torch.no_grad():
        for step in inputs:
            output, state = network(step, state)
            outputs.append(output)
            if "readout_neurons" in state.state:
                membranes.append(state.state["readout_neurons"][0][1].v)
    return stack(outputs), stack(membranes)


def run_snntorch(graph, inputs):
    """The same in snnTorch; its potentials are r times ours."""
    from snntorch.import_nir import import_from_nir

    with contextlib.redirect_stdout(io.StringIO()):
        network = import_from_nir(graph)
    for module in network.modules():
        if hasattr(module, "reset_mem"):
            module.reset_mem()
    readout = dict(network.named_modules()).get("readout_neurons")
    state, outputs, membranes = None, [], []
    with torch.no_grad():
        for step in inputs:
            output, state = network(step, state)
            outputs.append(output)
            if readout is not None:
                gain = torch.as_tensor(graph.nodes["readout_neurons"].r).float()
                membranes.append(readout.mem / gain)
    return stack(outputs), stack(membranes)


def stack(steps):
    return torch.stack(steps).detach().numpy() if steps else None


def reduced(values, rule):
    return {"maximum": lambda: values.max(0), "last": lambda: values[-1],
            "sum": lambda: values.sum(0)}[rule]()


def scores(graph, outputs, membranes):
    """Scores [sample, class] as the file's metadata say."""
    readout = graph.metadata["readout"]
    values = membranes if readout["values"].startswith("membrane") else outputs
    return reduced(values, readout["score"])


# MARK: An own reference in double precision


def simulate(archive, spikes, step_count, number=np.float64, values=None):
    """The network of an .npz export, written down from its equations.

    Returns scores, and for each sample how close any membrane came to its threshold.
    """
    about = json.loads(bytes(archive["about"]))
    dt = number(archive["dt_ms"])
    names = sorted(n[:-7] for n in archive if n.startswith("hidden") and n.endswith(".weight"))
    count = len(spikes)
    state = {}
    closest = np.full(count, np.inf)

    def membrane(name, drive):
        v, i = state.get(name, (number(0), number(0)))
        j = drive
        if f"{name}.tau_syn_ms" in archive:
            j = i + drive
            i = j - dt / archive[f"{name}.tau_syn_ms"].astype(number) * j
        v = v + dt / archive[f"{name}.tau_mem_ms"].astype(number) * (j - v)
        return v, i

    own = {}
    trace = []
    weights = 1 if values is None else values
    for step in range(step_count):
        signal = ((spikes == step) * weights).astype(number)
        for name in names:
            drive = signal @ archive[f"{name}.weight"].T.astype(number)
            if f"{name}.recurrent_weight" in archive and name in own:
                drive = drive + own[name] @ archive[f"{name}.recurrent_weight"].T.astype(number)
            v, i = membrane(name, drive)
            threshold = archive[f"{name}.threshold"].astype(number)
            closest = np.minimum(closest, np.abs(v - threshold).min(1))
            fired = v > threshold
            v = np.where(fired, archive[f"{name}.reset"].astype(number), v)
            state[name] = (v, i)
            signal = own[name] = fired.astype(number)
        value = signal @ archive["readout.weight"].T.astype(number)
        if "readout.tau_mem_ms" in archive:
            v, i = membrane("readout", value)
            value = v
            if "readout.threshold" in archive:
                closest = np.minimum(closest, np.abs(v - archive["readout.threshold"]).min(1))
                fired = v > archive["readout.threshold"]
                v = np.where(fired, archive["readout.reset"], v)
                value = fired.astype(number)
            state["readout"] = (v, i)
        trace.append(value)
    return reduced(np.stack(trace), about["score"]), closest


def compare(name, decisions, reference, score, closest):
    """Counts samples that are decided differently, and refuses those that are no near-ties.

    A membrane within 1e-5 of its threshold, or two scores within 1e-5, may round either way.
    """
    differ = decisions != reference
    ordered = np.sort(score, axis=1)
    lead = ordered[:, -1] - ordered[:, -2]
    # Counts of spikes that are equal are decided for the first class by everyone.
    margin = np.minimum(closest, np.where(lead == 0, np.inf, lead))
    print(f"  {name}: {differ.sum()} of {len(decisions)} decisions differ"
          + (f", all within {margin[differ].max():.1e} of a tie" if differ.any() else ""))
    require((margin[differ] < 1e-5).all(), f"{name} decides differently without a tie")
    return int(differ.sum())
