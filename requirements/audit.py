"""Look up the packages of lock files in a copy of published advisories, without the network.

    python requirements/audit.py ADVISORIES requirements/develop.txt …

``ADVISORIES`` is a folder of advisories in the OSV format (YAML or JSON, at any depth): a copy of
PyPA's advisory-database, carried here by whatever way files reach a closed network. An
``insecure.json`` in it (safety-db: package to ranges of versions) is looked through, too. Ends with
1 where an advisory names a package of the lock files, with 2 where there are no advisories.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, Version]:
    """Package (canonical name) → version."""
    found = _PIN.findall(lock.read_text(encoding="utf-8"))
    return {canonicalize_name(name): Version(version) for name, version in found}


def advisories(folder: Path) -> Iterator[dict[str, Any]]:
    """Every advisory in a folder that has not been withdrawn."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".yaml", ".yml", ".json"):
            read = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
            if path.name == "insecure.json":
                yield from _of_ranges(read)
            elif isinstance(read, dict) and read.get("affected") and not read.get("withdrawn"):
                yield read


def _of_ranges(known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The packages of a safety-db, each as an advisory; it says when it was made."""
    made = datetime.fromtimestamp(known.get("$meta", {}).get("timestamp", 0), UTC).isoformat()
    for name, ranges in known.items():
        if not name.startswith("$"):
            affected = {"package": {"name": name}, "specifiers": ranges}
            yield {"id": "safety-db", "modified": made, "affected": [affected]}


# The loader in C reads the three thousand files in seconds; it is not built everywhere.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def affects(affected: dict[str, Any], version: Version) -> bool:
    """Whether a version is named, or lies in a range of versions."""
    if any(_version(named) == version for named in affected.get("versions") or ()):
        return True
    if any(SpecifierSet(one).contains(version, True) for one in affected.get("specifiers") or ()):
        return True
    ranges = [one for one in affected.get("ranges") or () if one.get("type") != "GIT"]
    return any(_in_range(one.get("events") or (), version) for one in ranges)


def _in_range(events: Any, version: Version) -> bool:
    inside = False
    for event in events:
        if "introduced" in event:
            inside |= str(event["introduced"]) == "0" or version >= Version(event["introduced"])
        elif "fixed" in event:
            inside &= version < Version(event["fixed"])
        elif "last_affected" in event:
            inside &= version <= Version(event["last_affected"])
    return inside


def _version(text: Any) -> Version | None:
    try:
        return Version(str(text))
    except InvalidVersion:
        return None


def main() -> int:
    """Print what was found and how many advisories it was looked up in."""
    folder, *locks = map(Path, sys.argv[1:])
    locked = {name: version for lock in locks for name, version in pins(lock).items()}
    count, newest = 0, ""
    hits = []
    for advisory in advisories(folder):
        count, newest = count + 1, max(newest, str(advisory.get("modified", "")))
        for affected in advisory["affected"]:
            name = canonicalize_name(str((affected.get("package") or {}).get("name", "")))
            if name in locked and affects(affected, locked[name]):
                hits.append((name, str(locked[name]), advisory["id"], _first_line(advisory)))
    if not count:
        print(f"{folder}: 没有读到公告 (OSV 格式的 YAML 或 JSON)", file=sys.stderr)
        return 2
    for hit in hits:
        print(*hit)
    print(f"{len(locked)} 个包, {count} 条公告 (最新 {newest[:10]}): {len(hits)} 处命中")
    return bool(hits)


def _first_line(advisory: dict[str, Any]) -> str:
    return (advisory.get("summary") or advisory.get("details") or "").split("\n")[0][:100]


if __name__ == "__main__":
    sys.exit(main())
