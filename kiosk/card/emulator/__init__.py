"""A citizen card of the project's own, for tests, demonstrations and benchmarks.

`make_card()` gives an `EmulatedCard`; `EmulatedTransport` speaks to it in process and `VirtualReader` lends
it to Debian's `vsmartcard-vpcd`, so that the real pcscd and pyscard carry every byte. All persons are
fictional and every key is made at run time.
"""
