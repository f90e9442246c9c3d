"""Any export is read, and a bad row costs only itself."""

import gzip
from pathlib import Path

import pytest

from training.errors import BadExport
from training.export import BadRow, Row, read_export
from triage.cli.columns import columns_of
from triage.errors import BadInput

TEXT = (
    "number,short_description,description\r\n"
    'INC1,Zugang für Jürgen,"line one\nline ""two"", three"\r\nINC2,ok,x\r\n'
)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def rows(path: Path) -> list[Row]:
    return [row for row in read_export(path) if isinstance(row, Row)]


def bad(path: Path) -> list[BadRow]:
    return [row for row in read_export(path) if isinstance(row, BadRow)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    found = rows(written(tmp_path / "x.csv", TEXT.encode(encoding)))
    assert [row.fields["number"] for row in found] == ["INC1", "INC2"]
    assert found[0].fields["short_description"] == "Zugang für Jürgen"
    assert found[0].fields["description"].replace("\r\n", "\n") == 'line one\nline "two", three'


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_are_recognised(tmp_path: Path, separator: str) -> None:
    data = separator.join(("number", "short_description")) + "\n" + separator.join(("INC1", "hi")) + "\n"
    assert rows(written(tmp_path / "x.csv", data.encode()))[0].fields == {
        "number": "INC1",
        "short_description": "hi",
    }


def test_labels_of_the_interface_stand_for_field_names(tmp_path: Path) -> None:
    data = 'Number,Kurzbeschreibung,"Assignment group",U Intent\nINC1,hi,Desk,other\n'
    fields = rows(written(tmp_path / "x.csv", data.encode()))[0].fields
    assert set(fields) == {"number", "short_description", "assignment_group", "u_intent"}


def test_gzip_is_read(tmp_path: Path) -> None:
    assert len(rows(written(tmp_path / "x.csv.gz", gzip.compress(TEXT.encode())))) == 2


def test_json_lines_are_read(tmp_path: Path) -> None:
    data = '{"short_description": "hi", "variables": {"user": "Ä"}}\nnonsense\n[1]\n\n{"description": "yo"}\n'
    path = written(tmp_path / "x.jsonl", data.encode())
    assert [row.line for row in rows(path)] == [1, 5]
    assert rows(path)[0].fields["variables"] == '{"user": "Ä"}'
    assert [row.line for row in bad(path)] == [2, 3]


def test_rows_with_too_many_or_too_few_cells_are_named_and_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", b"number,short_description\nINC1,a\nINC2\nINC3,b,c\nINC4,d\n")
    assert [(row.line, row.reason) for row in bad(path)] == [
        (3, "1 cells where the header has 2"),
        (4, "3 cells where the header has 2"),
    ]
    assert [row.fields["number"] for row in rows(path)] == ["INC1", "INC4"]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", b'number,short_description\nINC1,"a\nINC2,b\nINC3,c\n')
    assert [row.line for row in bad(path)] == [2]
    assert [row.fields["number"] for row in rows(path)] == ["INC2", "INC3"]


def test_one_undecodable_row_does_not_turn_the_file_into_another_encoding(tmp_path: Path) -> None:
    good = "".join(f"INC{n},für\n" for n in range(20)).encode()
    path = written(tmp_path / "x.csv", b"number,short_description\n" + good + b"INC99,f\xfcr\n")
    assert len(rows(path)) == 20
    assert [row.line for row in bad(path)] == [22]


def test_a_row_that_says_nothing_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", b"number,short_description,description\nINC1, ,\nINC2,,x\n")
    assert [row.line for row in bad(path)] == [2]


@pytest.mark.parametrize("data", [b"", b"\n", b"a,b\n1,2\n"])
def test_a_file_that_is_no_export_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadExport) as refused:
        list(read_export(written(tmp_path / "x.csv", data)))
    assert refused.value.hint


def test_a_header_nobody_knows_is_shown_and_can_be_chosen(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", b"Vorgang;Problemtext;Art\nINC1;Kennwort vergessen;x\n")
    with pytest.raises(BadExport, match="Problemtext") as refused:
        list(read_export(path))
    assert "--column" in refused.value.hint
    chosen = columns_of(["description=Problemtext", "number = vorgang"])
    [row] = read_export(path, chosen)
    assert isinstance(row, Row)
    assert row.fields == {"number": "INC1", "description": "Kennwort vergessen", "art": "x"}


@pytest.mark.parametrize("choice", ["Problemtext", "=x", "description=", "colour=Farbe"])
def test_a_choice_that_names_no_field_or_header_is_refused(choice: str) -> None:
    with pytest.raises(BadInput) as refused:
        columns_of([choice])
    assert "short_description" in refused.value.hint


def test_lines_may_end_as_on_an_old_mac(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", b"number,short_description\rINC1,hi\rINC2,ho\r")
    assert [row.fields["number"] for row in rows(path)] == ["INC1", "INC2"]


def test_the_separator_line_of_a_spreadsheet_is_no_header(tmp_path: Path) -> None:
    [row] = rows(written(tmp_path / "x.csv", b"sep=;\r\nnumber;short_description\r\nINC1;hi, you\r\n"))
    assert row == Row(3, {"number": "INC1", "short_description": "hi, you"})


def test_of_several_columns_for_one_field_the_first_that_says_something_counts(tmp_path: Path) -> None:
    data = b"Description,Beschreibung\na,\n,b\nc,d\n"
    assert [row.fields["description"] for row in rows(written(tmp_path / "x.csv", data))] == ["a", "b", "c"]


@pytest.mark.parametrize("data", [b"PK\x03\x04\x14\0\0\0x\ry\n", b'[{"short_description": "x"}]', b"sep=;\n"])
def test_workbooks_lists_and_bare_separators_are_refused_with_what_to_do(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadExport) as refused:
        list(read_export(written(tmp_path / "x.xlsx", data)))
    assert refused.value.hint
    assert len(str(refused.value)) < 300


def test_hostile_json_costs_its_own_row(tmp_path: Path) -> None:
    deep = b'{"description": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    path = written(tmp_path / "x.jsonl", deep + b'{"records": []}\n{"description": "half \\ud800 a pair"}\n')
    assert [row.line for row in bad(path)] == [1, 2]
    [row] = rows(path)
    assert row.fields["description"] == "half ? a pair"
