#!/usr/bin/env bash
# Adapts Whisper base on all folds of EmoDB and RAVDESS: the study lora, stopped after so many minutes.
# benchmarks/gpu.sh MINUTES: run it again to go on where it stopped.
# Needs: the environment activated, both corpora (zoo data add), and the encoder (on the hub, or where ZOO_ENCODERS says).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

minutes=${1:-}
if ! [[ $minutes =~ ^[0-9]*\.?[0-9]+$ && $minutes =~ [1-9] ]]; then
  echo "usage: benchmarks/gpu.sh MINUTES, such as 60" >&2
  exit 2
fi
export DVC_NO_ANALYTICS=1

zoo study use lora
zoo study check
set -m # a process group of its own for what follows, so that the signal, and Ctrl-C, reach every process of it
status=0
# shellcheck disable=SC2016
timeout --signal=INT --kill-after=2m "${minutes}m" bash -euc '
  dvc repro check
  python benchmarks/gpu.py
  dvc repro' &
running=$!
trap 'kill -INT "$running" 2>/dev/null || true' INT TERM # whoever stops this script stops what it runs
wait "$running" || status=$?
wait "$running" 2>/dev/null || true # a signal ends the first wait before the run has ended
case $status in
  0) echo "done: reports/lora/index.html, tables beside it; zoo report show prints the leaderboard" ;;
  124) echo "stopped after $minutes minutes; run it again to go on: what is trained is kept in derived/scratch" ;;
  *) exit "$status" ;;
esac
