"""Routers whose routes stand in one list and are analysed when they are first asked for.

FastAPI reads the signatures of a route's function and of all that it depends on, and builds a validator for each
parameter and body: of some six hundred routes that takes longer than all else that a start does, and once more for each
router that is included in another. Most of them nobody asks for in the first minute after a start.
"""

import functools
import threading
from collections.abc import Callable
from typing import Any

import fastapi
from fastapi.routing import APIRoute
from starlette.routing import compile_path, get_name

_analysing = threading.RLock()


def operation_id(route: APIRoute) -> str:
    return route.name


def _answering(endpoint: Callable[..., Any], made_of: Callable[[Any], Any]) -> Callable[..., Any]:
    @functools.wraps(endpoint)
    def answered(*given: Any, **named: Any) -> Any:
        return made_of(endpoint(*given, **named))

    return answered


class Route(APIRoute):
    """Knows what it is matched by; whatever else is asked of it, the analysis makes.

    A class of responses with `made_of` makes them of what the route's function returns, in that function's thread.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        made_of = getattr(options.get("response_class"), "made_of", None)
        if made_of is not None:
            endpoint = _answering(endpoint, made_of)
        self.path, self.endpoint = path, endpoint
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self.methods = {method.upper() for method in options.get("methods") or ("GET",)}
        self.name = options.get("name") or get_name(endpoint)
        self.include_in_schema = options.get("include_in_schema", True)
        self._options: dict[str, Any] | None = options

    def __getattr__(self, name: str) -> Any:  # only of what is not there yet
        with _analysing:
            options = self.__dict__.get("_options")
            if name not in self.__dict__ and options is not None:
                self._options = None
                super().__init__(self.path, self.endpoint, **options)
            if name in self.__dict__:
                return self.__dict__[name]
        raise AttributeError(f"{type(self).__name__} has no attribute {name}")


class APIRouter(fastapi.APIRouter):
    """FastAPI's, with what holds for all routers here."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=Route, generate_unique_id_function=operation_id, **options)

    def include_router(self, router: fastapi.APIRouter, **options: Any) -> None:
        """Take over the routes of another router as they are. What they share is said where they are made."""
        assert not options
        self.routes.extend(router.routes)
