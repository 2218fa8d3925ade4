"""The tasks' networks in snnTorch.

`Synaptic` is v = beta v + s, s = alpha s + input: with alpha = 1 - dt / tau_syn,
beta = 1 - dt / tau_mem and weights times dt / tau_mem it is the very same neuron, with the reset
to zero in the step of the spike. `modules` leaves the reset to the neuron (`reset_delay=False`);
`explicit reset` lets it integrate only and resets outside, which is less work and, unlike the
former, can be compiled in one piece. snnTorch's faster neurons without a loop over time
(LeakyParallel, StateLeaky and the like) have no reset or no synapse and are other networks.
"""

import snntorch
import torch
from snntorch import surrogate
from torch.nn.functional import linear


def neuron(task, synaptic, membrane, reset):
    return snntorch.Synaptic(
        alpha=1 - task.step / synaptic,
        beta=1 - task.step / membrane,
        spike_grad=surrogate.fast_sigmoid(slope=1),
        reset_mechanism=reset,
        reset_delay=reset == "none",
    )


class LCDModules(torch.nn.Module):
    reset = "zero"

    def __init__(self, task):
        super().__init__()
        self.task = task
        self.gain = task.step / task.time_constant
        self.hidden_weights = torch.nn.Parameter(task.hidden_weights.clone())
        self.readout_weights = torch.nn.Parameter(task.readout_weights.clone())
        self.hidden = neuron(task, task.time_constant, task.time_constant, self.reset)
        self.readout = neuron(task, task.time_constant, task.time_constant, "none")

    def forward(self, spikes):
        currents = linear(spikes, self.hidden_weights * self.gain)
        readout_weights = self.readout_weights * self.gain
        size = currents.shape[1]
        synapse = membrane = torch.zeros(size, self.hidden_weights.shape[0])
        readout_synapse = readout = torch.zeros(size, self.readout_weights.shape[0])
        trace = []
        for t in range(self.task.step_count):
            z, synapse, membrane = self.hidden(currents[t], synapse, membrane)
            if self.reset == "none":
                membrane = membrane - z * membrane
            _, readout_synapse, readout = self.readout(
                linear(z, readout_weights), readout_synapse, readout
            )
            trace.append(readout)
        return torch.stack(trace).amax(0)


class SSMFModules(torch.nn.Module):
    """`Synaptic` with its own recurrent weights: `RSynaptic` computes the recurrent product twice
    when it resets to zero, and resets a step later."""

    reset = "zero"

    def __init__(self, task):
        super().__init__()
        self.task = task
        self.gain = task.step / task.membrane_time_constant
        self.input_weights = torch.nn.Parameter(task.input_weights.clone())
        self.recurrent_weights = torch.nn.Parameter(task.recurrent_weights.clone())
        self.readout_weights = torch.nn.Parameter(task.readout_weights.clone())
        self.hidden = neuron(
            task, task.synaptic_time_constant, task.membrane_time_constant, self.reset
        )

    def forward(self, inputs):
        current = linear(inputs, self.input_weights * self.gain)
        recurrent_weights = self.recurrent_weights * self.gain
        synapse = membrane = total = torch.zeros(inputs.shape[0], self.input_weights.shape[0])
        for _ in range(self.task.step_count):
            z, synapse, membrane = self.hidden(current, synapse, membrane)
            if self.reset == "none":
                membrane = membrane - z * membrane
            current = linear(z, recurrent_weights)
            total = total + z
        return linear(total, self.readout_weights)


class LCDExplicitReset(LCDModules):
    reset = "none"


class SSMFExplicitReset(SSMFModules):
    reset = "none"


NETWORKS = {
    "lcd": {
        "modules": (LCDModules, False),
        "explicit reset": (LCDExplicitReset, False),
        "compiled": (LCDExplicitReset, True),
    },
    "ssmf": {
        "modules": (SSMFModules, False),
        "explicit reset": (SSMFExplicitReset, False),
        "compiled": (SSMFExplicitReset, True),
    },
}
