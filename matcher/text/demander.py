"""The organisation a need in plain words is of."""

from __future__ import annotations

import re

from matcher.text.envelope import without_marks

ORG_END = (
    r"(?:(?:集团|股份|科技|责任)*有限(?:责任)?公司|集团公司|股份公司|总公司|集团|合作社|研究院|"
    r"研究所|设计院|"
    r"大学|医院|(?:[机电钢水铸锻药铁铝纸糖酒印纺化轮热件泵阀车船材料具器料业械瓷门璃灯锁缆线管砖染革毯鞋服镜齿链簧焊模]|化工|电子|"
    r"水泥)厂|分公司|公司)"
)
_ORGANISATION = re.compile(
    rf"[\u4e00-\u9fffA-Za-z0-9（）()·]{{2,28}}?{ORG_END}(?:[^\u4e00-\u9fff]|$|的|这|，|在|做|"
    rf"走|调|反|提|是|想|有|目前|现|需|急|联|技|研|设|生|主|总|地|求|寻|征|拟|诚|因|为|文|年|钱)"
)
_BEFORE_ORG = re.compile(
    r"^.*?(?:我(?:们(?:这边)?|(?!们))(?:是|叫|在)?(?![厂公司])|我司[（(]?|这里是|这边是|来自|单位(?:是|"
    r"叫|为)?|[敝鄙]公?[司厂]|合作社全名叫?|公司(?:叫|名称?是?)|(?:我们?)?(?:公司|单位|企业)的?(?:全[称名]|名字)[是叫为]?|工商名称?[是为]?|需求由|受|代表|本人在|就职于|供职于|"
    r"[（(](?=[^）)]*$)|(?:[今昨]天|上周|我们?)(?:去|到|走访|拜访)|(?:帮|替|代)|落款|需求方(?:是|为)?|甲方(?:是|为)?|(?<=[\u4e00-\u9fff])(?:老师|专家)好|"
    r"联系|[,，。:：])+"
)
_GENERIC = re.compile(
    r"^(?:(?:我|我们|俺|咱|本|贵|该|某|一家|有家|国内|国外|进口|别的|其他|外地|老|这家?|那家?|"
    r"几家|两家|"
    r"小|大|全|分|总|子|母|各|哪家)*)(?:集团|公司|厂|企业|医院|大学|研究所|研究院|电厂|药厂)+$|"
    r"大学生|高校"
)


def organisation_of(lines: list[str]) -> str:
    """The fullest name of an organisation that is not one of many (我们公司)."""
    found: list[str] = []
    for line in lines:
        text = without_marks(line)
        for match in _ORGANISATION.finditer(text):
            name = re.sub(rf"({ORG_END}).{{0,2}}$", r"\1", match[0].strip())
            name = re.sub(r"^.*[（(](?=[^）)]*$)", "", _BEFORE_ORG.sub("", name))
            name = name.strip("，,。、 的在（(")
            if len(name) >= 4 and not _GENERIC.search(name):
                found.append(name)
    formal = [name for name in found if name.endswith(("有限公司", "责任公司", "集团"))]
    return next(iter(formal or found), "")


def is_organisation(text: str) -> bool:
    """Whether a line is nothing but the name of an organisation."""
    return len(text) <= 30 and re.search(rf"{ORG_END}$", text.strip()) is not None
