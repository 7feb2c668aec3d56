"""`phantang match`: does what a business holds of a person match? Yes or no."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from rich.text import Text

from phantang.cli.explained import print_denial
from phantang.cli.session import read_text
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from phantang.cli.session import Session


@click.command(short_help="Does what a business holds of a person match? Yes or no.")
@click.argument("person", nargs=-1, required=True, metavar="number=... name=... birth_date=... | -")
@click.option("--as", "subject", required=True, metavar="SUBJECT", help="A business of catalog/agencies/.")
@click.option("--consent", "--consent-id", "consent_id", metavar="ID", help="The person's consent.")
@click.option("--consent-until", metavar="DATE", help="The last day of the consent, YYYY-MM-DD.")
@click.option("--purpose", default="B1", show_default=True, metavar="P", help="A purpose of catalog/purposes.yaml.")
@click.option("--source", metavar="SOURCE", help="Which register (default: the only one).")
@click.option("--table", metavar="SCHEMA.TABLE", help="Which table, where several could answer.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def match(
    session: Session,
    person: tuple[str, ...],
    subject: str,
    consent_id: str | None,
    consent_until: str | None,
    purpose: str,
    source: str | None,
    table: str | None,
    form: str,
) -> int:
    """Answer whether one person of the register has this number, name and birth date; no value is ever shown.

    Diacritics of a name count; letter case, normal forms of Unicode and blanks between words do not. Of a number
    blanks, dots, hyphens and lost leading zeros do not. Spellings that are tried one after the other count as one.

    A table has one column for each of the three tags. Of several, those named after a relative are left aside; if
    several numbers are left, the table's privacy_unit is compared.

    Arguments of a command can be seen by others on the same machine: with - the person is read from standard input, one
    JSON object. Exit code 0 whatever the answer, 3 when it is denied.
    """
    from phantang.flow.query.gateway import Denied, Gateway
    from phantang.flow.query.match import match_person

    given = _person(person)
    with Gateway.open(session.workspace.path) as gateway:
        try:
            answer = match_person(
                gateway,
                given,
                subject=subject,
                consent_id=consent_id,
                consent_until=consent_until,
                purpose=purpose,
                source=source,
                table=table,
                channel="cli",
            )
        except Denied as denied:
            return print_denial(session, denied.explanation)
    if form == "json":
        session.print_json(answer.to_json())
    else:
        session.out.print(Text(session.word("match.yes" if answer.match else "match.no"), style="bold"))
    name = given["name"]
    if not answer.match and name.isascii():  # told of what was typed, not found
        session.err.print(session.word("match.spelling"), soft_wrap=True)
    return 0


def _person(given: tuple[str, ...]) -> dict[str, str]:
    if given == ("-",):
        try:
            value = json.loads(read_text("-"))
        except (ValueError, RecursionError):
            raise InputError("match_person", field="-") from None
        if not isinstance(value, dict):
            raise InputError("match_person", field="-")
        return value
    pairs = [pair.partition("=") for pair in given]
    if not all(mark for _, mark, _ in pairs) or len({name for name, _, _ in pairs}) != len(pairs):
        raise InputError("match_person", field="-")
    return {name: value for name, _, value in pairs}
