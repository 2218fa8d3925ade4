"""Times norse, snnTorch and our engine on the same networks and data, side by side.

Every thread count runs in a process of its own (measure.py), because compiled code keeps the
number of threads it was compiled for. The batch sizes are searched on one thread; the finalists
then take turns.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def measure(options, threads, plan):
    command = [
        sys.executable, os.path.join(HERE, "measure.py"), "--program", options.program,
        "--data", options.data, "--threads", str(threads), "--repeats", str(options.repeats),
        "--turn", str(options.turn), "--tasks", *options.tasks,
        "--batches", *map(str, options.batches),
        "--compiled-batches", *map(str, options.compiled_batches),
    ]
    command += ["--compiled-threads", str(options.compiled_threads)]
    if options.no_compile:
        command.append("--no-compile")
    if plan is not None:
        command += ["--plan", json.dumps(plan)]
    environment = dict(
        os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads),
        TORCHINDUCTOR_CACHE_DIR=os.path.join(options.data, "compiled"),
    )
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, text=True)
    if done.returncode != 0:
        sys.exit(done.returncode)
    return json.loads(done.stdout)


def table(report):
    lines = []
    for threads, part in report["threads"].items():
        for task, entry in part["tasks"].items():
            for mode, rows in entry["contest"].items():
                lines.append("")
                lines.append(
                    f"{task}, {'training' if mode == 'train' else 'inference'}, "
                    f"{threads} thread(s)"
                )
                lines.append(
                    f"{'':26}{'batch':>7}{'symbols/s':>12}{'per core s':>12}"
                    f"{'(range)':>20}   spikelink is faster by (range), per core"
                )
                for name, row in rows.items():
                    core = row["symbols_per_processor_second"]
                    ratio = row.get("spikelink_over_this_per_processor_second")
                    ratio = (
                        f"{ratio['median']:.1f} ({ratio['minimum']:.1f}..{ratio['maximum']:.1f})"
                        if ratio else ""
                    )
                    spread = f"({core['minimum']:.0f}..{core['maximum']:.0f})"
                    lines.append(
                        f"{name:26}{row['batch']:>7}{row['symbols_per_second']['median']:>12.0f}"
                        f"{core['median']:>12.0f}{spread:>20}   {ratio}"
                    )
                missing = entry.get("unusable", {})
                lines += [f"{name}: {why}" for name, why in missing.items()]
    return "\n".join(lines)


def write(report, path):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w") as file:
        json.dump(report, file, indent=2, sort_keys=True)
        file.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=".build/release/SpikingBenchmarks")
    parser.add_argument("--data", default=".build/peer-data")
    parser.add_argument("--output", help="results as JSON")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--tasks", nargs="+", default=["lcd", "ssmf"], choices=["lcd", "ssmf"])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--turn", type=float, default=0.5, help="seconds of one turn at least")
    parser.add_argument("--batches", type=int, nargs="+", default=[100, 500, 1000, 2500])
    parser.add_argument("--compiled-batches", type=int, nargs="+", default=[1000])
    parser.add_argument(
        "--compiled-threads", type=int, default=1,
        help="largest number of threads that compiled candidates run on; they are compiled anew "
        "for each",
    )
    parser.add_argument(
        "--no-compile", action="store_true",
        help="leave out torch.compile, which takes minutes the first time",
    )
    options = parser.parse_args()
    options.data = os.path.abspath(options.data)
    subprocess.run([options.program, "export", "-o", options.data], check=True)
    report = {
        "format": "spikelink.benchmark.peers/1",
        "machine": {"processor": processor(), "cores": os.cpu_count()},
        "versions": {
            name: importlib.metadata.version(name) for name in ("torch", "norse", "snntorch")
        },
        "threads": {},
    }
    plan = None
    for threads in options.threads:
        part = measure(options, threads, plan)
        report["threads"][str(threads)] = part
        plan = {task: entry["plan"] for task, entry in part["tasks"].items()}
        if options.output:
            write(report, options.output)
    print(table(report))


if __name__ == "__main__":
    main()
