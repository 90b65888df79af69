"""The command line: what `python3 s20 COMMAND` understands, does and prints.

    program                               from the words of a command to its exit code
      commands                            which commands there are
        discovering, switching,           one file for what belongs together
        listening, describing,
        connecting, probing
          session                         an open endpoint, and how long to try
            locating                      from a MAC to an address
              options                     what was typed, checked
            output                        tables, JSON, nothing that could harm a terminal
          checking                        whether a device is an S20, before it gets a Wi-Fi
          password, agreeing              what somebody types: a password, unseen; a yes
          exits, port, networks           exit codes; who has the port; where broadcasts go

Standard library and the public names of the package and of `pairing` only.
"""

from .program import main

__all__ = ["main"]
