"""How fast and how cheap it is, beside what physics allows and what Home Assistant has built in.

Run by `scripts/bench`; what measures asserts nothing, and no test runs it.

__main__.py     the program: arguments, parts, table, JSON
parts.py        which parts there are
sizes.py        how often and how long each of them measures
figures.py      what was measured; table.py prints it
floors.py       the simulated sockets' own delays, below which nobody gets

virtual.py      the client alone with simulated sockets, in virtual time
comparison.py   real Home Assistants and the simulator in two private networks
home.py         one of these Home Assistants; rivals.py: with which integration
their_search.py the search of the other library, in a process of its own

address.py, commands.py, engine.py, load.py, push.py, search.py, setup.py, start.py and
together.py: the parts

burst.py measures Home Assistant in virtual time, by way of the tests that assert what it does.
fuzz.py, soak.py, year.py and their helpers are long runs that do assert: `scripts/bench year`, say.
"""
