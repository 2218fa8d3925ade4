"""Before anything is timed: every candidate must be the same network."""

import torch

from candidates import TOOLS, Peer


def check_lcd(task):
    """Loss and both gradients of every variant against those of our engine's twin.

    Returns the largest relative deviations found."""
    worst = {}
    for tool, networks in TOOLS.items():
        for variant, (_, compiled) in networks["lcd"].items():
            if compiled:
                continue  # the same code as an uncompiled variant
            peer = Peer(task, tool, variant, task.check_symbols)
            loss = peer.loss()
            loss.backward()
            deviations = [abs(loss.item() / task.check_loss - 1)]
            found = (peer.network.hidden_weights.grad.t(), peer.network.readout_weights.grad.t())
            for gradient, expected in zip(found, task.check_gradients):
                deviations.append(((gradient - expected).norm() / expected.norm()).item())
            worst[f"{tool} {variant}"] = max(deviations)
    return worst


def check_ssmf(task):
    """Mean cross-entropy over all symbols of every variant against that of our engine, which a
    membrane within rounding of the threshold changes a little.

    Returns the relative deviations and the hidden spikes per symbol."""
    size = len(task.symbols)
    worst = {}
    for tool, networks in TOOLS.items():
        for variant, (_, compiled) in networks["ssmf"].items():
            if compiled:
                continue
            peer = Peer(task, tool, variant, size)
            with torch.no_grad():
                worst[f"{tool} {variant}"] = abs(peer.loss().item() / task.check_loss - 1)
    modules = Peer(task, "norse", "modules", size)
    with torch.no_grad():
        spikes = modules.network.hidden(modules.inputs)[0].sum().item() / size
    return worst, spikes
