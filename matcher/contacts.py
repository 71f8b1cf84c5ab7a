"""What reaches a person (telephone, mail, WeChat, QQ, identity numbers, the name beside them).

The one place that knows how contacts are written. Records part them from free text into their
private fields when they are made, so that no page, file, index or log can show them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from matcher.handles import PROVINCES, handles_in

HIDDEN = "***"
_FULL = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2011: "-"}
_FULL |= {0x2014: "-", 0x2013: "-", 0x2010: "-", 0x2212: "-", 0x00A0: " "}
# What any contact has; most texts have nothing of it. What it may begin with is looked for first
# and is mostly a digit.
_SUSPICIOUS = (
    ("@＠", ""), ("零〇一二两三四五六七八九幺", "[零〇一二两三四五六七八九幺]{3}"),
    ("微", r"\s{0,2}信"), ("VvＶｖ", r"信|[Xx]|\s?[:：]"),
    ("Ww", r"[Xx]|e[Cc]hat|ei\s?xin|hats[Aa]"),
    ("Qq", "[Qq]|群"), ("壹贰叁肆伍陆柒捌玖", "[壹贰叁肆伍陆柒捌玖]"), ("绿", "泡泡"), ("球", "球"),
    ("钉", "钉"), ("飞", "书"), ("抖", "音"), ("Ss", "[Kk]ype"), ("Tt", "elegram"),
    ("Ll", r"(?:ine|INE)\s?(?:ID|[:：])"), ("快", "手"), ("旺", "旺"), ("小", "红书"),
    ("扣", "扣"), ("威薇", "信"), ("+加", "我?[Vv微薇]"), (r"\s", r"(?:at|AT)\s"),
    ("联", "系人|络人"),
    ("对", "接人"), ("身", "份证"), ("护", "照"), ("电", "话"), ("手", "机"), ("#", "[A-Za-z0-9]"),
    (r"(\[{（", "at|圈a"), ("艾", "特"),
    ("内", "线"), ("分", "机"), ("短小", "号"), ("座", "机"), ("薇", r"\W{0,3}[A-Za-z]"),
    # A plate, looked for by its letter: the characters of provinces stand in many words.
    ("A-HJ-NP-Z",
     rf"(?:(?<=[{PROVINCES}].)|(?<=[{PROVINCES}]\s.))\s?[·•.\-]?\s?[A-HJ-NP-Z0-9]{{4}}"),
)  # fmt: skip
_SUSPECT = re.compile(
    f"[0-9０-９{''.join(first for first, _ in _SUSPICIOUS)}](?:(?<=[0-9０-９])"
    r"(?:[-0-9０-９\s—－()（）.·_\ufe0f\u20e3]{5,}|(?<=[0-9])[0-9]{6,7}\s?[(（])|(?<![0-9０-９])(?:"
    + "|".join(f"(?<=[{first}])(?:{rest})" for first, rest in _SUSPICIOUS) + "))"
)  # fmt: skip
# What `matcher.handles` goes by; each begins with one character, which is quick to look for.
_NAMED_ACCOUNT = re.compile(
    "视频号|公众号|订阅号|百家号|B站|b站|哔哩|知乎|豆瓣|闲鱼|咸鱼|贴吧|头条|淘宝|领英|脉脉|支付宝|微博|西瓜视频|"
    "喜马拉雅|网易云|网名|酷安|虎扑|Git(?:[Hh]ub|ee)|git(?:[Hh]ub|ee)|CSDN|csdn|linkedin|LinkedIn|douban|昵称|同名|用户名|尾号|"
    "卡[号户]|账[号户]|帐[号户]|住址|住在|家住|单元|名片|ID[叫是为:：]|"
    + "|".join(f"{one}[我信聊]" for one in "加找搜私联呼戳敲")
)
_DIGIT = r"[\dOo零〇一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖][\ufe0f\u20e3]*"
_GAP = r"[-\s.·_/]"
# How the eleven digits of a mobile number are grouped.
_GROUPS = ((3, 4, 4), (3, 8, 0), (4, 3, 4), (5, 6, 0), (3, 3, 5), (7, 4, 0), (5, 3, 3))
_MOBILE = (
    rf"(?<![\dA-Za-z零〇一二三四五六七八九])(?<!\d\.)(?:(?:\+|00)?86{_GAP}?|\(\+?86\)\s?)?"
    rf"(?=[1一幺壹][\ufe0f\u20e3]*{_GAP}?\s?[3-9三四五六七八九叁肆伍陆柒捌玖])(?:"
    + "|".join(
        rf"(?:{_DIGIT}){{{first}}}{_GAP}{{1,2}}(?:{_DIGIT}){{{second}}}"
        + (rf"{_GAP}{{1,2}}(?:{_DIGIT}){{{third}}}" if third else "")
        for first, second, third in _GROUPS
    )
    + rf"|(?:{_DIGIT}){{11}}|(?:{_DIGIT}{_GAP}){{10}}{_DIGIT})"
    # 二零二七年 may be told right behind it.
    r"(?:(?=[二2][零〇0][二2][零〇一-九\d]年)|(?!\d)(?:(?<=\d)|(?![零〇一二三四五六七八九])))"
    r"(?!\.\d|\s?(?:次|元|个|吨|千瓦|kWh|Pa|Hz|%))"
)
# Dictated in groups: 零五七五，八四一二，九九三六.
_SPELT = (
    r"(?<![零〇一二三四五六七八九幺])(?:[零〇一幺][零〇一二三四五六七八九幺]{2,3}"
    r"(?:(?:[-\s,、.]{1,2}[零〇一二三四五六七八九幺]{3,4}){2}|[-\s,、.杠]{1,2}[零〇一二三四五六七八九幺]{7,8})"
    r"|[零〇][一二三四五六七八九][零〇一二三四五六七八九幺]{8,10})(?![零〇一二三四五六七八九幺])"
)
_EXTENSION = r"(?:\s?(?:转|[-*]|ext\.?|分机)\s?\d{1,5})?"
_LANDLINE = (
    # Taiwan: a mobile number, and (02) with eight digits.
    r"(?<![\d.])09\d{2}-\d{3}-\d{3}(?![-\d])|\(0\d\)\s?\d{4}-?\d{4}(?!\d)|"
    r"\(\+?86[-\s]\d{2,3}\)\s?\d{3,4}[-\s]?\d{4}(?!\d)|"
    r"\+86\s?\(0\)\s?\d{2,3}[-\s]?\d{3,4}[-\s]?\d{4}(?!\d)|"
    r"(?<![\d.])0(?:\s\d){2,3}\s?-?(?:\s?\d){7,8}(?!\s?\d)|"
    r"(?<![\dA-Za-z.])(?:\+|00)86[-\s]\d{2,3}[-\s]\d{3,4}[-\s]?\d{4}(?!\d)|"
    rf"(?<![\dA-Za-z.])(?:\(?(?:\+|"
    rf"00)?86\)?[-\s]?)?(?:\(?0\d{{2,3}}\)?|"
    rf"(?<=86-)\d{{2,3}})[-\s]{{0,3}}\d{{3,4}}[-\s]?\d{{4}}(?!\d)"
    rf"{_EXTENSION}(?:\s?[,、]\s?[2-8]\d{{6,7}}(?!\d))*(?![.\d]\d)|"
    r"(?<![\dA-Za-z.])0\d{2,3}[-\s]{1,3}\d{4}[-\s]\d{3}(?![.\d])"
)
_LABELLED = (
    # Eleven digits in whatever groups, if they are said to be a telephone number.
    r"(?:电话|手机|"
    r"联系方式)(?:号码?)?\s*[:：是为]?\s*(?P<grouped>\(?1(?:[,\s().-]{0,2}\d){10}(?!\d))|"
    r"(?:电话|手机|座机|固话|宅电|办公室|总机|传真|热线|(?i:tel|phone|fax))(?:号码?)?"
    r"(?:\s*\((?:办|办公|宅|家|单位|O|H)\))?\s*[:：是为.]?\s*"
    rf"(?:(?P<spelt>[零〇一二两三四五六七八九幺十]{{7,13}})|"
    rf"(?P<local>(?:\(?0\d{{2,3}}\)?[-\s.]{{0,2}})?\(?\d{{3,4}}\)?[-\s.]?\d{{4}}{_EXTENSION}))(?!\d)"
    r"|(?:内线|分机|短号|小号|座机|电话)(?:号码?)?\s*[:：是为]?\s*(?P<outer>\d-\d{4})(?![-\d])"
    r"|(?:内线|分机|短号)(?:号码?)?\s*[:：是为]?\s*(?P<inner>\d{3,6})(?!\d)"
    # A number without an area code behind a person in charge, or marked as of an office.
    rf"|(?:联系人|联络人|对接人|负责人|经办人)\s*[:：]\s*[\u4e00-\u9fff]{{2,4}}\s*"
    rf"(?P<beside>[2-8]\d{{2,3}}[-\s]?\d{{4}}{_EXTENSION})(?!\d)"
    r"|(?<![\d.])(?P<marked>[2-8]\d{6,7})(?=\s?[(](?:办|办公|宅|家|传真|座机|电话|O|H)[)])"
)
_SERVICE = r"(?<![\dA-Za-z.])[48]00[-\s]?\d{3,4}[-\s]?\d{3,4}(?![\d.]\d|\d)"
_ABROAD = (
    r"(?<![\dA-Za-z.])(?:\(?\+|00)(?:852|853|886|1|44|49|81|82|65|7|33|39|61|"
    r"91)\)?[-\s]?(?:\(?\d\)?[-\s]?){6,10}\d(?!\d)"
)
_TOP = (
    r"(?:com|cn|net|org|edu|gov|io|me|hk|tw|jp|de|info|vip|email|example|top|xyz|tech|cc|ltd|biz|"
    r"site|club)"
)
_DOT = r"\s?(?:\.|。|点|\(dot\)|\[dot\]|\s+(?:dot|DOT)\s+)\s?"
_EMAIL = (
    r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
    r"|(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}\s?(?:@|\(at\)|\[at\]|\{at\}|\(@\)|#|艾特|"
    r"\(艾特\)|\[圈a\]|"
    r"\s+(?:at|AT)\s+|\(a\))\s?"
    rf"[A-Za-z0-9-]{{1,63}}(?:{_DOT}[A-Za-z0-9-]{{1,63}}){{0,3}}?{_DOT}{_TOP}(?:{_DOT}cn)?(?![A-Za-z"
    rf"0-9])"
)
_ACCOUNT = (
    r"(?:(?:加我?)?(?:微\s{0,2}信(?:\s{0,2}号\s?码?)?|[Vv]信|威信|薇信|加微|加我?薇|绿泡泡|(?i:wechat|"
    r"wei\s?xin))(?:[,，]?\s?号码?|ID|搜索?一?下?|添加)?[❤♥️]*|"
    r"(?<![A-Za-z])(?i:vx|wx)(?:号|ID)?|(?:\+|加我?)\s?[Vv]|(?<![A-Za-z\d])[Vv](?=\s?:\s?[A-Za-z]))"
    r"\s*[:：是为]?\s*(?P<wechat>[A-Za-z][-_A-Za-z0-9]{5,19}|\d{6,12})(?![A-Za-z0-9])"
    r"|(?:(?<![A-Za-z])(?i:qq)|(?<![A-Za-z])[Qq](?=[群号])|(?<=的)[Qq]|扣扣|企鹅|球球)(?:群|号码?|"
    r"号)?\s*[:：是为]?\s*(?P<qq>[1-9](?:\s?\d){4,11})(?!\d)"
    r"|"
    r"20\d\d[-/]\d\d?[-/]\d\d?\s+\d{1,2}:\d\d(?::\d\d)?\s+[^\n<>()]{1,24}?[<(](?P<speaker>[1-9]\d{4,11})[>)]"
    r"|(?:钉钉|飞书|抖音|快手|旺旺|小红书|(?<![A-Za-z])(?i:skype|telegram|whatsapp|line\s?id|line(?=\s?[:：])))(?:号|"
    r"\s?(?i:id))?\s*[:：@]?\s*"
    r"(?P<other>(?=[-.A-Za-z]*[\d_])[A-Za-z][-_.A-Za-z0-9]{4,29})(?![A-Za-z0-9])"
)
_IDENTITY = (
    r"(?<![\dA-Za-z])[1-9]\d{5}[-\s]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|"
    r"3[01])[-\s]?\d{3}[\dXx](?![\dA-Za-z])"
    # A bank card.
    r"|(?<![\d.])62\d{2}(?:\s?\d{4}){3}\d{0,3}(?!\d)"
    # An account at a bank.
    r"|(?:(?<=[账帐]号)|(?<=[账帐]号[:：\s])|(?<=[账帐]号[:：]\s))\d{10,25}(?!\d)"
    r"|(?:身份证|护照|证件|(?<=通行)证|(?<=台胞)证|(?<=军官)证)(?:号码?|"
    r"号)?\s*[:：是为]?\s*(?P<paper>[A-Za-z]?\d[\dXx\s]{6,19}[\dXx])"
)
_FINDERS = re.compile(
    f"(?P<identity>{_IDENTITY})|(?P<email>{_EMAIL})|(?P<account>{_ACCOUNT})|(?P<mobile>{_MOBILE})"
    f"|(?P<spelt_out>{_SPELT})|(?P<abroad>{_ABROAD})|(?P<landline>{_LANDLINE})|(?P<service>{_SERVICE})|"
    f"(?P<labelled>{_LABELLED})"
)
# What a finder may begin with, and where: to try all of them everywhere takes several times as
# long. In a run of Latin letters, digits and the signs of an address only its first can, but for
# a first digit and the letters of wechat, vx, qq, tel, skype, line, phone and fax.
_BEGINS = re.compile(
    r"[\dA-Za-z_.+(\-身护证加微威薇扣企零〇一幺壹电座固办总传热联对负经内分短小宅绿球钉飞抖快旺证手联]"
    r"(?:(?<=[VvWwQqTtPpFfSsLl+(身护证加微威薇扣企零〇一幺壹电座固办总传热联对负经内分短小宅绿球钉飞抖快旺证手联])"
    r"|(?<=\d)(?<!\d\d)|(?<![A-Za-z0-9_.+\-][A-Za-z0-9_.+\-]))"
)
# 微信同号 goes first, and no ending takes the 微信 of one: where these words are told one after
# another none of them is divided in a second way.
_WORDS = (
    r"(?:微信同号|(?:联系|联络|咨询|办公|移动|固定|手机|单位|内线|外线|分机|短号|本人|我的?|请?致|"
    r"请拨打?|可){0,8}"
    r"(?:电话|手机|座机|内线|外线|分机|短号|方式|邮箱|邮件|电邮|信箱|传真|热线|号码|微信|(?i:tel|"
    r"mobile|phone|"
    r"e-?mail|mail|fax|wechat|cell))"
    r"(?:号码?|地址)?(?:(?:及微信|同微信|\(微信同号\)|/微信)(?!同号))?)"
)
_LABEL_BEFORE = re.compile(
    rf"(?:[(（]?\s*(?:{_WORDS}|(?i:qq|vx|wx)(?:群|号码?)?)\s*[)）]?\s*[:：是为,，/、]?\s*)++$"
)
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方"
    "石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪"
    "翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕"
    "聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查"
    "屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵冼佘麦敖卞卓屠晏瞿褚虞荀竺郜郗蔺鄢滕邬佟惠"
)
# Rarer ones, which count only where a person is surely named.
_FURTHER = (
    "宗柴符印巫仲麻冉池车匡边巴古盘蓝农木普缪荆喻饶蒙闻鞠郁丛岑仇从伊尚山马羊乌桑丹朴权金阴阿双东"
    "戚奚郎昌酆廉皮穆湛禹狄贝臧计伏谈茅娄危刁骆支昝裘解应宣贲杭诸吉钮嵇滑荣封芮羿储汲邴糜井富弓牧"
    "隗宓班栾钭厉戎祖束幸韶蓟蒲邰鄂索籍胥党贡劳逄姬扶堵宰郦雍璩濮寿扈冀郏浦充茹习宦艾容慎戈庾暨居"
    "衡步都弘寇阙沃蔚隆师巩晁勾冷訾阚那简丰巢蒯逯盖桓练邝帅缑亢况郈琴赏墨哈谯笪仝杞鹿昂栗禚昃咎仉"
    "粟揭敬旷仰茆刑鄞漆沐楼"
)
_COMPOUND = (
    "诸葛|欧阳|上官|司马|司徒|皇甫|慕容|令狐|尉迟|夏侯|公孙|宇文|轩辕|钟离|淳于|申屠|赫连|澹台|万俟|闻人|"
    "呼延|端木|南宫|独孤|长孙"
)
# The rarest, which begin many words, too.
_RAREST = (
    "乐云亓付佐信利区华原咸商宛宫宿尉干平强恽房於暴楚毋沙燕璇由皋秋稽窦米綦肖苟英莘衣言轩连迟邸郅郇郓银门闫随雒"
    "雪鱼鲜麴励凉凤能要都有和海国全过开南完官年晋空相花华庹谌郐麦乜粘撒盍禤逯"
)
SURNAME = f"(?:{_COMPOUND}|[{_SURNAMES}{_FURTHER}{_RAREST}])"
_ANY_NAME = (
    rf"(?:[{_SURNAMES}{_FURTHER}][\u4e00-\u9fff·]{{1,3}}|(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}})"
)
_DEPARTMENT = (
    r"(?:[\u4e00-\u9fff]{1,6}(?:办公室|中心|车间|部门?|科室?|处|室|办|组|队|所|公司|厂)|"
    r"总工办?|厂办|行政|财务|技术|生产|销售)"
)
_TITLES = (
    r"(?:总经理|副总|经理|总工|工程师|主任|老师|先生|女士|教授|博士|部长|厂长|科长|处长|所长|"
    r"院长|董事长|主管|秘书|同学|师傅|小姐|工|总|董|"
    r"姐|哥|局|处)"
)
_PERSON = (
    rf"(?:(?!方[式案法便向面])[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}{_TITLES}|[{_SURNAMES}][\u4e00-\u9fff·]{{1,2}}"
    rf"|(?:{_COMPOUND})(?:{_TITLES}|[\u4e00-\u9fff]{{1,2}})|"
    rf"[小老][{_SURNAMES}{_FURTHER}])"
)
_LATIN_PERSON = r"[A-Z][a-z]{1,12}[ \t][A-Z][a-z]{1,12}"
_ROLE = (
    r"(?:项目|技术|企业|单位|需求|业务)?(?:联系人|联络人|对接人|咨询人|经办人|填报人|负责人|"
    r"请?联系|请?找)(?:姓名)?"
)
_NAME_BEFORE = re.compile(
    rf"(?:{_ROLE}\s*(?P<sign>[:：是为])?\s*)?(?:(?<![\u4e00-\u9fff\d])|(?<=联系人)|(?<=联络人)|"
    rf"(?<=对接人)|(?<=咨询人)|(?<=经办人)|"
    rf"(?<=填报人)|(?<=负责人)|(?<=联系)|(?<=找)|(?<=[的叫是长部科处室组任司心院所厂])|"
    rf"(?<=姓名))(?P<name>{_PERSON})\s*(?:联系|咨询|报名)?\s*[,，、:：;；(（/|\-]*\s*$"
)
# Where somebody is surely named right before a contact: 技术科古丽 138…, 收件人：综合部 符永安 …,
# and in a line of their own.
_SURELY_BEFORE = re.compile(
    rf"(?:{_DEPARTMENT}\s*(?:的|[:：])?\s*|(?:收件人|联络|联系|对接|致电|{_ROLE})\s*[:：]?\s*"
    rf"(?:{_DEPARTMENT}\s*)?|"
    rf"(?<![^\n])(?=(?:[{_FURTHER}]|{_COMPOUND})[\u4e00-\u9fff]{{1,2}}\s*[:：]?\s*$))"
    rf"(?P<name>{_ANY_NAME})\s*[,，、:：(（/|]?\s*$"
)
# … and right behind one: 发 a@b.cn，宗慧收
_RECEIVES = re.compile(rf"\s*[,，、]?\s*(?:由|请)?(?P<name>{_ANY_NAME})(?:[亲查]?收|转交?)(?=\W|$)")
# 联系人：王明、李红 138…
_BESIDE_ANOTHER = re.compile(rf"{_ROLE}\s*[:：是为]?\s*(?P<name>{_PERSON})\s*[、,，和/]\s*$")
_NAME_AFTER = re.compile(
    rf"\s*[,，]?\s*(?:[(（]\s*(?P<inside>{_PERSON}|阿[\u4e00-\u9fff]{{1,2}})\s*[)）]|"
    rf"(?P<titled>[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}{_TITLES})(?![\u4e00-\u9fff])|"
    rf"(?:请?找|请?联系)\s*(?P<asked>{_PERSON})(?=就行|即可|就可以|吧|[\s,，。;；]|$)|"
    rf"(?<=\d)\s(?P<behind>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=[\s,，。;；、]|$))"
)
_NAMED = re.compile(
    rf"(?:项目|技术|企业|单位|需求|业务)?(?:联系人|联络人|"
    rf"对接人|[Cc]ontact(?:[ ][Pp]erson)?(?=\s*:)|[Aa]ttn(?=\s*:))"
    rf"(?:姓名|(?:及|和|/)(?:联系)?(?:方式|电话|手机))?\s*[:：是为]?\s*"
    rf"(?P<name>{_ANY_NAME}|{_PERSON}|{_LATIN_PERSON}|(?:(?<=:)|(?<=:\s))[\u4e00-\u9fff·]{{2,6}})"
    rf"(?=$|[\s,，。;；、(（/])"
)
# One of these is in whatever it finds.
_NAMING = ("联系人", "联络人", "对接人", "ontact", "ttn")
_FEWEST_DIGITS = 7
_WIDEST = 12
_WIDE_GAP = re.compile(rf"\s{{{_WIDEST + 1},}}")
# An account, a line inside the house or an address serves, too.
_INSTEAD = re.compile(
    r"微信|QQ|[Vv][Xx信]|[Ww]e\s?[Cc]hat|钉钉|内线|分机|短号|账号|证件号|@|[A-Za-z][-_A-Za-z0-9]{5,}"
)
# Where a contact is, whoever is to be asked for stands somewhere beside it.
_ASKED_FOR = re.compile(
    rf"(?:(?:请?找|请?联系|请?咨询)(?:我们?|咱们?)?(?:公司|厂里?|单位|这边|本人)?的?\s*[:：]?|"
    rf"联系我\s*[:：]|叫我|我叫|(?:场长|厂长|经理|总监|主任|总工|所长|部长|董事长)[ \t]+|"
    rf"姓[{_SURNAMES}]\s*[,，(（]?|(?:[小老][{_SURNAMES}]|"
    rf"[{_SURNAMES}]{_TITLES})[(（](?=[^()（）]{{2,4}}[)）])|"
    rf"(?:经办|填报|填表|联系|对接|联络|咨询)人\s*[:：]?\s*|法定代表人\s*[:：]\s*|"
    rf"谁(?:管|负责|对接)[^:：\s]{{0,4}}\s*[:：]\s*|(?:咋|怎么|如何)联系\s*[:：]\s*)\s*"
    rf"(?P<name>{_LATIN_PERSON}(?!\w)|{_PERSON}(?=$|[^\u4e00-\u9fff]|就[行是好可]|好[吧啊的]|即可|"
    rf"吧|老师|电话|手机))"
    rf"(?:\s*[(（](?P<other>{_PERSON}|{_LATIN_PERSON})[)）])?"
)
_INTRODUCED = re.compile(
    rf"我(?:是|叫)(?:[^,，。\s]{{2,24}}的)?(?P<name>{_PERSON})(?=$|[\s,，。;；嗯呃啊])"
)
_EMPTY = re.compile(r"[(（\[【]\s*[,，;；:：、/|\-\s]*[)）\]】]")
_DOUBLED = re.compile(r"([,，;；、:：/|])(?:\s*[,，;；、:：/|])+")
_EDGE = re.compile(r"^[\s,，;；、:：/|)）\-]+|(?<![\s,，;；、:：/|(（\-])[\s,，;；、:：/|(（\-]+$")
_ONLY_WORDS = re.compile(rf"(?:{_ROLE}|{_WORDS}|\s|[,，;；、:：/|\-。.])*+")


class Contacts(NamedTuple):
    """A text without the contacts in it, and these; accounts are 微信, QQ and identity numbers."""

    rest: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """All that goes into a field of telephone numbers."""
        return (*self.phones, *self.accounts)


class _Span(NamedTuple):
    start: int
    end: int
    kind: str
    value: str


def is_person(text: str) -> bool:
    """Whether a text is nothing but somebody's name.

    >>> is_person("王明"), is_person("老钱"), is_person("Wang Li"), is_person("轴承")
    (True, True, True, False)
    """
    return re.fullmatch(f"{_PERSON}|{_LATIN_PERSON}", text.strip()) is not None


def half_width(text: str) -> str:
    """A text with half-width signs, each in its place.

    >>> half_width("（０４１１）")
    '(0411)'
    """
    return text.translate(_FULL)


def may_reach(phone: str) -> bool:
    """Whether what stands in a field for a telephone can reach somebody; nothing is no fault.

    >>> [may_reach(one) for one in ("12345", "0411-85612345", "微信 zhang_li", "内线 8021", "")]
    [False, True, True, True, True]
    """
    if not phone.strip() or _INSTEAD.search(phone):
        return True
    return len(re.findall(r"\d", phone.translate(_FULL))) >= _FEWEST_DIGITS


def may_hold_contacts(text: str) -> bool:
    """Whether it is worth looking closer; quick, for it is asked of every text."""
    return _SUSPECT.search(text) is not None or _NAMED_ACCOUNT.search(text) is not None


def part_contacts(text: str) -> Contacts:
    """A text and the contacts written in it; a text without any is left as it is.

    >>> part_contacts("李经理（手机），0411-85612345转802")
    Contacts(rest='', phones=('0411-85612345转802',), emails=(), accounts=(), names=('李经理',))
    >>> part_contacts("密封圈两个月就漏，联系张工 138 0000 0000。").rest
    '密封圈两个月就漏。'
    """
    if not may_hold_contacts(text):
        return Contacts(text)
    near = _closer(text)
    spans = tuple(_spans(near))
    if not spans:
        return Contacts(text)

    def of(*kinds: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(span.value for span in spans if span.kind in kinds))

    return Contacts(
        _without(near, spans), of("phone"), of("email"), of("account", "identity"), of("name")
    )


def hide_contacts(text: str) -> str:
    """A text with the contacts in it blotted out.

    >>> hide_contacts("联系王工 13900001111, 寿命≥20000000 次")
    '联系*** ***, 寿命≥20000000 次'
    """
    if not may_hold_contacts(text):
        return text
    near = _closer(text)
    spans = sorted(_spans(near), reverse=True)
    if spans:
        text = near
    for span in spans:
        text = f"{text[: span.start]}{HIDDEN}{text[span.end :]}"
    return text


def _closer(text: str) -> str:
    """A text without gaps so wide that trying every part of them takes for ever; lines stay apart.

    >>> _closer(f"王工{' ' * 90}138{chr(10) * 90}李工").count(" ")
    12
    """
    return _WIDE_GAP.sub(lambda gap: gap[0][:_WIDEST] + "\n" * ("\n" in gap[0]), text)


def _spans(text: str) -> Iterator[_Span]:
    """The contacts of a text and the names beside them; none overlaps another."""
    plain = text.translate(_FULL)
    found = list(_contacts_in(plain))
    found += _apart(_handles(plain), found)
    if any(word in plain for word in _NAMING):
        named = (_Span(*one.span("name"), "name", one["name"]) for one in _NAMED.finditer(plain))
        labelled = list(_apart(named, found))
    else:
        labelled = []
    yield from (*found, *labelled)
    if not found:
        return
    asked = (
        _Span(*one.span(part), "name", one[part])
        for one in _ASKED_FOR.finditer(plain) for part in ("name", "other") if one[part]
    )  # fmt: skip
    yield from _apart(asked, [*found, *labelled])


def _handles(plain: str) -> list[_Span]:
    """Accounts and numbers told in words, none within another."""
    told: list[_Span] = []
    for one in handles_in(plain):
        kind, named = ("phone", "") if one.by_phone else ("account", "账号 ")
        told += _apart([_Span(one.start, one.end, kind, f"{named}{one.value}")], told)
    return told


def _apart(spans: Iterable[_Span], taken: Sequence[_Span]) -> Iterator[_Span]:
    """The spans of which no part is taken."""
    ordered = sorted(taken)
    starts = [one.start for one in ordered]
    reached = list(accumulate((one.end for one in ordered), max))
    for span in spans:
        before = bisect_left(starts, span.end)
        if not before or reached[before - 1] <= span.start:
            yield span


def _contacts_in(plain: str) -> Iterator[_Span]:
    """Each contact, and the name that stands right beside it."""
    last = 0
    for found in _found(plain):
        kind = next(name for name in _KINDS if found[name])
        start, end = found.span()
        value = found[0].strip()
        if kind == "labelled":
            part = next(one for one in _LABELLED_PARTS if found[one])
            start, end = found.span(part)
            value = found[part]
        elif kind == "account":
            part = next(one for one in _ACCOUNTS if found[one])
            start, end = found.span(part)
            value = f"{_ACCOUNTS[part]} {found[part]}"
        elif kind == "identity":
            value = f"证件号 {found['paper'] or found[0]}"
        yield _Span(start, end, _KINDS[kind], value)
        yield from _name_beside(plain, start, end, last)
        last = end


def _found(plain: str) -> Iterator[re.Match[str]]:
    """All that ``_FINDERS`` finds, one behind the other."""
    at = 0
    while begins := _BEGINS.search(plain, at):
        found = _FINDERS.match(plain, begins.start())
        at = begins.end() if found is None else found.end()
        if found is not None:
            yield found


_ACCOUNTS = {"wechat": "微信", "qq": "QQ", "speaker": "QQ", "other": "账号"}
_LABELLED_PARTS = ("local", "beside", "marked", "inner", "outer", "grouped", "spelt")
_KINDS = {
    "identity": "identity", "email": "email", "account": "account", "mobile": "phone",
    "spelt_out": "phone",
    "abroad": "phone", "landline": "phone", "service": "phone", "labelled": "phone",
}  # fmt: skip


def _name_beside(plain: str, start: int, end: int, last: int) -> Iterator[_Span]:
    if named := _RECEIVES.match(plain, end):
        yield _Span(*named.span("name"), "name", named["name"])
        return
    before = plain[last:start]
    bare = before.rstrip("(（ ")
    bare = bare[:-_LONGEST_LABEL] + _LABEL_BEFORE.sub("", bare[-_LONGEST_LABEL:])
    if named := _NAME_BEFORE.search(bare) or _SURELY_BEFORE.search(bare):
        at = last + named.start("name")
        yield _Span(at, at + len(named["name"]), "name", named["name"])
        if other := _BESIDE_ANOTHER.search(bare[: named.start("name")]):
            at = last + other.start("name")
            yield _Span(at, at + len(other["name"]), "name", other["name"])
        return
    if named := _NAMED.search(before) or _INTRODUCED.search(before):
        at = last + named.start("name")
        yield _Span(at, at + len(named["name"]), "name", named["name"])
        return
    if named := _NAME_AFTER.match(plain, end):
        part = next(one for one in ("inside", "titled", "asked", "behind") if named[one])
        yield _Span(*named.span(part), "name", named[part])


def _without(text: str, spans: tuple[_Span, ...]) -> str:
    """The text without the contacts and the words that only announce them."""
    mark = "\x00"
    for span in sorted(spans, reverse=True):
        text = text[: span.start] + mark + text[span.end :]
    # Each time takes one word away that only announces; nobody puts many before one contact.
    for _ in range(_MOST_ANNOUNCING):
        before, text = text, _ANNOUNCING.sub(mark, text)
        if before == text:
            break
    lines = [_tidied(line, mark) for line in text.split("\n")]
    return "\n".join(line for line in lines if line is not None).strip()


_MOST_ANNOUNCING, _LONGEST_LABEL = 40, 200
_ANNOUNCING = re.compile(
    rf"(?:{_WORDS}|{_ROLE}|(?<![A-Za-z])(?i:qq|vx|wx)(?:群|号码?)?|身份证(?:号码?)?|护照号?|"
    rf"证件号码?|扣扣|加我?微信|微信号|加我|加[Vv]|\+[Vv])"
    r"\s*[:：是为,，/、]?\s*\x00|\x00\s*[,，]?\s*[(（]?\s*(?:微信|手机|电话)?(?:同号|同微信|"
    r"微信同步)\s*[)）]?|\x00[\s,，;；、:：/|]*\x00|"
    rf"\x00\s*[(（]\s*(?:{_WORDS}|办|宅|家|座机)\s*[)）]|"
    r"[(（\[【]\s*\x00\s*[)）\]】]"
)


def _tidied(line: str, mark: str) -> str | None:
    """A line without the marks left in it; None if nothing but announcements remains."""
    if mark not in line:
        return line
    text = re.sub(rf"[,，;；、]?\s*{mark}\s*(?=[。;；]|$)", "", line)
    text = text.replace(mark, "")
    text = _DOUBLED.sub(r"\1", _EMPTY.sub("", text))
    text = re.sub(r"[,，、;；:：]\s*(?=[。！!])", "", text)
    text = _EDGE.sub("", text)
    return None if _ONLY_WORDS.fullmatch(text) else text


# Headers of columns that hold contacts, whatever their values look like.
_PRIVATE_NAME = re.compile(
    r"电话|手机|座机|固话|传真|邮箱|邮件|电邮|信箱|微信|联系方式|联系人|联络人|身份证|证件号|"
    r"护照|通讯地址|"
    r"(?<![a-z])(?:tel|telephone|mobile|phone|cell|cellphone|fax|e-?mail|mail|qq|wechat|weixin|"
    r"vx|contact)(?![a-z])",
    re.IGNORECASE,
)


@lru_cache(maxsize=4_096)
def is_private_name(header: str) -> bool:
    """Whether a column of this name holds contacts.

    >>> is_private_name("Tel"), is_private_name("办公电话"), is_private_name("技术指标")
    (True, True, False)
    """
    return _PRIVATE_NAME.search(header.translate(_FULL)) is not None
