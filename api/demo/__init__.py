"""A fictional city's trading week, played through the same commands as real people use (`mingtang demo`).

It has a clock of its own, a relay of its own with drand's recorded rounds, and says 演示 on every page.
"""
