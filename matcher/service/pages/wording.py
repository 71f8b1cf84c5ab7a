"""Filters of the templates: texts as they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2.filters import do_urlencode
from markupsafe import Markup, escape

from matcher.corpora.cells import join_list
from matcher.records import Challenge, headers
from matcher.service.clock import shown_moment
from matcher.service.remedies import at_pages, remedy_at_pages
from matcher.service.views import numbered

_LABELS = {field: mark.name for field, mark in headers(Challenge)}
ACTS = {
    "sign-in": "登录", "sign-out": "退出",
    "draft.create": "写草稿", "draft.change": "改草稿", "draft.submit": "提交草稿",
    "draft.delete": "删除草稿", "draft.publish": "发榜",
    "draft.recall": "收回草稿", "draft.return": "退回草稿", "challenge.publish": "发布难题",
    "team.propose": "提交团队修改", "team.decide": "审核团队修改",
    "secret.keep": "改保密内容",
    "secret.consent": "同意保密条款", "pair.appraise": "登记评分", "pair.follow": "记跟进",
    "export.bid": "下载揭榜附件", "export.bids": "导出揭榜书对照", "challenge.move": "难题状态",
    "challenge.assign": "分配难题", "challenge.comment": "写意见",
    "team.move": "删除、恢复团队", "team.merge": "合并团队",
    "record.apart": "不是同一项", "namesakes.tell": "同名核对", "pair.move": "对接进展",
    "alliance.change": "改联盟", "alliance.move": "联盟状态", "alliance.undo": "撤销联盟的一步",
    "alliance.file": "存协议", "alliance.read-file": "取协议", "alliance.mark": "联盟评分",
    "evaluator.ask": "请评委", "evaluator.release": "不再请评委",
    "lists.hand-in": "提交清单审核", "lists.return": "退回清单",
    "import.upload": "上传文件", "job.import": "导入", "job.report": "出报告",
    "job.match": "批量匹配", "job.library": "建立团队库", "job.survey": "清单预览",
    "job.cancel": "取消任务", "retention.clear": "清理旧任务",
    "correction.mark": "标记更正", "correction.undo": "撤销更正",
    "decision": "人工决定", "decision.withdraw": "收回决定", "outcome": "登记结果",
    "outcome.delete": "删除结果",
    "messages.settings": "改消息设置", "messages.confirm": "确认邮箱", "query.digest": "设订阅摘要",
    "messages.unsubscribe": "退订一类邮件", "messages.test": "发测试邮件",
    "identity.bind": "绑定身份", "identity.unbind": "解除身份",
    "hook.add": "新增外发地址", "hook.delete": "删除外发地址", "hook.test": "测试外发地址",
    "delivery.resend": "重新发送", "delivery.drop": "不再发送",
    "query.save": "保存订阅", "query.delete": "删除订阅",
    "export.teams": "导出团队", "export.job": "下载任务文件", "export.rejects": "下载拒收清单",
    "ranker.use": "选用排序模型", "ranker.back": "换回排序模型",
    "account.add": "新增账号", "account.disable": "停用账号", "account.enable": "启用账号",
    "account.password": "改密码", "account.change": "改账号资料", "account.link": "发设密码链接",
    "account.password-by-link": "凭链接设密码", "account.forgotten": "忘了密码",
    "account.import": "批量建账号",
    "grant.add": "交给范围", "grant.remove": "收回范围",
    "registration.ask": "申请账号", "registration.approve": "通过账号申请",
    "registration.refuse": "退回账号申请", "key.add": "新建密钥", "key.revoke": "撤销密钥",
}  # fmt: skip

DETAILS = {
    "bytes": "字节", "rows": "行", "jobs": "任务", "uploads": "上传", "days": "天",
    "again": "重做的任务", "file": "文件", "stage": "环节", "role": "角色", "scopes": "权限",
    "kind": "种类", "every": "多久一次", "value": "内容",
    "organisation_admin": "单位管理员", "accounts": "账号",
    "challenge_id": "榜单编号", "format": "格式", "teams": "团队", "bids": "揭榜书",
    "conflict": "回避", "move": "步骤", "step": "步骤编号", "challenges": "难题",
    "year": "年度", "task": "评什么",
    "change": "修改编号", "assignee": "负责人", "meeting": "会议", "answers": "回答",
    "state": "结果",
}  # fmt: skip


_HAN = r"\u4e00-\u9fff"
# Brackets around something Chinese; a comma, semicolon or colon after a Chinese character.
_BRACKETED = re.compile(rf" ?\(([^()]*[{_HAN}][^()]*)\) ?")
_HALF = re.compile(rf"(?<=[{_HAN}”）])([,;:]) ?")
_FULL = {",": "，", ";": "；", ":": "："}


def short(text: str, most: int) -> str:
    """The beginning of a text.

    >>> short("高端轴承钢", 3)
    '高端轴…'
    """
    return text if len(text) <= most else f"{text[:most]}…"


def marked(text: str, terms: Iterable[str]) -> Markup:
    """A text with the shared terms marked; everything else is escaped.

    >>> str(marked("<轴承钢>", ["轴承"]))
    '&lt;<mark>轴承</mark>钢&gt;'
    """
    wanted = sorted((t for t in terms if t), key=len, reverse=True)
    if not wanted:
        return Markup(escape(text))
    pattern = re.compile(f"({'|'.join(map(re.escape, wanted))})", re.IGNORECASE)
    pieces = pattern.split(text)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )


def web(address: str) -> str:
    """An address that may be linked to; anything but http and https is none.

    >>> web("javascript:alert(1)"), web("https://a.cn/x")
    ('', 'https://a.cn/x')
    """
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return ""
    return address if scheme in ("http", "https") else ""


def figure(value: float) -> str:
    """A number as people write it, never in powers of ten.

    >>> figure(6.0), figure(0.05), figure(1e7), figure(13912345678.5)
    ('6', '0.05', '10,000,000', '13,912,345,678.5')
    """
    text = f"{value:.10f}" if abs(value) < 1 else f"{value:,.6f}"
    return text.rstrip("0").rstrip(".")


def entered(value: object) -> object:
    """What a box of a form holds: a whole amount without its point, nothing for none.

    >>> entered(500.0), entered(0.5), entered("五百"), entered(None)
    (500, 0.5, '五百', '')
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return "" if value is None else value


def full(text: str) -> str:
    """A Chinese text as pages have it: punctuation in full width, no words of the command line.

    >>> full("库内有相近团队, 但把握不大; 建议扩大 (或放宽条件): 见1.5")
    '库内有相近团队，但把握不大；建议扩大（或放宽条件）：见1.5'
    """
    text = _BRACKETED.sub(r"（\1）", at_pages(str(text)))
    return _HALF.sub(lambda found: _FULL[found[1]], text)


def remedy(text: str) -> str:
    """What to do, on a page.

    >>> remedy("重新安装, 或用 matcher calibrate 重新生成")
    '请管理人员在服务器上处理：重新安装，或用 matcher calibrate 重新生成'
    """
    return full(remedy_at_pages(str(text)))


def acted(action: str) -> str:
    """An act of the audit log in words.

    >>> acted("draft.publish"), acted("new.act")
    ('发榜', 'new.act')
    """
    return ACTS.get(action, action)


def quoted(given: Any) -> str:
    """A text as a part of an address, its slashes too: ids have them; a mapping as a query.

    >>> quoted("a/../b"), quoted({"q": "轴承"})
    ('a%2F..%2Fb', 'q=%E8%BD%B4%E6%89%BF')
    """
    return do_urlencode(given) if isinstance(given, Mapping) else quote(str(given), safe="")


def labelled(field: str) -> str:
    """What a field of a challenge is called on its form.

    >>> labelled("bounty_wan"), labelled("indicators_text")
    ('榜额（万元）', '考核指标')
    """
    return full(_LABELS.get(field, field))


FILTERS = {
    "urlencode": quoted,
    "short": short,
    "marked": marked,
    "web": web,
    "moment": shown_moment,
    "acted": acted,
    "full": full,
    "remedy": remedy,
    "numbered": numbered,
    "figure": figure,
    "entered": entered,
    "listed": join_list,
    "labelled": labelled,
}
