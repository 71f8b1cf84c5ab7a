"""Files made to be lost: every format that is read, in every way a row can go by unseen.

A trap is a file with planted titles (``标记…``). Each must be read, refused or told: by its words,
or, where ``told`` says how, by what is said of the place it stands in. Made of three tables: shapes
of a table by its writers, damage of bytes by all formats, and hiding places of each format.
"""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from matcher.corpora.formats.rehearsal import MADE

Rows = list[list[str]]
HEAD = ["项目名称", "需求单位", "榜额(万元)"]
TEXTS = ("csv", "txt", "json", "jsonl", "bib", "ris", "enw", "net", "nbib", "html", "mhtml", "xml")
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET_XML = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
BOOK, ONE = "xl/workbook.xml", "xl/worksheets/sheet1.xml"


@dataclass(frozen=True)
class Trap:
    """A file; ``told`` is what is said (a pattern) of titles that are not read."""

    name: str
    content: bytes
    titles: tuple[str, ...]
    told: str = ""


def titles(seed: str, count: int = 3) -> list[str]:
    """Titles nobody else has; the same ones for the same seed."""
    chance = random.Random(seed)
    things = ["轴承", "叶片", "齿轮", "树脂", "靶材", "电缆", "阀门", "涂层", "转子", "焊丝"]
    return [f"标记{chance.randrange(10**6):06}{chance.choice(things)}寿命" for _ in range(count)]


def rows(named: Sequence[str]) -> Rows:
    return [HEAD, *([name, f"第{n}机械厂", str(100 + n)] for n, name in enumerate(named))]


def zipped(parts: dict[str, str | bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _csv(table: Rows, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(table)
    return out.getvalue().encode()


def _parts(content: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_parts(content: bytes, parts: dict[str, str | bytes]) -> bytes:
    """A container with parts added or put in the place of others."""
    return zipped(_parts(content) | parts)


def changed(content: bytes, part: str, *pairs: tuple[str, str]) -> bytes:
    text = bytes(_parts(content)[part]).decode()  # type: ignore[arg-type]
    for old, new in pairs:
        assert old in text, (part, old)
        text = text.replace(old, new, 1)
    return with_parts(content, {part: text})


def sheet_rows(table: Rows) -> str:
    return "".join(
        "<row>" + "".join(f"<c t='inlineStr'><is><t>{escape(x)}</t></is></c>" for x in row)
        + "</row>" for row in table
    )  # fmt: skip


def _xlsx(table: Rows) -> bytes:
    sheet = f"<worksheet {SHEET_XML}><sheetData>{sheet_rows(table)}</sheetData></worksheet>"
    return with_parts(MADE["xlsx"](), {"xl/worksheets/sheet1.xml": sheet})


def _xls(table: Rows) -> bytes:
    import xlwt

    book, out = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    sheet = book.add_sheet("榜单")
    for r, row in enumerate(table):
        for c, value in enumerate(row[:250]):
            sheet.write(r, c, value[:32_000])
    book.save(out)
    return out.getvalue()


def _ods(table: Rows) -> bytes:
    cells = "".join(
        "<table:table-row>" + "".join(
            f"<table:table-cell office:value-type='string'><text:p>{escape(x)}</text:p>"
            "</table:table-cell>" for x in row
        ) + "</table:table-row>" for row in table
    )  # fmt: skip
    name = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f"<office:document-content xmlns:office='{name}:office:1.0' xmlns:table='{name}:table:1.0'"
        f" xmlns:text='{name}:text:1.0'><office:body><office:spreadsheet>"
        f"<table:table table:name='榜单'>{cells}</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": "<m/>"})


def paragraph(text: str, marks: str = "") -> str:
    return f"<w:p><w:r>{marks}<w:t>{escape(text)}</w:t></w:r></w:p>"


def word_table(table: Rows) -> str:
    made = ("".join(f"<w:tc>{paragraph(x)}</w:tc>" for x in row) for row in table)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in made) + "</w:tbl>"


def word(body: str, parts: dict[str, str | bytes] | None = None) -> bytes:
    document = f"<w:document {_W}><w:body>{body}</w:body></w:document>"
    return zipped({"word/document.xml": document, **(parts or {})})


def page_table(table: Rows) -> str:
    made = ("".join(f"<td>{escape(x)}</td>" for x in row) for row in table)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in made) + "</table>"


def page(body: str) -> bytes:
    return f"<html><head><meta charset='utf-8'></head><body>{body}</body></html>".encode()


def _mhtml(table: Rows) -> bytes:
    packed = base64.encodebytes(page(page_table(table))).decode()
    return (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: '
        f"text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{packed}\n--x--\n"
    ).encode()


def _xml(table: Rows) -> bytes:
    made = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{escape(x)}</Data></Cell>' for x in row)
        + "</Row>" for row in table
    )  # fmt: skip
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="榜单">'
        f"<Table>{made}</Table></Worksheet></Workbook>"
    ).encode()


def pdf(table: Rows, beside: str = "", objects: str = "", page_keys: str = "") -> bytes:
    """A ruled table on a page as wide as it must be; ``beside`` is added to what is drawn."""
    wide, high = 200 * max(map(len, table)), 20 * len(table)
    lines = [f"{20 + 200 * i} 20 m {20 + 200 * i} {20 + high} l S" for i in range(wide // 200 + 1)]
    lines += [f"20 {20 + 20 * i} m {20 + wide} {20 + 20 * i} l S" for i in range(len(table) + 1)]
    for r, row in enumerate(table):
        lines += [words(x, 25 + 200 * c, high + 6 - 20 * r) for c, x in enumerate(row)]
    drawn = "\n".join([*lines, beside])
    old = MADE["pdf"]().decode()
    old = re.sub(r"<</Length.*?endstream", lambda _: f"<</Length {len(drawn)}>>stream\n{drawn}\n"
                 "endstream", old, flags=re.DOTALL)  # fmt: skip
    old = old.replace("[0 0 310 100]", f"[0 0 {wide + 40} {high + 40}]{page_keys}")
    return old.replace("trailer", f"{objects}trailer").encode()


def words(text: str, x: float, y: float) -> str:
    return f"BT /F 8 Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET"


def _objects(table: Rows) -> list[dict[str, str]]:
    return [dict(zip(table[0], row, strict=False)) for row in table[1:]]


def _lines(table: Rows) -> bytes:
    return "".join(json.dumps(x, ensure_ascii=False) + "\n" for x in _objects(table)).encode()


def entry(title: str, key: str = "k") -> str:
    return f"@article{{{key}, title={{{title}}}, author={{张一}}, year={{2020}}}}\n"


def _tagged(form: str) -> Callable[[Rows], bytes]:
    return lambda table: "".join(form.format(row[0]) for row in table[1:]).encode()


def _works(table: Rows) -> bytes:
    return "".join(
        json.dumps({"id": f"https://openalex.org/W{n}", "title": row[0], "authorships": [],
                    "publication_year": 2020}, ensure_ascii=False) + "\n"
        for n, row in enumerate(table[1:], 1)
    ).encode()  # fmt: skip


def _endnote_xml(table: Rows) -> bytes:
    made = "".join(
        f"<record><ref-type name='Journal Article'>17</ref-type><titles><title>{row[0]}</title>"
        "</titles><dates><year>2020</year></dates></record>" for row in table[1:]
    )  # fmt: skip
    return f"<?xml version='1.0'?><xml><records>{made}</records></xml>".encode()


WRITERS: dict[str, Callable[[Rows], bytes]] = {
    "csv": _csv, "txt": lambda table: _csv(table, "\t"), "xlsx": _xlsx, "xls": _xls, "ods": _ods,
    "docx": lambda table: word(word_table(table)), "html": lambda table: page(page_table(table)),
    "mhtml": _mhtml, "xml": _xml, "pdf": pdf,
    "json": lambda table: json.dumps(_objects(table), ensure_ascii=False).encode(),
    "jsonl": _lines, "zip": lambda table: zipped({"榜单.csv": _csv(table)}),
    "bib": lambda table: "".join(entry(row[0], f"k{n}") for n, row in enumerate(table)
                                 if n).encode(),
    "ris": _tagged("TY  - JOUR\nTI  - {}\nAU  - 张一\nPY  - 2020\nER  - \n\n"),
    "enw": _tagged("%0 Journal Article\n%T {}\n%A 张一\n%D 2020\n\n"),
    "net": _tagged("{{Reference Type}}: Journal Article\n{{Title}}: {}\n{{Author}}: 张一\n\n"),
    "nbib": _tagged("PMID- 123\nTI  - {}\nFAU - 张一\nDP  - 2020\n\n"),
    "openalex": _works, "gz": lambda table: gzip.compress(_works(table), mtime=0),
    "endnote-xml": _endnote_xml,
}  # fmt: skip
TABLES = ("csv", "txt", "xlsx", "xls", "ods", "docx", "html", "mhtml", "xml", "pdf")
_SUFFIX = {"openalex": "jsonl", "endnote-xml": "xml"}

# Of a table: what becomes of its rows.
SHAPES: dict[str, Callable[[Rows], Rows]] = {
    "plain": lambda t: t,
    "titled": lambda t: [["二〇二五年榜单", "", ""], ["填表日期：2025年", "", ""], *t],
    "late-header": lambda t: [*([f"说明第{n}条", "", ""] for n in range(30)), *t],
    "header-again": lambda t: [*t[:2], t[0], *t[2:]],
    "totals": lambda t: [*t[:2], ["合计", "", "100"], *t[2:], ["总计", "", "300"]],
    "blank-rows": lambda t: [*t[:2], *[["", "", ""]] * 60, *t[2:]],
    "blank-columns": lambda t: [[row[0], "", "", *row[1:], ""] for row in t],
    "notes": lambda t: [*t[:2], ["注：以下为备选", "", ""], *t[2:], ["注：榜额可议", "", ""]],
    "groups": lambda t: [t[0], ["一、装备制造", "", ""], *t[1:2], ["二、材料", "", ""], *t[2:]],
    "same-rows": lambda t: [*t, *t[1:]],
    "no-organisation": lambda t: [t[0], *([row[0], "", row[2]] for row in t[1:])],
    "long-cell": lambda t: [[*t[0], "攻关内容"], *([*row, "长" * 20_000] for row in t[1:])],
    "formulas": lambda t: [[*t[0], "备注"], *([*row, "=1+cmd|' /C calc'!A0"] for row in t[1:])],
    "lines-in-cells": lambda t: [t[0], *([row[0], "第一行\n第二行", row[2]] for row in t[1:])],
    "invisible": lambda t: [["项\u200b目\u200d名\ufeff称", *t[0][1:]], *t[1:]],
    "spaces": lambda t: [[f" 　{x}　 " for x in row] for row in t],
    "english": lambda t: [["title", "organization", "bounty"], *t[1:]],
    "reversed": lambda t: [row[::-1] for row in t],
    "numbered": lambda t: [["序号", *t[0]], *([str(n), *row] for n, row in enumerate(t[1:], 1))],
    "ragged": lambda t: [t[0], *([*row, "多出", "的格"] for row in t[1:])],
    "markup": lambda t: [t[0], *([row[0], "<script>甲厂</script>&amp;", row[2]] for row in t[1:])],
    "rare": lambda t: [t[0], *([row[0], "𠮷野🏭厂\u202e", row[2]] for row in t[1:])],
    "wide": lambda t: [[*row, *(f"列{n}" for n in range(200))] for row in t],
    "second-table": lambda t: [*t[:2], ["", "", ""], ["团队名称", "单位名称", "研究方向"],
                               ["轴承团队", "某某大学", "轴承"], ["", "", ""], t[0], *t[2:]],
    "side-by-side": lambda t: [[*t[0], "", *t[0]], *([*row, "", *row] for row in t[1:])],
    "split-header": lambda t: [["项目", "单位", "榜额"], ["名称", "", "(万元)"], *t[1:]],
    "no-header": lambda t: t[1:],
    "bad-values": lambda t: [t[0], *([row[0], row[1], "1e308"] for row in t[1:])],
    "one-row": lambda t: t[:2],
    "merged-away": lambda t: [t[0], t[1], ["", t[2][1], t[2][2]], *t[2:]],
}  # fmt: skip


def _flip(content: bytes, count: int, seed: int) -> bytes:
    made, chance = bytearray(content), random.Random(seed)
    for _ in range(count):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def _cut(part: float) -> Callable[[bytes], bytes]:
    return lambda content: content[: int(len(content) * part)]


# Of any file: what becomes of its bytes.
DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut-30": _cut(0.3), "cut-60": _cut(0.6), "cut-90": _cut(0.9), "cut-end": lambda c: c[:-5],
    "flip-1": lambda c: _flip(c, 1, 1), "flip-9": lambda c: _flip(c, 9, 2),
    "flip-99": lambda c: _flip(c, 99, 3), "nulls-behind": lambda c: c + b"\0" * 4096,
    "end-of-text": lambda c: c + b"\x1a", "nulls-within": lambda c: c[:200] + b"\0" * 9 + c[200:],
    "lines-before": lambda c: b"\r\n \r\n" + c, "bom": lambda c: b"\xef\xbb\xbf" + c,
    "huge-numbers": lambda c: re.sub(rb"\b1\b", b"4294967295", c, count=3),
    "packed-twice": lambda c: gzip.compress(gzip.compress(c, mtime=0), mtime=0),
    "carriage-returns": lambda c: c.replace(b"\r\n", b"\n").replace(b"\n", b"\r"),
}  # fmt: skip
ENCODINGS = ("utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be")


def shaped() -> Iterator[Trap]:
    for suffix in TABLES:
        for shape, way in SHAPES.items():
            named = titles(f"{shape}.{suffix}")
            table = way(rows(named))
            kept = [n for n in named if any(n in cell for row in table for cell in row)]
            yield Trap(f"形-{shape}.{suffix}", WRITERS[suffix](table), tuple(kept))


def damaged() -> Iterator[Trap]:
    for kind, write in WRITERS.items():
        suffix = _SUFFIX.get(kind, kind)
        for damage, way in DAMAGE.items():
            named = titles(f"{damage}.{kind}")
            content = way(write(rows(named)))
            plain = kind in (*TEXTS, *_SUFFIX) and kind != "mhtml"
            kept = [n for n in named if not plain or n.encode() in content]
            yield Trap(f"损-{damage}-{kind}.{suffix}", content, tuple(kept), ".")


def encoded() -> Iterator[Trap]:
    for kind in (*TEXTS[:10], "endnote-xml", "xml"):
        for encoding in ENCODINGS:
            named = titles(f"{encoding}.{kind}")
            text = WRITERS[kind](rows(named)).decode()
            content = text.encode(encoding, "ignore")
            yield Trap(f"码-{encoding}-{kind}.{_SUFFIX.get(kind, kind)}", content, tuple(named))


def joined() -> Iterator[Trap]:
    for kind, write in WRITERS.items():
        first, second = titles(f"joined.{kind}", 2)
        suffix = _SUFFIX.get(kind, kind)
        one, two = write(rows([first])), write(rows([second]))
        yield Trap(f"接-{kind}.{suffix}", one + two, (first, second), "首尾相接|末尾|另一个|断了")
        loose = one + "\n项目名称,需求单位\n".encode() + f"{second},乙厂\n".encode()
        yield Trap(f"接-{kind}-表.{suffix}", loose, (first, second), "末尾|没有读入|断了")


def misnamed() -> Iterator[Trap]:
    for kind, write in WRITERS.items():
        for suffix in (".dat", ".XLSX", ".csv", ""):
            named = titles(f"{kind}{suffix}")
            yield Trap(f"名-{kind}{suffix}", write(rows(named)), tuple(named))


def enclosed() -> Iterator[Trap]:
    """Files of all kinds in an archive, beside one that is read."""
    for kind, write in WRITERS.items():
        named = titles(f"within.{kind}")
        name = f"里面.{_SUFFIX.get(kind, kind)}"
        beside: dict[str, str | bytes] = {"轴承.csv": _csv(rows(["旁边的轴承"]))}
        within = zipped({**beside, f"深/{name}": write(rows(named))})
        yield Trap(f"包-{kind}.zip", within, tuple(named), "里面")


def hidden() -> Iterator[Trap]:
    """The hiding places of each format: a name, a suffix, and a file of three titles."""
    from tests.hostile.hiding_places import PLACES

    for name, (make, told) in PLACES.items():
        named = titles(name)
        yield Trap(f"藏-{name}", make(named), tuple(named), told)


def sent() -> Iterator[Trap]:
    """Whole files of kinds that nobody asked for."""
    from tests.hostile.strangers import FILES

    for name, (make, told) in FILES.items():
        named = titles(f"sent {name}")
        yield Trap(f"寄-{name}", make(named), tuple(named), told)


def all_traps() -> list[Trap]:
    """All of them, the same ones at every call."""
    makers = (shaped, damaged, encoded, joined, misnamed, enclosed, hidden, sent)
    return [trap for maker in makers for trap in maker()]
