"""Lists of papers, patents, projects, awards and standards: their columns, and what tells them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from matcher.corpora.headers.labels import normalise_header
from matcher.records import Amount, Evidence, Header, Text, TextList, Year

# Headers that only lists of papers, patents, projects, awards or standards have, and how much each
# says; 2 together make a list of achievements. A bare 名称 or 题目 says nothing.
_SIGNS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (2, re.compile(
        r"(?:专利)?申请号|公开(?:\(公告\))?号|公告号|专利号|授权公告号|申请\(专利权\)人|专利权人|"
        r"发明\(设计\)人|发明人|ipc.*|法律状态|(?:申请|公开|授权)年份|项目批准号|批准号|申请代码|"
        r"资助(?:金额|经费)|(?:主要|第一)?完成人|提名单位|标准号|(?:主要)?起草(?:人|单位)|刊名|"
        r"期刊(?:名称)?|文献来源|第一责任人|被引(?:频次|次数)?|doi|issn|(?:全部|第一)?作者|"
        r"author-作者|authors?|author full names|source title|title-题名|organ-.*|eid|af|au|c1|"
        r"authorships\..*|成果登记号|合同登记编号|(?:课题组|项目组)成员|合同(?:金额|经费|额)|(?:到账|到款)(?:经费|金额)?|"
        r"(?:卖方|买方|转让方|受让方|许可方|被许可方)(?:名称)?|著作权人|软件名称|(?:著作|专著)名称|isbn|"
        r"获奖(?:成果|项目)名称|获奖人(?:员)?|授奖单位|学位授予单位|学位论文题目|论文\(.*(?:作者|题目|期刊).*\)"
    )),
    (1, re.compile(
        r"依托单位|(?:项目)?(?:牵头)?承担单位|项目名称|课题名称|项目负责人|课题负责人|负责人|"
        r"起止(?:年月|时间|日期)|立项(?:年度|年份|时间)|(?:主要|第一)?完成单位|获奖(?:等级|年度|年份)|"
        r"奖励等级|申请人|关键词|摘要|申请日(?:期)?|公开(?:\(公告\))?日|ti|so|de|ab|py|title|abstract|"
        r"keywords|year|作者单位|机构|批准(?:金额|年度)|项目类别|题名|"
        r"(?:通讯|通信|其他)作者|发表(?:时间|日期|年份|刊物)|授权(?:日|日期|时间)|"
        r"(?:成果)?登记号|成果(?:名称|类型|水平)|(?:项目)?主持人(?:姓名)?|奖项名称|出版社|论文(?:题目|名称)|"
        r"本人排名|导师姓名|指导教师"
    )),
)  # fmt: skip


class ListedAchievement(Evidence):
    """A row of a list of papers, patents, projects, awards or standards, people still as printed.

    `matcher.corpora.rows.listed` divides names and addresses and makes an `Achievement` of it.
    """

    title: Annotated[
        Text,
        Header(
            "题名",
            "名称、成果名称、标题、论文题目、论文名称、专利名称、发明名称、项目名称、课题名称、标准名称、"
            "获奖项目名称、文献题名、Title-题名、Title、TI、Article Title、题目、论文、专利、"
            "论文标题、篇名、成果题目、获奖成果名称、软件名称、著作名称、专著名称、书名、"
            "学位论文题目、标题(中文)、标题(译)(简体中文)、display_name",
        ),
    ] = ""
    abstract: Annotated[
        Text,
        Header(
            "摘要",
            "Summary-摘要、Abstract、AB、中文摘要、内容简介、摘要(中文)、摘要(译)(简体中文)、成果简介、"
            "项目简介、主要内容",
        ),
    ] = ""
    keywords: Annotated[
        TextList,
        Header(
            "关键词",
            "关键字、主题词、Keyword-关键词、Author Keywords、DE、Keywords、中文关键词、"
            "keywords.display_name",
        ),
    ] = ()
    year: Annotated[
        Year | None,
        Header(
            "年份",
            "年度、年、发表年份、发表时间、出版年、授权年份、申请年份、公开年份、申请日、申请日期、公开日、"
            "公开(公告)日、公告日、授权日、授权公告日、立项年度、立项年份、立项时间、批准年度、获奖年度、"
            "获奖年份、发布日期、实施日期、PubTime-发表时间、Year-年、Year、PY、Publication Year、"
            "发表日期、发表年月、出版日期、出版时间、刊出时间、完成时间、完成年度、完成年份、完成日期、授权日期、授权时间、"
            "申请时间、立项日期、获奖时间、获奖日期、评价日期、鉴定日期、鉴定时间、登记日期、登记年度、签订日期、开发完成日期、签订时间、"
            "签订年度、publication_year",
        ),
    ] = None
    amount_wan: Annotated[
        Amount | None,
        Header(
            "金额(万元)",
            "经费(万元)、金额、批准金额、资助金额、资助经费、批准经费、合同额(万元)、合同金额、合同经费、"
            "直接费用、直接经费、支持经费、支持金额、中央财政经费、财政经费、项目经费、总经费、到账经费、到款额、成交金额、"
            "资助额度、拨款金额",
        ),
    ] = None
    source_url: Annotated[
        Text,
        Header(
            "链接",
            "网址、URL、URL-网址、Link",
        ),
    ] = ""
    authors: Annotated[
        Text,
        Header(
            "作者",
            "全部作者、作者姓名、发明人、发明(设计)人、设计人、完成人、主要完成人、起草人、主要起草人、"
            "项目组成员、Author-作者、Authors、Author、AU、课题组成员、成员、主要成员、参与人、参加人员、"
            "主要参与人、完成人员、主要完成人员、"
            "获奖人、获奖人员、学生姓名、研究生姓名、作者姓名、authorships.author.display_name",
        ),
    ] = ""
    other_authors: Annotated[
        Text, Header("其他作者", "其他完成人、其他发明人、合作者、参与作者")
    ] = ""
    corresponding: Annotated[
        Text, Header("通讯作者", "通信作者、责任作者、Corresponding Author")
    ] = ""
    full_names: Annotated[
        Text, Header("作者全名", "Author full names、Author Full Names、AF、作者全称")
    ] = ""
    leader_name: Annotated[
        Text,
        Header(
            "负责人",
            "项目负责人、课题负责人、主持人、项目主持人、第一完成人、第一作者、第一发明人、第一责任人、"
            "首席科学家、FirstDuty-第一责任人、申请人姓名、"
            "姓名、负责人姓名、主持人姓名、主持人/单位、负责人/单位、导师姓名、指导教师、导师、教师姓名",
        ),
    ] = ""
    host_org: Annotated[
        Text,
        Header(
            "依托单位",
            "承担单位、项目承担单位、牵头单位、项目牵头承担单位、牵头承担单位、第一完成单位、主持单位、"
            "第一承担单位、申报单位、第一单位、第一作者单位、卖方名称、卖方、转让方、转让方名称、许可方、"
            "项目依托单位、"
            "学位授予单位、培养单位",
        ),
    ] = ""
    organisations: Annotated[
        Text,
        Header(
            "单位",
            "作者单位、完成单位、主要完成单位、机构、起草单位、主要起草单位、参与单位、Organ-单位、"
            "Organ-机构、Affiliations、Addresses、C1、作者机构、完成单位名称、署名单位、"
            "authorships.raw_affiliation_strings、authorships.institutions.display_name",
        ),
    ] = ""
    placed: Annotated[Text, Header("作者及单位", "Authors with affiliations")] = ""
    applicants: Annotated[
        Text,
        Header(
            "申请人",
            "申请(专利权)人、专利权人、申请专利权人、当前权利人、当前申请(专利权)人、权利人、"
            "标准化申请人、[标]当前申请(专利权)人、[标]原始申请(专利权)人、原始申请(专利权)人、"
            "申请单位、著作权人",
        ),
    ] = ""
    partner_org: Annotated[
        Text,
        Header(
            "合作单位",
            "合作方、参与单位名称、委托单位、委托方、买方名称、买方、受让方、受让方名称、被许可方、甲方、甲方单位",
        ),
    ] = ""
    venue: Annotated[
        Text,
        Header(
            "出处",
            "刊名、期刊、期刊名称、来源期刊、发表期刊、文献来源、Source-文献来源、Source title、"
            "Source Title、SO、学位授予单位、会议名称",
        ),
    ] = ""
    number: Annotated[
        Text,
        Header(
            "编号",
            "项目批准号、批准号、项目编号、申请号、专利申请号、专利号、公开(公告)号、公开号、公告号、"
            "授权公告号、标准号、标准编号、DOI、DOI-DOI、DI、EID、UT、UT (Unique WOS ID)、"
            "成果登记号、合同登记编号、合同编号",
        ),
    ] = ""
    period: Annotated[
        Text,
        Header(
            "起止年月",
            "起止时间、起止日期、研究期限、执行期限、项目起止年月、执行期",
        ),
    ] = ""
    form: Annotated[
        Text,
        Header(
            "文献类型",
            "成果类型、成果类别、来源库、SrcDatabase-来源库、文献类别、专利类型、Document Type、"
            "DT、PT、Publication Type",
        ),
    ] = ""


def signs_of_listing(columns: Sequence[str]) -> int:
    """How much these headers look like those of a list of achievements.

    >>> signs_of_listing(["序号", "名称", "摘要"]), signs_of_listing(["题名", "作者", "刊名"])
    (1, 5)
    """
    # Of two rows of headers the upper one may say what the lower one is of (主持人·姓名), or be the
    # heading of a group (权利人信息·发明人).
    names = {_folded(part) for whole in columns for part in (whole, *whole.split("·"))}
    names |= {name.rpartition("-")[2] for name in names if "-" in name}
    return sum(weight for weight, sign in _SIGNS for name in names if sign.fullmatch(name))


def is_sign(column: str) -> bool:
    """Whether a header is one of those only lists of achievements have."""
    return signs_of_listing([column]) > 0


def _folded(column: str) -> str:
    """A header without the unit of its sums: 合同经费(万元)."""
    return re.sub(r"\((?:万?元|单位.*)\)$", "", normalise_header(column))
