"""An upload as a file on disk, under a name that is safe and that messages may show."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path

from matcher.errors import InputError, NotFoundError
from matcher.service.clock import now
from matcher.service.context import Caller, Service

# Of one account: nobody's files drive out what another's wait for.
_KEPT_UPLOADS = 20
# Of all files of an upload: more than an honest one of 20 MB has.
MOST_ROWS = 100_000
_PACKED = "matcher 的几份清单".encode()
# What may be filed with a bid, a contract or an acceptance.
MOST_ATTACHED = 10
ATTACHABLE = {
    "PDF": ".pdf", "OFD": ".ofd", "Word": ".doc .docx", "WPS": ".wps .et .dps",
    "Excel": ".xls .xlsx", "PPT": ".ppt .pptx", "文本": ".txt .csv .md",
    "图片": ".jpg .jpeg .png .tif .tiff .bmp", "图纸": ".dwg .dxf .stp .step .igs .iges",
    "压缩包": ".zip .rar .7z",
}  # fmt: skip


def keep_upload(caller: Caller, upload_id: str, name: str, content: bytes) -> None:
    """Keep a file until what is in it is taken in; the oldest of who uploads go."""
    who = caller.principal
    with caller.service.database.writing() as connection:
        connection.execute(
            "INSERT INTO uploads VALUES (?, ?, ?, ?, ?)",
            (upload_id, who.account_id, name, content, now()),
        )
        connection.execute(
            """DELETE FROM uploads WHERE account_id = ?1 AND id NOT IN
            (SELECT id FROM uploads WHERE account_id = ?1
            ORDER BY created DESC, rowid DESC LIMIT ?2)""",
            (who.account_id, _KEPT_UPLOADS),
        )
        caller.note("import.upload", upload_id, bytes=len(content))


def kept_upload(service: Service, upload_id: str) -> tuple[str, bytes]:
    """Name and content of a file that was kept. Raises: NotFoundError."""
    row = service.database.row("SELECT name, content FROM uploads WHERE id = ?", (upload_id,))
    if row is None:
        raise NotFoundError("上传的文件已不在", given=upload_id[:100], remedy="重新上传")
    return str(row["name"]), bytes(row["content"])


def packed(files: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Several files as one upload; of two of one name the second is numbered."""
    if len(files) == 1:
        return safe_name(files[0][0]), files[0][1]
    made, names = io.BytesIO(), set[str]()
    with zipfile.ZipFile(made, "w") as archive:
        archive.comment = _PACKED
        for number, (given, content) in enumerate(files, 1):
            name = safe_name(given)
            name = f"{number}-{name}" if name in names else name
            names.add(name)
            archive.writestr(name, content)
    return f"{safe_name(files[0][0])}等 {len(files)} 个文件", made.getvalue()


def unpacked(name: str, content: bytes) -> list[tuple[str, bytes]]:
    """The files of an upload, under their own names.

    >>> unpacked(*packed([("论文.csv", b"1"), ("论文.csv", b"2")]))
    [('论文.csv', b'1'), ('2-论文.csv', b'2')]
    >>> unpacked("论文.csv", b"1")
    [('论文.csv', b'1')]
    """
    # What is no archive of ours may end like one.
    if content.startswith(b"PK") and content.endswith(_PACKED):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [(one.filename, archive.read(one)) for one in archive.infolist()]
    return [(name, content)]


@contextmanager
def as_file(name: str, content: bytes) -> Iterator[Path]:
    """The content in a file of its own name; what is wrong with it is told without the folder.

    Raises:
        InputError: whatever was raised inside.
    """
    with tempfile.TemporaryDirectory() as folder:
        shown = safe_name(name)
        known = Path(shown).suffix.lower() == safe_suffix(shown)
        path = Path(folder) / (shown if known else "上传")
        path.write_bytes(content)
        try:
            yield path
        except InputError as error:
            given = None if error.given is None else str(error.given)
            told = copy(error)
            told.given = given and given.replace(f"{folder}{os.sep}", "")
            told.args = (told.message,)
            raise told from error


def attachments(
    files: Sequence[tuple[str, bytes]], beside: int = 0
) -> list[tuple[str, bytes]]:  # fmt: skip
    """Files that come with a form, under names that are safe and that tell their kind.

    Args:
        files: name and content.
        beside: how many are there already.

    Raises:
        InputError: too many, empty, or of a kind that is not filed.

    >>> attachments([("C:/方案.PDF", b"%PDF")])
    [('方案.pdf', b'%PDF')]
    """
    if len(files) + beside > MOST_ATTACHED:
        raise InputError(
            "附件太多", given=f"{len(files) + beside} 个", expected=f"最多 {MOST_ATTACHED} 个",
            remedy="合并或打成一个压缩包",
        )  # fmt: skip
    kinds = " ".join(ATTACHABLE.values()).split()
    for name, content in files:
        if safe_suffix(name) not in kinds:
            raise InputError(
                "附件不是收的种类", given=safe_name(name), expected="、".join(ATTACHABLE),
                remedy="另存为其中一种再选",
            )  # fmt: skip
        if not content:
            raise InputError("附件是空的", given=safe_name(name), remedy="核对文件再选")
    return [(safe_name(name), content) for name, content in files]


def safe_suffix(name: str) -> str:
    """The suffix of a file name if it is a plain one.

    >>> safe_suffix("../../etc/榜单.XLSX"), safe_suffix("x.a/b")
    ('.xlsx', '')
    """
    suffix = Path(name.replace("\\", "/")).suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= 8 else ""


def safe_name(name: str) -> str:
    r"""The last part of a file name: printable, short, no name of a folder.

    >>> safe_name("..\\..\\榜\n单.xlsx"), safe_name(".."), len(safe_name("榜" * 999 + ".csv"))
    ('榜单.xlsx', '未命名', 54)
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if c.isprintable()).strip(". ")
    suffix = safe_suffix(plain)
    # File systems count bytes, up to four a character.
    return plain.removesuffix(plain[-len(suffix) :] if suffix else "")[:50] + suffix or "未命名"
