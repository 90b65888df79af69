"""Which texts the integration asks for, read from its source without running it.

A text is named by its path in `en.json`, for example `config.abort.port_in_use`. The reader
follows constants, local variables, `a if b else c` and functions that return names of texts. Where
it cannot tell the name, it says so instead of passing over it.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from pathlib import Path

from homeassistant.helpers.entity import EntityDescription

from custom_components.orvibo_s20.entity import OrviboEntity

type Function = ast.FunctionDef | ast.AsyncFunctionDef


class UnclearError(Exception):
    """The source does not tell which text is meant."""


@dataclass(frozen=True, slots=True)
class Use:
    """A text that the code asks for, and the placeholders that it fills in."""

    text: str
    given: frozenset[str] = frozenset()


def uses_of(module: str) -> Iterator[Use]:
    """Yield every use of a text in a module, given by its import name."""
    source = Source(module)
    for function in source.functions:
        for call in _all(function, ast.Call):
            if reader := _READERS.get(_name_of(call.func)):
                yield from reader(source, function, call)
            if _keyword(call, "translation_domain"):
                yield from _exception(source, function, call)
            yield from source.single_entities(function, call)
    yield from source.described_entities()


class Source:
    """The source of a module, and what its names mean."""

    def __init__(self, module: str) -> None:
        self._module = import_module(module)
        assert self._module.__file__
        self._tree = ast.parse(Path(self._module.__file__).read_text(encoding="utf-8"))
        self.functions = list(_functions(self._tree))
        self._by_name = {function.name: function for function in self.functions}
        self.name = module.rpartition(".")[2]

    def flow_of(self, function: Function) -> str:
        """Return where the texts of the flow are that a function belongs to."""
        for one in _all(self._tree, ast.ClassDef):
            if one.name.endswith("OptionsFlow") and function in one.body:
                return "options"
        return _FLOWS.get(self.name, "config")

    def strings(self, function: Function, node: ast.AST | None) -> list[str]:
        """Return the strings that an expression in a function can be; UnclearError if none."""
        if found := self.known_strings(function, node):
            return found
        where = f"{self._module.__name__}:{getattr(node, 'lineno', function.lineno)}"
        raise UnclearError(f"{where}: which text?")

    def placeholders(self, function: Function, node: ast.AST | None) -> frozenset[str]:
        """Return the keys of a mapping that is written out here or in a function called."""
        match node:
            case ast.Dict():
                return frozenset(chain(*(self.strings(function, key) for key in node.keys if key)))
            case ast.IfExp():
                return self.placeholders(function, node.orelse)
            case ast.Call() if called := self._by_name.get(_name_of(node.func)):
                (returned,) = _all(called, ast.Return)
                return self.placeholders(called, returned.value)
            case _:
                return frozenset()

    def described_entities(self) -> Iterator[Use]:
        """Yield the texts of the entities that a platform has in a table."""
        for table in vars(self._module).values():
            for one in table if isinstance(table, tuple) else ():
                if isinstance(one, EntityDescription):
                    text = f"entity.{self.name}.{one.key}"
                    yield Use(f"{text}.name")
                    states = getattr(one, "options", None) or ()
                    yield from (Use(f"{text}.state.{state}") for state in states)

    def single_entities(self, function: Function, call: ast.Call) -> Iterator[Use]:
        """Yield the texts of an entity whose key is given where it is made."""
        made = getattr(self._module, _name_of(call.func), None)
        if isinstance(made, type) and issubclass(made, OrviboEntity):
            for key in self.known_strings(function, call.args[1]):
                text = f"entity.{self.name}.{key}"
                yield Use(f"{text}.name")
                # Home Assistant makes properties of what a class says about itself.
                for state in vars(made).get("__attr_event_types", ()):
                    yield Use(f"{text}.state_attributes.event_type.state.{state}")
                for state in vars(made).get("__attr_options", ()):
                    yield Use(f"{text}.state.{state}")

    def calls(self, function: Function, node: ast.AST | None, *names: str) -> Iterator[ast.Call]:
        """Yield the calls by these names inside an expression, also behind its variables."""
        for part in ast.walk(node) if node else ():
            if isinstance(part, ast.Call) and _name_of(part.func) in names:
                yield part
            if isinstance(part, ast.Name):
                for value in self._values(function, part.id):
                    yield from self.calls(function, value, *names)

    def known_strings(self, function: Function, node: ast.AST | None) -> list[str]:
        """Return the strings that an expression can be, as far as the source tells."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.IfExp():
                parts: Iterable[ast.AST | None] = (node.body, node.orelse)
            case ast.List() | ast.Tuple():
                parts = node.elts
            case ast.Call(func=ast.Attribute(attr="get", value=ast.Name(id=table))):
                values = getattr(self._module, table, {}).values()
                return [*values, *self.known_strings(function, node.args[1])]
            case ast.Call() if called := self._by_name.get(_name_of(node.func)):
                function = called
                parts = [one.value for one in _all(called, ast.Return)]
            case ast.Name():
                value = getattr(self._module, node.id, None)
                if isinstance(value, str):
                    return [value]
                parts = self._values(function, node.id)
            case _:
                return []
        return list(chain(*(self.known_strings(function, part) for part in parts)))

    def _values(self, function: Function, name: str) -> list[ast.expr]:
        """Return the expressions that are assigned to a variable, in the function or the module."""
        return [
            statement.value
            for statement in chain(ast.walk(function), self._tree.body)
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value
            for target in _targets(statement)
            if isinstance(target, ast.Name) and target.id == name
        ]


# --- one reader for each way to ask for a text ---


def _form(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    for step in _step(source, function, call):
        yield from _frame(source, function, call, step)
        for error in _errors(source, function, call):
            yield Use(f"{source.flow_of(function)}.error.{error}")
        schema = _keyword(call, "data_schema")
        for field in source.calls(function, schema, "Required", "Optional"):
            for name in source.strings(function, field.args[0]):
                yield Use(f"{step}.data.{name}")
                yield Use(f"{step}.data_description.{name}")


def _menu(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    for step in _step(source, function, call):
        yield from _frame(source, function, call, step)
        for option in source.strings(function, _keyword(call, "menu_options")):
            yield Use(f"{step}.menu_options.{option}")


def _step(source: Source, function: Function, call: ast.Call) -> list[str]:
    names = source.strings(function, _keyword(call, "step_id"))
    return [f"{source.flow_of(function)}.step.{name}" for name in names]


def _errors(source: Source, function: Function, call: ast.Call) -> Iterator[str]:
    errors = _keyword(call, "errors")
    for part in _all(errors, ast.Dict) if errors else ():
        for value in part.values:
            yield from source.strings(function, value)


def _frame(source: Source, function: Function, call: ast.Call, step: str) -> Iterator[Use]:
    given = source.placeholders(function, _keyword(call, "description_placeholders"))
    yield Use(f"{step}.title", given)
    yield Use(f"{step}.description", given)


def _progress(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    given = source.placeholders(function, _keyword(call, "description_placeholders"))
    for action in source.strings(function, _keyword(call, "progress_action")):
        yield Use(f"config.progress.{action}", given)


def _abort(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    given = source.placeholders(function, _keyword(call, "description_placeholders"))
    for reason in source.strings(function, _keyword(call, "reason")):
        yield Use(f"{source.flow_of(function)}.abort.{reason}", given)


def _form_error(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    """Read the exception that becomes an error of a form: its key, then what to fill in."""
    given = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
    for key in source.strings(function, call.args[0]):
        yield Use(f"config.error.{key}", given)


def _select(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    if (key := _keyword(call, "translation_key")) is None:
        return
    for name in source.strings(function, key):
        for value in source.known_strings(function, _keyword(call, "options")):
            yield Use(f"selector.{name}.options.{value}")
        for option in source.calls(function, function, "SelectOptionDict"):
            # Options whose value the source does not tell come from devices, and bring their label.
            for value in source.known_strings(function, _keyword(option, "value")):
                yield Use(f"selector.{name}.options.{value}")


def _refusal(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    """Read the exception that says why something cannot be done: its key, then what to fill in."""
    given = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
    for key in source.strings(function, call.args[0]):
        yield Use(f"exceptions.{key}.message", given)


def _exception(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    if function.name in _READERS:
        return  # it passes on what is read where it is called
    given = source.placeholders(function, _keyword(call, "translation_placeholders"))
    for key in source.strings(function, _keyword(call, "translation_key")):
        yield Use(f"exceptions.{key}.message", given)


def _system_health(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    """Read the function that is registered: what it returns has one label for each key."""
    for informing in source.functions:
        if informing.name == _name_of(call.args[0]):
            for returned in _all(informing, ast.Return):
                for key in source.placeholders(informing, returned.value):
                    yield Use(f"system_health.info.{key}")


def _issue(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    if function.name in _READERS:
        return  # it passes on what is read where it is called
    given = source.placeholders(function, _keyword(call, "translation_placeholders"))
    for key in source.strings(function, _keyword(call, "translation_key")):
        yield Use(f"issues.{key}.title", given)
        yield Use(f"issues.{key}.description", given)


def _already_configured(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    given = source.placeholders(function, _keyword(call, "description_placeholders"))
    yield Use("config.abort.already_configured", given)


def _upkeep_issue(source: Source, function: Function, call: ast.Call) -> Iterator[Use]:
    """Read what shows an issue about one socket: its key, whether it is so, what to fill in."""
    given = frozenset({"name", *(keyword.arg for keyword in call.keywords if keyword.arg)})
    for key in source.strings(function, call.args[0]):
        yield Use(f"issues.{key}.title", given)
        yield Use(f"issues.{key}.description", given)


def _clock_repair(_source: Source, _function: Function, _call: ast.Call) -> Iterator[Use]:
    """Read the repair whose texts Home Assistant asks for, filled in as those of its issue."""
    for text in ("title", "description"):
        yield Use(f"issues.clock.fix_flow.step.confirm.{text}", frozenset({"name"}))


def _implied(text: str) -> Callable[[Source, Function, ast.Call], Iterator[Use]]:
    """Read a call in which Home Assistant asks for a text by itself."""
    return lambda _source, _function, _call: iter([Use(text)])


_FLOWS = {
    "repairs": "issues.built_in.fix_flow",
}
_READERS = {
    "async_show_form": _form,
    "async_show_menu": _menu,
    "async_show_progress": _progress,
    "async_create_issue": _issue,
    "_async_report": _upkeep_issue,
    "ClockRepairFlow": _clock_repair,
    "async_abort": _abort,
    "FormError": _form_error,
    "refusal": _refusal,
    "SelectSelectorConfig": _select,
    "async_register_info": _system_health,
    "_abort_if_unique_id_configured": _already_configured,
    # Home Assistant has a text of its own for this, but 2026.9 had none yet.
    "async_set_unique_id": _implied("config.abort.already_in_progress"),
    "async_update_reload_and_abort": _abort,
}


# --- reading trees ---


def _all[N: ast.AST](tree: ast.AST, kind: type[N]) -> Iterator[N]:
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def _functions(tree: ast.AST) -> Iterator[Function]:
    yield from _all(tree, ast.FunctionDef)
    yield from _all(tree, ast.AsyncFunctionDef)


def _name_of(called: ast.expr) -> str:
    match called:
        case ast.Name():
            return called.id
        case ast.Attribute():
            return called.attr
        case _:
            return ""


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]
