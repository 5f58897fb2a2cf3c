"""Audit of the locked packages: known vulnerabilities, as pip-audit reports them.

`python -m scripts.audit PIP_AUDIT LOCK...`; see `./scripts/test --audit`. What cannot be looked up,
as without a network, is said and fails nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 600
_OPTIONS = (
    *("--require-hashes", "--disable-pip", "--format", "json"),
    *("--progress-spinner", "off", "--desc", "off"),
)


def audit(program: str, locks: Iterable[Path]) -> tuple[list[str], list[str]]:
    """Audit lock files; return the vulnerabilities, and what could not be audited, a line each."""
    vulnerabilities: dict[str, None] = {}
    unaudited: dict[str, None] = {}
    for lock in locks:
        try:
            done = subprocess.run(
                [program, "-r", str(lock), *_OPTIONS],
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
            packages = json.loads(done.stdout)["dependencies"]
        except subprocess.TimeoutExpired:
            unaudited[f"{lock.name}: no answer in {TIMEOUT_SECONDS} s"] = None
        except (ValueError, KeyError, TypeError):
            reason = (done.stderr.strip().splitlines() or ["no report"])[-1]
            unaudited[f"{lock.name}: {reason}"] = None
        else:
            vulnerabilities |= dict.fromkeys(_list_vulnerabilities(packages))
            unaudited |= {
                package["skip_reason"]: None for package in packages if "skip_reason" in package
            }
    return list(vulnerabilities), list(unaudited)


def _list_vulnerabilities(packages: list[dict[str, Any]]) -> Iterator[str]:
    for package in packages:
        for vulnerability in package.get("vulns", ()):
            fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
            yield f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {fixed}"


def main() -> int:
    """Print the result of an audit; return 1 if there are vulnerabilities."""
    program, *locks = sys.argv[1:]
    vulnerabilities, unaudited = audit(program, map(Path, locks))
    lines = [f"Vulnerable: {line}" for line in vulnerabilities]
    lines += [f"Not audited: {line}" for line in unaudited[:5]]
    if len(unaudited) > 5:
        lines.append(f"Not audited: {len(unaudited) - 5} more")
    sys.stdout.write("\n".join(lines or ["No known vulnerabilities."]) + "\n")
    return 1 if vulnerabilities else 0


if __name__ == "__main__":
    sys.exit(main())
