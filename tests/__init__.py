"""The tests of Cổng Trường. A package, so that `tests/core` never shadows `core`."""
