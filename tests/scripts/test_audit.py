"""scripts.audit: vulnerabilities fail, a missing network does not and is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT

SOUND = {"name": "anyio", "version": "4.16.0", "vulns": []}
VULNERABLE = {
    "name": "lxml",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]}],
}
SKIPPED = {"name": "typer", "skip_reason": "Dependency not found on PyPI: typer (0.29.2)"}


def audit(folder: Path, output: str, errors: str = "", status: int = 0) -> tuple[int, str]:
    """Run the audit with a program that reports as pip-audit does."""
    program = folder / "pip-audit"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nassert '-r' in sys.argv and 'json' in sys.argv\n"
        f"sys.stdout.write({output!r})\nsys.stderr.write({errors!r})\nsys.exit({status})\n"
    )
    program.chmod(0o755)
    locks = [f"scripts/locks/{name}.txt" for name in ("runtime", "dev")]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.audit", str(program), *locks],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout


def report(*packages: Any) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_sound_packages_pass(tmp_path: Path) -> None:
    assert audit(tmp_path, report(SOUND)) == (0, "No known vulnerabilities.\n")


def test_a_vulnerable_package_fails_and_is_told_once(tmp_path: Path) -> None:
    status, output = audit(tmp_path, report(SOUND, VULNERABLE, SKIPPED), status=1)
    assert status == 1
    assert output == (
        "Vulnerable: lxml 1.0: PYSEC-1, fixed in 1.1, 2.0\n"
        "Not audited: Dependency not found on PyPI: typer (0.29.2)\n"
    )


@pytest.mark.parametrize("output", ["", "no JSON", "[]", "null"])
def test_without_a_network_it_says_so_and_passes(tmp_path: Path, output: str) -> None:
    error = "Traceback …\nrequests.exceptions.ConnectionError: api.osv.dev cannot be resolved"
    status, said = audit(tmp_path, output, error, status=1)
    assert status == 0
    assert said.splitlines() == [
        f"Not audited: {name}.txt: requests.exceptions.ConnectionError: api.osv.dev cannot be"
        " resolved"
        for name in ("runtime", "dev")
    ]


def test_packages_without_data_are_not_called_sound(tmp_path: Path) -> None:
    packages = [{"name": f"p{n}", "skip_reason": f"p{n} is unknown"} for n in range(9)]
    status, said = audit(tmp_path, report(*packages))
    assert status == 0
    assert "No known" not in said
    assert said.splitlines()[0] == "Not audited: p0 is unknown"
    assert said.splitlines()[-1] == "Not audited: 4 more"
