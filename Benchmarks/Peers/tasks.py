"""The two tasks as tensors, from the files that `SpikingBenchmarks export` writes."""

from dataclasses import dataclass

import numpy as np
import torch

SILENT = 255


@dataclass(eq=False)
class LCD:
    """70-40-4: LIF hidden neurons, leaky integrators as readouts, score = maximum over time."""

    steps: np.ndarray  # step of each input's only spike, [symbol, input]
    symbols: torch.Tensor  # [symbol]
    hidden_weights: torch.Tensor  # [hidden, input]
    readout_weights: torch.Tensor  # [output, hidden]
    check_symbols: int
    check_loss: float
    check_gradients: tuple  # of the hidden [input, hidden] and readout [hidden, output] weights

    name = "lcd"
    step_count = 60
    step = 0.5e-3  # s
    time_constant = 6e-3  # s, of membrane and synapse

    @staticmethod
    def load(folder):
        data = np.load(f"{folder}/lcd.npz")
        return LCD(
            steps=data["steps"],
            symbols=torch.from_numpy(data["symbols"].astype(np.int64)),
            hidden_weights=torch.from_numpy(data["hidden_weights"]),
            readout_weights=torch.from_numpy(data["readout_weights"]),
            check_symbols=int(data["check_symbols"][0]),
            check_loss=float(data["check_loss"][0]),
            check_gradients=(
                torch.from_numpy(data["check_hidden_gradient"]),
                torch.from_numpy(data["check_readout_gradient"]),
            ),
        )

    def batch(self, size):
        """Dense spikes [time, symbol, input] and targets [symbol] of the first symbols."""
        rows = np.arange(size) % len(self.steps)
        steps = self.steps[rows]
        symbol, neuron = np.nonzero(steps < self.step_count)
        dense = torch.zeros(self.step_count, size, steps.shape[1])
        dense[steps[symbol, neuron].astype(np.int64), symbol, neuron] = 1
        return dense, self.symbols[rows]


@dataclass(eq=False)
class SSMF:
    """168-80-4: recurrent LIF neurons, graded inputs in the first step, score = the readout of
    the sum of all spikes."""

    inputs: torch.Tensor  # -1, 0 or 1, [symbol, input]
    symbols: torch.Tensor  # [symbol]
    input_weights: torch.Tensor  # [hidden, input]
    recurrent_weights: torch.Tensor  # [hidden, hidden]
    readout_weights: torch.Tensor  # [output, hidden]
    check_loss: float  # of all symbols, by our engine

    name = "ssmf"
    step_count = 10
    step = 1e-3  # s
    membrane_time_constant = 10e-3  # s
    synaptic_time_constant = 5e-3  # s

    @staticmethod
    def load(folder):
        data = np.load(f"{folder}/ssmf.npz")
        return SSMF(
            inputs=torch.from_numpy(data["inputs"].astype(np.float32)),
            symbols=torch.from_numpy(data["symbols"].astype(np.int64)),
            input_weights=torch.from_numpy(data["input_weights"]),
            recurrent_weights=torch.from_numpy(data["recurrent_weights"]),
            readout_weights=torch.from_numpy(data["readout_weights"]),
            check_loss=float(data["check_loss"][0]),
        )

    def batch(self, size):
        """Inputs of the first step [symbol, input] and targets [symbol]."""
        rows = torch.arange(size) % len(self.inputs)
        return self.inputs[rows], self.symbols[rows]
