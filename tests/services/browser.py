"""A real browser for pages: Chromium without a head and without a network, if there is one on the machine."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from .tether import unavailable

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def rendered(page: Path, folder: Path) -> tuple[str, str]:
    """Return the document after the page was rendered, and what the browser complained of on the console.

    What the page asks for from outside, which its own policy forbids, is such a complaint. Skips the test where there
    is no browser.
    """
    binary = next(filter(None, map(shutil.which, NAMES)), None)
    if binary is None:
        unavailable("no Chromium on this machine; on Debian: apt-get install chromium")
    command = [binary, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    command += [f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr", "--v=0"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
