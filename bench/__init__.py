"""`make bench`: the gateway measured against a floor server and a plain Spyne echo, as ratios in one run on one machine.

Not part of the installed package. `python -m bench --help` explains the options, `python -m bench profile --help` where a request spends
its time.
"""
