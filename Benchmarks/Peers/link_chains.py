"""The chain of the two tasks in other people's tools, one block after the other."""

import numpy as np
import torch

BLOCK = 10_000
SAMPLES = 3

TASKS = {
    "lcd": dict(
        levels=[-3.0, -1.0, 1.0, 3.0], rate=112e9, wavelength=1270e-9, dispersion=-5.0,
        length=4.0, bias=2.25,
    ),
    "ssmf": dict(
        levels=[0.0, 1.0, 2**0.5, 3**0.5], rate=50e9, wavelength=1550e-9, dispersion=-17.0,
        length=5.0, bias=0.25,
    ),
}
SIGMA = 0.1


def filters(task):
    """Root-raised cosine and dispersion over the frequencies of a block."""
    nu = np.fft.fftfreq(BLOCK * SAMPLES, 1 / SAMPLES)
    beta = 0.2
    magnitude = np.abs(nu)
    pulse = np.zeros_like(nu)
    pulse[magnitude <= (1 - beta) / 2] = 1
    edge = (magnitude > (1 - beta) / 2) & (magnitude < (1 + beta) / 2)
    pulse[edge] = np.sqrt(
        (1 + np.cos(np.pi / beta * (magnitude[edge] - (1 - beta) / 2))) / 2
    )
    phase = (
        np.pi * task["wavelength"] ** 2 * task["dispersion"] * 1e-6 * task["length"] * 1e3 / 3e8
    ) * (nu * task["rate"]) ** 2
    return pulse, np.exp(1j * phase)


class PlainTorch:
    """The published chain written down in PyTorch, single precision, without gradients."""

    def __init__(self, name):
        task = TASKS[name]
        pulse, fiber = filters(task)
        self.levels = torch.tensor(task["levels"], dtype=torch.float32)
        self.pulse = torch.tensor(pulse, dtype=torch.float32)
        self.fiber = torch.tensor(fiber, dtype=torch.complex64)
        self.bias = task["bias"]
        torch.manual_seed(1)

    def block(self):
        symbols = torch.randint(0, 4, (BLOCK,))
        waveform = torch.zeros(BLOCK * SAMPLES)
        waveform[::SAMPLES] = self.levels[symbols]
        field = torch.fft.ifft(torch.fft.fft(waveform) * self.pulse).real + self.bias
        field = field / field.square().mean().sqrt()
        field = torch.fft.ifft(torch.fft.fft(field) * self.fiber)
        current = field.abs().square()
        current = current + SIGMA * torch.randn(current.shape)
        filtered = torch.fft.ifft(torch.fft.fft(current) * self.pulse).real
        return symbols, filtered[::SAMPLES] * SAMPLES

    def run(self, symbols):
        with torch.no_grad():
            total = 0.0
            for _ in range(symbols // BLOCK):
                total += float(self.block()[1][0])
        return total


class HalfSpectrumTorch(PlainTorch):
    """The same with transforms of real sequences where they are real: the fastest we found."""

    def __init__(self, name):
        super().__init__(name)
        count = BLOCK * SAMPLES // 2 + 1
        self.half = self.pulse[:count].contiguous()

    def block(self):
        count = BLOCK * SAMPLES
        symbols = torch.randint(0, 4, (BLOCK,))
        waveform = torch.zeros(count)
        waveform[::SAMPLES] = self.levels[symbols]
        field = torch.fft.irfft(torch.fft.rfft(waveform) * self.half, n=count) + self.bias
        field = field / field.square().mean().sqrt()
        field = torch.fft.ifft(torch.fft.fft(field) * self.fiber)
        current = field.real.square() + field.imag.square()
        current = current + SIGMA * torch.randn(count)
        filtered = torch.fft.irfft(torch.fft.rfft(current) * self.half, n=count)
        return symbols, filtered[::SAMPLES] * SAMPLES


class OptiCommPyFiber:
    """OptiCommPy's linear fiber channel alone, on the samples of the same field."""

    def __init__(self, name):
        from optic.models.channels import linearFiberChannel
        from optic.utils import parameters

        task = TASKS[name]
        self.channel = linearFiberChannel
        settings = parameters()
        settings.L = task["length"]
        settings.alpha = 0.0
        settings.D = task["dispersion"]
        settings.Fc = 299792458.0 / task["wavelength"]
        settings.Fs = SAMPLES * task["rate"]
        settings.returnParameters = False
        self.settings = settings
        generator = np.random.default_rng(1)
        self.field = generator.standard_normal(BLOCK * SAMPLES) + 0j

    def run(self, symbols):
        total = 0.0
        for _ in range(symbols // BLOCK):
            total += float(np.real(self.channel(self.field, self.settings).ravel()[0]))
        return total
