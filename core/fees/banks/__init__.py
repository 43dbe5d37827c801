"""What tells the school that money came: one adapter for each feed, and the handler of what they told.

A feed only says what arrived and proves that it said so. It moves no money, and never decides what a transfer pays.
"""
