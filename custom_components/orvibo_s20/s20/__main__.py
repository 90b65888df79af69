"""The commands of `cli/`: `python3 s20 COMMAND`, where s20 is this folder or a zip of its content.

Python searches that folder or zip before everything else. Here it is taken off the path before
anything is imported, and the package is loaded from it under its own name; so nothing of ours can
hide the standard library. Written for any Python 3, so that an old one can say that it is too old.
"""

import sys

NAME = "s20"
TOO_OLD = 2  # wrong usage, as in cli/exits.py
FOLDER = None if __package__ else sys.path.pop(0)  # in a package it runs as `python3 -m s20`

if sys.version_info < (3, 11):
    sys.stderr.write(
        "%s: Python 3.11 or newer is needed, not %d.%d\n" % (NAME, *sys.version_info[:2])
    )
    sys.exit(TOO_OLD)

from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec
from typing import Any


def load_package(folder: str) -> None:
    """Load the package whose files are in a folder or at the root of a zip."""
    initial: Any = PathFinder.find_spec("__init__", [folder])
    spec = ModuleSpec(NAME, None, origin=initial.origin, is_package=True)
    spec.submodule_search_locations = [folder]
    package = sys.modules[NAME] = module_from_spec(spec)
    exec(initial.loader.get_code("__init__"), vars(package))


if FOLDER is not None:
    load_package(FOLDER)
sys.exit(import_module(f"{__package__ or NAME}.cli").main())
