"""The tasks' networks in norse, as its documentation builds them and as fast as it can be used.

The time-independent layers are applied to all steps at once. `functional` avoids what the modules
add around the step functions; its neuron parameters are plain numbers. norse 1.1 dropped its own
C++ code in favour of torch.compile, so that the compiled candidates are its recommended fast path.
"""

import torch
from norse.torch import LI, LIF, LIFRecurrent
from norse.torch.functional.leaky_integrator import (
    LIParameters,
    LIState,
    li_feed_forward_step,
)
from norse.torch.functional.lif import (
    LIFFeedForwardState,
    LIFParameters,
    lif_feed_forward_step,
)
from torch.nn.functional import linear


class LCDModules(torch.nn.Module):
    """Linear, LIF, Linear, LI."""

    def __init__(self, task):
        super().__init__()
        rate = torch.tensor(1 / task.time_constant)
        self.hidden_weights = torch.nn.Parameter(task.hidden_weights.clone())
        self.readout_weights = torch.nn.Parameter(task.readout_weights.clone())
        self.hidden = LIF(
            LIFParameters(tau_syn_inv=rate, tau_mem_inv=rate, alpha=torch.tensor(1.0)),
            dt=task.step,
        )
        self.readout = LI(LIParameters(tau_syn_inv=rate, tau_mem_inv=rate), dt=task.step)

    def forward(self, spikes):
        hidden, _ = self.hidden(linear(spikes, self.hidden_weights))
        readout, _ = self.readout(linear(hidden, self.readout_weights))
        return readout.amax(0)


class LCDFunctional(torch.nn.Module):
    """The step functions of both layers in one loop over time."""

    def __init__(self, task):
        super().__init__()
        self.task = task
        rate = 1 / task.time_constant
        self.lif = LIFParameters(
            tau_syn_inv=rate, tau_mem_inv=rate, v_leak=0.0, v_th=1.0, v_reset=0.0, alpha=1.0
        )
        self.li = LIParameters(tau_syn_inv=rate, tau_mem_inv=rate, v_leak=0.0)
        self.hidden_weights = torch.nn.Parameter(task.hidden_weights.clone())
        self.readout_weights = torch.nn.Parameter(task.readout_weights.clone())

    def currents(self, spikes):
        return linear(spikes, self.hidden_weights)

    def forward(self, spikes):
        currents = self.currents(spikes)
        size = currents.shape[1]
        rest = torch.zeros(size, self.hidden_weights.shape[0])
        state = LIFFeedForwardState(v=rest, i=rest)
        readout_rest = torch.zeros(size, self.readout_weights.shape[0])
        readout_state = LIState(v=readout_rest, i=readout_rest)
        trace = []
        for t in range(self.task.step_count):
            z, state = lif_feed_forward_step(currents[t], state, self.lif, self.task.step)
            v, readout_state = li_feed_forward_step(
                linear(z, self.readout_weights), readout_state, self.li, self.task.step
            )
            trace.append(v)
        return torch.stack(trace).amax(0)


class LCDSparse(LCDFunctional):
    """Input spikes as a sparse matrix [time x symbol, input]."""

    @staticmethod
    def prepare(spikes):
        return spikes.reshape(-1, spikes.shape[2]).to_sparse_csr(), spikes.shape[1]

    def currents(self, prepared):
        spikes, size = prepared
        product = torch.sparse.mm(spikes, self.hidden_weights.t())
        return product.reshape(self.task.step_count, size, -1)


class SSMFModules(torch.nn.Module):
    """LIFRecurrent over all steps, nine of them without input, and a linear readout."""

    def __init__(self, task):
        super().__init__()
        self.task = task
        self.hidden = LIFRecurrent(
            task.inputs.shape[1],
            task.input_weights.shape[0],
            p=LIFParameters(
                tau_syn_inv=torch.tensor(1 / task.synaptic_time_constant),
                tau_mem_inv=torch.tensor(1 / task.membrane_time_constant),
                alpha=torch.tensor(1.0),
            ),
            input_weights=torch.nn.Parameter(task.input_weights.clone()),
            recurrent_weights=torch.nn.Parameter(task.recurrent_weights.clone()),
            dt=task.step,
        )
        self.readout_weights = torch.nn.Parameter(task.readout_weights.clone())

    def prepare(self, inputs):
        later = torch.zeros(self.task.step_count - 1, *inputs.shape)
        return torch.cat([inputs[None], later])

    def forward(self, inputs):
        spikes, _ = self.hidden(inputs)
        return linear(spikes.sum(0), self.readout_weights)


class SSMFFunctional(torch.nn.Module):
    """The feed-forward step function; the input is multiplied in the first step only."""

    def __init__(self, task):
        super().__init__()
        self.task = task
        self.lif = LIFParameters(
            tau_syn_inv=1 / task.synaptic_time_constant,
            tau_mem_inv=1 / task.membrane_time_constant,
            v_leak=0.0, v_th=1.0, v_reset=0.0, alpha=1.0,
        )
        self.input_weights = torch.nn.Parameter(task.input_weights.clone())
        self.recurrent_weights = torch.nn.Parameter(task.recurrent_weights.clone())
        self.readout_weights = torch.nn.Parameter(task.readout_weights.clone())

    def forward(self, inputs):
        rest = torch.zeros(inputs.shape[0], self.input_weights.shape[0])
        state = LIFFeedForwardState(v=rest, i=rest)
        current = linear(inputs, self.input_weights)
        total = rest
        for _ in range(self.task.step_count):
            z, state = lif_feed_forward_step(current, state, self.lif, self.task.step)
            current = linear(z, self.recurrent_weights)
            total = total + z
        return linear(total, self.readout_weights)


NETWORKS = {
    "lcd": {
        "modules": (LCDModules, False),
        "functional": (LCDFunctional, False),
        "sparse inputs": (LCDSparse, False),
        "compiled": (LCDFunctional, True),
    },
    "ssmf": {
        "modules": (SSMFModules, False),
        "functional": (SSMFFunctional, False),
        "compiled": (SSMFFunctional, True),
    },
}
