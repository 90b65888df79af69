"""The command line: what `python3 s20 COMMAND` understands, does and prints.

    program                               from the words of a command to its exit code
      commands                            which commands there are
        discovering, switching,           one file for what belongs together
        listening, telling, connecting,
        probing
          session                         an open endpoint, and how long to try
            finding                       from a MAC to an address
              options                     what was typed, checked
            output                        tables, JSON, nothing that could harm a terminal
          checking                        is that an S20, before it is told a Wi-Fi
          credentials, agreeing           a password, unseen; a yes
          exits, port, networks           codes; who has the port; where broadcasts go

Standard library and the public names of the package and of `pairing` only.
"""

from .program import main

__all__ = ["main"]
