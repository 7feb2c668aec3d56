"""The `phantang` command and the way every command ends: an exit code, and at most one line of error."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import click

from phantang import __version__
from phantang.cli import answers, audit, catalog, classifiers, demo, init, match, policy, quality, query, scan
from phantang.cli.help import Context, commands, usage_message
from phantang.cli.output import STDOUT, ReaderLeftError, abandon_stdout, prepare_streams
from phantang.cli.session import Session
from phantang.model.errors import PhantangError

_EPILOG = """\b
Exit codes: 0 allowed or done, 3 denied, 2 usage or bad input, 1 a fault of ours.
Start here:  phantang demo
"""


class _Sections(click.Group):
    """A group whose help lists commands under the user they serve, in the order of the work."""

    sections = (
        ("Start", ("demo", "init", "doctor")),
        ("Data officers", ("scan", "catalog", "classifiers", "quality", "answers")),
        ("Agencies and businesses", ("explain", "query", "match")),
        ("Policy authors", ("policy",)),
        ("Auditors", ("audit",)),
    )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands of each section; click's own listing is one flat block."""
        for title, names in self.sections:
            with formatter.section(title):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(90)) for name in names])


def _speak(context: click.Context, _: click.Parameter, lang: str | None) -> None:
    """Set the language before `--help` speaks."""
    context.obj.spoken = lang


@click.group(cls=_Sections, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="phantang")
@click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False),
    envvar="PHANTANG_WORKSPACE",
    help="Workspace folder; by default the nearest folder above that holds phantang.toml.",
)
@click.option(
    "--lang",
    type=click.Choice(["vi", "en"]),
    envvar="PHANTANG_LANG",
    is_eager=True,
    expose_value=False,
    callback=_speak,
    help="Language of messages (default: that of phantang.toml, then the locale).",
)
@click.pass_obj
def cli(session: Session, workspace: str | None) -> None:
    """Phân Tầng: classify data, tier it, and let policy decide every query.

    A workspace is a folder with phantang.toml, policies/, classifiers/ and catalog/: text that people review.
    State (ledger, keys) goes to .phantang/ inside it.
    """
    session.folder = workspace


for command in (
    demo.demo,
    init.init,
    init.doctor,
    scan.scan,
    catalog.catalog,
    quality.quality,
    answers.answers,
    query.explain,
    query.query,
    match.match,
    policy.policy,
    classifiers.classifiers,
    audit.audit,
):
    cli.add_command(command)
for command in commands(cli):
    command.context_class = Context


def main() -> None:
    """Run the command line and exit."""
    try:
        prepare_streams()
    except PhantangError as error:
        _fail(render_error(error, Session().lang))
        sys.exit(error.exit_code)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; no exception leaves here, and nothing prints a traceback.

    Set `PHANTANG_DEBUG=1` to see the traceback of a fault of ours.
    """
    session = Session()
    try:
        result = cli.main(args=arguments, prog_name="phantang", standalone_mode=False, obj=session)
        sys.stdout.flush()  # a full disk is known only now
        session.tell_login()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.Abort:
        _fail(f"{session.word('interrupted')} [interrupted]")
        return 130
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        usage = f" {session.word('try_help')} {context.command_path} --help" if context else ""
        _fail(f"{usage_message(error, session.lang)}{usage} [usage]")
        return 2
    except PhantangError as error:
        if error.code == "output_unwritable" and error.params["path"] == STDOUT:
            abandon_stdout()
        _fail(render_error(error, session.lang))
        return error.exit_code
    except ReaderLeftError:
        abandon_stdout()
        return 0
    except Exception as error:
        if os.environ.get("PHANTANG_DEBUG"):
            raise
        fault = PhantangError("internal", what=type(error).__name__)
        _fail(render_error(fault, session.lang))
        return fault.exit_code
    return result if isinstance(result, int) else 0


def render_error(error: PhantangError, lang: str) -> str:
    """Return the one line an error is shown as."""
    return f"{error.message(lang)} {error.remedy(lang)} [{error.code}]".replace("\n", " ")


def _fail(line: str) -> None:
    stream = sys.stderr
    text = f"phantang: {line}\n"
    with suppress(OSError):  # the exit code is all that can still be told
        stream.write(text.encode(stream.encoding or "utf-8", "backslashreplace").decode(stream.encoding or "utf-8"))
        stream.flush()
