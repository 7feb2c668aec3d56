"""Help and usage errors in the session's language.

Commands are written in English, as click wants them; `help.vi.yaml` beside this file has every text a second time.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import click
import yaml

from phantang.cli.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: What click puts behind the help of an option: `[default: table]`, `[required]`, `[1<=x<=9]`.
_EXTRA = re.compile(r"(?P<text>.*?)(?P<extra>(?:  )?\[[^\[\]]*\])?", re.DOTALL)


@cache
def translations() -> dict[str, str]:
    """Return every help text in Vietnamese, by its English with white space folded."""
    text = resources.files("phantang.cli").joinpath("help.vi.yaml").read_text(encoding="utf-8")
    pairs: list[dict[str, str]] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return {fold(pair["en"]): pair["vi"] for pair in pairs}


def fold(text: str) -> str:
    """Return `text` on one line."""
    return " ".join(text.replace("\b", " ").split())


class _Formatter(click.HelpFormatter):
    """A formatter that writes Vietnamese where there is some."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args, prefix or f"{_vietnamese('Usage:')} ")

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        super().write_heading(_vietnamese(heading))

    def write_text(self, text: str) -> None:
        """Write the paragraphs of a command's help."""
        super().write_text("\n\n".join(map(_vietnamese, text.split("\n\n"))))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options or commands."""
        super().write_dl([(name, _with_extra(text)) for name, text in rows], col_max, col_spacing)


class Context(click.Context):
    """A context that formats help in the language of its session."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return click's formatter, or the Vietnamese one."""
        if self.obj is not None and self.obj.lang == "vi":
            self.formatter_class = _Formatter
        return super().make_formatter()


def commands(root: click.Command) -> Iterator[click.Command]:
    """Yield a command and everything below it."""
    yield root
    if isinstance(root, click.Group):
        for command in root.commands.values():
            yield from commands(command)


def usage_message(error: click.ClickException, lang: str) -> str:
    """Return what is wrong with the command line; click has its own words for it in English."""
    if isinstance(error, click.exceptions.NoSuchCommand):
        near = ", ".join([*(error.possibilities or ()), *_namesakes(error)])
        key = "usage.no_such_command_near" if near else "usage.no_such_command"
        return word(key, lang, name=error.command_name, near=near)
    if lang != "vi":
        return error.format_message()
    match error:
        case click.NoSuchOption():
            near = ", ".join(error.possibilities or ())
            return word(
                "usage.no_such_option_near" if near else "usage.no_such_option", lang, name=error.option_name, near=near
            )
        case click.MissingParameter():
            return word("usage.missing", lang, name=_name(error))
        case click.BadParameter():
            return word("usage.bad_value", lang, name=_name(error), wanted=_wanted(error))
        case click.UsageError():
            found = re.search(r"Got unexpected extra arguments? \((?P<name>.*)\)", error.message, re.DOTALL)
            if found is not None:
                return word("usage.extra_argument", lang, name=found["name"])
    return error.format_message()


def _namesakes(error: click.exceptions.NoSuchCommand) -> list[str]:
    """Return the commands of this name in groups: `report` is `catalog report` and `quality report`."""
    root = error.ctx.find_root().command if error.ctx else None
    groups = [one for one in commands(root) if isinstance(one, click.Group) and one is not root] if root else []
    return [f"{group.name} {error.command_name}" for group in groups if error.command_name in group.commands]


def _name(error: click.BadParameter) -> str:
    param = error.param
    if param is None:
        return str(error.param_hint or "")
    return (
        param.make_metavar(error.ctx) if isinstance(param, click.Argument) and error.ctx else max(param.opts, key=len)
    )


def _wanted(error: click.BadParameter) -> str:
    """Say what would be accepted, as far as the type of the parameter tells; otherwise what click says."""
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.Choice):
        return ", ".join(map(str, kind.choices))
    if isinstance(kind, (click.IntRange, click.FloatRange)):
        return kind._describe_range()  # noqa: SLF001 - the only place where the range is said
    return error.message


def _vietnamese(text: str) -> str:
    return translations().get(fold(text), text)


def _with_extra(text: str) -> str:
    found = _EXTRA.fullmatch(text)
    if text in translations() or found is None:
        return _vietnamese(text)
    extra = (found["extra"] or "").replace("[default:", "[mặc định:").replace("[required]", "[bắt buộc]")
    return _vietnamese(found["text"].strip()) + extra
