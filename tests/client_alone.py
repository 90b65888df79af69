"""Let the tests of the client run without Home Assistant: `pytest -p tests.client_alone tests/s20`.

The client lies within the integration, and whoever imports it runs the integration's `__init__.py`
first. This plug-in puts that package in place without running anything of it.
"""

from importlib.util import find_spec, module_from_spec
import sys

_SPEC = find_spec("custom_components.orvibo_s20")
assert _SPEC is not None
sys.modules[_SPEC.name] = module_from_spec(_SPEC)
