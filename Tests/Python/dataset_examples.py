"""The examples of datasets/README.md, run as they are printed there."""

import os
import re

import h5py
import numpy as np

from comparison import ROOT, folder, require, spikelink

README = os.path.join(ROOT, "datasets", "README.md")


def main():
    os.chdir(os.path.join(ROOT, "datasets"))
    with open(README) as file:
        examples = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
    require(len(examples) == 2, "two examples in datasets/README.md")
    values = []
    for example in examples:
        require(len(example.splitlines()) <= 24, "an example is short")
        scope = {}
        exec(compile(example, README, "exec"), scope)
        values.append(scope["error_rate"])
    # A linear receiver of 7 taps makes 3e-3 bit errors on this link, one of 21 taps on the other
    # 2e-2; a few hundred symbols and steps allow no more than the order of magnitude.
    require(values[0] < 0.02, f"least squares with h5py: {values[0]}")
    require(values[1] < 0.15, f"gradient descent with PyTorch: {values[1]}")
    with folder() as path:
        for mode in ["blocks", "stream"]:
            options = ["lcd", "--train", "300", "--test", "200", "--taps", "3", "--mode", mode]
            spikelink("generate", *options, "-o", path("a.h5"))
            spikelink("generate", *options, "-o", path("a.npz"))
            with h5py.File(path("a.h5")) as a, np.load(path("a.npz")) as b:
                for name in ["train/y", "train/q", "train/bits", "test/y", "test/q", "test/bits"]:
                    require(np.array_equal(a[name][()], b[name]), f"{name} in both formats")
                require(bytes(b["description"]).decode() == a.attrs["description"], "description")
                require(a["train/y"].fletcher32 and a["train/y"].compression == "gzip", "filters")
    print("ok")


main()
