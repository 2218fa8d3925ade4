"""Writes fields that OptiCommPy propagates by split-step Fourier, and photodiode noise densities, as
reference vectors for Tests/OpticalLinkTests/Reference/opticommpy.json.

A real, circular input of 256 samples: the sign convention of time then changes no intensity.
"""

import json
import sys

import numpy as np
from optic.models.channels import linearFiberChannel, ssfm
from optic.models.devices import photodiode
from optic.utils import parameters

C = 299792458.0


def field():
    t = np.arange(256) - 128
    shape = np.exp(-((t / 14.0) ** 2)) + 0.6 * np.exp(-(((t - 40) / 9.0) ** 2))
    return np.sqrt(0.05) * shape


def fiber(gamma, alpha):
    p = parameters()
    p.Ltotal = p.Lspan = 20.0
    p.hz = 0.02
    p.alpha = alpha
    p.D = 16.0
    p.gamma = gamma
    p.Fc = C / 1550e-9
    p.Fs = 640e9
    p.amp = None
    p.prgsBar = False
    p.returnParameters = False
    return np.asarray(ssfm(field().astype(complex), p)).ravel()


def linear():
    p = parameters()
    p.L = 20.0
    p.alpha = 0.0
    p.D = 16.0
    p.Fc = C / 1550e-9
    p.Fs = 640e9
    p.returnParameters = False
    return np.asarray(linearFiberChannel(field().astype(complex), p)).ravel()


def detected():
    """Mean and variance of the current of constant light: 1 mW, 0.8 A/W, dark current 100 uA."""
    p = parameters()
    p.R = 0.8
    p.Id = 100e-6
    p.Fs = 200e9
    p.B = 90e9
    p.seed = 1
    p.thermalNoise = False
    p.bandwidthLimitation = False
    current = photodiode(np.full(1 << 20, np.sqrt(1e-3), dtype=complex), p)
    return float(np.mean(current)), float(np.var(current))


def main():
    mean, variance = detected()
    reference = {
        "source": "OptiCommPy 0.11.0, ssfm and linearFiberChannel; 20 km, 16 ps/nm/km, 1550 nm, "
        "640 GSa/s; nonlinear: 1.3 per W and km, 0.2 dB/km, steps of 20 m",
        "input": field().tolist(),
        "linear_power": (np.abs(linear()) ** 2).tolist(),
        "detected_mean": mean,
        "detected_variance": variance,
        "nonlinear_power": (np.abs(fiber(1.3, 0.2)) ** 2).tolist(),
    }
    with open(sys.argv[1], "w") as file:
        json.dump(reference, file)
        file.write("\n")


main()
