"""The stand-ins there are: each module of this folder that declares one."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from sandbox import providers
from sandbox.state.desk import StandIn

_MODULES = [
    import_module(f"{providers.__name__}.{module.name}") for module in iter_modules(providers.__path__)
]
STAND_INS: Mapping[str, StandIn] = {
    module.STAND_IN.name: module.STAND_IN for module in _MODULES if hasattr(module, "STAND_IN")
}
