"""Word numbers paragraphs by itself: headings are read with the numbers the page shows."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from matcher.corpora import read_any

_SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def level(number: int, form: str, text: str, style: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{named}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def paragraph(text: str, place: int | str | None = None) -> str:
    """A paragraph; ``place`` is its level in list 1, or its style."""
    marks = ""
    if isinstance(place, int):
        marks = f'<w:pPr><w:numPr><w:ilvl w:val="{place}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    elif place:
        marks = f'<w:pPr><w:pStyle w:val="{place}"/></w:pPr>'
    return f"<w:p>{marks}<w:r><w:t>{text}</w:t></w:r></w:p>"


def written(folder: Path, body: str, levels: str, styles: str = "") -> Path:
    path = folder / "指南.docx"
    parts = {
        "document": f"<w:document {_SPACE}><w:body>{body}</w:body></w:document>",
        "numbering": f'<w:numbering {_SPACE}><w:abstractNum w:abstractNumId="0">{levels}'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
        "styles": f"<w:styles {_SPACE}>{styles}</w:styles>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(f"word/{name}.xml", text)
    return path


GUIDE = [
    ("高端轴承", 0), ("高速电主轴轴承润滑", 1), ("研究内容：油气润滑参数与温升。", None),
    ("考核指标：转速≥30000r/min；温升≤15℃", None), ("风电主轴轴承滚道强化", 1),
    ("研究内容：感应淬火均匀性。", None), ("考核指标：硬度≥58HRC", None),
    ("绿色冶炼", 0), ("转炉渣余热回收", 1), ("研究内容：干法粒化。", None),
    ("考核指标：热回收率≥50%", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("top", "below"),
    [(("decimal", "%1."), ("decimal", "%1.%2")), (("chineseCounting", "%1、"), ("decimal", "%2."))],
)
def test_the_chapters_of_a_guide_numbered_by_word(
    tmp_path: Path, top: tuple[str, str], below: tuple[str, str]
) -> None:
    body = "".join(paragraph(text, place) for text, place in GUIDE)
    found = read_any(written(tmp_path, body, level(0, *top) + level(1, *below))).challenges
    assert found is not None
    assert [(one.title, one.indicators_text) for one in found.records] == [
        ("高速电主轴轴承润滑", "转速≥30000r/min；温升≤15℃"),
        ("风电主轴轴承滚道强化", "硬度≥58HRC"),
        ("转炉渣余热回收", "热回收率≥50%"),
    ]


def test_a_style_can_carry_the_number(tmp_path: Path) -> None:
    styles = (
        '<w:style w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="H2"><w:basedOn w:val="H1"/></w:style>'
    )
    levels = level(0, "chineseCounting", "%1、", "H1") + level(1, "decimal", "（%2）", "H2")
    body = "".join(
        paragraph(text, "H1") + paragraph(value)
        for text, value in (
            ("项目名称", "轧辊表面裂纹在线检测"), ("需求单位", "示例轧辊有限公司"),
            ("考核指标", "检出率≥98%"), ("榜单金额", "300万元"),
        )
    )  # fmt: skip
    found = read_any(written(tmp_path, body, levels, styles)).challenges
    assert found is not None
    (made,) = found.records
    assert (made.title, made.indicators_text) == ("轧辊表面裂纹在线检测", "检出率≥98%")
