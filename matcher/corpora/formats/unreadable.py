"""Formats that are known and not read, each with what to do about it."""

from __future__ import annotations

import re

from matcher.corpora.formats.format import Refusal
from matcher.corpora.formats.safety import part_name

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
# Whatever folder they are in, and however it is written.
_OFFICE_PART = re.compile(
    r"(?:.*/)?(?:xl/workbook\.(?:xml|bin)|xl/worksheets/[^/]+\.xml|word/document\d*\.xml"
    r"|ppt/presentation\.xml|meta-inf/manifest\.xml)"
)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")

OTHER_OPEN_DOCUMENT = Refusal(
    lambda sample: "mimetype" in sample.entries,
    "不是能读的格式", "另存为 .docx 或 .xlsx", ".ods 表格或 .docx 文档",
)  # fmt: skip
SLIDES = Refusal(
    lambda sample: any(name.startswith("ppt/") for name in sample.entries),
    "不是能读的格式", "把内容另存为 .docx", "表格或文档",
)  # fmt: skip
FIXED_LAYOUT = Refusal(
    lambda sample: "OFD.xml" in sample.entries,
    "这是 OFD 版式文件，不读",
    "在 OFD 阅读器中打开，另存为 PDF 或 Word；最好取得 Excel 或 Word 原件",
)  # fmt: skip
APPLE_OFFICE = Refusal(
    lambda sample: any(name.endswith(".iwa") for name in sample.entries),
    "这是苹果的 Pages、Numbers 或 Keynote 文件，不读", "在原来的程序中导出为 .xlsx 或 .docx",
)  # fmt: skip
DAMAGED_WORKBOOK = Refusal(
    lambda sample: any(map(_SHEET.fullmatch, sample.entries)),
    "工作簿缺了目录部件，可能已损坏",
    "在 Excel 或 WPS 中打开（按提示修复），另存后再导入；打不开的请对方重发",
)  # fmt: skip
UNPACKED_OFFICE = Refusal(
    lambda sample: any(_OFFICE_PART.fullmatch(part_name(name)) for name in sample.entries),
    "压缩包里是拆开的工作簿或文档，或者它们各部分的名称写法不合规矩",
    "在 Excel、Word 或 WPS 中打开（按提示修复），另存后再导入；拆开了的请用原来的文件",
)  # fmt: skip
ENCRYPTED = Refusal(
    lambda sample: sample.has_stream("EncryptedPackage"),
    "文件有密码，打不开", "在 Excel 或 WPS 中打开，去掉密码后另存", "不加密的文件",
)  # fmt: skip
OLD_WORD = Refusal(
    lambda sample: sample.has_stream("WordDocument"),
    "这是旧版 Word 文件 (.doc)", "在 Word 或 WPS 中打开，另存为 .docx", ".docx 文件",
)  # fmt: skip
OTHER_OLD_OFFICE = Refusal(
    lambda sample: sample.is_ole,
    "旧版 Office 文件，里面不是表格", "在原来的程序中打开，另存为 .xlsx 或 .docx",
)  # fmt: skip
PICTURE = Refusal(
    lambda sample: sample.head.startswith(_PICTURES),
    "图片或其他压缩包，里面没有可读的文字",
    "图片先做文字识别 (OCR) 并核对；压缩包先解压或改为 .zip",
)
NOT_JSON = Refusal(
    lambda sample: sample.suffix in (".jsonl", ".ndjson", ".json") and bool(sample.start),
    "不是 JSON", "重新导出，或换一个文件", "一个由对象组成的数组，或每行一个对象 (.jsonl)",
)  # fmt: skip
