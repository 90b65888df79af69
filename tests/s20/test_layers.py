"""The layers of the client, as drawn in its docstring: arrows point downwards only."""

import ast
from pathlib import Path
import sys

import pytest

from custom_components.orvibo_s20 import s20

FOLDER = Path(s20.__file__).parent
PURE = (
    "answers",
    "clock",
    "errors",
    "frames",
    "mac",
    "pacing",
    "reports",
    "requests",
    "subscription",
    "tables",
)
LAYERS = (
    ("errors",),
    ("mac", "frames", "clock", "pacing", "reports", "subscription"),
    ("requests", "answers", "tables"),
    ("lan",),
    ("conversation", "search"),
    ("device",),
    ("__init__",),
)


def imports(module: str) -> set[str]:
    """Return what a module imports: siblings with a dot in front, else top-level packages."""
    found = set()
    for node in ast.walk(ast.parse((FOLDER / f"{module}.py").read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= 1, "the client imports nothing from above"
            name = (node.module or "").split(".")[0]
            found.add(f".{name}" if node.level else name)
    return found


def test_every_module_has_a_layer() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == {
        name for layer in LAYERS for name in layer
    }


@pytest.mark.parametrize("module", [name for layer in LAYERS for name in layer])
def test_a_module_imports_only_the_standard_library_and_lower_layers(module: str) -> None:
    level = next(index for index, layer in enumerate(LAYERS) if module in layer)
    lower = {f".{name}" for layer in LAYERS[:level] for name in layer}
    assert {name for name in imports(module) if name.startswith(".")} <= lower
    assert {name for name in imports(module) if not name.startswith(".")} <= sys.stdlib_module_names


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_neither_wait_nor_look_at_the_time(module: str) -> None:
    assert not imports(module) & {"asyncio", "socket", "time", "threading"}
