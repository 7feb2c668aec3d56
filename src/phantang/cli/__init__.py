"""The command line: parse, call one flow, render."""

from phantang.cli.app import main

__all__ = ["main"]
