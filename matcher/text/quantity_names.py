"""What two indicators measure: whether their names mean the same quantity.

A wrong yes is worse than a no: a report would say that a team has reached what it has not. So names
agree only if one is contained in the other and what is left over changes nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

_COMPARING = re.compile(
    r"达到|提高|提升|增加|增长|降低|降至|下降|减少|缩短|延长|减轻|节约|以上|以下|不低于|不高于|"
    r"不小于|不大于|优于|大于|小于"
    r"|低于|高于|超过|国际|国内|先进|水平|同类|产品|技术|指标|要求|实现|形成|相比|左右|上升|增幅|"
    r"降幅|幅度|最终|平均达|可达"
)
_FILLING = re.compile(
    r"[\s,，、:：()\[\]“”\"'/·-]|的|为|了|约|其|本|该|均|可|后|使得|研制|开发|制备|所得|样品|"
    r"试样|材料的|实测|测得|整体|总体"
)
_UNITS = frozenset({"ppm", "ppb", "mm", "cm", "um", "nm", "mpa", "gpa", "db", "kw", "mw", "kg"})
_WORD = re.compile(r"[A-Za-z]{2,}|[一-鿿]{2,}")
# One word for what is called in several ways; the longest first.
_SAME = (
    (r"使用寿命|工作寿命|服役寿命", "寿命"),
    (r"平均无故障(?:工作|运行)?时间|MTBF", "MTBF"),
    (r"(?:工作|使用|适用|运行)?温度范围|使用温度|适用温度|运行温度", "工作温度"),
    (r"总含氧量|总氧含量|全氧含量|总氧量|全氧", "总氧"),
    (r"[减增]重", "重量"), (r"节能率?", "能耗"),
    (r"含氧量", "氧含量"), (r"含水量", "含水率"), (r"能源消耗|能耗量", "能耗"),
    (r"耗电量|电耗量", "电耗"), (r"良品率|良率", "良率"), (r"正确率", "准确率"), (r"噪音", "噪声"),
    (r"精准度|精确度", "精度"), (r"检测限", "检出限"), (r"含量值|含量", "含量"), (r"费用", "成本"),
)  # fmt: skip
# A word before a name that turns it into another quantity.
_OTHER = (
    "不非未无失漏误错次副废残逆负",
    "总全", "主副", "上下", "内外", "前后", "进出入",
    "长短", "高低", "干湿", "冷热", "正负反", "新旧", "动静",
    "日月年", "单双", "粗精细", "大小", "横纵", "轴径", "峰谷",
    "左右", "顶底", "软硬", "吸脱", "充放",
)  # fmt: skip
_MODIFIERS = re.compile(
    r"抗拉|抗压|抗弯|抗剪|抗折|抗冲|屈服|剪切|弯曲|拉伸|压缩|冲击|粘结|粘接|剥离|疲劳|焊缝|断裂|"
    r"蠕变|持久|撕裂|扭转|"
    r"横向|纵向|径向|轴向|法向|切向|水平|垂直|进口|出口|入口|进水|出水|最高|最低|最大|最小|峰值|"
    r"谷值|额定|平均|瞬时|瞬态|稳态|连续|"
    r"静态|动态|空载|满载|充电|放电|高温|低温|存储|储存|贮存|循环|日历|设计|一次|二次|首次|初始|"
    r"重复|直流|交流|"
    r"启动|关断|开启|响应|加工|维修|换模|停机|检测|测量|控制|定位|套刻|识别|短路|开路|"
    r"综合|单位|吨钢|吨铝|直接|间接|物理|化学|体积|质量|面积|线性|表面|心部|芯部|基体|涂层|单机|"
    r"整机|系统|外部|内部|局部"
)
# Names that say too little by themselves: what they are of must be named on both sides.
_GENERIC = re.compile(
    r"强度|温度|压力|效率|精度|速度|时间|功率|频率|含量|浓度|成本|误差|直径|厚度|密度|长度|宽度|"
    r"高度|重量|质量|"
    r"能力|性能|比例|比率|系数|指数|面积|体积|流量|电流|电压|电阻|损耗|数量|产量|周期|范围|波动|"
    r"偏差|率|度|量|值"
)


@lru_cache(maxsize=8_192)
def quantity_names(text: str) -> frozenset[str]:
    """Pairs of characters of the words that name what is measured, and Latin words but units.

    >>> sorted(quantity_names("总含氧量≤5ppm"))
    ['含氧', '总含', '氧量']
    """
    named: set[str] = set()
    for word in _WORD.findall(_COMPARING.sub(" ", text)):
        if word.isascii():
            named.add(word.lower())
        else:
            named.update(word[i : i + 2] for i in range(len(word) - 1))
    return frozenset(named - _UNITS)


@lru_cache(maxsize=4_096)
def core(name: str) -> str:
    """A name without words of comparison, filling and other ways to say it.

    >>> core("轴承钢的总含氧量降低"), core("使用寿命提高")
    ('轴承钢总氧', '寿命')
    """
    text = _FILLING.sub("", _COMPARING.sub(" ", name))
    for pattern, word in _SAME:
        text = re.sub(pattern, word, text)
    return text.strip()


@lru_cache(maxsize=8_192)
def same_quantity(target: str, shown: str) -> bool:
    """Whether two names surely mean the same quantity.

    >>> same_quantity("合格率", "不合格率"), same_quantity("总氧", "精炼后总氧")
    (False, True)
    >>> same_quantity("轴承寿命", "电池寿命"), same_quantity("轴承钢总氧含量", "总氧")
    (False, True)
    """
    wanted, given = core(target), core(shown)
    if not wanted or not given:
        return False
    if wanted == given:
        return True
    if wanted in given:
        return not _turned(wanted, given) and not _narrows(wanted, given)
    if given in wanted:
        told = _GENERIC.fullmatch(given) is None and len(given) * 3 >= len(wanted)
        return told and not _turned(given, wanted) and not _narrows(given, wanted)
    return False


def _turned(short: str, long: str) -> bool:
    """Whether the character before or behind the shared name makes it something else."""
    before = long[: long.find(short)]
    behind = long[long.find(short) + len(short) :]
    if behind and behind[0] in "率比度差":
        return True
    if not before:
        return False
    return before[-1] in _OTHER[0] or any(
        before[-1] in pair and short[0] in pair for pair in _OTHER[1:]
    )


def _narrows(short: str, long: str) -> bool:
    """Whether the longer name says which (抗压强度, 出口温度) and the shorter one does not."""
    rest = long.replace(short, " ", 1)
    if _GENERIC.fullmatch(short) and rest.strip():
        return True
    return _MODIFIERS.search(rest) is not None
