"""Benchmarks: each module has NAME, SUMMARY and run() -> dict; see `./congtruong bench --list`."""
