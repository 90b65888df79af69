"""The layers of the client, as drawn in its docstring: arrows point downwards only."""

import ast
from fnmatch import fnmatch
from pathlib import Path
import sys

import pytest

from custom_components.orvibo_s20 import s20
from custom_components.orvibo_s20.s20 import pairing, probe

PUBLIC = {None: s20, "pairing": pairing, "probe": probe}
FOLDER = Path(s20.__file__).parent
PURE = (
    "errors",
    "events",
    "journal",
    "wire.*",
    "rules.*",
    "pairing.at",
    "pairing.credentials",
    "pairing.errors",
    "pairing.notices",
    "pairing.lengths",
    "probe.finding",
    "probe.report",
    "probe.requests",
)
# Each may use those above it; a sub-package stands beside the modules that its own layer names.
PAIRING = (
    ("pairing.errors",),
    ("pairing.credentials", "pairing.notices", "pairing.channel"),
    ("pairing.at", "pairing.lengths"),
    ("pairing.dialogue",),
    ("pairing.access_point", "pairing.smart_link"),
    ("pairing.__init__",),
)
PROBE = (
    ("probe.finding", "probe.requests"),
    ("probe.subject",),
    ("probe.clocks", "probe.lifetime", "probe.module", "probe.ports", "probe.rhythm"),
    ("probe.busy", "probe.table_lengths"),
    ("probe.strangers", "probe.report"),
    ("probe.survey",),
    ("probe.__init__",),
)
FOR_PAIRING = {"errors", "wire.mac", "wire.answers"}
FOR_PROBE = {
    *("errors", "endpoint", "wire.answers", "wire.clock", "wire.frames", "wire.requests"),
    *("wire.settings", "wire.tables", "pairing.at", "pairing.channel"),
}
LAYERS = (
    ("errors",),
    ("wire.__init__", "rules.__init__"),
    ("wire.mac", "wire.frames", "wire.clock"),
    ("wire.requests", "wire.answers", "wire.tables"),
    ("wire.settings", "wire.timers"),
    ("rules.backoff", "rules.outstanding", "rules.relay", "rules.subscription"),
    ("rules.agenda", "rules.pacing", "rules.power_cut", "rules.presence", "rules.switching"),
    ("waiting", "endpoint", "journal", "events"),
    ("link", "discovery"),
    ("storage", "countdown", "device_clock", "power", "renewal", "watch"),
    ("device",),
    ("__init__",),
    ("__main__",),
)
COMMAND_LINE = (
    ("agreeing", "exits", "networks", "output", "port"),
    ("options", "password"),
    ("locating",),
    ("session",),
    ("checking", "discovering", "listening", "probing", "switching"),
    ("connecting", "describing"),
    ("commands",),
    ("program",),
    ("__init__",),
)
MODULES = [name for layer in (*LAYERS, *PAIRING, *PROBE) for name in layer]


def imports(module: str) -> set[str]:
    """Return what a module imports: ours with a dot in front, else top-level packages."""
    folder = module.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse((FOLDER / f"{module.replace('.', '/')}.py").read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= len(folder) + 1, "the client imports nothing from above"
            name = node.module or "__init__"
            home = folder[: len(folder) + 1 - node.level]
            found.add(f".{'.'.join([*home, name])}" if node.level else name.split(".")[0])
    return found


def is_pure(module: str) -> bool:
    """Return whether a module only computes."""
    return any(fnmatch(module, pattern) for pattern in PURE)


def fnmatch_all(names: list[str], pattern: str) -> list[str]:
    """Return the names that a pattern means."""
    return [name for name in names if fnmatch(name, pattern)]


def lower(module: str) -> set[str]:
    """Return what a module may import of ours."""
    layers, others = {"pairing": (PAIRING, FOR_PAIRING), "probe": (PROBE, FOR_PROBE)}.get(
        module.partition(".")[0], (LAYERS, set())
    )
    level = next(index for index, layer in enumerate(layers) if module in layer)
    names = {name for layer in layers[:level] for name in layer}
    return {f".{name}" for name in names | others}


def test_every_module_has_a_layer() -> None:
    files = {path.relative_to(FOLDER).with_suffix("") for path in FOLDER.rglob("*.py")}
    command_line = {f"cli.{name}" for layer in COMMAND_LINE for name in layer}
    assert {".".join(path.parts) for path in files} == {*MODULES, *command_line}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_the_standard_library_and_lower_layers(module: str) -> None:
    assert {name for name in imports(module) if name.startswith(".")} <= lower(module)
    assert {name for name in imports(module) if not name.startswith(".")} <= sys.stdlib_module_names


# What a room knows of the others; beside that each knows itself.
ROOMS = {
    "wire.*": {"errors"},
    "rules.*": {"wire.clock", "wire.settings", "wire.timers"},
    "endpoint": {"errors", "rules.backoff", "wire.*"},
    "link": {"endpoint", "errors", "journal", "rules.*", "waiting", "wire.*"},
    "device": {"*"},
}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_those_below_it_only(room: str) -> None:
    known = {room, *ROOMS[room]}
    for module in fnmatch_all(MODULES, room):
        others = {name.removeprefix(".") for name in imports(module) if name.startswith(".")}
        assert all(any(fnmatch(other, one) for one in known) for other in others), module


@pytest.mark.parametrize("module", ["storage", "countdown", "device_clock", "discovery"])
def test_nobody_but_the_link_keeps_the_books_of_a_device(module: str) -> None:
    names = {name for name in imports(module) if name.startswith(".rules")}
    assert names <= {".rules.agenda", ".rules.pacing", ".rules.power_cut"}
    assert "journal" not in (FOLDER / f"{module}.py").read_text()


@pytest.mark.parametrize("module", [name for name in MODULES if is_pure(name)])
def test_pure_modules_neither_wait_nor_look_at_the_time(module: str) -> None:
    assert not imports(module) & {"asyncio", "socket", "time", "threading"}


@pytest.mark.parametrize("module", [name for layer in COMMAND_LINE for name in layer])
def test_the_command_line_uses_public_names_the_standard_library_and_lower_layers(
    module: str,
) -> None:
    level = next(index for index, layer in enumerate(COMMAND_LINE) if module in layer)
    lower = {name for layer in COMMAND_LINE[:level] for name in layer}
    tree = ast.parse((FOLDER / "cli" / f"{module}.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= sys.stdlib_module_names
        elif isinstance(node, ast.ImportFrom) and node.level == 2:
            assert node.module in PUBLIC
            assert {alias.name for alias in node.names} <= set(PUBLIC[node.module].__all__)
        elif isinstance(node, ast.ImportFrom):
            allowed = lower if node.level else sys.stdlib_module_names
            assert (node.module or "").split(".")[0] in allowed


def test_nobody_but_its_starter_knows_the_command_line() -> None:
    for layer in LAYERS[:-1]:
        for module in layer:
            assert ".cli" not in imports(module)
    assert "cli" in (FOLDER / "__main__.py").read_text()
