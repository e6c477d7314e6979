"""How releases become a record's compiled release: the standard's routine of merging, 1.1.5.

Releases are taken in the order of their dates. An object's members are merged one by one; null removes a member; a list
of objects that all have an `id` is merged by it; any other list is replaced whole, and so are the lists that the schema
marks `wholeListMerge`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from trading.ocds.values import Json

WHOLE = frozenset({"additionalIdentifiers", "additionalClassifications"})
"""Lists that the schema marks `wholeListMerge`."""
OMITTED = frozenset({"id", "date", "tag", "ocid"})
"""Members of a release that are set anew."""


class _ById(dict[Any, Any]):
    """A list of objects, each under its id, in the order in which they first came."""


class Merged:
    """What releases of one process come to so far."""

    def __init__(self) -> None:
        self._state: Json = {}

    def add(self, release: Json) -> None:
        """Take the next release, or the part of one."""
        _merge(self._state, {name: value for name, value in release.items() if name not in OMITTED})

    def value(self) -> Json:
        """All of it, as a new value."""
        found: Json = _plain(self._state)
        return found

    def get(self, *path: Any) -> Any:
        """What stands at a path of names and ids, None where nothing does; not to be changed."""
        at: Any = self._state
        for name in path:
            if not isinstance(at, dict) or name not in at:
                return None
            at = at[name]
        return at

    def each(self, *path: Any) -> Iterator[Json]:
        """The objects of a list."""
        found = self.get(*path)
        yield from list(found.values()) if isinstance(found, _ById) else ()


def compiled(releases: Iterable[Json]) -> Json:
    """The compiled release of one process. releases: at least one, all of one ocid, in any order."""
    ordered = sorted(releases, key=lambda release: str(release["date"]))
    merged = Merged()
    for release in ordered:
        merged.add(release)
    ocid, date = ordered[-1]["ocid"], ordered[-1]["date"]
    return {"ocid": ocid, "id": f"{ocid}-{date}", "date": date, "tag": ["compiled"]} | merged.value()


def _merge(state: dict[Any, Any], new: Json) -> None:
    for name, value in new.items():
        if value is None:
            state.pop(name, None)
        elif isinstance(value, dict):
            below = state.get(name)
            if not isinstance(below, dict) or isinstance(below, _ById):
                below = state[name] = {}
            _merge(below, value)
            if not below:
                del state[name]
        elif _is_by_id(name, value):
            listed = state.get(name)
            if not isinstance(listed, _ById):
                listed = state[name] = _ById()
            for item in value:
                _merge(listed.setdefault(item["id"], {}), item)
        else:
            state[name] = value


def _is_by_id(name: str, value: Any) -> bool:
    return (
        isinstance(value, list)
        and name not in WHOLE
        and bool(value)
        and all(isinstance(item, dict) and isinstance(item.get("id"), str | int) for item in value)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, _ById):
        return [_plain(one) for one in value.values()]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value
