"""Times all candidates of one thread count and prints JSON; started by bench_peers.py."""

import argparse
import functools
import json
import resource
import statistics
import sys

import torch

import agreement
from candidates import TOOLS, Engine, Peer, Rate, Unusable
from tasks import LCD, SSMF

MODES = ("train", "infer")


def note(text):
    print(text, file=sys.stderr, flush=True)


@functools.cache
def peer_of(task, tool, variant, size):
    """A peer, made once: what is compiled in the search need not be compiled again."""
    return Peer(task, tool, variant, size)


def search_rate(runner, mode, options):
    """The better of two turns, per second of processor time."""
    return max(runner.turn(mode, options.turn).per_processor_second for _ in range(2))


def search(task, options):
    """Symbols per second of processor time of every variant and batch size, two turns each.

    Returns {mode: {"tool variant": {size: rate}}} and what did not work."""
    rates = {mode: {} for mode in MODES}
    failures = {}
    for tool, networks in TOOLS.items():
        for variant, (_, compiled) in networks[task.name].items():
            if compiled and options.no_compile:
                continue
            sizes = options.compiled_batches if compiled else options.batches
            for size in sizes:
                name = f"{tool} {variant}"
                try:
                    peer = peer_of(task, tool, variant, size)
                    for mode in MODES:
                        seconds = peer.warm_up(mode)
                        rate = search_rate(peer, mode, options)
                        rates[mode].setdefault(name, {})[size] = rate
                        note(
                            f"{task.name} {mode} {name}, batch {size}: {rate:.0f} symbols/s"
                            + (f" after {seconds:.0f} s of compiling" if compiled else "")
                        )
                except Unusable as problem:
                    failures[name] = str(problem)
                    note(f"{task.name} {name} does not work here: {problem}")
                    break
    for size in options.batches:
        engine = Engine(options.program, task, size, options.threads)
        try:
            for mode in MODES:
                engine.warm_up(mode)
                rate = search_rate(engine, mode, options)
                rates[mode].setdefault("spikelink engine", {})[size] = rate
                note(f"{task.name} {mode} spikelink, batch {size}: {rate:.0f} symbols/s")
        except Unusable as problem:
            failures["spikelink engine"] = str(problem)
            note(f"{task.name}: {problem}")
            break
        finally:
            engine.close()
    return rates, failures


def best(rates):
    """The fastest batch size of every variant."""
    return {
        mode: {name: max(sizes, key=sizes.get) for name, sizes in variants.items()}
        for mode, variants in rates.items()
    }


def contest(task, mode, plan, options):
    """Turns of each tool's fastest uncompiled and compiled variant and of our engine, one after
    the other; rates and our engine's ratio to its neighbour in time."""
    runners = {}
    for name, size in plan.items():
        tool, variant = name.split(" ", 1)
        if tool == "spikelink":
            runners[name] = Engine(options.program, task, size, options.threads)
        else:
            runners[name] = peer_of(task, tool, variant, size)
    turns = {name: [] for name in runners}
    for runner in runners.values():
        runner.warm_up(mode)
    for _ in range(options.repeats):
        for name, runner in runners.items():
            turns[name].append(runner.turn(mode, options.turn))
    for runner in runners.values():
        if isinstance(runner, Engine):
            runner.close()
    ours = turns.get("spikelink engine")
    result = {}
    for name, rates in turns.items():
        row = {"batch": plan[name]}
        for quantity in Rate._fields:
            own = [getattr(rate, quantity) for rate in rates]
            row[f"symbols_{quantity}"] = spread(own)
            if ours and name != "spikelink engine":
                row[f"spikelink_over_this_{quantity}"] = spread(
                    [getattr(a, quantity) / b for a, b in zip(ours, own)]
                )
        result[name] = row
    return result


def spread(values):
    return {
        "median": statistics.median(values), "minimum": min(values), "maximum": max(values)
    }


def finalists(rates):
    """Per mode: the fastest eager and the compiled variant of each tool, and our engine, each at
    its best batch size."""
    plans = {}
    for mode, variants in rates.items():
        sizes = best(rates)[mode]
        chosen = {}
        for name, by_size in variants.items():
            tool, variant = name.split(" ", 1)
            kind = (tool, variant == "compiled")
            rate = max(by_size.values())
            if kind not in chosen or rate > chosen[kind][0]:
                chosen[kind] = (rate, name)
        plans[mode] = {name: sizes[name] for _, name in chosen.values()}
    return plans


def uncompiled(plan):
    return {name: size for name, size in plan.items() if not name.endswith(" compiled")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--repeats", type=int, required=True)
    parser.add_argument("--turn", type=float, required=True)
    parser.add_argument("--batches", type=int, nargs="+", required=True)
    parser.add_argument("--compiled-batches", type=int, nargs="+", required=True)
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--compiled-threads", type=int, default=1)
    parser.add_argument("--tasks", nargs="+", required=True)
    parser.add_argument("--plan", help="JSON with finalists of an earlier search")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    earlier = json.loads(options.plan) if options.plan else {}
    result = {}
    for load in (LCD.load, SSMF.load):
        task = load(options.data)
        if task.name not in options.tasks:
            continue
        entry = {}
        if task.name == "lcd":
            entry["largest_deviation"] = agreement.check_lcd(task)
        else:
            entry["largest_deviation"], entry["hidden_spikes"] = agreement.check_ssmf(task)
        if max(entry["largest_deviation"].values()) > 1e-3:
            sys.exit(f"not the same network: {entry['largest_deviation']}")
        plans = earlier.get(task.name)
        if plans is None:
            entry["search"], entry["unusable"] = search(task, options)
            plans = finalists(entry["search"])
        entry["plan"] = plans
        if options.threads > options.compiled_threads:
            plans = {mode: uncompiled(plan) for mode, plan in plans.items()}
        entry["contest"] = {}
        for mode in MODES:
            note(f"{task.name} {mode} on {options.threads} thread(s), in turns")
            entry["contest"][mode] = contest(task, mode, plans[mode], options)
        result[task.name] = entry
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"tasks": result, "peak_memory_MB_of_peers": usage}, sys.stdout)


if __name__ == "__main__":
    main()
