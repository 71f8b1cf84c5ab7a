"""Remedies of the layers below speak of the command line: here for a browser or a program.

What only the command line can do is staff's at the server, and said to be.
"""

from __future__ import annotations

import re

_IN_LISTS = "在“由清单建库”里上传；都属于一个团队的，在这个团队的“修改资料、补成果”里上传"
# What a remedy says to who works at the command line, and to who has pages only.
_AT_PAGES = (
    ("用 matcher library build 由清单建立团队库；都属于一个团队的，用 --team 团队编号；"
     "确是榜单的，用 --as challenges", _IN_LISTS),
    ("用 matcher library build 建立团队库，或用 import --team 归给一个团队", _IN_LISTS),
    ("（命令行也可以用 --year 说明）", ""),
    ("；命令行也可以用 --as 说明是什么，用 --map 列名=字段 说明各列", ""),
    ("不对就用 --org 另写", "不对就在下面写明单位"),
    ("请用 matcher alliances form 组建", "请在难题的“联合体”页面组建"),
    ("用 matcher accounts list 查看", "在“账号”里查看有哪些账号"),
    ("或用 matcher match，它会列出不能用的行并继续", "或只导入其余的行"),
    ("用 matcher status 查看已有内容", "在榜单或团队库里查找"),
    ("用 matcher template 查看全部字段", "下载填报模板，看全部字段"),
    ("改正 --for", "改正用途"),
    ("改正 --format", "改正格式"),
    ("先导入榜单，或放宽 --only、--since", "先导入榜单，或放宽所选的范围"),
    ("先导入团队，或检查 --teams 文件", "先导入团队"),
    ("先用 matcher import 导入榜单和团队库", "请管理人员先导入榜单和团队库"),
)  # fmt: skip
# A command with a word after it, or an option of one.
_COMMAND = re.compile(r"\bmatcher [a-z]|(?<![\w-])--[a-z]")


def at_pages(text: str) -> str:
    """A text with the ways of pages where it told those of the command line.

    >>> at_pages("没有这个账号；用 matcher accounts list 查看")
    '没有这个账号；在“账号”里查看有哪些账号'
    """
    for typed, shown in _AT_PAGES:
        text = text.replace(typed, shown)
    return text


def remedy_at_pages(remedy: str) -> str:
    """What to do where there is no command line.

    >>> remedy_at_pages("用 matcher calibrate 重新生成")
    '请管理人员在服务器上处理：用 matcher calibrate 重新生成'
    """
    told = at_pages(remedy)
    if _COMMAND.search(told):
        return f"请管理人员在服务器上处理：{told.removeprefix('请')}"
    return told
