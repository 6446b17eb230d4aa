"""The worker: fetches mail, sends what was stroked, wakes what sleeps; one at a time for each store.

Duty: everything that has to happen whether or not a desk is open. It is made of threads, one for each thing that may
wait for somebody else (a server, a clock), so that none of them holds up another.
Invariants: the network is never waited for inside a unit of work; every act may be repeated after a kill -9 without
losing or doubling anything; a job that fails is tried again, whatever failed.
"""
