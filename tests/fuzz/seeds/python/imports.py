from __future__ import annotations
import a, b.c as d, os.path
from . import c
from .c import *
from b import f as g, C
from .. import nothing
if TYPE_CHECKING:
    from a import T
try:
    import json5 as json
except ImportError:
    import json
__all__ = ["f", "C", *c.__all__]
__all__ += ["g"]
importlib.import_module(".c", package="b")
__import__("a.b")
pytest_plugins = ("b.c",)
