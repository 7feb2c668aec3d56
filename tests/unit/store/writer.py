"""A process of its own: `writer.py append FOLDER COUNT` fills a ledger, `writer.py key FOLDER` prints a token key."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from phantang.store import KeyFolder, LedgerStore


def main(command: str, folder: str, count: str = "0") -> None:
    keys = KeyFolder(Path(folder) / ".phantang" / "keys")
    if command == "key":
        sys.stdout.write(keys.token_key("a", "L2").hex())
        return
    ledger = LedgerStore(Path(folder) / ".phantang" / "ledger", keys)
    for index in range(int(count)):
        ledger.append("intent", {"requested_by": "xa-ba-dinh", "purpose": "L2"}, f"{os.getpid()}-{index}")


if __name__ == "__main__":
    main(*sys.argv[1:])
