"""Whoever is named in a letter, a chat or a note without a label that says so.

A name stands where names stand: behind a post or 我是某公司的, at the head of what somebody says,
under a letter, beside a telephone, in brackets behind what he is called. There a surname with one
or two characters that are no word is a name; elsewhere only what the tagger takes for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from matcher.contacts import SURNAME
from matcher.speech import is_word
from matcher.tagging import ORGANISATION, PERSON, PLACE, Tagged, tagged
from matcher.text.candidates import score
from matcher.text.name_candidates import (
    NameCandidate,
    likely_names,
    may_begin_a_name,
    name_candidates,
    name_weights,
)
from matcher.text.organisations import organisation_kind

_HAN = "\u4e00-\u9fff"
_NAME = rf"(?P<name>(?:{SURNAME})[{_HAN}]{{1,2}}?|[{_HAN}]{{2,6}}[·•][{_HAN}]{{2,8}})"
_POST = (
    r"(?:总工程师|总工|总经理|副总|经理|[厂场社所部站院校园店课组队行局处科股镇村会]长|理事长|书记|"
    r"主任|董事长|总裁|总监|主管|秘书长?|老板娘?|掌柜|高工|技术员|质检员|销售员|业务员|"
    r"采购员|专员|干事|科员|特派员|联络员|研究员|助理|班长|工段长|合伙人|创始人|法人|经纪人|"
    r"文员|CEO|CTO|COO)"
)
# Behind these a sentence may go on: 教授能帮我们.
_ADDRESSED = r"(?:工程师|教授|讲师|博士后?|顾问|会计|出纳|内勤|客服|师傅|同志|同事|老师|学生|PM)"
_LABEL = (
    r"(?:(?:联系|联络|对接|咨询|接洽|接口|经办|填报|填表|负责|申报|提交|反馈|提出|发起|"
    r"执笔|撰稿|受访|主持|发件|寄件|收件|收信|发布|签发|汇报|报告|发言|来电|来访|转发|代表)人|"
    r"承办|经办|接听|接电|登记|值班|户名|开户名|填表|记录[人员]?|整理人?|执笔|口述|讲述|受访者?|主持|签发|汇报|来电者?|"
    r"落款|签名|签字|抄送|姓名|称呼|经手|走访人员?|调研人员?|陪同(?:人员)?|参加(?:人员)?|"
    r"参会(?:人员)?|出席(?:人员)?)"
)
_GAP = r"[ \t　]*"
# What a name may stand before when the speaker does not pause.
_GOES_ON = (
    r"(?:就[行是好可成]|即可|吧|啊|哈|呀|嘛|哦|电话|手机|号码|座机|微信|邮箱|[Qq]{2}|老师|先生|女士|"
    r"小姐|同志|师傅|经理|主任|总工|博士|教授|联系|对接|负责|跟进|接洽|反映|介绍|提出|表示|汇报|"
    r"口[头述]|转[述告达]|代为|的(?:朋友|微信|电话|手机|号码)|整理|提供|带队|陪同|接待|沟通|"
    r"商[量谈议]|统一|牵头|汇总|[、和与及]|"
    rf"[讲说谈他她我您你敬谨拜]|也[行可]|[老小]{SURNAME}|[零〇一二两三四五六七八九幺]{{5}}|打电|加我|发我|收(?=$|\W))"
)
_STOPS = rf"(?=$|[^{_HAN}]|{_GOES_ON})"
# Behind these somebody is named for sure.
_SURELY = re.compile(
    rf"(?:{_LABEL}(?:[/及和与、（(][^:：\n]{{1,8}}?)?{_GAP}(?:[:：是为写填】\]]|(?<=人)){_GAP}"
    rf"(?:(?:[{_HAN}]{{1,4}})?{_POST}{_GAP})?|我叫|本人叫?|名叫|叫做|本名|真名|全名|叫我|喊我|(?<!贵)姓[{_HAN}](?:名?叫)?|鄙人|在下|户名|@)"
    rf"{_GAP}{_NAME}{_STOPS}"
)
# 让我外甥涂强接洽
_KIN = re.compile(
    r"(?:儿子|女儿|闺女|外甥女?|侄[子女]|老公|老婆|媳妇|爱人|丈夫|妻子|[妹姐]夫|弟媳|[他她]姨|[他她]叔|"
    rf"舅舅?|弟弟|哥哥|妹妹|姐姐)(?:名?叫|是)?{_GAP}(?![{_HAN}]{{0,2}}(?:微信|电话|手机)){_NAME}{_STOPS}"
)
# 我叫佴小川, whatever the surname.
_SELF = re.compile(
    rf"(?:我叫|本人叫|我名字叫|本名叫?|真名叫?|全名叫?){_GAP}(?P<name>[{_HAN}]{{2,3}})(?=$|[^{_HAN}])"
)
_BEHIND_POST = re.compile(
    rf"(?:{_POST}(?:[:：]|{_GAP})(?![能要都有时和那由来从应向行当全])|"
    rf"{_ADDRESSED}(?:[:：]|[ \t　]){_GAP}){_NAME}{_STOPS}"
)
# 我是某某公司的裴正阳
_FROM = re.compile(
    rf"(?:我|俺|咱|这[里边]|在下|小弟|本人)(?:这[里边])?[是叫]?[^。！？!?\n的]{{2,36}}的{_GAP}{_NAME}"
    rf"{_STOPS}"
)
_SOUGHT = re.compile(
    rf"(?:请?找|请?联系|请?洽|致电|咨询|垂询|由|委托|安排|交给?|归|问|[与和跟]|转自|总机要?转?)"
    rf"(?:我们?|咱们?|俺们?)?(?:[{_HAN}]{{1,8}}[部科处室办组所院厂]的?)?(?:{_POST})?{_GAP}{_NAME}{_STOPS}"
)
# 冼工冼立冬; 姓缑，缑晓梅; 小缑（缑晓梅）
_ECHOED = re.compile(
    rf"(?:[老小姓](?P<nick>{SURNAME})|(?P<own>{SURNAME})(?:工|总|姐|哥|董|[部科处局厂院所站]长?|{_POST}|{_ADDRESSED}|先生|女士|小姐|[姐哥]))"
    rf"{_GAP}[,，（(、:：]?{_GAP}(?P<name>(?:(?P=nick)|(?P=own))[{_HAN}]{{1,2}}?){_STOPS}"
)
# 缑晓梅-13800000000; 13800000000 缑晓梅
_BESIDE_NUMBER = re.compile(
    rf"(?<![{_HAN}A-Za-z]){_NAME}{_GAP}[-,，、:：(（/|]?{_GAP}(?:\+?86[- ]?)?[01]\d{{2}}[-\d ]{{5}}"
)
_BEHIND_NUMBER = re.compile(rf"(?<=\d[-\d ]{{5}}\d\d)[ \t　,，(（/|-]+{_NAME}(?![{_HAN}])")
_BEHIND_MAIL = re.compile(rf"@[\w.-]{{4,60}}[ \t]+{_NAME}(?![{_HAN}])", re.ASCII)
_TITLED = re.compile(
    rf"(?<![{_HAN}]){_NAME}{_GAP}(?:{_POST}|{_ADDRESSED}|先生|女士|小姐)"
    rf"(?=$|[^{_HAN}]|[{_HAN}]{{0,2}}(?:[说讲谈提]|反映|介绍|表示|汇报))"
)
# 鄂文舒 敬上; 裴正阳 2026年12月2日
_SIGNED = re.compile(
    rf"(?<![{_HAN}]){_NAME}{_GAP}(?:敬[上启呈]|拜托|亲?收$|叩谢|致谢|留$|整理|谨[上启呈]|拜[上启]|顿首|呈上|[上启]$|于?20\d\d[年./-]"
    r"[\d年月日./\- ]{2,9}$|代[转发]|供稿|[（(](?:签[字名章]|盖章|代)[)）])"
)
# 姓祝（祝霞）, 老彭(彭世魁), Kelvin Tao（陶景行）
_INSIDE = re.compile(rf"[（(]{_GAP}{_NAME}{_GAP}(?:[,，、:：；;/][^（()）\n]{{0,30}})?[)）]")
_LATIN_BEFORE = re.compile(r"[A-Z][a-z]+\s*$")
# 缪永贵（手机 …
_REACHED_IN_BRACKETS = re.compile(
    rf"(?<![{_HAN}]){_NAME}{_GAP}"
    r"[（(]\s*(?:手机|电话|座机|内线|分机|短号|微信|邮箱|[Qq]{2}|[Vv][Xx]|wx|Tel|TEL|M[:：]|T[:：]|\+?\d{3})"
)
_LATIN = re.compile(
    r"(?:我是|我叫|叫我|英文名(?:叫|是)?|M(?:r|s|rs)\.|[Rr]egards[,，]|"
    r"\bI['’]?m|\bI am|\b[Tt]his is|\b[Mm]y name is|[Cc]ontact\s*[:：]|"
    r"[Aa]ttn\s*[:：])[ \t]*(?P<name>(?!M(?:r|s|rs)\b|D(?:r|ear)\b)[A-Z][a-z]{1,12}"
    r"(?:[ \t][A-Z][a-z]{1,12})?)(?![A-Za-z0-9\-])"
)
_LATIN_NAME = r"[A-Z][a-z]{2,12}"
# 叫我老阚就行, 网名小鱼儿
_CALLED = re.compile(
    rf"(?:叫我|喊我|称呼我|人称|外号|绰号|网名|昵称|群名片)[:：是叫]?[ \t]*[“\"「]?"
    rf"(?P<name>[{_HAN}A-Za-z]{{2,6}}?)[”\"」]?(?=$|[^{_HAN}A-Za-z]|就[行是好可成]|即可|吧)"
)
# 我是品控的邢大姐
_FAMILIAR = re.compile(
    rf"(?:我[是叫]|叫我|找|联系|的)(?P<name>(?:{SURNAME})(?:大姐|大哥|大叔|大爷|大妈|阿姨|师傅|嫂|姨|婶|叔|姐|哥))"
    rf"(?=$|[^{_HAN}]|{_GOES_ON}|打)"
)
# 找 Kevin 就行, Kevin Ruan 16800000000
_LATIN_REACHED = re.compile(
    r"(?:找|联系)[ \t]*(?P<asked>[A-Z][a-z]{2,12}(?:[ \t][A-Z][a-z]{1,12})?)"
    r"(?=[ \t]*(?:就[行是好可]|即可|吧|[,，。;；]|$))|"
    r"(?<![A-Za-z])(?P<beside>[A-Z][a-z]{1,12}[ \t][A-Z][a-z]{1,12})"
    r"(?=[ \t,，:：]*1[3-9]\d{9}(?!\d))"
)
# 卜嘉树 Jason Bu, Vivian Qiao（乔薇薇）: a name in both scripts.
_IN_BOTH = re.compile(
    rf"(?<![{_HAN}])(?P<han>(?:{SURNAME})[{_HAN}]{{1,2}})[ \t]*[（(/|]?[ \t]*"
    r"(?P<latin>[A-Z][a-z]{1,12}(?:[ \t][A-Z][a-z]{1,12}){0,2})(?![A-Za-z])|"
    r"(?<![A-Za-z])(?P<first>(?!(?:Hi|Hello|Hey|Dear|To|From|Cc|Re|Attn|Contact|Mob|Tel|Email|"
    r"Mr|Ms|Mrs|Best|Rgds|Regards|Thanks|Thx|Name)\b)[A-Z][a-z]{1,12}"
    r"(?:[ \t][A-Z][a-z]{1,12}){0,2})[ \t]*[（(/|]?[ \t]*"
    rf"(?P<second>(?:{SURNAME})[{_HAN}]{{1,2}})(?![{_HAN}])"
)
# Felix 佟 in a line of its own, 呼 延 平, 买买提·尼亚孜 whatever stands before it.
_HALF = re.compile(rf"^\s*(?P<name>[A-Z][a-z]{{1,12}}[ \t](?:{SURNAME}))\s*$")
_SPACED = re.compile(rf"^[\s>＞]*(?P<name>[{_HAN}](?:[ \t　][{_HAN}]){{1,3}})\s*$")
_JOINED = re.compile(
    rf"(?:(?<=[的叫是找给])|^[ \t　]*)(?P<name>[{_HAN}]{{2,5}}[·•][{_HAN}]{{2,8}}?)"
    rf"(?=[ \t]*[（(,，]?[ \t]*(?:手机|电话)?[ \t]*\d{{3}}|$|就[行是好可]|收|负责)"
)
_TWO_LATIN = re.compile(r"(?<![A-Za-z])[A-Z][a-z]{1,12}[ \t][A-Z][a-z]{1,12}(?![A-Za-z])")
_MAIL = re.compile(r"([A-Za-z][A-Za-z0-9._-]{1,30})@")
# 联系：老贝壳 16800000000: whatever stands between such a label and a number.
_REACHED_BY = re.compile(
    rf"(?:联系人?|联络人?|对接人?|找|@)[ \t]*[:：]?[ \t]*(?P<name>[{_HAN}]{{2,4}})"
    r"[ \t,，:：]*(?:手机|电话|微信)?[ \t:：]*(?=1[3-9]\d[-\d ]{8})"
)
# 我是奚亮。
_I_AM = re.compile(rf"(?<![{_HAN}])我是{_NAME}(?=$|[^{_HAN}]|[{_HAN}]{{2,3}}[省市县区镇乡村])")
# 小鄢鄢雪: both are said of one.
_TWICE = re.compile(rf"(?P<name>[老小](?P<own>{SURNAME})(?P=own)[{_HAN}]{{1,2}}?){_STOPS}")
# 小潘啊你帮我, 理事长桂香嫂子, 阿勇那边
_CALLED_NEAR = re.compile(
    rf"^(?P<name>小{SURNAME})(?=[啊呀哎，,：:])|(?<=[长理任总监工板])(?P<kin>[{_HAN}]{{2}}嫂子?)|"
    rf"(?:^|(?<=[^{_HAN}]))(?P<own>阿[{_HAN}])(?=$|[^{_HAN}]|[那说讲这家让带])"
)
# 老魏让我问, 理事长老涂带着看
_NICKED = re.compile(
    rf"(?:^|(?<=[^{_HAN}])|(?<=[找问叫给跟是的长])|(?<=理事长))"
    rf"(?P<name>老(?![区房路车井花年虎])(?:{SURNAME}))"
    rf"(?=$|[^{_HAN}]|[让叫说讲带在把他她也就啊哈给跟你我吧呢])"
)
_LISTED = re.compile(rf"{_LABEL}{_GAP}[:：]([^。\n]+)")
_ONLY_NAME = re.compile(rf"(?:.{{0,12}}(?:{_POST}|[局部科处室办院所厂司组会]){_GAP})?{_NAME}")
_PARTS = re.compile(r"[\s、,，;；/|（）()]+")
# What stands under a letter beside a name.
_CELL = re.compile(r"\s*[|｜/·,，、;；()（）]\s*|\s+")
_UNIT = re.compile(
    rf"[{_HAN}A-Z0-9]{{1,12}}(?:部|科|处|室|办|中心|车间|组|所|院|厂|局|协会|联盟|园区|服务站|{_POST})"
)
_REACHED = re.compile(
    r"\+?[\d()（）-]{5,}|\S+@\S+|(?:Tel|TEL|Mobile|[MTE]|手机|电话|座机|微信|邮箱|[Qq]{2}|vx|[Ww]e[Cc]hat)"
    r"[.:：]?\S*"
)
_CLOSING = re.compile(
    r"\W*(?:此致|敬礼|祝好|祝?商祺|顺[颂祝致].{0,6}|[多谢感]+谢?.{0,6}|拜托.{0,4}|盼复.{0,3}|"
    r"(?:Best|Kind|Warm)?\s?[Rr]egards|Best(?: wishes)?|Cheers|Sincerely|Thanks|Thx|BR)?\W*"
)
_DATE = re.compile(r"(?:20\d\d)?[年./-]?\d{1,2}[月./-]\d{1,2}日?")
_THINGS = (
    "组部科室处院所厂班阀机器管件板材料剂膜片线泵炉箱仪表率度量值法段区层性能型化体物质水油气电"
)
_NO_NAME = re.compile(
    r"[的了吗呢们这哪什谁个只都不没就须你我他她它吧啊以与位需号]|联系|要求|出资|可用|提供"
)
_NO_REACHED = re.compile(
    r"联系|电话|手机|微信|号码|座机|方式|[部科处室办厂司所局组]$|我[们司]?|本人|邮箱|人员|老师$|经理$|师傅$"
)
_NOBODY = re.compile("所有|全体|大家|各位|群主|管理|艾特")
# Right before one, what he belongs to, what he is, or that he is asked.
_WHOSE = (PERSON, ORGANISATION, PLACE, "r")
_BEFORE_A_NAME = re.compile(
    rf"(?:{_POST}|{_ADDRESSED}|先生|女士|[部科处室办组所院厂站社队司局]|人|[找问叫是让请系由姓跟和名的]|"
    r"手机|电话|微信|落款|记录|整理)$"
)
_NO_PART = re.compile("[的了吗呢们这哪什么我你他她它吧啊]")
# Behind what is part of the name of an organisation.
_OF_A_HOUSE = re.compile(
    rf"(?:(?![我你他的是叫这那就找问])[{_HAN}]){{0,8}}(?:公司|集团|合作社|厂(?![子里长]))"
)
_OF_A_LAW = "(?:变换|滤波|定律|定理|方程|公式|效应|算法|分布|硬度|系数|函数|级数|循环|合金)"
_ONLY_HAN = re.compile(rf"[{_HAN}·•]{{2,}}")
_LAST, _MOST_CELLS = 8, 6
# What the tagger takes for a person: a whole name, or what one is called.
_WHOLE = re.compile(rf"(?:{SURNAME})[{_HAN}]{{1,3}}|[{_HAN}]{{2,6}}[·•][{_HAN}]{{2,8}}")
_NICKNAME = re.compile(
    rf"(?:[老小](?:{SURNAME})|阿[{_HAN}]|[{_HAN}]{{1,3}}(?:大姐|大哥|大嫂|大爷|大叔|胖子|嫂子|[姐哥嫂叔姨婶]))"
)
_CALLED_BY_POST = re.compile(
    rf"(?:{SURNAME})(?:{_POST}|副?{_POST}|{_ADDRESSED}|总?[工总董局处科秘院所校股伯叔婶]|先生|女士|小姐|"
    rf"[姐哥妹弟]子?|师[傅父])"
)
# Letters end so.
_FORMULAS = frozenset(
    ("商祺", "时祺", "顺颂", "敬启", "敬上", "敬礼", "那个", "艾特", "此致", "方式")
)
_DOUBTED = -2.5
_UNSURE = frozenset(("sought", "from", "listed", "tagged", "titled"))
# Right behind a name stands no noun but these.
_THING = ("n", "nz", "vn", "nw", "a", "an")
_BEHIND_A_NAME = re.compile(
    rf"{_POST}|{_ADDRESSED}|先生|女士|小姐|同学|手机|电话|微信|邮箱|号码|座机|您?好.*|本人|代表"
)


def persons_in(text: str) -> tuple[str, ...]:
    """The names of persons in a pasted text, as they stand in it.

    >>> persons_in("我是金昌云垛气象装备有限公司的裴正阳。要求-40℃能启动")
    ('裴正阳',)
    >>> persons_in("企业方总工韦建邦、办公室小李讲，高温合金涂层")
    ('韦建邦',)
    >>> persons_in("找高校合作，由金属所负责高温段，联系方式见附件")
    ()
    """
    told = told_names(text)
    candidates = name_candidates(text, tagged(text), told)
    rated = likely_names(candidates, name_weights())
    # Without a surname nobody is named but where a pattern says so: 氨逃逸 is none.
    likely = [
        name for name in rated
        if not is_called_by_post(name) and (name in told or may_begin_a_name(name))
    ]  # fmt: skip
    doubted = set(_doubted(candidates, told)).difference(likely)
    believed = (name for name in told if not is_word(name) and name not in doubted)
    found = dict.fromkeys((*believed, *likely))
    short = (f"老{name[0]}" for name in found if len(name) > 1)
    whole = dict.fromkeys((*found, *(one for one in short if one in text)))
    return tuple(name for name in whole if name not in _FORMULAS and not _in_a_house(name, text))


def _doubted(found: Iterable[NameCandidate], told: Mapping[str, list[str]]) -> Iterator[str]:
    """What a pattern takes for a name and too much speaks against; the tagger alone is not
    believed where anything does.
    """
    weights = name_weights()
    for one in found:
        patterns = told.get(one.name)
        if patterns and not is_called_by_post(one.name):
            least = 0.0 if patterns == ["tagged"] else _DOUBTED
            if _UNSURE.issuperset(patterns) and score(one.features, weights) < least:
                yield one.name


def told_names(text: str) -> dict[str, list[str]]:
    """What stands in a text where names stand, and by which patterns."""
    lines = text.splitlines()
    found: dict[str, list[str]] = {}
    for line in lines:
        for pattern, name in _told(line):
            found.setdefault(name, []).append(pattern)
    for pattern, names in (
        ("under", _under(lines)), ("tagged", _taken_for_persons(text)),
        ("mailed", _spelt_in_mails(text)),
    ):  # fmt: skip
        for name in names:
            found.setdefault(name, []).append(pattern)
    return {name: list(dict.fromkeys(patterns)) for name, patterns in found.items()}


def without_persons(text: str, names: Iterable[str]) -> str:
    """A text without these names; one that is a word too only where it stands for itself.

    >>> without_persons("找高峰就行，高峰期不停；小孙家的轴承；Tom Li", ["高峰", "小孙", "Tom Li"])
    '找就行，高峰期不停；家的轴承；'
    """
    told = sorted(filter(None, names), key=len, reverse=True)
    for name in told:
        if _ONLY_HAN.fullmatch(name) and not is_word(name):
            text = _without(text, name)
    if not told:
        return text
    return re.sub(
        r"(?:(?<![\u4e00-\u9fffA-Za-z])|(?<=[找系叫是姓的们请给由人工总理任长娘问跟]))"
        rf"(?:{'|'.join(map(re.escape, told))})"
        r"(?=$|[^\u4e00-\u9fffA-Za-z]|就[行是好可]|即可|吧|老师|电话|手机|微信|负责|联系|对接|打|"
        r"[让叫说讲带在把他她也啊哈给跟你我])",
        "", text,
    )  # fmt: skip


def _without(text: str, name: str) -> str:
    """Without a name that is no word, but where its edge makes a word with what stands beside."""
    kept, last = [], 0
    for found in re.finditer(re.escape(name), text):
        start, end = found.span()
        before, behind = text[start - 1 : start], text[end : end + 1]
        beside = (before + name[0], name[-1] + behind, before + name, name + behind)
        part = len(name) < 3 and any(one != name and is_word(one) for one in beside)
        if not part and not _OF_A_HOUSE.match(text, end):
            kept.append(text[last:start])
            last = end
    return "".join((*kept, text[last:]))


def _in_a_house(name: str, text: str) -> bool:
    """Whether it is part of the name of an organisation or of a law: 海丰裕 of
    海丰裕对虾养殖有限公司, 傅里叶 of 傅里叶变换.
    """
    behind = rf"{re.escape(name)}(?:{_OF_A_HOUSE.pattern}|{_OF_A_LAW})"
    return re.search(behind, text) is not None


def is_called_by_post(name: str) -> bool:
    """Whether it is a surname with a post or an age: nobody's whole name.

    >>> is_called_by_post("王主任"), is_called_by_post("小李"), is_called_by_post("李建邦")
    (True, True, False)
    """
    return bool(_CALLED_BY_POST.fullmatch(name) or _NICKNAME.fullmatch(name))


def _taken_for_persons(text: str) -> Iterator[str]:
    """What the tagger takes for a person, but for 王主任 and parts of things (司太立合金)."""
    words = tagged(text)
    edge = Tagged("", "w", 0)
    for before, one, behind in zip((edge, *words[:-1]), words, (*words[1:], edge), strict=True):
        name = one.word.strip()
        if one.tag != PERSON or _CALLED_BY_POST.fullmatch(name):
            continue
        if is_word(name) or _NO_PART.search(name) or _NOBODY.match(name):
            continue
        if _NICKNAME.fullmatch(name) or (
            _WHOLE.fullmatch(name)
            and name[-1] not in _THINGS
            and not _of_a_thing(before, behind, short=len(name) < 3)
        ):
            yield name


def _of_a_thing(before: Tagged, behind: Tagged, *, short: bool) -> bool:
    """Whether nouns stand right around a name that are no posts or houses; a short one must stand
    between signs and such words.
    """
    called = _BEHIND_A_NAME.match(behind.word)
    led = before.tag == "w" or _BEFORE_A_NAME.search(before.word) or before.tag in _WHOSE
    if short:
        return not (led and (called or behind.tag in ("w", "m")))
    return (behind.tag in _THING and not called) or (before.tag in _THING and not led)


def _told(line: str) -> Iterator[tuple[str, str]]:
    """By which pattern somebody is named in a line, and how."""
    for kind, pattern in _SURE.items():
        for found in pattern.finditer(line):
            if may_be_name(found["name"]) and not _NOBODY.match(found["name"]):
                yield kind, found["name"]
    for kind, pattern in _DOUBTFUL.items():
        for found in pattern.finditer(line):
            if may_be_name(found["name"], doubtful=True):
                yield kind, found["name"]
    yield from (("twice", found["name"]) for found in _TWICE.finditer(line))
    for found in _CALLED_NEAR.finditer(line.lstrip()):
        called = next(filter(None, (found["name"], found["kin"], found["own"])))
        if not is_word(called):
            yield "near", called
    for found in _INSIDE.finditer(line):
        before = line[: found.start()]
        known = found["name"][0] in before[-4:] or _LATIN_BEFORE.search(before)
        if known and may_be_name(found["name"]):
            yield "inside", found["name"]
    yield from _told_besides(line)
    yield from _told_by_shape(line)


def _told_by_shape(line: str) -> Iterator[tuple[str, str]]:
    """What looks like a name or what one is called by, and names in a list."""
    for pattern in (_LATIN, _CALLED, _FAMILIAR, _NICKED):
        yield from (("familiar", found["name"]) for found in pattern.finditer(line))
    for found in _JOINED.finditer(line):
        yield "joined", found["name"]
    for found in _SPACED.finditer(line):
        joined = "".join(found["name"].split())
        if re.match(SURNAME, joined) and may_be_name(joined):
            yield "spaced", found["name"]
    if half := _HALF.match(line):
        yield "half", half["name"]
    for listed in _LISTED.finditer(line):
        parts = (_ONLY_NAME.fullmatch(part) for part in _PARTS.split(listed[1]))
        yield from (("listed", one["name"]) for one in parts if one and may_be_name(one["name"]))


_SURE = {
    "surely": _SURELY, "behind_post": _BEHIND_POST, "from": _FROM, "signed": _SIGNED,
    "echoed": _ECHOED,
}  # fmt: skip
_DOUBTFUL = {
    "sought": _SOUGHT, "titled": _TITLED, "in_brackets": _REACHED_IN_BRACKETS,
    "beside_number": _BESIDE_NUMBER, "behind_number": _BEHIND_NUMBER, "behind_mail": _BEHIND_MAIL,
    "i_am": _I_AM,
}  # fmt: skip


def _told_besides(line: str) -> Iterator[tuple[str, str]]:
    """Kin, names in Latin letters or in both scripts, and whoever stands before a number."""
    for kind, pattern, nobody in (
        ("kin", _KIN, _NO_NAME), ("self", _SELF, _NO_NAME), ("reached", _REACHED_BY, _NO_REACHED)
    ):  # fmt: skip
        for found in pattern.finditer(line):
            if not is_word(found["name"]) and not nobody.search(found["name"]):
                yield kind, found["name"]
    for found in _LATIN_REACHED.finditer(line):
        yield "latin", found["asked"] or found["beside"]
    for found in _IN_BOTH.finditer(line):
        han = found["han"] or found["second"]
        if may_be_name(han, doubtful=True) and not is_called_by_post(han):
            yield from (("both", one) for one in found.groups() if one)


def _spelt_in_mails(text: str) -> Iterator[str]:
    """Kenny Tsoi of kenny.tsoi@…"""
    mails = [one.casefold() for one in _MAIL.findall(text)]
    for found in _TWO_LATIN.finditer(text) if mails else ():
        first, last = found[0].casefold().split()
        if any(first in mail and last in mail for mail in mails):
            yield found[0]


def may_be_name(name: str, *, doubtful: bool = False) -> bool:
    """Whether somebody may be called so; in doubt, not what begins as a word does.

    >>> may_be_name("韦建邦"), may_be_name("高温"), may_be_name("金属件", doubtful=True)
    (True, False, False)
    """
    if is_word(name) or name[-1] in _THINGS or name.isascii() or _NO_NAME.search(name):
        return False
    return not (doubtful and len(name) > 2 and is_word(name[:2]))


def _under(lines: list[str]) -> Iterator[str]:
    """Under a letter, and beside a telephone: a line of a name, a post, a house, a number."""
    told = [line.strip() for line in lines if line.strip()]
    for at, line in enumerate(told):
        cells = _cells(line)
        if not 0 < len(cells) <= _MOST_CELLS or _CLOSING.fullmatch(line):
            continue
        names = [one for one in cells if re.fullmatch(rf"{_NAME}|{_LATIN_NAME}", one)]
        others = [one for one in cells if one not in names]
        if not names or len(names) > 2 or not all(map(_goes_with_a_name, others)):
            continue
        around = [*told[max(0, at - 1) : at], *told[at + 1 : at + 2]]
        beside = bool(others) or any(map(_tells_who, around))
        if beside and (others or at >= len(told) - _LAST):
            latin = any(map(_CLOSING.fullmatch, told[max(0, at - 1) : at]))
            for one in names:
                if (latin and one.isascii()) or may_be_name(one, doubtful=True):
                    yield one


def _goes_with_a_name(cell: str) -> bool:
    return bool(
        _REACHED.fullmatch(cell) or _UNIT.fullmatch(cell) or organisation_kind(cell)
        or re.fullmatch(rf"{_POST}|{_ADDRESSED}|先生|女士", cell) or _DATE.fullmatch(cell)
    )  # fmt: skip


def _tells_who(line: str) -> bool:
    return _CLOSING.fullmatch(line) is not None or all(map(_goes_with_a_name, _cells(line)))


def _cells(line: str) -> list[str]:
    return [cell for cell in _CELL.split(line) if cell]
