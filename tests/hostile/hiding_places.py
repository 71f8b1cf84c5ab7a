"""Where rows hide in each format: name → how a file with three titles is made, what is told.

Without a pattern every title must be read or be shown; with one, what is not read must be told by
its words.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import warnings
import zipfile
from collections.abc import Callable, Sequence

from matcher.corpora.formats.rehearsal import MADE
from tests.hostile.traps import (
    BOOK,
    HEAD,
    ONE,
    SHEET_XML,
    WRITERS,
    changed,
    entry,
    page,
    page_table,
    paragraph,
    pdf,
    rows,
    sheet_rows,
    with_parts,
    word,
    word_table,
    words,
    zipped,
)

Named = Sequence[str]
Place = tuple[Callable[[Named], bytes], str]
_DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def _row(title: str, marks: str = "") -> str:
    return sheet_rows([[title, "某厂", "100"]]).replace("<row>", f"<row{marks}>")


def sheet(inside: Callable[[Named], str], beside: str = "") -> Callable[[Named], bytes]:
    """A workbook whose sheet has the header, the first title, and what is made of all."""

    def make(named: Named) -> bytes:
        data = sheet_rows(rows(named[:1])) + inside(named)
        text = f"<worksheet {SHEET_XML}><sheetData>{data}</sheetData>{beside}</worksheet>"
        return with_parts(MADE["xlsx"](), {ONE: text})

    return make


def second_sheet(state: str, place: str = "xl/worksheets/sheet2.xml") -> Callable[[Named], bytes]:
    def make(named: Named) -> bytes:
        book = sheet(lambda _: "")(named)
        text = f"<worksheet {SHEET_XML}><sheetData>{sheet_rows(rows(named[1:]))}</sheetData></worksheet>"
        target = place.removeprefix("xl/")
        book = changed(book, "xl/_rels/workbook.xml.rels", (
            "</Relationships>", "<Relationship Id='r9' Type='http://schemas.openxmlformats.org/"
            f"officeDocument/2006/relationships/worksheet' Target='{target}'/></Relationships>"))  # fmt: skip
        listed = f"<sheet name='另表' sheetId='2' {state} r:id='r9'/></sheets>"
        return with_parts(changed(book, BOOK, ("</sheets>", listed)), {place: text})

    return make


def doubled(part: str, book: bytes, text: str) -> bytes:
    """A container with one part in it twice."""
    out = io.BytesIO(book)
    with zipfile.ZipFile(out, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(part, text)
    return out.getvalue()


XLSX: dict[str, Place] = {
    "hidden-sheet": (second_sheet("state='hidden'"), "隐藏|没有读"),
    "very-hidden-sheet": (second_sheet("state='veryHidden'"), "隐藏|没有读"),
    "second-sheet": (second_sheet(""), ""),
    "sheet-elsewhere": (second_sheet("", "xl/other/x.XML"), ""),
    "unlisted-sheet": (lambda n: with_parts(sheet(lambda _: "")(n), {
        "xl/worksheets/sheet7.xml": f"<worksheet {SHEET_XML}><sheetData>{sheet_rows(rows(n[1:]))}"
        "</sheetData></worksheet>"}), "没有列在目录里"),
    "hidden-rows": (sheet(lambda n: "".join(_row(x, " hidden='1'") for x in n[1:])), "隐藏"),
    "hidden-columns": (sheet(lambda n: "".join(map(_row, n[1:])),
                             "<cols><col min='1' max='1' hidden='1'/></cols>"), "隐藏"),
    "no-height": (sheet(lambda n: "".join(_row(x, " ht='0' customHeight='1'") for x in n[1:])),
                  "隐藏"),
    "far-row": (sheet(lambda n: "".join(_row(x, f" r='{1048570 + i}'")
                                        for i, x in enumerate(n[1:]))), ""),
    "endless-row": (sheet(lambda n: "".join(_row(x, " r='4294967295'") for x in n[1:])), "."),
    "row-twice": (sheet(lambda n: "".join(_row(x, " r='3'") for x in n[1:])), "."),
    "cell-twice": (sheet(lambda n: "<row>" + "".join(
        f"<c r='A3' t='inlineStr'><is><t>{x}</t></is></c>" for x in n[1:]) + "</row>"), "."),
    "rows-backwards": (sheet(lambda n: "".join(_row(x, f" r='{9 - i}'")
                                               for i, x in enumerate(n[1:]))), ""),
    "cells-backwards": (sheet(lambda n: "".join(
        f"<row r='{i}'><c r='B{i}' t='inlineStr'><is><t>某厂</t></is></c>"
        f"<c r='A{i}' t='inlineStr'><is><t>{x}</t></is></c></row>"
        for i, x in enumerate(n[1:], 3))), "."),
    "dimension-lies": (sheet(lambda n: "".join(map(_row, n[1:])),
                             "<dimension ref='A1:B2'/>"), ""),
    "dimension-vast": (lambda n: changed(
        sheet(lambda m: "".join(map(_row, m[1:])))(n), ONE,
        ("<sheetData>", "<dimension ref='A1:XFD1048576'/><sheetData>")), ""),
    "merged-over": (sheet(lambda n: "".join(map(_row, n[1:])),
                          "<mergeCells><mergeCell ref='A2:A4'/></mergeCells>"), ""),
    "merged-all": (sheet(lambda n: "".join(map(_row, n[1:])),
                         "<mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells>"), ""),
    "merged-often": (sheet(lambda n: "".join(map(_row, n[1:])), "<mergeCells>" + "".join(
        f"<mergeCell ref='A{i}:B{i + 1}'/>" for i in range(5, 50_000)) + "</mergeCells>"), ""),
    "filtered": (sheet(lambda n: "".join(_row(x, " hidden='1'") for x in n[1:]),
                       "<autoFilter ref='A1:C4'/>"), "隐藏|筛选"),
    "entities": (lambda n: changed(sheet(lambda m: "".join(map(_row, m[1:])))(n), ONE,
                                   ("<worksheet", f"{_DOCTYPE}<worksheet")), ""),
    "commented": (sheet(lambda n: f"<!--{''.join(map(_row, n[1:]))}-->"), "注释"),
    "cdata": (sheet(lambda n: "".join(_row(x).replace(x, f"<![CDATA[{x}]]>") for x in n[1:])), ""),
    "rich-text": (sheet(lambda n: "".join(_row(x).replace(
        f"<t>{x}</t>", f"<r><t>{x[:5]}</t></r><r><rPr><b/></rPr><t>{x[5:]}</t></r>")
        for x in n[1:])), ""),
    "struck": (sheet(lambda n: "".join(_row(x).replace(
        f"<t>{x}</t>", f"<r><rPr><strike/></rPr><t>{x}</t></r>") for x in n[1:])), "删除线"),
    "formula-strings": (sheet(lambda n: "".join(
        f"<row><c t='str'><f>A1</f><v>{x}</v></c><c t='str'><v>某厂</v></c></row>"
        for x in n[1:])), ""),
    "part-twice": (lambda n: doubled(ONE, sheet(lambda _: "")(n),
                                     f"<worksheet {SHEET_XML}><sheetData>{sheet_rows(rows(n[1:]))}"
                                     "</sheetData></worksheet>"), ""),
    "utf-16-sheet": (lambda n: with_parts(WRITERS["xlsx"](rows(n)), {
        ONE: f"<?xml version='1.0' encoding='UTF-16'?><worksheet {SHEET_XML}><sheetData>"
        f"{sheet_rows(rows(n))}</sheetData></worksheet>".encode("utf-16")}), "."),
    "comments": (lambda n: with_parts(sheet(lambda _: "")(n), {
        "xl/worksheets/_rels/sheet1.xml.rels": "<Relationships xmlns='http://schemas.openxmlformats"
        ".org/package/2006/relationships'><Relationship Id='r1' Type='http://schemas.openxmlformats"
        ".org/officeDocument/2006/relationships/comments' Target='../comments1.xml'/>"
        "</Relationships>",
        "xl/comments1.xml": f"<comments {SHEET_XML}><commentList><comment ref='A1'><text><t>{n[1]} "
        f"{n[2]}</t></text></comment></commentList></comments>"}), "批注"),
    "embedded": (lambda n: with_parts(sheet(lambda _: "")(n), {
        "xl/embeddings/另表.xlsx": WRITERS["xlsx"](rows(n[1:]))}), "嵌入"),
    "text-box": (lambda n: with_parts(sheet(lambda _: "")(n), {
        "xl/drawings/drawing1.xml": '<x xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/'
        f'main"><a:t>{n[1]}</a:t><a:t>{n[2]}</a:t></x>'}), "文本框"),
    "bomb": (lambda n: with_parts(WRITERS["xlsx"](rows(n)), {
        "xl/media/a.bin": b"\0" * (80 << 20)}), ""),
    "many-styles": (lambda n: with_parts(WRITERS["xlsx"](rows(n)), {
        "xl/styles.xml": f"<styleSheet {SHEET_XML}><cellXfs>{'<xf/>' * 300_000}</cellXfs>"
        "</styleSheet>"}), ""),
    "no-directory": (lambda n: zipped({ONE: f"<worksheet {SHEET_XML}><sheetData>"
                                       f"{sheet_rows(rows(n))}</sheetData></worksheet>"}), ""),
}  # fmt: skip


def _marked(mark: str) -> Callable[[Named], bytes]:
    def make(named: Named) -> bytes:
        table = word_table(rows(named))
        for name in named[1:]:
            table = table.replace(f"<w:r><w:t>{name}", f"<w:r><w:rPr>{mark}</w:rPr><w:t>{name}")
        return word(table)

    return make


def _around(before: str, after: str) -> Callable[[Named], bytes]:
    """The second and third title in a table of their own, within something."""
    return lambda n: word(
        word_table(rows(n[:1])) + before + word_table(rows(n[1:])) + after + paragraph("完")
    )


def _part(name: str, root: str) -> Callable[[Named], bytes]:
    def make(named: Named) -> bytes:
        inside = word_table(rows(named[1:])) + "".join(map(paragraph, named[1:]))
        space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        return word(word_table(rows(named[:1])), {
            f"word/{name}.xml": f"<w:{root} {space}>{inside}</w:{root}>"})  # fmt: skip

    return make


DOCX: dict[str, Place] = {
    "vanish": (_marked("<w:vanish/>"), "隐藏"), "strike": (_marked("<w:strike/>"), "删除线"),
    "double-strike": (_marked("<w:dstrike/>"), "删除线"),
    "white": (_marked("<w:color w:val='FFFFFF'/>"), ""),
    "control": (_around("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"), ""),
    "inserted": (_around("<w:ins>", "</w:ins>"), ""),
    "deleted": (_around("<w:del>", "</w:del>"), "修订|删去"),
    "moved": (_around("<w:moveFrom>", "</w:moveFrom>"), "修订|移走"),
    "custom-xml": (_around("<w:customXml>", "</w:customXml>"), ""),
    "smart-tag": (_around("<w:smartTag>", "</w:smartTag>"), ""),
    "unknown": (_around("<w:x><w:y>", "</w:y></w:x>"), ""),
    "nested": (lambda n: word("<w:tbl><w:tr><w:tc>" + word_table(rows(n))
                              + "</w:tc></w:tr></w:tbl>"), "."),
    "text-box": (lambda n: word(word_table(rows(n[:1])) + "<w:p><w:r><w:pict><w:txbxContent>"
                                + "".join(paragraph(f"项目名称：{x}") for x in n[1:])
                                + "</w:txbxContent></w:pict></w:r></w:p>"), ""),
    "comments": (_part("comments", "comments"), "批注"),
    "footnotes": (_part("footnotes", "footnotes"), "脚注"),
    "endnotes": (_part("endnotes", "endnotes"), "尾注"),
    "header": (_part("header1", "hdr"), "页眉"),
    "second-document": (_part("document2", "document"), "另一份正文"),
    "glossary": (_part("glossary", "document"), "另一份正文"),
    "inserted-file": (lambda n: word(word_table(rows(n[:1])) + "<w:altChunk/>", {
        "word/a.html": page(page_table(rows(n[1:])))}), "altChunk|插入"),
    "embedded": (lambda n: word(word_table(rows(n[:1])), {
        "word/embeddings/a.xlsx": WRITERS["xlsx"](rows(n[1:]))}), "嵌入"),
    "vast-span": (lambda n: word(word_table(rows(n)).replace(
        "<w:tc>", "<w:tc><w:tcPr><w:gridSpan w:val='999999999'/></w:tcPr>", 1)), "."),
    "merge-without-start": (lambda n: word(word_table(rows(n)).replace(
        "<w:tc><w:p><w:r><w:t>标记", "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>标记")), "."),
    "merged-over": (lambda n: word(word_table(rows(n)).replace(
        f"<w:tc>{paragraph(n[0])}", "<w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr>"
        f"{paragraph(n[0])}").replace(f"<w:tc>{paragraph(n[1])}",
                                      f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{paragraph(n[1])}")), "盖住"),
    "entities": (lambda n: changed(word(word_table(rows(n))), "word/document.xml",
                                   ("<w:document", f"{_DOCTYPE}<w:document")), ""),
    "commented": (lambda n: word(word_table(rows(n[:1])) + f"<!--{word_table(rows(n[1:]))}-->"),
                  "注释"),
    "rows-in-rows": (lambda n: word(word_table(rows(n[:1])).replace(
        "</w:tr></w:tbl>", "".join(f"<w:tr><w:tc>{paragraph(x)}</w:tc></w:tr>" for x in n[1:])
        + "</w:tr></w:tbl>")), ""),
    "deep": (lambda n: word("<w:sdt><w:sdtContent>" * 200 + word_table(rows(n))
                            + "</w:sdtContent></w:sdt>" * 200), ""),
    "part-twice": (lambda n: doubled("word/document.xml", word(word_table(rows(n[:1]))), bytes(
        zipfile.ZipFile(io.BytesIO(word(word_table(rows(n[1:]))))).read("word/document.xml")
    ).decode()), ""),
    "beside-in-text": (lambda n: word(word_table(rows(n[:1])) + "".join(
        paragraph(f"项目名称：{x}") + paragraph("需求单位：某厂") for x in n[1:])), ""),
}  # fmt: skip


def _beside(before: str, after: str, table: bool = True) -> Callable[[Named], bytes]:
    def make(named: Named) -> bytes:
        inside = page_table(rows(named[1:])) if table else page_table(rows(named[1:]))[7:-8]
        return page(page_table(rows(named[:1])) + before + inside + after)

    return make


def _script(named: Named) -> bytes:
    values = json.dumps([{"name": x, "org": "某厂"} for x in named[1:]], ensure_ascii=False)
    return page(page_table(rows(named[:1])) + f"<script>var rows = {values};</script>")


_FRAME = "<iframe src='data:text/html;base64,"
HTML: dict[str, Place] = {
    "commented": (_beside("<!--", "-->"), "注释"), "script": (_script, "脚本"),
    "template": (_beside("<template>", "</template>"), "template"),
    "noscript": (_beside("<noscript>", "</noscript>"), "noscript"),
    "nav": (_beside("<nav>", "</nav>"), "导航|nav"),
    "footer": (_beside("<footer>", "</footer>"), "页脚|footer"),
    "frame": (lambda n: page(page_table(rows(n[:1])) + _FRAME + base64.b64encode(
        page(page_table(rows(n[1:])))).decode() + "'></iframe>"), "iframe"),
    "not-displayed": (_beside("<div style='display:none'>", "</div>"), "看不见|隐藏|不显示"),
    "hidden": (_beside("<div hidden>", "</div>"), "看不见|隐藏|不显示"),
    "after-the-end": (_beside("</body></html>", ""), ""),
    "details": (_beside("<details><summary>x</summary>", "</details>"), ""),
    "form": (_beside("<form>", "</form>"), ""),
    "select": (_beside("<fieldset><legend>x</legend>", "</fieldset>"), ""),
    "svg": (_beside("<svg><foreignObject>", "</foreignObject></svg>"), "svg"),
    "cdata": (_beside("<![CDATA[", "]]>"), "."), "object": (_beside("<object>", "</object>"),
                                                           "object|没有读入"),
    "textarea": (_beside("<textarea>", "</textarea>"), "."),
    "deleted": (_beside("<del>", "</del>"), "删除线|删去|划"), "struck": (_beside("<s>", "</s>"),
                                                                   "删除线|划"),
    "deep": (_beside("<div>" * 250, "</div>" * 250), ""),
    "too-deep": (_beside("<div>" * 3000, "</div>" * 3000), ""),
    "vast-span": (lambda n: page(page_table(rows(n)).replace(
        "<td>", "<td colspan='1000000' rowspan='65535'>", 1)), "."),
    "rows-span": (lambda n: page(page_table(rows(n)).replace(
        f"<td>{n[0]}", f"<td rowspan='3'>{n[0]}")), ""),
    "nested": (lambda n: page(f"<table><tr><td>{page_table(rows(n))}</td></tr></table>"), ""),
    "unclosed": (lambda n: page(page_table(rows(n)).replace("</td>", "").replace("</tr>", "")), ""),
    "no-tags-between": (_beside("<table>", "</table>", table=False), ""),
    "foot-first": (lambda n: page(page_table(rows(n)).replace(
        "<table>", f"<table><tfoot><tr><td>{n[2]}</td><td>某厂</td><td>5</td></tr></tfoot>")), ""),
    "charset-lies": (lambda n: page(page_table(rows(n))).replace(b"utf-8", b"gb2312"), ""),
    "numeric": (lambda n: page(page_table(rows(n)).replace(
        n[1], "".join(f"&#{ord(c)};" for c in n[1]))), ""),
    "null": (lambda n: page(page_table(rows(n))).replace(b"</tr>", b"\0</tr>"), ""),
    "many-tables": (lambda n: page("".join(page_table([["甲", "乙"], ["1", "2"]])
                                           for _ in range(2000)) + page_table(rows(n))), ""),
}  # fmt: skip

_NOTE = "<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]/Contents<feff{}>>>"


def _hex(named: Named) -> str:
    return "".join(named[1:]).encode("utf-16-be").hex()


def _drawn(*around: str) -> Callable[[Named], bytes]:
    return lambda n: pdf(rows(n[:1]), f"{around[0]} {words('、'.join(n[1:]), 25, 2)} {around[1]}")


PDF: dict[str, Place] = {
    "white": (_drawn("1 1 1 rg", "0 g"), "看不见"), "no-paint": (_drawn("q 3 Tr", "Q"), "."),
    "off-page": (lambda n: pdf(rows(n[:1]), words("、".join(n[1:]), -900, -900)), "看不见"),
    "note": (lambda n: pdf(rows(n[:1]), page_keys=f"/Annots[{_NOTE.format(_hex(n))}]"), "批注"),
    "field": (lambda n: pdf(rows(n[:1]), page_keys="/Annots[<</Type/Annot/Subtype/Widget/FT/Tx/T(a)"
                            f"/Rect[0 0 9 9]/V<feff{_hex(n)}>>>]"), "表单"),
    "small": (_drawn("q .01 0 0 .01 0 0 cm", "Q"), "."),
    "many-states": (lambda n: pdf(rows(n), "q Q\n" * 100_000), "."),
    "unclosed-states": (lambda n: pdf(rows(n), "q\n" * 50_000), "."),
    "loop": (lambda n: pdf(rows(n)).replace(b"/Kids[3 0 R]", b"/Kids[3 0 R 2 0 R]"), "."),
    "count-lies": (lambda n: pdf(rows(n)).replace(b"/Count 1", b"/Count 999999999"), "."),
    "length-lies": (lambda n: pdf(rows(n)).replace(b"/Length ", b"/Length 9"), "."),
    "turned": (lambda n: pdf(rows(n), page_keys="/Rotate 90"), "."),
    "vast-page": (lambda n: pdf(rows(n)).replace(b"[0 0 ", b"[0 0 9"), "."),
    "wide-steps": (lambda n: pdf(rows(n), "1e38 0 0 1e38 0 0 cm"), "."),
    "updated": (lambda n: pdf(rows(n)) + b"\n9 0 obj<</A 1>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
                ""),
}  # fmt: skip


def _json(text: Callable[[Named, str], str]) -> Callable[[Named], bytes]:
    """``text`` of the titles and the last two as records."""
    return lambda n: text(n, WRITERS["json"](rows(n[1:])).decode()).encode(errors="surrogatepass")


def _first(named: Named) -> str:
    return WRITERS["json"](rows(named[:1])).decode()


def _whole(change: Callable[[str], str]) -> Callable[[Named], bytes]:
    return lambda n: change(WRITERS["json"](rows(n)).decode()).encode()


JSON: dict[str, Place] = {
    "two-arrays": (_json(lambda n, t: f'{{"a": {_first(n)}, "b": {t}}}'), ""),
    "deep-within": (_whole(lambda t: '{"a":' * 6 + t + "}" * 6), "."),
    "endless": (_whole(lambda t: "[" * 100_000 + t), ""),
    "after": (_json(lambda n, t: f"{_first(n)}{t}"), ""),
    "commented": (_json(lambda n, t: f"{_first(n)[:-1]}/* {t[1:-1]} */]"), ""),
    "comma": (_whole(lambda t: f"{t[:-1]},]"), ""),
    "key-twice": (_json(lambda n, t: f'[{{"项目名称": "{n[0]}", "项目名称": "x"}}, {t[1:]}'),
                  "同一个键"),
    "half-character": (_whole(lambda t: t.replace("机械厂", "\\ud800")), ""),
    "nan": (_whole(lambda t: t.replace('"101"', "NaN").replace('"100"', "Infinity")), ""),
    "long-number": (_whole(lambda t: t.replace('"101"', "9" * 5000)), ""),
    "mixed": (_json(lambda n, t: f'["{n[0]}", 3, null, {t[1:]}'), ""),
    "arrays": (_json(lambda n, t: json.dumps([HEAD, *([x, "厂", 1] for x in n)])), ""),
    "single-quotes": (_whole(lambda t: t.replace('"', "'")), ""),
    "many-keys": (_whole(lambda t: t.replace("{", "{" + ",".join(
        f'"k{i}":{i}' for i in range(3000)) + ",")), ""),
}  # fmt: skip
JSONL: dict[str, Place] = {
    "damaged-first": (lambda n: b'{"a": \n' + WRITERS["jsonl"](rows(n)), ""),
    "two-a-line": (lambda n: WRITERS["jsonl"](rows(n)).replace(b"}\n{", b"} {", 1), ""),
    "array-line": (lambda n: WRITERS["jsonl"](rows(n[:2])) + f'["{n[2]}"]\n'.encode(), ""),
    "blank-lines": (lambda n: WRITERS["jsonl"](rows(n)).replace(b"\n", b"\n\n \n"), ""),
    "commented": (lambda n: WRITERS["jsonl"](rows(n)).replace(b"\n{", b"\n// {"), ""),
    "separators": (lambda n: WRITERS["jsonl"](rows(n)).replace(b"\n", "\u2028".encode()), ""),
    "cut-line": (lambda n: WRITERS["jsonl"](rows(n)).replace("机械厂".encode(), b"\xe6\x9c", 1), ""),
}  # fmt: skip


def _bib(form: str) -> Callable[[Named], bytes]:
    """``form`` with the second and third title and entry, after a whole one."""
    return lambda n: (
        entry(n[0]) + form.format(n[1], n[2], entry(n[1], "b"), entry(n[2], "c"))
    ).encode()


BIB: dict[str, Place] = {
    "comment": (_bib("@comment{{{2}{3}}}"), ""), "comment-open": (_bib("@comment{{\n{2}{3}"), ""),
    "preamble": (_bib("@preamble{{{2}}}{3}"), ""), "macro": (_bib("@string{{x={2}}}{3}"), ""),
    "no-key": (_bib("@article{{title={{{0}}}}}\n@misc{{ title = {{{1}}} }}"), ""),
    "no-comma": (_bib("@article{{k title={{{0}}}}}\n@article{{k, title={{{1}}}}}"), ""),
    "joined-value": (_bib('@string{{x="{0}"}}@misc{{a, title=x}}@misc{{b, title="{1}" # "!"}}'), ""),
    "unclosed": (_bib("@misc{{a, title={{{0}\n{3}"), ""), "no-at": (_bib("misc{{a, title={{{0}}}}}"
                                                                         "\n{3}"), ""),
    "space": (_bib("@ misc {{a, title={{{0}}}}}\n{3}"), ""), "same-line": (_bib("{2} {3}"), ""),
    "in-note": (_bib("@misc{{a, title={{{0}}}, note={{{3}}}}}"), ""),
    "percent": (_bib("% {2}{3}"), ""), "loose": (_bib("title = {{{0}}}\n{3}"), ""),
    "cited": (_bib("[1] 张一. {0}[J]. 钢铁, 2020.\n{3}"), ""), "upper": (
        lambda n: b"".join(entry(x).upper().encode() for x in n), ""),
    "round": (_bib("@article(a, title={{{0}}})\n@article(b, title=\"{1}\")"), ""),
    "text-first": (lambda n: ("由某软件导出\n" + "".join(map(entry, n))).encode(), ""),
}  # fmt: skip


def _ris(change: Callable[[str, Named], str]) -> Callable[[Named], bytes]:
    return lambda n: change(WRITERS["ris"](rows(n)).decode(), n).encode()


RIS: dict[str, Place] = {
    "no-end": (_ris(lambda t, n: t.replace("ER  - \n", "")), ""),
    "no-start": (_ris(lambda t, n: t[:60] + t[60:].replace("TY  - JOUR\n", "")), ""),
    "lower": (_ris(lambda t, n: t[:60] + t[60:].lower()), ""),
    "tabs": (_ris(lambda t, n: t.replace("  - ", "\t- ")), ""),
    "loose": (_ris(lambda t, n: t + f"补充：{n[1]}\n"), ""),
    "two-titles": (_ris(lambda t, n: t.replace(f"TI  - {n[0]}", f"TI  - {n[0]}\nT1  - 别名")), ""),
    "wrapped": (_ris(lambda t, n: t.replace(n[1], f"{n[1][:4]}\n{n[1][4:]}")), "."),
}  # fmt: skip


def _archive(parts: Callable[[Named], dict[str, str | bytes]]) -> Callable[[Named], bytes]:
    return lambda n: zipped({"一.csv": WRITERS["csv"](rows(n[:1])), **parts(n)})


def _csv(named: Named) -> bytes:
    return WRITERS["csv"](rows(named[1:]))


def _patched(named: Named, old: bytes, new: bytes) -> bytes:
    made = zipped({"一.csv": WRITERS["csv"](rows(named))})
    assert old in made
    return made.replace(old, new)


ZIP: dict[str, Place] = {
    "archive-within": (_archive(lambda n: {"二.zip": zipped({"二.csv": _csv(n)})}),
                       "压缩包里又有压缩包"),
    "packed-within": (_archive(lambda n: {"二.csv.gz": gzip.compress(_csv(n))}), "没有读|压缩包"),
    "outside": (_archive(lambda n: {"../二.csv": _csv(n)}), "包外"),
    "absolute": (_archive(lambda n: {"/etc/二.csv": _csv(n)}), "包外"),
    "of-a-system": (_archive(lambda n: {"__MACOSX/二.csv": _csv(n)}), ""),
    "hidden-name": (_archive(lambda n: {".二.csv": _csv(n)}), ""),
    "no-suffix": (_archive(lambda n: {"二": _csv(n)}), ""),
    "odd-suffix": (_archive(lambda n: {"二.bak": _csv(n)}), ""),
    "long-name": (_archive(lambda n: {"二" * 80 + ".csv": _csv(n)}), ""),
    "control-name": (_archive(lambda n: {"二\x07\n.csv": _csv(n)}), ""),
    "folder-with-content": (_archive(lambda n: {"二/": _csv(n)}), ""),
    "same-name": (lambda n: doubled("一.csv", zipped({"一.csv": WRITERS["csv"](rows(n[:1]))}),
                                    _csv(n).decode()), ""),
    "picture": (_archive(lambda n: {"二.png": b"\x89PNG" + _csv(n)}), "图片"),
    "old-word": (_archive(lambda n: {"二.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
                                     + "WordDocument".encode("utf-16-le") + _csv(n)}), "旧版"),
    "too-many": (_archive(lambda n: {f"{i}.csv": _csv(n) for i in range(600)}), ""),
    "bomb": (_archive(lambda n: {"二.csv": _csv(n) + b"\n" * (90 << 20)}), ""),
    "encrypted": (lambda n: _patched(n, b"PK\x01\x02\x14\x03\x14\0\0", b"PK\x01\x02\x14\x03\x14\0\x01"),
                  ""),
    "wrong-sum": (lambda n: _patched(n, zipped({"一.csv": WRITERS["csv"](rows(n))})[14:18],
                                     b"\0\1\2\3"), ""),
    "bzip2": (lambda n: zipped({"一.csv": WRITERS["csv"](rows(n))}, zipfile.ZIP_BZIP2), ""),
    "lzma": (lambda n: zipped({"一.csv": WRITERS["csv"](rows(n))}, zipfile.ZIP_LZMA), ""),
}  # fmt: skip
GZ: dict[str, Place] = {
    "two-members": (lambda n: b"".join(gzip.compress(WRITERS["openalex"](rows([x]))) for x in n),
                    ""),
    "cut-second": (lambda n: gzip.compress(WRITERS["openalex"](rows(n[:1])))
                   + gzip.compress(WRITERS["openalex"](rows(n[1:])))[:-20], "断了"),
    "behind": (lambda n: gzip.compress(WRITERS["openalex"](rows(n[:1])))
               + WRITERS["openalex"](rows(n[1:])), "断了|没有读"),
    "bomb": (lambda n: gzip.compress(WRITERS["openalex"](rows(n)) + b" " * (200 << 20)), "."),
}  # fmt: skip


def _text(change: Callable[[str, Named], str]) -> Callable[[Named], bytes]:
    return lambda n: change(WRITERS["csv"](rows(n)).decode(), n).encode()


CSV: dict[str, Place] = {
    "open-quote": (_text(lambda t, n: t.replace(n[1], f'"{n[1]}')), "引号不成对"),
    "quotes-within": (_text(lambda t, n: t.replace(n[1], f'{n[1]}"甲"')), ""),
    "null": (_text(lambda t, n: t.replace(n[1], f"{n[1]}\0")), ""),
    "line-ends": (_text(lambda t, n: t.replace("\r\n", "\r", 2)), ""),
    "odd-ends": (_text(lambda t, n: t.replace("\r\n", "\u2028")), ""),
    "form-feed": (_text(lambda t, n: t.replace("\r\n", "\x0c\r\n")), ""),
    "escaped": (_text(lambda t, n: t.replace(f"\r\n{n[1]}", f"\\n{n[1]}")), ""),
    "separator": (_text(lambda t, n: "sep=;\r\n" + t.replace(",", ";")), ""),
    "semicolons-late": (_text(lambda t, n: t[: t.index(n[1])] + t[t.index(n[1]):].replace(",", ";")),
                        ""),
    "remark": (_text(lambda t, n: t.replace(n[1], f"#{n[1]}")), ""),
    "two-encodings": (lambda n: WRITERS["csv"](rows(n[:2])) + f"{n[2]},乙厂,3\r\n".encode("gb18030"),
                      "损坏|乱码"),
    "mark-within": (_text(lambda t, n: t.replace(n[1], f"\ufeff{n[1]}")), ""),
    "two-headers": (_text(lambda t, n: t.replace(n[1], f"团队名称,单位名称,研究方向\r\n{n[1]}")), ""),
    "long-line": (_text(lambda t, n: t.replace(n[1], n[1] + "长" * 200_000)), ""),
}  # fmt: skip
PLACES: dict[str, Place] = {
    f"{name}.{suffix}": place
    for suffix, places in (
        ("xlsx", XLSX), ("docx", DOCX), ("html", HTML), ("pdf", PDF), ("json", JSON),
        ("jsonl", JSONL), ("bib", BIB), ("ris", RIS), ("zip", ZIP), ("gz", GZ), ("csv", CSV),
    )
    for name, place in places.items()
}  # fmt: skip
