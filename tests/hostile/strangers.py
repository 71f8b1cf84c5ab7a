"""What strangers send: whole files of kinds that nobody asked for, each with three titles.

As in `hiding_places`: without a pattern every title must be read or be shown, or the file be
refused; with one, what is not read must be told by its words.
"""

from __future__ import annotations

import base64
import gzip
import json
import quopri
import zlib
from collections.abc import Callable

from matcher.corpora.formats.safety import part_name
from tests.hostile.hiding_places import Named, Place, sheet
from tests.hostile.traps import (
    HEAD,
    ONE,
    SHEET_XML,
    WRITERS,
    changed,
    page,
    page_table,
    paragraph,
    pdf,
    rows,
    sheet_rows,
    with_parts,
    word,
    word_table,
    zipped,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
# What is said of a page without records, of whose text the beginning is shown.
_CUT = "是一篇通知，没有记录"
_PART_OF_MAIL = "--x\nContent-Type: {}\nContent-Transfer-Encoding: {}\n\n{}\n"


def _csv(named: Named) -> bytes:
    return WRITERS["csv"](rows(named))


def _html(named: Named) -> bytes:
    return page(page_table(rows(named)))


def _ole(name: str) -> Callable[[Named], bytes]:
    """What old programs and Office's passwords wrap around a file."""
    return lambda n: _OLE + name.encode("utf-16-le") + b"\0" * 600 + _csv(n)


def _text(change: Callable[[str, Named], str]) -> Callable[[Named], bytes]:
    return lambda n: change(_csv(n).decode(), n).encode()


def _mail(
    *parts: Callable[[Named], str], kind: str = "multipart/mixed"
) -> Callable[[Named], bytes]:
    """A letter as a program for mail saves it."""
    head = f"From: a@b.cn\nSubject: list\nMIME-Version: 1.0\nContent-Type: {kind}; boundary=x\n\n"
    return lambda n: (head + "".join(part(n) for part in parts) + "--x--\n").encode()


def _encoded(content: Callable[[Named], bytes], kind: str) -> Callable[[Named], str]:
    return lambda n: _PART_OF_MAIL.format(kind, "base64", base64.encodebytes(content(n)).decode())


def _patched_entry(named: Named) -> bytes:
    """An archive of two tables, the second under a password."""
    made = bytearray(zipped({"一.csv": _csv(named[:1]), "二.csv": _csv(named[1:])}))
    local, central = made.rindex(b"PK\x03\x04"), made.rindex(b"PK\x01\x02")
    made[local + 6] |= 1
    made[central + 8] |= 1
    return bytes(made)


def _strings(named: Named, count: int, *, index: Callable[[int], str] = str) -> bytes:
    """A workbook whose words stand in a list of ``count`` strings, ours among them."""
    words = [cell for row in rows(named) for cell in row]
    shared = "".join(f"<si><t>{word}</t></si>" for word in words) + "".join(
        f"<si><t>{n * 7919 % 1_000_003:x}</t></si>" for n in range(count)
    )
    data = "".join(
        "<row>" + "".join(f"<c t='s'><v>{index(3 * r + c)}</v></c>" for c in range(3)) + "</row>"
        for r in range(len(words) // 3)
    )
    book = with_parts(WRITERS["xlsx"](rows(named)), {
        ONE: f"<worksheet {SHEET_XML}><sheetData>{data}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {SHEET_XML}>{shared}</sst>",
    })  # fmt: skip
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    return changed(book, "xl/_rels/workbook.xml.rels", (
        "</Relationships>", f"<Relationship Id='rs' Type='{kind}' Target='sharedStrings.xml'/>"
        "</Relationships>"))  # fmt: skip


def _column(number: int) -> str:
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _wide(named: Named) -> bytes:
    """The last column there is holds the titles."""
    cell = "<c r='{}{}' t='inlineStr'><is><t>{}</t></is></c>"
    data = "".join(
        f"<row r='{r}'>" + cell.format("A", r, row[1]) + cell.format("XFD", r, row[0]) + "</row>"
        for r, row in enumerate(rows(named), 1)
    )
    return with_parts(WRITERS["xlsx"](rows(named)), {
        ONE: f"<worksheet {SHEET_XML}><sheetData>{data}</sheetData></worksheet>"})  # fmt: skip


def _full_width(named: Named) -> bytes:
    """All 16,384 columns have a header."""
    head = [*HEAD, *(f"列{_column(n)}" for n in range(4, 16_385))]
    table = [head, *([row[0], row[1], row[2]] for row in rows(named)[1:])]
    data = sheet_rows(table)
    return with_parts(WRITERS["xlsx"](rows(named)), {
        ONE: f"<worksheet {SHEET_XML}><sheetData>{data}</sheetData></worksheet>"})  # fmt: skip


def _beside(part: str, text: Callable[[Named], str | bytes]) -> Callable[[Named], bytes]:
    return lambda n: with_parts(sheet(lambda _: "")(n), {part: text(n)})


def _rest(named: Named) -> str:
    data = sheet_rows(rows(named[1:]))
    return f"<worksheet {SHEET_XML}><sheetData>{data}</sheetData></worksheet>"


def _catalogue(keys: Callable[[Named], str]) -> Callable[[Named], bytes]:
    """A PDF whose catalogue has further keys, and the second and third title only there."""
    return lambda n: pdf(rows(n[:1])).replace(
        b"/Type/Catalog", f"/Type/Catalog{keys(n)}".encode(), 1
    )


def _hex(named: Named) -> str:
    return "、".join(named[1:]).encode("utf-16-be").hex()


def _attached(named: Named) -> str:
    content = _csv(named[1:]).hex()
    return (
        "/Names<</EmbeddedFiles<</Names[(a.csv)<</Type/Filespec/F(a.csv)/EF<</F 90 0 R>>>>]>>>>"
        f">>endobj\n90 0 obj<</Length {len(content)}/Filter/ASCIIHexDecode>>stream\n{content}\n"
        "endstream endobj\n91 0 obj<<"
    )


def _ods_repeated(cells: str) -> Callable[[Named], bytes]:
    return lambda n: changed(WRITERS["ods"](rows(n)), "content.xml", (
        "</table:table>", f"<table:table-row {cells}</table:table-row></table:table>"))  # fmt: skip


# How the names of parts can be written, so that some programs find them and others do not.
WAYS: dict[str, Callable[[str], str]] = {
    "backslashes": lambda name: name.replace("/", "\\"),
    "capitals": str.upper,
    "titled": str.title,
    "from-here": lambda name: f"./{name}",
    "from-root": lambda name: f"/{name}",
    "doubled-strokes": lambda name: name.replace("/", "//"),
    "percent": lambda name: name.replace("e", "%65"),
    "spaces": lambda name: f"{name} ",
    "unpacked": lambda name: f"榜单/{name}",
}
_MAIN_PART = {"xlsx": ONE, "docx": "word/document.xml", "ods": "content.xml"}


def _renamed(kind: str, rename: Callable[[str], str]) -> Callable[[Named], bytes]:
    """An office file the names of whose parts are written in another way."""
    return lambda n: zipped({rename(name): part for name, part in _parts(WRITERS[kind](rows(n)))})


def _twice(kind: str, rename: Callable[[str], str]) -> Callable[[Named], bytes]:
    """One with two main parts of one name, written in two ways; the titles are in the second."""
    main = _MAIN_PART[kind]

    def made(named: Named) -> bytes:
        ours = dict(_parts(WRITERS[kind](rows(named))))
        other = dict(_parts(WRITERS[kind](rows(["别的题目"]))))
        return zipped({**other, rename(main): ours[main]})

    return made


OFFICE: dict[str, Place] = {
    "table.et": (lambda n: WRITERS["xls"](rows(n)), ""),
    "text.wps": (_ole("WordDocument"), ""),
    "binary.xlsb": (lambda n: zipped({"[Content_Types].xml": "<Types/>",
                                      "xl/workbook.bin": _csv(n)}), ""),
    "password.xlsx": (_ole("EncryptedPackage"), ""),
    "password.docx": (_ole("EncryptionInfo"), ""),
    "letter.msg": (_ole("__substg1.0_1000001F"), ""),
    "slides.pptx": (lambda n: zipped({"ppt/presentation.xml": "<p/>", "ppt/slides/slide1.xml":
                                      "".join(f"<a:t>{x}</a:t>" for x in n)}), ""),
    "strings-million.xlsx": (lambda n: _strings(n, 1_000_000), ""),
    "strings-beyond.xlsx": (lambda n: _strings(n, 0, index=lambda i: str(i + 4_000_000_000)), ""),
    "strings-negative.xlsx": (lambda n: _strings(n, 0, index=lambda i: str(-i - 1)), ""),
    "strings-padded.xlsx": (lambda n: _strings(n, 0, index=lambda i: f" {i} "), ""),
    "last-column.xlsx": (_wide, ""), "all-columns.xlsx": (_full_width, ""),
    "external-links.xlsx": (_beside("xl/externalLinks/externalLink1.xml", lambda n:
        f"<externalLink {SHEET_XML}><externalBook><sheetDataSet><sheetData sheetId='0'>" + "".join(
            f"<row r='{i}'><cell r='A{i}' t='str'><v>{x}</v></cell></row>"
            for i, x in enumerate(n[1:], 2)) + "</sheetData></sheetDataSet></externalBook>"
        "</externalLink>"), "外部|链接"),
    "pivot-cache.xlsx": (_beside("xl/pivotCache/pivotCacheRecords1.xml", lambda n:
        f"<pivotCacheRecords {SHEET_XML}>" + "".join(f"<r><s v='{x}'/></r>" for x in n[1:])
        + "</pivotCacheRecords>"), "透视表"),
    "macro-sheet.xlsm": (_beside("xl/macrosheets/sheet1.xml", _rest), "没有列在目录里"),
    "escaped.xlsx": (lambda n: WRITERS["xlsx"](rows([f"{x}_x000D_" for x in n])), ""),
    **{f"{way}.{kind}": (_renamed(kind, rename), "") for kind in ("xlsx", "docx", "ods")
       for way, rename in WAYS.items()},
    **{f"twice-{way}.{kind}": (_twice(kind, rename), "") for kind in ("xlsx", "docx", "ods")
       for way, rename in WAYS.items() if way != "unpacked" and part_name(rename(_MAIN_PART[kind]))
       == part_name(_MAIN_PART[kind]) and rename(_MAIN_PART[kind]) != _MAIN_PART[kind]},
    "program-before.xlsx": (lambda n: b"MZ" + b"\0" * 4096 + WRITERS["xlsx"](rows(n)), ""),
    "phonetic.xlsx": (lambda n: changed(WRITERS["xlsx"](rows(n)), ONE, (
        f"<t>{n[1]}</t>", f"<t>{n[1]}</t><rPh sb='0' eb='1'><t>biao</t></rPh>")), ""),
    "rows-repeated.ods": (_ods_repeated(
        "table:number-rows-repeated='1048000'><table:table-cell/>"), ""),
    "cells-repeated.ods": (_ods_repeated(
        "><table:table-cell table:number-columns-repeated='16000' office:value-type='string'>"
        "<text:p xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'>x</text:p>"
        "</table:table-cell>"), ""),
    "both-repeated.ods": (_ods_repeated(
        "table:number-rows-repeated='1000000'><table:table-cell "
        "table:number-columns-repeated='16000' office:value-type='string'>"
        "<text:p xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'>x</text:p>"
        "</table:table-cell>"), ""),
    "text.odt": (lambda n: zipped({"mimetype": "application/vnd.oasis.opendocument.text",
                                   "content.xml": "".join(n)}), ""),
    "flat.fods": (lambda n: b"<?xml version='1.0'?>" + _flat(n), ""),
    "workbook-within.docx": (lambda n: word(word_table(rows(n[:1])), {
        "word/embeddings/Microsoft_Excel_Sheet1.xlsx": WRITERS["xlsx"](rows(n[1:]))}), "嵌入"),
    "package-within.docx": (lambda n: word(word_table(rows(n[:1])), {
        "word/embeddings/oleObject1.bin": _OLE + _csv(n[1:])}), "嵌入"),
    "thousand-paragraphs.docx": (lambda n: word(
        paragraph("x") * 100_000 + word_table(rows(n))), ""),
    "cells-within.docx": (lambda n: word("<w:tbl><w:tr><w:tc>" * 60 + word_table(rows(n))
                                         + "</w:tc></w:tr></w:tbl>" * 60), ""),
    "rich.rtf": (lambda n: ("{\\rtf1\\ansi " + "\\cell ".join(
        "".join(f"\\u{ord(c)}?" for c in x) for x in n) + "}").encode(), ""),
}  # fmt: skip


def _parts(content: bytes) -> list[tuple[str, str | bytes]]:
    from tests.hostile.traps import _parts as parts_of

    return list(parts_of(content).items())


def _flat(named: Named) -> bytes:
    return bytes(dict(_parts(WRITERS["ods"](rows(named))))["content.xml"])  # type: ignore[arg-type]


PACKED: dict[str, Place] = {
    "one-password.zip": (_patched_entry, "密码|加密"),
    "roshal.zip": (lambda n: b"Rar!\x1a\x07\x01\x00" + _csv(n), ""),
    "seven.xlsx": (lambda n: b"7z\xbc\xaf\x27\x1c\0\4" + _csv(n), ""),
    "cabinet.zip": (lambda n: b"MSCF\0\0\0\0" + _csv(n), ""),
    "tape.tar": (lambda n: b"list.csv".ljust(257, b"\0") + b"ustar\x0000" + b"\0" * 247
                 + _csv(n), ""),
    "xz.csv": (lambda n: b"\xfd7zXZ\0\0\4" + _csv(n), ""),
    "three-deep.zip": (lambda n: zipped({"一.csv": _csv(n[:1]), "二.zip": zipped(
        {"三.zip": zipped({"四.csv": _csv(n[1:])})})}), "压缩包里又有压缩包"),
    "members.gz": (lambda n: gzip.compress(WRITERS["openalex"](rows(n)))
                   + gzip.compress(b"\n" * (1 << 20)) * 900, "."),
    "nothing-behind.gz": (lambda n: gzip.compress(WRITERS["openalex"](rows(n))) + b"\0" * 9999, ""),
    "workbooks.zip": (lambda n: zipped({f"{i}.xlsx": WRITERS["xlsx"](rows([x]))
                                        for i, x in enumerate(n)}), ""),
    "only-folders.zip": (lambda _: zipped({f"{i}/": b"" for i in range(2000)}), "."),
}  # fmt: skip
LETTERS: dict[str, Place] = {
    "attached.eml": (_mail(lambda n: _PART_OF_MAIL.format("text/plain", "8bit", "see below"),
                           _encoded(_csv, "text/csv; name=a.csv")), ""),
    "page.eml": (_mail(_encoded(_html, "text/html; charset=utf-8"),
                       kind="multipart/alternative"), ""),
    "letter-within.eml": (_mail(lambda n: "--x\nContent-Type: message/rfc822\n\n" + _mail(
        _encoded(_csv, "text/csv; name=a.csv"))(n).decode()), ""),
    "letters-within.eml": (lambda n: (
        "MIME-Version: 1.0\nContent-Type: message/rfc822\n\n" * 5000).encode() + _mail(
            _encoded(_html, "text/html; charset=utf-8"))(n), ""),
    "printable.mhtml": (lambda n: (
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n" + _PART_OF_MAIL.format(
            "text/html; charset=gb2312", "quoted-printable",
            quopri.encodestring(page_table(rows(n)).encode("gb18030")).decode())
        + "--x--\n").encode(), ""),
    "two-pages.mhtml": (_mail(_encoded(lambda n: _html(n[:1]), "text/html; charset=utf-8"),
                              _encoded(lambda n: _html(n[1:]), "text/html; charset=utf-8"),
                              kind="multipart/related"), "存档|没有读"),
}  # fmt: skip
PAGES: dict[str, Place] = {
    "hundred-thousand-deep.html": (lambda n: page("<div>" * 100_000 + page_table(rows(n))), ""),
    "inline-deep.html": (lambda n: page("<b><i>" * 50_000 + page_table(rows(n))), ""),
    "tables-deep.html": (lambda n: page("<table><tr><td>" * 5_000 + page_table(rows(n))), ""),
    "attributes.html": (lambda n: page(page_table(rows(n)).replace(
        "<table>", "<table " + " ".join(f"a{i}=1" for i in range(100_000)) + ">")), ""),
    "vast-rowspan.html": (lambda n: page(page_table(rows(n)).replace(
        "<td>", "<td rowspan=65534 colspan=1000>", 1)), "."),
    "plaintext.html": (lambda n: page("<p>x<plaintext>" + page_table(rows(n))), _CUT),
    "inputs.html": (lambda n: page("".join(f"项目名称<input value='{x}'>" for x in n)), ""),
    "picture-within.html": (lambda n: page(
        f"<img src='data:image/png;base64,{'A' * 5_000_000}'>{page_table(rows(n))}"), ""),
    "frames.html": (lambda n: ("<html><frameset><frame srcdoc='x'><noframes>"
                               f"{page_table(rows(n))}</noframes></frameset></html>").encode(),
                    _CUT),
    "seven-bits.html": (lambda n: b"<meta charset=utf-7>" + page_table(
        rows(n)).encode("utf-7"), ""),
    "words.svg": (lambda n: ("<svg xmlns='http://www.w3.org/2000/svg'>" + "".join(
        f"<text>{x}</text>" for x in n) + "</svg>").encode(), _CUT),
}  # fmt: skip


def _packed_thrice(named: Named) -> bytes:
    bomb = b" " * (100 << 20)
    for _ in range(3):
        bomb = zlib.compress(bomb)
    stream = (
        b"80 0 obj<</Length %d/Filter[/FlateDecode/FlateDecode/FlateDecode]>>stream\n" % len(bomb)
        + bomb + b"\nendstream endobj\ntrailer"
    )  # fmt: skip
    return (
        pdf(rows(named))
        .replace(b"/Contents 4 0 R", b"/Contents[4 0 R 80 0 R]")
        .replace(b"trailer", stream)
    )


PDFS: dict[str, Place] = {
    "form.pdf": (_catalogue(lambda n: f"/AcroForm<</Fields[<</FT/Tx/T(a)/V<feff{_hex(n)}>>>]>>"),
                 "表单"),
    "attached.pdf": (_catalogue(_attached), "附件"),
    "xfa.pdf": (_catalogue(lambda n: f"/AcroForm<</XFA<feff{_hex(n)}>/Fields[]>>"), "表单|XFA"),
    "script.pdf": (_catalogue(lambda n: f"/OpenAction<</S/JavaScript/JS<feff{_hex(n)}>>>"), "."),
    "encrypted.pdf": (lambda n: pdf(rows(n)).replace(b"<</Root 1 0 R", (
        b"<</Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32
        + b">>>/ID[<41><41>]/Root 1 0 R")), ""),
    "packed-thrice.pdf": (_packed_thrice, "."),
    "notes.pdf": (lambda n: pdf(rows(n), page_keys="/Annots[" + (
        "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(x)>>" * 30_000) + "]"), "."),
    "page-before.pdf": (lambda n: b"<html>" + pdf(rows(n)), "."),
}  # fmt: skip


TEXTS: dict[str, Place] = {
    "quoted-some.csv": (_text(lambda t, n: t.replace(
        n[1], f'"{n[1]}"').replace(n[2], f"'{n[2]}'")), ""),
    "escaped-quotes.csv": (_text(lambda t, n: t.replace(n[1], f'"{n[1]}\\"甲\\""')), "引号不成对"),
    "chinese-quotes.csv": (_text(lambda t, n: t.replace(n[1], f"“{n[1]}，甲”")), ""),
    "two-delimiters.csv": (_text(lambda t, n: "\n".join(
        line.replace(",", ";") if n[1] in line else line for line in t.split("\n"))), ""),
    "double-bars.csv": (_text(lambda t, n: t.replace(",", "||")), ""),
    "mark-every-line.csv": (_text(lambda t, n: "\ufeff" + t.replace("\r\n", "\r\n\ufeff")), ""),
    "odd-half.csv": (lambda n: _csv(n).decode().encode("utf-16") + b"\n", ""),
    "overlong.csv": (lambda n: _csv(n) + b"\xc0\xaf\xe0\x80\xaf,x,1\r\n", ""),
    "quote-to-end.csv": (_text(lambda t, n: t + '"' + "长\n" * 200_000), ""),
    "quotes-only.csv": (_text(lambda t, n: t + '"' * 500_001), ""),
    "bare.md": (lambda n: "\n".join(
        ["|项目名称|需求单位|", "|---|---|", *(f"|{x}|某厂|" for x in n)]).encode(), ""),
    "typeset.tex": (lambda n: ("\\begin{tabular}{ll}\n" + "\\\\\n".join(
        f"{x} & 某厂" for x in n) + "\n\\end{tabular}").encode(), ""),
    "fixed-width.txt": (lambda n: "\n".join(
        f"{a:　<20}{b:　<12}" for a, b, _ in rows(n)).encode(), ""),
    "settings.yaml": (lambda n: "".join(
        f"- 项目名称: {x}\n  需求单位: 某厂\n" for x in n).encode(), ""),
    "days.ics": (lambda n: ("BEGIN:VCALENDAR\n" + "".join(
        f"BEGIN:VEVENT\nSUMMARY:{x}\nEND:VEVENT\n" for x in n) + "END:VCALENDAR").encode(), ""),
    "rows.xml": (lambda n: ("<榜单>" + "".join(
        f"<项目><名称>{x}</名称></项目>" for x in n) + "</榜单>").encode(), _CUT),
    "base.sqlite": (lambda n: b"SQLite format 3\0" + b"\0" * 84 + _csv(n), ""),
    "columns.parquet": (lambda n: b"PAR1" + _csv(n) + b"PAR1", ""),
    "nulls.csv": (lambda n: b"\0" * 5_000_000 + _csv(n), ""),
    "one-line.txt": (lambda n: ("，".join(n) + "，长" * 1_000_000).encode(), ""),
    "nan.jsonl": (lambda n: "".join(
        f'{{"项目名称": "{x}", "需求单位": "某厂", "榜额": {v}}}\n'
        for x, v in zip(n, ("NaN", "Infinity", "1e999"), strict=True)).encode(), ""),
    "glued.jsonl": (lambda n: WRITERS["jsonl"](rows(n)).replace(b"\n", b""), ""),
    "surrogates.json": (lambda n: json.dumps(
        [{"项目名称": f"{x}\ud800", "需求单位": "某厂"} for x in n]).encode(), ""),
    "deep-behind.json": (lambda n: WRITERS["json"](rows(n))[:-1] + b"," + b"[" * 100_000
                         + b"]" * 100_000 + b"]", ""),
    "keys-same.json": (lambda n: ("[{" + ",".join(
        f'"项目名称": "{x}"' for x in n) + ',"需求单位": "某厂"}]').encode(), ""),
}  # fmt: skip
FILES: dict[str, Place] = OFFICE | PACKED | LETTERS | PAGES | PDFS | TEXTS
