"""What `banc bench` measures: each row of the performance budget, beside a peer where one installs.

A figure is the CPU time of the process that does the work, clients left out, unless its row says
otherwise. It depends on the machine: it is shown beside its budget and its peer, never asserted.
`rows.py` is the table, `servers.py` the servers under measurement.
"""
