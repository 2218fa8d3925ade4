"""Times the link simulator and other tools in alternating turns, one thread each.

A turn is a number of symbols and the processor time they took; rates are medians over turns.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import torch  # noqa: E402

import link_chains  # noqa: E402


class Stream:
    """Our side, in its own process."""

    def __init__(self, program, task):
        self.task = task
        self.process = subprocess.Popen(
            [program, "turns"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def seconds(self, symbols):
        self.process.stdin.write(f"{self.task} {symbols}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


class Peer:
    def __init__(self, chain):
        self.chain = chain

    def seconds(self, symbols):
        start = time.process_time()
        self.chain.run(symbols)
        return time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=".build/release/LinkBenchmarks")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--output")
    options = parser.parse_args()
    torch.set_num_threads(1)
    results = {}
    for task in link_chains.TASKS:
        candidates = {
            "spikelink stream": (Stream(options.program, task), 20_000_000),
            "plain PyTorch": (Peer(link_chains.PlainTorch(task)), 500_000),
            "PyTorch, real transforms": (Peer(link_chains.HalfSpectrumTorch(task)), 500_000),
        }
        try:
            candidates["OptiCommPy linear fiber alone"] = (
                Peer(link_chains.OptiCommPyFiber(task)), 500_000,
            )
        except ImportError as problem:
            print(f"OptiCommPy left out: {problem}", file=sys.stderr)
        rates = {name: [] for name in candidates}
        for candidate, symbols in candidates.values():
            candidate.seconds(symbols // 5)
        for _ in range(options.repeats):
            for name, (candidate, symbols) in candidates.items():
                rates[name].append(symbols / candidate.seconds(symbols))
        ours = statistics.median(rates["spikelink stream"])
        results[task] = {
            name: {
                "symbols_per_second": statistics.median(values),
                "range": [min(values), max(values)],
                "ours_over_it": ours / statistics.median(values),
            }
            for name, values in rates.items()
        }
        for name, entry in results[task].items():
            low, high = entry["range"]
            print(
                f"{task:5} {name:32} {entry['symbols_per_second'] / 1e6:8.2f} "
                f"({low / 1e6:.2f}..{high / 1e6:.2f}) Msymbols/s, ours "
                f"{entry['ours_over_it']:6.1f} times"
            )
    if options.output:
        with open(options.output, "w") as file:
            json.dump(
                {
                    "tasks": results, "torch": torch.__version__,
                    "machine": platform.machine(), "python": platform.python_version(),
                },
                file, indent=2,
            )
            file.write("\n")


if __name__ == "__main__":
    main()
