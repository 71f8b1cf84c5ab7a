"""Where each role can go from every page."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.service.access import Principal
from matcher.service.settings import Settings


@dataclass(frozen=True, slots=True)
class Item:
    """A place in a menu; ``here``: the page shown is this one or lies below it."""

    name: str
    path: str
    here: bool = False


_MENUS: dict[str, tuple[tuple[str, str], ...]] = {
    "public": (("首页", "/"),),
    "enterprise": (
        ("找团队", "/ask"), ("我的需求", "/drafts"), ("对接", "/pairs"), ("榜单", "/challenges"),
        ("团队库", "/teams"), ("联盟", "/alliances"), ("订阅", "/queries"),
    ),
    "university": (
        ("我的团队", "/my-teams"), ("对接", "/pairs"), ("榜单", "/challenges"),
        ("订阅", "/queries"), ("团队库", "/teams"), ("联盟", "/alliances"),
    ),
    "broker": (("难题", "/challenges"), ("团队", "/teams"), ("对接", "/pairs")),
    "expert": (("待办", "/"), ("评审", "/appraisals")),
    "local": (
        ("工作台", "/"), ("企业草稿", "/drafts"),
        ("对接", "/pairs"), ("账号申请", "/staff/registrations"), ("单位账号", "/staff/accounts"),
        ("榜单", "/challenges"), ("团队库", "/teams"), ("联盟", "/alliances"),
        ("订阅", "/queries"),
    ),
    "staff": (
        ("工作台", "/staff"), ("对接", "/pairs"), ("榜单", "/challenges"), ("团队库", "/teams"),
        ("找团队", "/ask"), ("企业草稿", "/drafts"), ("联盟", "/alliances"),
        ("订阅", "/queries"),
    ),
}  # fmt: skip
STAFF_MENU = (
    ("待办", "/staff"), ("导入", "/staff/imports"), ("由清单建库", "/lists"),
    ("发布", "/staff/publishing"),
    ("进度", "/staff/progress"), ("推荐与排除", "/staff/review"),
    ("指派", "/staff/assignment"), ("供需分布", "/staff/topics"), ("报告", "/staff/reports"),
    ("结果登记", "/staff/outcomes"), ("联盟进度", "/staff/alliances"),
    ("更正", "/staff/corrections"), ("查重", "/staff/duplicates"),
    ("同名核对", "/staff/namesakes"),
    ("任务", "/staff/jobs"), ("数据与模型", "/staff/status"), ("审计", "/staff/audit"),
    ("账号", "/staff/accounts"), ("团队审核", "/team-changes"), ("外发消息", "/staff/messages"),
)  # fmt: skip


def menu(principal: Principal, settings: Settings, path: str) -> list[Item]:
    """The main menu of a role."""
    places = _MENUS[principal.role]
    if principal.role == "public" and settings.public_lists:
        places = (*places, ("榜单", "/challenges"))
    if principal.organisation_admin:
        places = (*places, ("同事账号", "/colleagues"))
    return _marked(places, _entrance(principal, path))


def submenu(principal: Principal, path: str) -> list[Item]:
    """The desk's menu, on the pages of the desk."""
    desk = ("/staff", "/team-changes", "/lists")
    if not principal.is_staff or not (path == "/" or path.startswith(desk)):
        return []
    return _marked(STAFF_MENU, _entrance(principal, path))


def _entrance(principal: Principal, path: str) -> str:
    """The path by which somebody came to a page that has no place in the menu of its own."""
    if principal.is_staff and path == "/":
        return "/staff"
    if path.startswith(("/staff/deleted", "/staff/records/")):
        return "/staff/duplicates"
    if principal.is_staff and path.startswith("/staff/registrations"):
        return "/staff/accounts"
    if path.startswith("/challenges/draft-"):
        return "/drafts"
    if principal.role == "university" and path.startswith(("/teams/", "/lists")):
        own = path.startswith("/lists") or path.endswith("/challenges")
        return "/my-teams" if own else path
    return path


def _marked(places: tuple[tuple[str, str], ...], path: str) -> list[Item]:
    """The longest path that leads to the page is where it is."""
    leading = [p for _, p in places if path == p or (p != "/" and path.startswith(f"{p}/"))]
    here = max(leading, key=len, default=None)
    return [Item(name, p, p == here) for name, p in places]
