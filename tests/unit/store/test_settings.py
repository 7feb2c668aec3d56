"""`phantang.toml`: strict, with the line, and never a secret in an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from phantang.model.errors import WorkspaceError
from phantang.store.settings import Settings, parse_settings
from phantang.store.source_url import fill_url

FULL = """\
lang = "en"
[workspace]
name = "Bộ Tư pháp"
[sources.dan_cu]
url = "duckdb:///data/dan_cu.duckdb"
[sources.ho_tich]
url = "postgresql://app:${HT_PASSWORD}@db.example/ho_tich"
[policy]
engine = "opa"
opa_url = "http://opa:8181"
timeout_seconds = 2
[query]
timeout_seconds = 9.5
max_rows = 10
[scan]
sample_rows = 50
"""


def test_every_key() -> None:
    assert parse_settings(FULL) == Settings(
        name="Bộ Tư pháp",
        sources={
            "dan_cu": "duckdb:///data/dan_cu.duckdb",
            "ho_tich": "postgresql://app:${HT_PASSWORD}@db.example/ho_tich",
        },
        lang="en",
        policy_engine="opa",
        opa_url="http://opa:8181",
        policy_timeout_seconds=2,
        query_timeout_seconds=9.5,
        query_max_rows=10,
        scan_sample_rows=50,
    )


def test_defaults() -> None:
    assert parse_settings('[workspace]\nname = "x"\n') == Settings("x", {})


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("[workspace\n", "config_syntax", "1"),
        ('[workspace]\nname = "x"\n[sources.a]\nurl = "post', "config_syntax", "4"),
        ('lang = "vi"\nlang = "en"\n', "config_syntax", "2"),
        (FULL.replace("max_rows", "max_row"), "config_key_unknown", "14"),
        (FULL.replace("[scan]", "[scam]"), "config_key_unknown", "15"),
        ("speed = 1\n" + FULL, "config_key_unknown", "1"),
        (FULL.replace('url = "duckdb', 'uri = "duckdb'), "config_key_unknown", "5"),
        (FULL.replace('"opa"', '"OPA"'), "config_value_invalid", "9"),
        (FULL.replace('"en"', '"fr"'), "config_value_invalid", "1"),
        (FULL.replace("= 10\n", "= true\n"), "config_value_invalid", "14"),
        (FULL.replace("= 10\n", "= 0\n"), "config_value_invalid", "14"),
        (FULL.replace("= 2\n", "= nan\n"), "config_value_invalid", "11"),
        (FULL.replace("http://opa:8181", "http://u:p@opa"), "config_value_invalid", "10"),
        (FULL.replace("[sources.dan_cu]", "[sources.Dân]".replace("â", "a")), "config_value_invalid", "4"),
        ('[workspace]\nname = "a\\nb"\n', "config_value_invalid", "2"),
        ("workspace = 3\n", "config_value_invalid", "1"),
        (
            'sources = ["a"]\n' + FULL.partition("[sources.dan_cu]")[0].replace('lang = "en"\n', ""),
            "config_value_invalid",
            "1",
        ),
    ],
)
def test_errors_name_the_line(text: str, code: str, line: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        parse_settings(text)
    assert (caught.value.code, caught.value.params["line"]) == (code, line)
    assert "<" not in caught.value.message("vi") + caught.value.message("en")


@pytest.mark.parametrize(
    ("text", "key"),
    [("", "[workspace] name"), ("[workspace]\n", "[workspace] name"),
     ('[workspace]\nname = "x"\n[sources.a]\n', "[sources.a] url")],
)  # fmt: skip
def test_missing_keys(text: str, key: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        parse_settings(text)
    assert (caught.value.code, caught.value.params["key"]) == ("config_key_missing", key)


@pytest.mark.parametrize(
    "url", ["", "mật-khẩu-s3cret", "s3cret@host", "duckdb:", "postgresql://a b:s3cret@h/d", "pg://${s3cret", "pg://h/\n",
            7, ["s3cret"]],
)  # fmt: skip
def test_an_unusable_url_is_not_shown(url: object) -> None:
    from phantang.store.source_url import check_url

    with pytest.raises(WorkspaceError) as caught:
        check_url("a", url)
    assert caught.value.code == "source_url_invalid"
    assert "s3cret" not in str(caught.value) + caught.value.remedy("vi")


def test_a_syntax_error_shows_no_text_of_the_file() -> None:
    with pytest.raises(WorkspaceError) as caught:
        parse_settings('[sources.a]\nurl = "postgresql://u:s3cret@h/d\n')
    assert "s3cret" not in str(caught.value)


WORKSPACE = Path("/srv/kho")


@pytest.mark.parametrize(
    ("url", "filled"),
    [
        ("duckdb:///data/a.duckdb", "duckdb:////srv/kho/data/a.duckdb"),
        ("duckdb:///../a.duckdb?access_mode=read_only", "duckdb:////srv/kho/../a.duckdb?access_mode=read_only"),
        ("duckdb:///dữ liệu/a.duckdb", "duckdb:////srv/kho/dữ liệu/a.duckdb"),
        ("duckdb:////abs/a.duckdb", "duckdb:////abs/a.duckdb"),
        ("duckdb:///:memory:", "duckdb:///:memory:"),
        ("duckdb://", "duckdb://"),
        ("postgresql://u:${PW}@h/d", "postgresql://u:p%40ss%2F%3A%25%24%7BPW%7D@h/d"),
        ("${URL}", "postgresql://u:p%40@h/d"),
        ("${REL}", "duckdb:////srv/kho/x.duckdb"),
        ("sqlite:///rel.db", "sqlite:////srv/kho/rel.db"),
    ],
)
def test_urls_are_filled_in(url: str, filled: str) -> None:
    environment = {"PW": "p@ss/:%${PW}", "URL": "postgresql://u:p%40@h/d", "REL": "duckdb:///x.duckdb"}
    assert fill_url("a", url, WORKSPACE, environment) == filled


@pytest.mark.parametrize(
    ("environment", "code"),
    [({}, "env_var_missing"), ({"U": ""}, "env_var_missing"), ({"U": "s3cret"}, "source_url_invalid")],
)
def test_the_environment_can_be_wrong(environment: dict[str, str], code: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        fill_url("a", "${U}", WORKSPACE, environment)
    assert caught.value.code == code
    assert "s3cret" not in str(caught.value)
