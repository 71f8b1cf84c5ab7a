"""Names of persons: one key for the spellings of one name, in Chinese script and in pinyin.

A key says only that two spellings may name the same name; whether they name the same person is
for `matcher.linking.identity` to say.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from matcher.resources import data_path
from matcher.text.dictionary import DICTIONARY_FOLDER, read_word_list
from matcher.text.normalise import simplify

# What stands beside a name and is none of it.
_TITLES = re.compile(
    r"(?:教授|副教授|研究员|副研究员|助理研究员|讲师|博士|硕士|院士|高级工程师|工程师|老师|先生|女士|主任){1,6}$"
)
_MARKS = re.compile(r"[\d*＊†‡§#^￥$,，;；.。·'’\"“”‘`~∗⁎]+$|^[*＊†‡§#^\d\s]+")
_BRACKETED = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_NOBODY = frozenset(
    (
        "null",
        "none",
        "nan",
        "等",
        "et al",
        "et al.",
        "佚名",
        "无",
        "匿名",
        "anonymous",
        "本刊编辑部",
        "不公告发明人",
        "不公开姓名",
    )
)
_NO_PERSON = re.compile(
    r"^本(?:报|刊|社|网)|不公[告开布](?:姓名|发明人)|编辑部|评论员|记者|课题组|研究组|项目组|写作组$"
)
# Between the parts of a name, in whatever way it is typed: 阿依古丽·买买提.
_DOTS = re.compile(r"[·•・‧∙.．]")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af〇]")
_COMPOUND = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "宇文",
        "长孙",
        "夏侯",
        "轩辕",
        "端木",
        "独孤",
        "南宫",
        "闻人",
        "澹台",
    ]
)
# The hundred surnames that four of five people bear (public figures of the household register).
_COMMON_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚"
    "沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
)
# Further ones that are met; what begins with none may still be a name, of a minority above all.
_RARER_SURNAMES = frozenset(
    "艾安敖巴班包鲍暴贝毕边卞卜步柴昌晁车成池迟储楚褚楼丛戴单党邓狄刁东窦都堵鄂樊房费丰封凤符傅伏甘干皋戈盖葛耿弓宫"
    "巩勾苟古谷关官管桂国海杭和贺衡洪扈花华滑怀宦霍姬稽吉计纪季冀简蒋焦揭解金晋靳荆井景敬鞠居阚柯空寇蒯匡旷况赖蓝郎"
    "劳乐雷冷厉励利连练廉凉梁廖蔺凌刘柳隆娄鲁鹿逯路栾罗骆麻满茅梅门蒙糜米宓苗闵明缪莫牟牧穆那南能倪年聂宁牛钮农欧区"
    "潘庞逄裴彭皮平蒲濮朴浦戚漆齐祁亓强乔谯秋仇裘曲屈璩瞿全权阙冉饶戎荣融茹阮芮桑沙山商尚邵佘申莘盛师施时史寿舒束帅双"
    "司宿隋随孙邰谈谭汤唐滕佟童涂屠完宛万汪危卫蔚文闻翁沃乌邬巫毋伍武席习奚咸鲜冼相项萧解辛信邢幸胥徐许宣轩璇雪荀鄢言"
    "严阎颜晏燕羊阳仰姚要叶伊衣易阴殷银尹应英雍尤由游於鱼余俞虞禹郁喻原袁岳云郓恽宰臧曾查翟詹湛章郅支植仲周诸祝竺庄卓宗"
    "祖左佐坐雒綦逯昝訾郗郏郜郇邸酆郦鄞於缑尉笪麴"
)
_MOST_COMMON = frozenset("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as it is compared.

    ``han`` is the Chinese spelling or ``""``; ``surname`` and ``given`` are in pinyin or Latin
    letters, ``given`` one syllable or one initial an item.
    """

    han: str
    surname: str
    given: tuple[str, ...]

    @property
    def key(self) -> str:
        """Equal for the spellings that are certainly the same name."""
        return self.han or f"{self.surname} {''.join(self.given)}".strip()

    @property
    def sound(self) -> str:
        """The name as it sounds, for a block across scripts: surname and first letter."""
        return f"{self.surname}|{self.given[0][0] if self.given else ''}"

    @property
    def initials_only(self) -> bool:
        """Whether no given name is written out (Y. Zhang)."""
        return not self.han and bool(self.given) and all(len(part) == 1 for part in self.given)

    @property
    def commonness(self) -> float:
        """From 0 (hardly anybody else) to 1 (thousands): by surname and length of the given name.

        >>> parse_name("王伟").commonness > parse_name("欧阳明远").commonness
        True
        """
        if not self.han:
            return 0.9 if self.initials_only else 0.45 if len(self.given) > 1 else 0.75
        surname, given = _divide(self.han)
        often = 0.6 if surname in _MOST_COMMON else 0.35 if surname in _COMMON_SURNAMES else 0.1
        return often + (0.35 if len(given) == 1 else 0.0)

    def compatible(self, other: PersonName) -> bool:
        """Whether the two may be one name: 张一 and Zhang Y., but not 张一 and 张毅."""
        if self.han and other.han:
            return self.han == other.han
        if self.surname != other.surname:
            return False
        return _agree("".join(self.given), self.given, "".join(other.given), other.given)


def _agree(one: str, parts: tuple[str, ...], two: str, others: tuple[str, ...]) -> bool:
    if one == two:
        return True
    if all(len(part) == 1 for part in parts) or all(len(part) == 1 for part in others):
        first, second = [p[0] for p in parts], [p[0] for p in others]
        shorter = min(len(first), len(second))
        return shorter > 0 and first[:shorter] == second[:shorter]
    return False


@lru_cache(maxsize=200_000)
def parse_name(text: str) -> PersonName | None:
    """A printed name as it is compared, or None where nobody is named.

    >>> parse_name("张 一1*").key, parse_name("張一 教授").key
    ('张一', '张一')
    >>> parse_name("Zhang, Yi-Ming").given, parse_name("ZHANG Yiming").given
    (('yi', 'ming'), ('yi', 'ming'))
    >>> parse_name("Y. M. Zhang").given, parse_name("{Null}"), parse_name("应用")
    (('y', 'm'), None, None)
    """
    plain = _BRACKETED.sub("", unicodedata.normalize("NFKC", text)).strip(" {}")
    plain = _MARKS.sub("", plain.strip()).strip()
    if not plain or plain.casefold() in _NOBODY:
        return None
    if _HAN.search(plain):
        return _chinese(plain)
    return _latin(plain)


def _chinese(text: str) -> PersonName | None:
    han = _TITLES.sub("", _DOTS.sub("", "".join(simplify(text).split())))
    if not 2 <= len(han) <= 12 or han in _NOBODY or _NO_PERSON.search(han) or han in _words():
        return None
    surname, given = _divide(han)
    from pypinyin import Style, lazy_pinyin

    sounds = [s.replace("v", "u") for s in lazy_pinyin(given, style=Style.NORMAL)]
    return PersonName(han, _surname_sound(surname), tuple(sounds))


def has_surname(han: str) -> bool:
    """Whether a name in Chinese script begins with a surname that is met.

    >>> has_surname("欧阳明"), has_surname("喻高航"), has_surname("的影响")
    (True, True, False)
    """
    surname, given = _divide(han)
    met = surname in _COMMON_SURNAMES or surname in _RARER_SURNAMES or len(surname) > 1
    return met and 0 < len(given) <= 2


@cache
def _words() -> frozenset[str]:
    """Words nobody is called by; the last one of a broken title stands where authors do."""
    return frozenset(read_word_list(data_path(f"{DICTIONARY_FOLDER}/manners.txt")))


def _divide(han: str) -> tuple[str, str]:
    size = 2 if len(han) > 2 and han[:2] in _COMPOUND else 1
    return han[:size], han[size:]


@lru_cache(maxsize=5_000)
def _surname_sound(surname: str) -> str:
    """Surnames are read differently from the same character as a word (单 shan, 仇 qiu)."""
    from pypinyin import Style, lazy_pinyin

    special = {
        "单": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "查": "zha", "任": "ren",
        "区": "ou", "朴": "piao", "盖": "ge", "覃": "qin", "尉迟": "yuchi", "翟": "zhai",
        "阚": "kan", "缪": "miao", "乐": "yue", "谌": "chen", "员": "yun", "种": "chong",
        "折": "she", "冼": "xian", "秘": "bi", "牟": "mu", "召": "shao", "逄": "pang",
        "佴": "nai", "万俟": "moqi", "隗": "wei", "洗": "xian",
    }  # fmt: skip
    return special.get(surname) or "".join(lazy_pinyin(surname, style=Style.NORMAL)).replace(
        "v", "u"
    )


def _latin(text: str) -> PersonName | None:
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    if not re.search(r"[A-Za-z]", plain):
        return None
    if "," in plain:
        surname, _, rest = plain.partition(",")
        return PersonName("", _letters(surname), _given(rest))
    words = [word for word in re.split(r"\s+", plain) if re.search(r"[A-Za-z]", word)]
    if len(words) > 2 and _letters("".join(words[:2])) in _compound_sounds():
        words = ["".join(words[:2]), *words[2:]]
    if len(words) == 1:
        return PersonName("", _letters(words[0]), ())
    first = _surname_first(words)
    surname, given = (words[0], words[1:]) if first else (words[-1], words[:-1])
    return PersonName("", _letters(surname), _given(" ".join(given)))


def _surname_first(words: list[str]) -> bool:
    """ZHANG Yi, Zhang Y., Zhang Yiming begin with the surname; Y. Zhang, Yi Zhang end so."""
    first, last = words[0], words[-1]
    if first.isupper() and len(_letters(first)) > 1 and not last.isupper():
        return True
    if last.isupper() and len(_letters(last)) > 2 and not first.isupper():
        return False
    if _is_initials(first) or _is_initials(last):
        return not _is_initials(first)
    if _letters(first) in _compound_sounds() or _letters(last) in _compound_sounds():
        return _letters(first) in _compound_sounds()
    sizes = [len(_syllables(_letters(word))) for word in (first, last)]
    if len(words) == 2 and sizes != [1, 1] and all(_is_pinyin(_letters(w)) for w in words):
        return sizes[0] < sizes[1]
    known_first = _letters(first) in _surname_sounds()
    known_last = _letters(last) in _surname_sounds()
    return known_first and not known_last


def _is_initials(word: str) -> bool:
    letters = re.sub(r"[^A-Za-z]", "", word)
    return (
        len(letters) == 1
        or (len(letters) <= 3 and letters.isupper() and "." in word)
        or (len(letters) <= 2 and letters.isupper())
    )


@lru_cache(maxsize=1)
def _compound_sounds() -> frozenset[str]:
    return frozenset(_surname_sound(name) for name in _COMPOUND)


@lru_cache(maxsize=1)
def _surname_sounds() -> frozenset[str]:
    return frozenset(_surname_sound(name) for name in (*_COMMON_SURNAMES, *_COMPOUND))


def _letters(word: str) -> str:
    """Lower case letters; ü is written lü, lyu or lv by different people."""
    letters = re.sub(r"[^a-z]", "", word.casefold())
    return re.sub(r"^([ln])(?:yu|v)(?=$|[^aeiou])", r"\1u", letters)


def _given(text: str) -> tuple[str, ...]:
    """Syllables of a written-out pinyin name, or initials: Yiming, Yi-Ming, Y. M., YM."""
    parts: list[str] = []
    for word in re.split(r"[\s.\-‐–]+", text.strip()):
        letters = re.sub(r"[^A-Za-z]", "", word)
        if not letters:
            continue
        if len(letters) <= 3 and letters.isupper():
            parts += list(letters.casefold())
        else:
            parts += _syllables(letters.casefold())
    return tuple(parts)


_INITIAL = "zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]"
_FINAL = (
    "iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|vn|ia|ie|iu|ua|ui|uo|ve|"
    "ue|er|a|o|e|i|u|v"
)
_SYLLABLE = re.compile(rf"(?:{_INITIAL})?(?:{_FINAL})")


def _is_pinyin(word: str) -> bool:
    return all(_SYLLABLE.fullmatch(part) for part in _syllables(word))


def _syllables(word: str) -> list[str]:
    """The two syllables of a given name if it is one in pinyin; else the word as it is."""
    for cut in range(1, len(word)):
        one, two = word[:cut], word[cut:]
        if _SYLLABLE.fullmatch(one) and re.match(_INITIAL, two) and _SYLLABLE.fullmatch(two):
            return [one, two]
    return [word]
