"""Benchmarks: each module has NAME, SUMMARY and run() -> dict. Started by `./congtruong bench NAME --json`."""
