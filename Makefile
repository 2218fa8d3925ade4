# `make demo` and `make test` are all a fresh Debian machine with Swift needs.

PACKAGES = libfftw3-dev libopenblas-dev libhdf5-dev zlib1g-dev pkg-config gnuplot-nox git
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SWIFT_BUILD = swift build --configuration release

PYTHON_ENVIRONMENT = .build/python-environment
BENCHMARK_RESULTS = Benchmarks/Results

.PHONY: demo test build packages python-environment python-tests bench bench-ladder bench-sequence \
    bench-chip bench-coding bench-link bench-peers clean

demo: packages
	$(SWIFT_BUILD) --product spikelink
	.build/release/spikelink demo -o demo

test: packages
	$(SWIFT_BUILD) --build-tests
	swift test --configuration release --skip-build

build: packages
	$(SWIFT_BUILD) --product spikelink

# Installs what is missing; asks for no rights when nothing is.
packages:
	@missing=$$(for p in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; \
	done); \
	if [ -n "$$missing" ]; then \
	    echo "installing" $$missing; \
	    $(SUDO) apt-get update -qq && \
	    $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	        apt-get install -y -qq --no-install-recommends $$missing; \
	fi

# Other people's tools (norse, snnTorch, nir) in pinned versions, for comparisons with them.
python-environment: $(PYTHON_ENVIRONMENT)/installed

$(PYTHON_ENVIRONMENT)/installed: Tests/Python/requirements.txt
	python3 -m venv $(PYTHON_ENVIRONMENT)
	$(PYTHON_ENVIRONMENT)/bin/pip install --quiet --requirement $<
	touch $@

# Speed beside a dense reference and its growth, about two minutes; see Benchmarks/README.md.
bench: packages
	$(SWIFT_BUILD) --product SpikingBenchmarks
	.build/release/SpikingBenchmarks engine -o $(BENCHMARK_RESULTS)/engine.json

# The training of the whole published ladder of the LCD task on two threads.
bench-ladder: packages
	$(SWIFT_BUILD) --product SpikingBenchmarks
	.build/release/SpikingBenchmarks ladder -o $(BENCHMARK_RESULTS)/ladder.json

# Sequence detectors beside the same trellis in plain loops, about a minute.
bench-sequence: packages
	$(SWIFT_BUILD) --product SpikingBenchmarks
	.build/release/SpikingBenchmarks sequence -o $(BENCHMARK_RESULTS)/sequence.json

# norse and snnTorch side by side with the engine; PEER_OPTIONS=--no-compile saves minutes.
bench-peers: packages python-environment
	$(SWIFT_BUILD) --product SpikingBenchmarks
	$(PYTHON_ENVIRONMENT)/bin/python Benchmarks/Peers/bench_peers.py \
	    --output $(BENCHMARK_RESULTS)/peers.json $(PEER_OPTIONS)

# Error correction: speed beside a textbook decoder, thresholds and tails at full length.
bench-coding: packages
	$(SWIFT_BUILD) --product CodingBenchmarks
	.build/release/CodingBenchmarks speed
	.build/release/CodingBenchmarks threshold
	.build/release/CodingBenchmarks tail

# The emulated chip: the LCD receiver beside plain loops, growth with events and neurons.
bench-chip: packages
	$(SWIFT_BUILD) --product ChipBenchmarks
	.build/release/ChipBenchmarks receiver -o $(BENCHMARK_RESULTS)/chip-receiver.json
	.build/release/ChipBenchmarks growth -o $(BENCHMARK_RESULTS)/chip-growth.json

# The link simulator: growth, statistics of streams and blocks, PyTorch and OptiCommPy in turns.
bench-link: packages python-environment
	$(SWIFT_BUILD) --product LinkBenchmarks
	.build/release/LinkBenchmarks growth
	.build/release/LinkBenchmarks statistics -o $(BENCHMARK_RESULTS)/link-statistics.json
	$(PYTHON_ENVIRONMENT)/bin/python Benchmarks/Peers/bench_link.py \
	    --output $(BENCHMARK_RESULTS)/link.json

# Exported receivers in other people's tools; not part of `make test`, which needs no network.
python-tests: build python-environment
	@for script in nir_round_trip peer_decisions peer_reference dataset_examples; do \
	    echo $$script && $(PYTHON_ENVIRONMENT)/bin/python Tests/Python/$$script.py || exit 1; \
	done

clean:
	rm -rf .build demo runs
