"""An OpenID provider that no one here wrote (npm oidc-provider), as a process of its own on loopback."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CACHE = Path.home() / ".cache" / "congtruong-tests"
LEAST_NODE = 20
CLAIMS = ("SoDinhDanh", "HoVaTen", "NgayThangNamSinh")


class NoProviderError(Exception):
    """Node.js, npm or the package cannot be had; the message says which."""


@dataclass
class TestProvider:
    """A running provider and the switch on its back."""

    __test__ = False
    issuer: str
    process: subprocess.Popen[str]

    def tell(self, line: str) -> None:
        """Switch something; returns when it is done."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        while not answer.startswith('{"done"'):
            assert answer, "the provider died"
            answer = self.process.stdout.readline()
        assert json.loads(answer)["done"] == line

    def stop(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.wait()


def installed() -> Path:
    """The folder with `node_modules` as the lock file says, outside the repository; installed once.

    Raises:
        NoProviderError: when it cannot be had.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NoProviderError("needs Node.js and npm (.ci/run installs them)")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    if not version.startswith("v") or int(version[1:].partition(".")[0]) < LEAST_NODE:
        raise NoProviderError(f"needs Node.js {LEAST_NODE} or later, here is {version.strip() or 'none'}")
    lock = (HERE / "package-lock.json").read_bytes()
    folder = CACHE / f"oidc-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not (folder / "node_modules").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=CACHE))
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, fresh)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            shutil.rmtree(fresh)
            raise NoProviderError("npm cannot fetch oidc-provider here")
        try:
            fresh.rename(folder)
        except OSError:
            shutil.rmtree(fresh)  # another process was faster
    return folder


@contextmanager
def running(
    clients: list[dict[str, Any]], accounts: dict[str, dict[str, str]], folder: Path
) -> Iterator[TestProvider]:
    """A provider while the block runs; `folder` is a fresh one for its script."""
    (folder / "node_modules").symlink_to(installed() / "node_modules")
    script = shutil.copy(HERE / "provider.mjs", folder)
    given = json.dumps({"clients": clients, "accounts": accounts, "claims": CLAIMS})
    with (
        (folder / "provider.log").open("w") as log,
        subprocess.Popen(
            ["node", "--no-warnings", script, given],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout
        try:
            line = process.stdout.readline()
            assert line, (folder / "provider.log").read_text()
            yield TestProvider(json.loads(line)["issuer"], process)
        finally:
            process.kill()
