"""The five elements of a need, 材料, 方法, 功效, 产品, 应用, by the words of its text.

A word is a term of the technical word lists and the glossary, or a name of a quantity among the
targets; its ending says which element it is. A word no rule knows is left out, and an element
without a word stays empty.
"""

from __future__ import annotations

import re
from functools import cache

from matcher.diagnosis.finding import Element
from matcher.diagnosis.reading import written
from matcher.records import Challenge
from matcher.resources import data_path
from matcher.text.dictionary import DICTIONARY_FOLDER, read_word_list
from matcher.text.glossary import read_glossary
from matcher.text.indicators import targets_of
from matcher.text.normalise import HAN

_LONGEST = 12
_MOST = 8
_APPLIED = re.compile(
    r"(?:应用于|用于|适用于|面向)([^，。；,;：:\n、]{2,12}?)"
    r"(?=领域|行业|产业|等|的|[，。；,;\n]|$)"
)
_FIELDS = re.compile(
    r"航空航天|航空|航天|风电|风力发电|核电|火电|水电|光伏|电网|储能电站|船舶|海洋工程|海工|轨道交通|高铁|"
    r"新能源汽车|汽车|商用车|油气|油田|煤矿|矿山|冶金|钢铁|石化|化工|建材|建筑|桥梁|农业|食品|医疗|医药|"
    r"环保|水处理|纺织|印刷|半导体(?!激光)|集成电路|消费电子|通信|机器人|国防|物流|家电|电站|(?<!内)燃机|手机"
)
# By themselves these say nothing of any element.
_EMPTY = frozenset(
    ("材料", "系统", "设备", "装备", "装置", "平台", "软件", "产品", "工艺", "技术", "方法", "设计",
     "控制", "优化", "加工", "效率", "备件", "合格")
)  # fmt: skip
# The first rule whose ending a term has says its element.
_ENDINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("方法", re.compile(
        r"(?:法|工艺|技术|冶炼|精炼|重熔|熔炼|连铸|铸造|压铸|成形|成型|锻造|轧制|挤压|焊接|烧结|沉积|溅射|"
        r"镀膜?|热处理|淬火|加工|磨削|切削|抛光|控制|建模|模型|仿真|模拟|优化|设计|检测|监测|诊断|识别|定位|"
        r"算法|学习|预测|分离|萃取|吸附|提纯|纯化|结晶|发酵|合成|聚合|催化|改性|掺杂|复合|混炼|耦合|调控|"
        r"再生|回收|压裂|开采|勘探|注水|测量|标定|封装|刻蚀|外延|光刻|蒸镀|拉制|拉伸|修形|融合|调度|编程)$")),
    ("功效", re.compile(
        r"(?:强度|硬度|韧性|塑性|寿命|效率|精度|分辨率|灵敏度|可靠性|稳定性|均匀性|一致性|耐[\u3400-\u9fff]{1,3}性?|"
        r"抗[\u3400-\u9fff]{1,3}性?|能耗|电耗|功耗|噪[声音]|损耗|良率|收率|合格率|成材率|效果|洁净度|纯度|"
        r"减[重震振阻摩]|降噪|防腐|防[除]?冰|导热|绝缘|阻燃|轻量化|低排放|排放|节能|疲劳|磨损|腐蚀|偏析|缩孔|"
        r"裂纹|开裂|变形|夹杂物?|误报率|采收率|选择性|滚阻|粗糙度|带宽|刚度|漂移|增益|线宽)$")),
    ("材料", re.compile(
        r"(?:钢|铁|合金|材料|树脂|橡胶|胶|纤维|薄膜|膜|陶瓷|催化剂|吸附剂|[^液]剂|涂层|涂料|粉体|粉末|靶材|"
        r"玻璃|晶体|单晶|浆料|塑料|聚合物|石墨烯?|电解[质液]|隔膜|溶液|卤水|油|煤|矿石?|铝|铜|镁|钛|镍|锂|铟|"
        r"稀土|分子筛|木质素|白炭黑|硅片|氮化镓|碳化硅|氢气?|氨|渣系?|混凝土|蛋白|核酸|酶|气凝胶|碳)$")),
    ("产品", re.compile(
        r"(?:机|机组|机床|机器人|器|器件|件|装备|设备|装置|系统|平台|轴承|齿轮箱?|电机|电池|电堆|芯片|阀|泵|"
        r"叶片|模具|刀具|生产线|产线|整线|电缆|传感器|雷达|飞机|航天器|卫星|船|车辆?|仪器?|仪表|管线?|板|"
        r"轮胎?|燃烧室|锅炉|炉|变压器|激光器|软件|基片|双极板|短舱|堆|塔|镜|钻头|箱)$")),
)  # fmt: skip
NAMES = ("材料", "方法", "功效", "产品", "应用")


def elements(challenge: Challenge) -> tuple[Element, ...]:
    """All five, in the order of `NAMES`, each with at most eight words.

    >>> need = Challenge(challenge_id="1", title="海上风电齿轮箱轴承", indicators_text="寿命≥20年")
    >>> {element.name: element.words for element in elements(need) if element.words}
    {'功效': ('寿命',), '产品': ('齿轮箱轴承',), '应用': ('风电',)}
    """
    text = written(challenge)
    found: dict[str, dict[str, None]] = {name: {} for name in NAMES}
    for term in terms(text):
        if name := element_of(term):
            found[name][term] = None
    for indicator in targets_of(challenge):
        if indicator.value is not None and 1 < len(indicator.name) <= _LONGEST:
            found["功效"][indicator.name] = None
    fields = [challenge.industry, *_APPLIED.findall(text), *_FIELDS.findall(text)]
    found["应用"].update(dict.fromkeys(field for field in fields if field))
    return tuple(Element(name, tuple(found[name])[:_MOST]) for name in NAMES)


def element_of(term: str) -> str | None:
    """The element the ending of a term tells; None for a word that may be any."""
    if term in _EMPTY:
        return None
    return next((name for name, ending in _ENDINGS if ending.search(term)), None)


def terms(text: str) -> tuple[str, ...]:
    """The technical terms of a text, the longest at each place, each once."""
    known, beginnings = _known()
    found: dict[str, None] = {}
    start = 0
    while start < len(text):
        if text[start : start + 2] not in beginnings:  # nearly everywhere
            start += 1
            continue
        longest = min(_LONGEST, len(text) - start)
        end = next(
            (start + n for n in range(longest, 1, -1) if text[start : start + n] in known), 0
        )
        if end:
            found[text[start:end]] = None
        start = end or start + 1
    return tuple(found)


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """Terms, and the two characters each begins with."""
    folder = data_path(DICTIONARY_FOLDER)
    glossary = read_glossary(folder / "glossary.tsv").english
    words = (*read_word_list(folder / "technical.txt"), *glossary)
    known = frozenset(word for word in words if len(word) > 1 and HAN.search(word))
    return known, frozenset(word[:2] for word in known)
