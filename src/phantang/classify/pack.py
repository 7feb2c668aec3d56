"""Rule packs: YAML text to frozen rules, strictly. `classifiers/README.md` describes the form."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

import yaml

from phantang.classify.rules.backtracking import explodes
from phantang.classify.rules.fields import Fields
from phantang.classify.rules.rule import (
    Alone,
    Confidence,
    Examples,
    Group,
    Level,
    Lexicon,
    NameExample,
    Rule,
    Source,
    Spread,
    ValueTest,
)
from phantang.classify.rules.rule_yaml import line_of, load_yaml
from phantang.classify.values.columnwise import COLUMN_CHECKS
from phantang.classify.values.validators import VALIDATORS
from phantang.model.errors import WorkspaceError

#: Presidio recognisers a rule may name. Not its e-mail recogniser, which would fetch a list from the network.
PRESIDIO_RECOGNISERS = (
    "CreditCardRecognizer", "CryptoRecognizer", "DeSocialSecurityRecognizer", "EsNifRecognizer",
    "FiPersonalIdentityCodeRecognizer", "IbanRecognizer", "InAadhaarRecognizer", "InPanRecognizer", "IpRecognizer",
    "ItFiscalCodeRecognizer", "KrRrnRecognizer", "MacAddressRecognizer", "NhsRecognizer", "SePersonnummerRecognizer",
    "AuMedicareRecognizer", "CaSinRecognizer", "EsNieRecognizer",
    "SgFinRecognizer", "ThTninRecognizer", "UkNinoRecognizer", "UsMbiRecognizer", "UsSsnRecognizer",
)  # fmt: skip
_STATUSES = ("verified", "secondary", "unverified")
_TYPES = ("text", "integer", "number", "date", "timestamp", "time", "boolean", "binary", "json", "other")
#: What could match the newline between two values of a column (each column is matched as one text).
_CROSSES_LINES = re.compile(r"\\[sDWS](?![^\[]*\])|\[\^(?![^\]]*\\n)|\(\?[a-zA-Z]*s")
#: What has another meaning, or none, where patterns of a rule are one expression: names of groups, references, flags.
_ALONE_ONLY = re.compile(r"\(\?P[<=]|\(\?\(|\(\?[aiLmsux]+\)|\\[1-9]")
_ESCAPED = re.compile(r"\\[^1-9]")
_Choice = TypeVar("_Choice", bound=str)


def parse_packs(
    packs: Mapping[str, str], tags: Collection[str], *, judged: Collection[str] = ()
) -> tuple[tuple[Rule, ...], Lexicon]:
    """Read all packs; return the rules in order of path and the lexicons added up.

    Patterns of the packs at the paths `judged` are known not to explode.
    Raises `WorkspaceError`: naming file, rule and key: `classifier_pack_broken`, `classifier_key_unknown`,
    `classifier_key_invalid`, `classifier_tag_unknown`, `classifier_rule_duplicate`, `classifier_pattern_broken`,
    `classifier_pattern_explodes`.
    """
    rules: dict[str, Rule] = {}
    lexicon = Lexicon()
    for file in sorted(packs):
        pack = _load(file, packs[file])
        lexicon = _merge(lexicon, _lexicon(pack.mapping("lexicon")))
        defaults = pack.mapping("defaults")
        sources, not_in = _sources(defaults), defaults.texts("not_in")
        defaults.done()
        for entry in pack.mappings("rules"):
            rule = _rule(entry, tags, sources, not_in)
            if rule.id in rules:
                raise WorkspaceError("classifier_rule_duplicate", file=file, rule=rule.id, other=rules[rule.id].file)
            if file not in judged:
                _require_bounded(rule, packs[file])
            rules[rule.id] = rule
        pack.done()
    if not rules:
        raise WorkspaceError("classifier_packs_empty")
    return tuple(rules.values()), lexicon


def _load(file: str, text: str) -> Fields:
    try:
        document = load_yaml(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise WorkspaceError("classifier_pack_broken", file=file, line=line) from None
    return Fields(document, file=file)


def _lexicon(fields: Fields) -> Lexicon:
    abbreviations = fields.mapping("abbreviations")
    tables, columns = fields.mapping("tables"), fields.mapping("columns")
    demote, initials = fields.mapping("demote"), fields.mapping("initials")
    what, whose = initials.mapping("what"), initials.mapping("whose")
    lexicon = Lexicon(
        abbreviations={key: abbreviations.text(key) for key in abbreviations.keys()},  # noqa: SIM118 - not a mapping
        roles=fields.texts("roles"),
        organisations=fields.texts("organisations"),
        things=fields.texts("things"),
        tables={key: tables.texts(key) for key in tables.keys()},  # noqa: SIM118 - not a mapping
        columns={key: columns.texts(key) for key in columns.keys()},  # noqa: SIM118 - not a mapping
        first=demote.texts("first"),
        last=demote.texts("last"),
        anywhere=demote.texts("anywhere"),
        counts=demote.texts("counts"),
        keeps=demote.texts("keeps"),
        keys=demote.texts("keys"),
        coded=demote.texts("coded"),
        generic=fields.texts("generic"),
        trailing=fields.texts("trailing"),
        short=fields.texts("short"),
        ordinary=fields.texts("ordinary"),
        what={key: what.text(key) for key in what.keys()},  # noqa: SIM118 - not a mapping
        glued=initials.texts("glued"),
        whose={key: whose.text(key) for key in whose.keys()},  # noqa: SIM118 - not a mapping
    )
    for part in (abbreviations, tables, columns, demote, what, whose, initials, fields):
        part.done()
    return lexicon


def _merge(one: Lexicon, two: Lexicon) -> Lexicon:
    tables, columns = _add(one.tables, two.tables), _add(one.columns, two.columns)
    lists = (
        "roles", "organisations", "things", "first", "last", "anywhere", "counts", "keeps", "keys", "coded", "generic",
        "trailing", "short", "ordinary", "glued",
    )  # fmt: skip
    added = {name: getattr(one, name) + getattr(two, name) for name in lists}
    words = {**one.abbreviations, **two.abbreviations}
    what, whose = {**one.what, **two.what}, {**one.whose, **two.whose}
    return replace(one, abbreviations=words, tables=tables, columns=columns, what=what, whose=whose, **added)


def _add(one: Mapping[str, tuple[str, ...]], two: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {kind: one.get(kind, ()) + two.get(kind, ()) for kind in {**one, **two}}


def _rule(pack_entry: Fields, tags: Collection[str], sources: tuple[Source, ...], not_in: tuple[str, ...]) -> Rule:
    pack_entry.rule = pack_entry.text("id")
    fields = pack_entry
    fields.path = ""
    tag = fields.text("tag")
    if not _known(tag, tags):
        raise WorkspaceError("classifier_tag_unknown", file=fields.file, rule=fields.rule, tag=tag)
    names = fields.mapping("names")
    never = names.texts("never")
    phrases = {level: names.texts(level) for level in Level if level in names}
    values = _values(fields.mapping("values")) if "values" in fields else None
    confidence = fields.mapping("confidence")
    own_sources = _sources(fields)
    rule = Rule(
        id=fields.rule,
        tag=tag,
        file=fields.file,
        sources=own_sources or sources,
        names=phrases,
        never=never,
        values=values,
        types=_choices(fields, "types", _TYPES),
        not_in=fields.texts("not_in") if "not_in" in fields else not_in,
        needs=tuple(_group(group) for group in fields.mappings("needs")),
        without=tuple(_group(group) for group in fields.mappings("without")),
        confidence=Confidence(
            confidence.share("name", 0.9), confidence.share("person", 0.75), confidence.share("values", 0.9)
        ),
        companion=fields.flag("companion"),
        match=_examples(fields.mapping("match")),
        near_miss=_examples(fields.mapping("near_miss")),
    )
    for part in (names, confidence, fields):
        part.done()
    _require(rule, fields)
    return rule


def _known(tag: str, tags: Collection[str]) -> bool:
    """Tell whether `tag` is in the vocabulary or finer than one of its tags."""
    parts = tag.split(".")
    return any(".".join(parts[:length]) in tags for length in range(len(parts), 0, -1))


def _require(rule: Rule, fields: Fields) -> None:
    """Require that a rule cites a source, can match something, and shows a match and a near miss."""
    if not rule.sources:
        raise fields.wrong("sources", "[{ref, status}, ...]")
    if not any(rule.names.values()) and rule.values is None:
        raise fields.wrong("names", "names | values")
    if not (rule.match.names or rule.match.values):
        raise fields.wrong("match", "{names, values}")
    if not (rule.near_miss.names or rule.near_miss.values):
        raise fields.wrong("near_miss", "{names, values}")


def _require_bounded(rule: Rule, text: str) -> None:
    """Require that no value can hold up a scan: that every pattern reads it in few enough ways."""
    if (test := rule.values) is None:
        return
    for pattern in (*test.patterns, *test.also, *filter(None, [test.form])):
        if explodes(pattern, in_text=test.in_text, ignore_case=test.ignore_case):
            line = line_of(text, rule.id, pattern)
            raise WorkspaceError("classifier_pattern_explodes", file=rule.file, line=line, rule=rule.id)


def _sources(fields: Fields) -> tuple[Source, ...]:
    found: list[Source] = []
    for entry in fields.mappings("sources"):
        found.append(Source(entry.text("ref"), _choice(entry, "status", _STATUSES)))
        entry.done()
    return tuple(found)


def _values(fields: Fields) -> ValueTest:
    values = ValueTest(
        patterns=tuple(_pattern(fields, text) for text in fields.texts("patterns")),
        also=tuple(_pattern(fields, text) for text in fields.texts("also")),
        presidio=_choice(fields, "presidio", PRESIDIO_RECOGNISERS) if "presidio" in fields else None,
        form=_pattern(fields, fields.text("form")) if "form" in fields else None,
        validator=_choice(fields, "validator", VALIDATORS) if "validator" in fields else None,
        column_check=_choice(fields, "column_check", COLUMN_CHECKS) if "column_check" in fields else None,
        share=fields.share("share", 0.8),
        alone=Alone(_choice(fields, "alone", [str(item) for item in Alone])) if "alone" in fields else Alone.NEVER,
        spread=Spread(_choice(fields, "spread", [str(item) for item in Spread])) if "spread" in fields else Spread.ANY,
        ignore_case=fields.flag("ignore_case"),
        in_text=fields.flag("in_text"),
        stop=fields.flag("stop"),
    )
    if bool(values.patterns) == bool(values.presidio):
        raise fields.wrong("patterns", "patterns | presidio")
    if bool(values.form) != bool(values.presidio):
        raise fields.wrong("form", "presidio: form")
    fields.done()
    return values


def _pattern(fields: Fields, text: str) -> str:
    """Return a pattern that compiles, also beside the other patterns of its rule."""
    position = None
    try:
        re.compile(text)
    except re.error as error:
        position = error.pos or 0
    if position is None and (found := _ALONE_ONLY.search(_ESCAPED.sub("__", text))):
        position = found.start()
    if position is not None:
        raise WorkspaceError("classifier_pattern_broken", file=fields.file, rule=fields.rule, position=position)
    if _CROSSES_LINES.search(text):
        raise WorkspaceError("classifier_pattern_crosses_lines", file=fields.file, rule=fields.rule)
    return text


def _group(fields: Fields) -> Group:
    group = Group(fields.texts("table"), fields.texts("tags"), fields.texts("names"))
    fields.done()
    if not (group.table or group.tags or group.names):
        raise fields.wrong(fields.path, "table | tags | names")
    return group


def _examples(fields: Fields) -> Examples:
    names: list[NameExample] = []
    for item in fields.items("names"):
        if isinstance(item, str):
            names.append(NameExample(item))
            continue
        entry = Fields(item, file=fields.file, rule=fields.rule, path=f"{fields.path}.names")
        names.append(
            NameExample(
                entry.text("name"),
                entry.text("table", ""),
                entry.texts("beside"),
                entry.optional_text("comment"),
                entry.text("type", "VARCHAR"),
            )
        )
        entry.done()
    examples = Examples(tuple(names), fields.texts("values"))
    fields.done()
    return examples


def _choice(fields: Fields, key: str, allowed: Collection[str]) -> str:
    value = fields.text(key)
    if value not in allowed:
        raise fields.wrong(key, " | ".join(sorted(allowed)))
    return value


def _choices(fields: Fields, key: str, allowed: Collection[str]) -> tuple[str, ...]:
    values = fields.texts(key)
    if not set(values) <= set(allowed):
        raise fields.wrong(key, " | ".join(sorted(allowed)))
    return values
