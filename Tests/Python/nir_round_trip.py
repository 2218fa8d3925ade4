"""Our files through the nir package and back: the same graph, the same receiver."""

import filecmp
import os

import h5py
import nir
import numpy as np

from comparison import ROOT, folder, require, spikelink

MODEL = "lcd-snn-40"
FOLDER = os.path.join("models", MODEL)
EXPORTS = [
    ("standard", []), ("standard", ["--time-unit", "s"]), ("brainscales", []),
    ("norse", ["--readout", "silent-neurons"]), ("snntorch", ["--readout", "silent-neurons"]),
]


def content(path):
    """Every dataset of a file but the version of its writer."""
    values = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and name != "version":
            values[name] = item[()]

    with h5py.File(path) as file:
        file.visititems(visit)
    edges = values.pop("node/edges")
    values["edges"] = sorted(map(tuple, edges.tolist()))
    return values


def same(a, b):
    require(a.keys() == b.keys(), f"members differ: {sorted(a.keys() ^ b.keys())}")
    for key, value in a.items():
        require(np.array_equal(value, b[key]), f"{key}: {value} became {b[key]}")


for target, options in EXPORTS:
    with folder() as path:
        spikelink("models", "export", MODEL, "--to", target, *options, "-o", path("a.nir"))
        graph = nir.read(path("a.nir"))
        nir.write(path("b.nir"), graph)
        same(content(path("a.nir")), {
            # The package writes what a missing one means.
            k: v for k, v in content(path("b.nir")).items() if not k.endswith("/v_reset")})
        spikelink("models", "import", path("b.nir"), "-o", path("back"))
        require(filecmp.cmp(path("back", "model.yaml"), os.path.join(ROOT, FOLDER, "model.yaml"),
                            shallow=False), "model.yaml differs")
        for name, model in [("back.npz", path("back")), ("own.npz", MODEL)]:
            spikelink("models", "export", model, "--to", "npz", "-o", path(name))
        same(np.load(path("back.npz")), np.load(path("own.npz")))
        print(f"  {target} {' '.join(options)}: {len(graph.nodes)} nodes, the same graph")
