"""What every command shares: the workspace, the language, and two consoles (answers on stdout, progress on stderr)."""

from __future__ import annotations

import getpass
import os
import shlex
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.segment import Segment

from phantang.cli.output import json_text
from phantang.cli.words import LANGUAGES, number, word, word_or_code
from phantang.model.errors import InputError, PhantangError
from phantang.store import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import ConsoleOptions, RenderableType


_PIPE_WIDTH = 150
#: Below this many columns tables stack cells rather than fold words.
_NARROW = 110


class _Console(Console):
    """A console on which text is only text."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render with every control character replaced: a value or a name must not be able to drive the terminal."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.replace("\n", "").isprintable():
                yield segment
            else:
                text = "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in segment.text)
                yield Segment(text, segment.style)


class Session:
    """One invocation of the command line."""

    def __init__(self) -> None:
        #: What `-w` and `--lang` said, if anything.
        self.folder: str | None = None
        self.spoken: str | None = None
        #: In whose name something is decided, where only the system knows it.
        self.login: str | None = None
        self.out = _console(stderr=False)
        self.err = _console(stderr=True)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace named by `-w`, or the nearest one above the current folder."""
        return Workspace.open(self.folder) if self.folder else Workspace.find(Path.cwd())

    @cached_property
    def lang(self) -> str:
        """The language of messages: `--lang` or `PHANTANG_LANG`, the workspace's setting, the locale."""
        spoken = self.spoken or os.environ.get("PHANTANG_LANG")
        if spoken in LANGUAGES:
            return spoken
        try:
            return self.workspace.settings.lang or locale_language()
        except PhantangError:  # no workspace is needed to say something
            return locale_language()

    @cached_property
    def report_lang(self) -> str:
        """The language of a report that is handed in: that asked for, the workspace's, and Vietnamese otherwise."""
        spoken = self.spoken or os.environ.get("PHANTANG_LANG")
        if spoken in LANGUAGES:
            return spoken
        try:
            return self.workspace.settings.lang or LANGUAGES[0]
        except PhantangError:  # a place is scanned without a workspace
            return LANGUAGES[0]

    @cached_property
    def langs(self) -> tuple[str, ...]:
        """The languages that a decision and a heading are said in: one, or, in the demo, both."""
        return (self.lang,)

    @property
    def narrow(self) -> bool:
        """Whether the answer goes to a terminal too narrow for wide tables."""
        return self.out.width < _NARROW

    @property
    def workspace_option(self) -> str:
        """What to write after `phantang` in an advice, so that it works in the same folder."""
        return f" -w {shlex.quote(self.folder)}" if self.folder else ""

    def text(self, both: Mapping[str, str]) -> str:
        """Return the text of `{vi, en}` in the session's language."""
        return both.get(self.lang) or both.get("en") or next(iter(both.values()), "")

    def word(self, key: str, **params: object) -> str:
        """Return a fixed word of `words.yaml` in the session's language."""
        return word(key, self.lang, **params)

    def number(self, value: float, places: int = 0) -> str:
        """Return a number as people write it in the session's language."""
        return number(value, self.lang, places=places)

    def value(self, prefix: str, code: str) -> str:
        """Return the word for a value of an open set, or the value itself."""
        return word_or_code(prefix, code, self.lang)

    def kind(self, kind: str) -> str:
        """Return the word for a kind of ledger entries, as a report says it, or the kind itself."""
        from phantang.flow.report.texts import texts

        return texts().get(f"kind.{kind}", {}).get(self.lang, kind)

    def words(self, key: str, **params: object) -> str:
        """Return a fixed word in every language of the session, said once where they agree."""
        return " · ".join(dict.fromkeys(word(key, lang, **params) for lang in self.langs))

    def print_json(self, value: Any) -> None:
        """Print one JSON object on one line, as it is, whatever the terminal."""
        import json

        click.echo(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")))

    def print_rows(self, form: str, rows: Iterable[Mapping[str, Any]]) -> bool:
        """Print objects for a script, one a line (`jsonl`) or in a list (`json`); tell whether `form` is either."""
        if form in {"json", "jsonl"}:
            click.echo(json_text(form, rows), nl=False)
        return form in {"json", "jsonl"}

    def person(self, given: str | None) -> str:
        """Return who is acting: `--by`, or the login name, which `tell_login` says once all is done."""
        if found := given or os.environ.get("PHANTANG_BY"):
            return found
        try:
            self.login = getpass.getuser()
        except (KeyError, OSError):
            raise InputError("person_unknown") from None
        return self.login

    def tell_login(self) -> None:
        """Say on standard error in whose name something was decided, if nobody said it."""
        if self.login is not None:
            self.err.print(self.word("by_login", name=self.login), soft_wrap=True)


def locale_language() -> str:
    """Return `vi` for a Vietnamese locale, and `en` for any other."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "vi" if spoken.lower().startswith("vi") else "en"


def _console(*, stderr: bool) -> Console:
    console = _Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPE_WIDTH  # rich assumes 80 columns where nobody can say, which folds every table
    return console


def read_text(path: str) -> str:
    """Read a UTF-8 text file, or standard input for `-`. Raises `InputError`: `file_unreadable`, `file_not_utf8`."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("file_not_utf8", path=path, offset=error.start) from None
    except OSError as error:
        raise InputError("file_unreadable", path=path, what=error) from None
