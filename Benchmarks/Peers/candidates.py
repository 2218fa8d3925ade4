"""What is timed: a network of a tool with one batch, or our engine; `train` and `infer`."""

import json
import subprocess
import time
from typing import NamedTuple

import torch
from torch.nn.functional import cross_entropy

import norse_networks
import snntorch_networks

TOOLS = {"norse": norse_networks.NETWORKS, "snntorch": snntorch_networks.NETWORKS}

# Tiny, so that the activity stays that of the trained network; the work is the same.
LEARNING_RATE = 1e-6


class Unusable(Exception):
    """A candidate that does not work here, with the reason."""


class Rate(NamedTuple):
    per_second: float
    per_processor_second: float  # what other programs on the same cores do not change


class Peer:
    """A network of another tool on a prepared batch.

    Training is zeroing the gradients, forward, cross-entropy, backward and a fused Adam step;
    inference is forward and decision. The batch is ready in memory: encoding it is not timed.
    """

    def __init__(self, task, tool, variant, size):
        self.tool, self.variant, self.size = tool, variant, size
        make, compiled = TOOLS[tool][task.name][variant]
        self.network = make(task)
        spikes, self.targets = task.batch(size)
        prepare = getattr(self.network, "prepare", None)
        self.inputs = prepare(spikes) if prepare else spikes
        self.apply = self.network
        if compiled:
            self.apply = torch.compile(self.network, dynamic=False)
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), lr=LEARNING_RATE, fused=True
        )

    def loss(self):
        return cross_entropy(self.apply(self.inputs), self.targets)

    def train(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss().backward()
        self.optimizer.step()
        return self.size

    def infer(self):
        with torch.inference_mode():
            self.apply(self.inputs).argmax(1)
        return self.size

    def turn(self, mode, seconds):
        """Symbols per second and per second of processor time, over at least one turn."""
        run = getattr(self, mode)
        symbols = 0
        start, processor_start = time.perf_counter(), time.process_time()
        while True:
            symbols += run()
            elapsed = time.perf_counter() - start
            if elapsed >= seconds:
                return Rate(symbols / elapsed, symbols / (time.process_time() - processor_start))

    def warm_up(self, mode):
        run = getattr(self, mode)
        try:
            start = time.perf_counter()
            run()
            run()
            return time.perf_counter() - start
        except Exception as error:  # a compiler that is missing or fails ends a candidate only
            raise Unusable(str(error).strip().splitlines()[0][:200]) from error


class Engine:
    """Our engine in a process of its own, which is asked turn by turn."""

    tool, variant = "spikelink", "engine"

    def __init__(self, program, task, size, threads):
        self.task, self.size, self.threads = task.name, size, threads
        self.process = subprocess.Popen(
            [program, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def turn(self, mode, seconds):
        request = {
            "task": self.task, "mode": mode, "batch": self.size, "threads": self.threads,
            "seconds": seconds,
        }
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if answer.get("unsupported"):
            raise Unusable(answer["unsupported"])
        symbols = answer["symbols"]
        return Rate(symbols / answer["seconds"], symbols / answer["processor_seconds"])

    def warm_up(self, mode):
        self.turn(mode, 0.05)
        return 0.0

    def close(self):
        self.process.stdin.close()
        self.process.wait()
