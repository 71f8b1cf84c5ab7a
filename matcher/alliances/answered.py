"""Each question of a record in turn: the line that answers it, else the nearest sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from matcher.alliances.deciding import use_right
from matcher.alliances.parts import Sentence, Sentences, questions_in, shortened
from matcher.alliances.proposed import proposals_told
from matcher.alliances.reckoning import Reckoned
from matcher.alliances.wording import CLAUSE, PIECE
from matcher.policy import Advice, PolicyPack
from matcher.policy.rules import CreditCheck, LeastShare
from matcher.records.alliance import Alliance

_PAYER = re.compile(
    "由谁(?:来?支?[付出给发补]|来?承担|$)|由[^，。]{1,8}[付出]还是|由[^，。]{1,8}还是由?[^，。]{1,10}[付出给]|向谁[要讨]|谁来?(?:付|出钱|给|发)|从谁|谁的(?:股份|份额)"
)
_SHARE_OF = re.compile("从谁|谁的(?:股份|份额)|哪一方的(?:股份|份额)")
_SUM = re.compile(
    "多少(?!年|天|人|家|个)|[还各]差|结清|付清|付够|应不应付|该不该付|应[当该]?[给付补]|(?<!否)应得|补多少|欠|能不能要|能否全额|能不能全|够不够|这样够|数额|固定|该给|该不该[给补发再]|应不应[当该]?[给发补]|要不要再?[补付给发]|按哪[个种一]|怎[么样]办|必须[付发补]|不付|再[付拿]|付到|全发|付满"
)
_NOT_THE_SUM = re.compile("怎[么样]用|用在|用来|扣|上[缴交]|留下|剩|算法|双方|单位之间|各方")
_MAY = re.compile(
    "能不能|能否|可不可以|可否|可以[吗？?]|可以$|能[^，]{0,16}吗|资格|行不行|是否符合|承担|能给|才能|只有"
)
_PAID_BY = re.compile("由([^；，。（）]+?)付(?:，不由[^；，。]*付)?")
_LEFT = re.compile("还应补|还差|不差|已付清|没有应付|没有还应补")
_LEAST = re.compile("应给|不低于|至少|算不出")
_COUNTED = re.compile("算进去|算[不在]|要不要算|计不计|计入|算在")
_SUMS = re.compile(r"(\d+(?:\.\d+)?)\s?万元")
_CERTAIN = re.compile("一定[能会可]?[^，]{0,3}[拿得给到补有]|是不是就|是否就")
_LEADS = re.compile("[做当任以作](?:“|「)?盟主|牵头")
_OF_MONEY = re.compile("申请|申报|拿|补|拨|资金|经费|万元")
_WHOLE = ("适用（", "待核实（", "不适用（", "结论（定几年")
_APART = re.compile("；(?![^（]*）)")
_SETTLED = re.compile("结清|付清|付够|够不够|还清")
_WHETHER = re.compile("要不要|有没有|有吗|算不算|还有")
_EITHER = re.compile("[%％]|还是")
_IN_ALL = re.compile("合计|一共|总共|共应|共至少|(?:至少|总额|原本|本来)应?[给付]")
_REST = re.compile("[补欠差]|还[应要需]|再[付给补]|剩")
_SHARES_IN = re.compile(
    "(?:有没有|有无|该不该有|也有)份|(?:能不能|该不该|应不应该?|可不可以|能否)[^，]{0,4}[分得拿]"
)
_DECIDED = re.compile("(?:认定|确认|查明|核定|决定|一致认为)[^，,。；;]*?重要贡献")
_NOT_MUCH = re.compile("(?:没有|未|并无|不属于|不算|不是)[^，]{0,5}重要贡献$")
_HANDLED = re.compile("怎[么样]办")
_NO_PART = re.compile("(?:没有|未|不算)[^，]{0,5}重要贡献$")
_HEARSAY = re.compile("是否|有没有|[吗？?]|以为|觉得")
_CONTRIBUTED = "做出重要贡献的人员"
_EARLY = re.compile(
    "现在就|马上|立即|先[拨给付预]|预拨|预付|提前|(?:开工|实施|动工)(?:以?前|之前)|启动资金"
)
_AFTERWARDS = "后补助"
_DIVIDED = re.compile(
    "分(?:多少|几成|得多少)|怎[么样]分|各分|按出资|平分|[双各]方[^，]{0,6}[得拿]"
    "|(?:大学|学校|企业|公司|研究[所院]|我方|对方|我[校所院])[^，]{0,3}(?:应?得|应?拿|应分)多少"
)
_TO_UNIT = re.compile(
    "[付分给]给?(?:对方|另一方|[^，。；]{0,8}(?:大学|学校|学院|院所|研究[所院]|企业|公司|合作方))"
)
_BETWEEN = "结论（单位之间怎样分"
_DENIED = re.compile("不[涉属是在]|没有|未|并非|无关")
_LACKING = re.compile("不(?![仅但只])|没有|未|并非|无")
_BRIEF = 8
_HANDED_UP = re.compile("上[缴交]")
_STANDING = re.compile("视为|算不算|横向|纵向|是不是[^，]*(?:项目|课题)")
_CAN_ASK = re.compile("能不能(?:再)?要|能否要|能不能[^，]{0,3}补")
_MANY = 3
_SHORT, _TERSE = 30, 4
_OF_REWARD = ("结论（奖励", "适用（", "待核实（", "不适用（")
_ABOUT_PLAN = re.compile(
    "申请|申报|[给拿得补拨出]|资金|经费|支持|符合|条件|承担|多少|视为|认定|资格|可以$|行不行|万元|够"
)
_TO_DO = re.compile("先做|做到什么|怎样才|怎么才|要做什么|还[缺差]什么|要先")
_ALL_TOLD = re.compile("申报|申请|承担|条件|符合|最多|合计|能拿|数额")
_FILED = re.compile(r"(20\d\d)\s?年\s?(\d{1,2})\s?月")
_WHEN = re.compile("什么时候|何时|哪[天年月]|多久")
_FREE_FROM = re.compile(r"(20\d\d)-(\d\d)-(\d\d) 起不再受")
_AGAIN = re.compile("(?:以后|今后|还能|再)[^，]{0,8}申[报请]")
_TREATED = re.compile("怎[么样]处理|如何处理|后果|怎样罚|怎么罚")
_TOGETHER = re.compile("合计|加起来|一共|总共")
_OF_TERM = re.compile("资格|申[报请]")
_IN_TERM = re.compile("^结论：申报人本人.*(?:期限里|已满)")
_GIVE_BACK = re.compile("[要用应]退|退多少|退[还回]|追回[^，]{0,6}多少|多少[^，]{0,6}追回")
_FITS = re.compile(
    "符合|合法|合规|达到|合乎|合不合|行不行|占多少|达标|够条件|够不够|差多少|至少要多少|还差"
)
_FITTED = re.compile("合乎|不合|够|不够|还差|少于|低于|达到")
_KEPT = re.compile("留下|留归|剩|余下|用掉|怎[么样]用|用在")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_GIST = re.compile("(?:^|；)([^；“”：]{2,40})（大意）：")
_ARTICLE = re.compile("第[一二三四五六七八九十]+条(?:第[一二三四五六七八九十]+款)?")
_WORDLESS = re.compile(r"\W")
_OF_ENTRY = "，自记入科研诚信档案之日起取消其申报的资格"
_QUOTED = re.compile("（(?:原文|据报道)）：“|依据")
_OF_SUMS = re.compile("每种算法|适用（|奖励|应给|还应补|还差|付清|由[^；]*付")
_THIS = re.compile(
    "(?:这|此|该|上述)[^，]{0,6}(?:约定|方案|做法|规定|比例|协议)|照签|[改提]到|改成"
    "|这一条|该条|那一类|(?:这项?|该项?|此)成果[^，]{0,3}(?:算|属|能|可)"
    "|按[^，]{0,8}规定[^，]{0,3}(?:执行|就行|给)|这样[^，]{0,2}(?:赋权|约定|签|分|定)"
)
_INSTEAD = re.compile("(?:改为|改用|换成|改按)")
_TERM = re.compile(r"(?<!\d)(\d{1,2})\s?年(?!\d|\s?\d+\s?月|度)")
_YEAR_ASKED = re.compile(r"(20\d\d)\s?年")
_WITHIN = re.compile(r"(\d{1,3})\s?(日|天|个工作日|个月)(?:以?内|之内)")
_OWED = re.compile(r"^[^还\d]*(?:要不要|该不该|应不应[该当]?)[^，\d]{0,4}[补付给发][^，\d]*$")
_USED = re.compile("用法|用途|这[样么]用|[拿用]来|用于|花在")
_FOR_RESEARCH = re.compile("科研|研发|研究|转化")
_OUTLAY = re.compile("开工|[花投]|以前|之前|设备|折价|人工|工资")
_BASE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) × (\d+(?:\.\d+)?)%")
_FORMED = re.compile(
    "基本条件|组建的?条件|这样(?:组成|组建)?的?联盟|联盟[^，]{0,4}(?:符合|成立)|(?:能|可以)[^，]{0,4}组建"
)
_FIGURE = re.compile(r"\d+(?:\.\d+)?\s?(?:[%％]|年)")


@dataclass(frozen=True, slots=True)
class _Question:
    """One question, what leads up to it, the one before it, and whether figures of it are told."""

    text: str
    led_up: str
    before: str
    proposed: bool


def each_told(
    pack: PolicyPack, alliance: Alliance, advice: Sequence[Advice], answers: Sequence[str],
    rewards: Sequence[tuple[LeastShare, Reckoned]] = (),
) -> tuple[str, ...]:  # fmt: skip
    """A line each question, in the order they are asked.

    Args:
        pack: the rules.
        alliance: whose questions; without any, those of its note.
        advice: what is said of each programme.
        answers: the lines that answer what is asked already.
        rewards: its rows, each held against the rule on it.
    """
    text = alliance.question or _asking(alliance.note)
    questions = questions_in(text)
    if not questions:
        return ()
    asked = {one.programme_id for one in advice if one.wanted and not one.answered}
    sentences = Sentences(pack, _own_lines(advice, answers), sorted(asked))
    told: list[str] = []
    seen: dict[str, int] = {}
    lines: list[str] = []
    for number, question in enumerate(questions, start=1):
        led_up = "".join(re.findall("[^。；;？?]*[。；;]", text[: text.find(question)]))
        proposed = () if _NOT_THE_SUM.search(question) else tuple(
            proposals_told(pack, alliance, advice, rewards, question)
        )  # fmt: skip
        asked_before = questions[number - 2] if number > 1 else ""
        one = _Question(question, led_up, asked_before, bool(proposed))
        said = _answer(pack, alliance, advice, answers, one, sentences)
        pieces = dict.fromkeys((*proposed, *said))
        answer = "；".join(
            dict.fromkeys(
                f"见逐问 {seen[one]}" if one in seen and len(pieces) > 1 else one for one in pieces
            )
        )
        seen = {one: number for one in pieces if len(one) > _SHORT} | seen
        same = told.index(answer) + 1 if answer in told else 0
        told.append(answer)
        if same and _MAY.search(question) and (word := sentences.nowhere(question)):
            answer = f"{answer}；规则包收的条文里没有写“{word}”→ {sentences.authority}"
            same = 0
        if not (same or _QUOTED.search(answer)):
            basis = _basis(advice, answers, question, "；".join(pieces), sentences)
            bare = _WORDLESS.sub("", basis)
            above = (at for at, line in enumerate(lines, 1) if bare in _WORDLESS.sub("", line))
            first = next(above, 0) if basis else 0
            answer += f"；依据见逐问 {first}" if first else f"；依据：{basis}" if basis else ""
        lines.append(
            f"逐问 {number}“{shortened(question)}”：{f'同逐问 {same}' if same else answer}"
        )
    return tuple(lines)


def _basis(
    advice: Sequence[Advice], answers: Sequence[str], question: str, answer: str,
    sentences: Sentences,
) -> str:  # fmt: skip
    """The sentence of the source an answer rests on: of its clause, of its plan, or the nearest."""
    if gist := _GIST.search(answer):
        return sentences.nearest_written(f"{question}，{answer}", gist[1])
    article = _ARTICLE.search(answer)
    if article and (told := sentences.nearest_written(f"{question}，{answer}", article[0])):
        return told
    owed = "不能说应当给" in answer
    named = [one for one in advice if one.clauses and (f"] {one.name}" in answer
             or (owed and one.wanted and not one.answered))]  # fmt: skip
    if named:
        return "；".join(dict.fromkeys(one.clauses[0] for one in named))
    above = [line for line in answers if line.startswith("依据：")]
    if above and _OF_SUMS.search(answer) and "留归" not in answer:
        clauses = (line.removeprefix("依据：").partition("（")[0] for line in above)
        return f"{'、'.join(dict.fromkeys(clauses))}（原句见上）"
    term = _OF_ENTRY if "这一条限制" in answer else ""
    return sentences.nearest_written(f"{question}，{answer}{term}")


def _asking(note: str) -> str:
    """The sentences of a note that end in a question mark."""
    return "".join(re.findall("[^。；;？?\n]*[？?]", note))


def _own_lines(advice: Sequence[Advice], answers: Sequence[str]) -> Iterator[Sentence]:
    """What the answer says of the record: its conclusions piece by piece, and item by item."""
    for line in answers:
        if line.startswith(_WHOLE):
            mark = "见" if line.startswith("结论") else "见结论："
            yield Sentence(line, f"{mark}{line}", "结论", own=True)
        elif not line.startswith(("依据", "以上是读出来的")):
            for piece in _pieces(line):
                yield Sentence(piece, f"见结论：{piece}", "结论", own=True)
    for one in advice:
        if one.answered or one.idle:
            continue
        each = {
            "满足": one.met, "不满足": one.unmet,
            "待核实": [words for words in one.to_check if "未填写）" not in words],
        }  # fmt: skip
        for word, items in each.items():
            for item in items:
                told = item.partition("→ ")[0]
                yield Sentence(told, f"{word}：{told}", one.programme_id, own=True)


def _answer(
    pack: PolicyPack, alliance: Alliance, advice: Sequence[Advice], answers: Sequence[str],
    asked: _Question, sentences: Sentences,
) -> Iterator[str]:  # fmt: skip
    question = asked.text
    settled = [
        *_of_rewards(alliance, answers, question), *_of_trust(pack, alliance, answers, question),
        *_of_contributor(alliance, question, sentences), *_of_named(answers, question),
        *_of_limits(pack, alliance, asked),
        *_of_figures(alliance, answers, question),
        *(tuple(_of_base(advice, question, sentences)) or _of_accounts(advice, question)),
        *_of_time(alliance, answers, question),
        *_of_lead(pack, advice, asked.led_up if len(question) < _TERSE else question),
    ]  # fmt: skip
    plans = [] if settled else list(_of_plans(pack, advice, question))
    if plans and not _ABOUT_PLAN.search(question):  # of the thing itself, not of its money
        settled = [one.told for one in sentences.near(question) if not one.own]
        plans = [] if settled else plans
    held = sentences.own(question) if plans else None
    yield from settled
    if held is not None and held.told.startswith(("满足", "不满足")):
        yield held.told
    yield from plans
    near: tuple[Sentence, ...] = ()
    wanted = any(one.wanted for one in advice)
    if not settled and not (plans and wanted and _ALL_TOLD.search(question)):
        # What says too little by itself goes with the question before it.
        more = asked.before if len(question) < _TERSE else ""
        near = sentences.near(
            f"{more}，{question}" if more else question,
            "" if plans else asked.led_up,
            f"{asked.led_up}{alliance.note}",
        )
        if not (near or plans or asked.proposed):
            near = sentences.near(f"{asked.before}，{question}")
        near = tuple(
            one for one in near
            if not (plans and wanted and one.silent)
            and not (one.own and _HANDED_UP.search(question) and not _HANDED_UP.search(one.text))
        )  # fmt: skip
        yield from (one.told for one in near)
    if missing := sentences.unwritten(question):
        words = "、".join(f"“{one}”" for one in missing)
        yield f"规则包收的条文里没有写{words}→ {sentences.authority}"
    elif not (settled or plans or near or asked.proposed):
        heads = [line for line in answers if line.startswith("结论")]
        beside = sentences.near("", f"{asked.led_up}{alliance.note}")
        yield from (f"见{line}" for line in heads)
        yield from (one.told for one in beside[:1])
        if not beside:
            yield "没有找到直接写它的一句"
            if not heads:
                yield "看结论和其他各行" if answers else "看其他各行"
            yield f"仍不清楚的{sentences.authority}"


def _of_lead(pack: PolicyPack, advice: Sequence[Advice], question: str) -> Iterator[str]:
    """What of the conditions holds, where it is asked who may lead or whether they hold."""
    formed = _FORMED.search(question)
    if not (_LEADS.search(question) or formed):
        return
    texts = [item.text for rule in pack.condition for item in rule.items]
    for one in advice[:1]:
        unmet, met, open_ = (
            [words.partition("→ ")[0] for words in items
             if words.startswith("盟主") or (formed and words.startswith(tuple(texts)))]
            for items in (one.unmet, one.met, one.to_check)
        )  # fmt: skip
        if unmet:
            yield f"不能：不满足“{'；'.join(unmet)}”"
        elif met and not _OF_MONEY.search(question):
            rest = f"；还要核实：{'；'.join(open_)}" if open_ else ""
            yield f"{'看得出的都' if open_ else ''}满足：{'；'.join(met)}{rest}"


def _of_trust(
    pack: PolicyPack, alliance: Alliance, answers: Sequence[str], question: str
) -> Iterator[str]:  # fmt: skip
    """Whether who was put on record may file when it is asked; what is given back, and what else.

    An enterprise's own conditions are nothing to who may not file, or may again.
    """
    filed, end = _FILED.search(question), None
    fraud = any(line.startswith("结论：骗取的") for line in answers)
    if fraud and alliance.credit_on is None and _AGAIN.search(question):
        yield from (c.text for c in pack.check if isinstance(c, CreditCheck))
    if fraud and _TREATED.search(question):
        yield from (f"{t.clause}（大意）：{t.text}" for t in pack.topic if t.recovers)
    if filed is None and alliance.filed_on and _MAY.search(question) and _OF_TERM.search(question):
        for line in answers:
            term = line.rpartition("；")[2] if "不再受这一条限制" not in line else ""
            term = term or line.partition("；")[2]
            if _IN_TERM.search(line):
                yield f"见结论：{term}；别的条件另看"
                return
    for line in answers:
        end = end or _FREE_FROM.search(line)
        if _GIVE_BACK.search(question) and line.startswith("结论：骗取的"):
            yield f"见结论：{line.partition('：')[2]}"
    if end is not None and filed is None and _WHEN.search(question):
        yield f"{end[1]}-{end[2]}-{end[3]} 起不再受这一条限制"
    if filed is None or end is None or not _MAY.search(question):
        return
    month, free = (int(filed[1]), int(filed[2])), (int(end[1]), int(end[2]))
    day = f"{end[1]}-{end[2]}-{end[3]}"
    if month == free:
        yield f"看是哪一天：{day} 起不再受这一条限制，以前的还在期限里，不能申报"
    elif month > free:
        yield f"那时期限已满（{day} 起不再受这一条限制）；别的条件另看"
    else:
        yield f"还在期限里（到 {day}），不能申报"


def _of_rewards(alliance: Alliance, answers: Sequence[str], question: str) -> Iterator[str]:
    """What is left to pay, and who pays it, where results were reckoned."""
    of_reward = [line for line in answers if line.startswith(_OF_REWARD)]
    heads = [line for line in of_reward if line.startswith("结论（奖励")]
    if not heads:
        return
    between = _DIVIDED.search(question) and any(line.startswith(_BETWEEN) for line in answers)
    if _SUM.search(question) and not (between or _NOT_THE_SUM.search(question)):
        whole = tuple(_sum_of(heads, of_reward, question))
        owed = any("还应补不少于" in one or "还差 " in one for one in whole)
        word = ""
        if len(heads) == 1 and "没有争议" not in heads[0] and any("；已付" in one for one in whole):
            alone = _SETTLED.search(question) and not _EITHER.search(question)
            word = ("没有" if owed else "已经够了") if alone else ""
            word = ("不够" if owed else "够") if word and "够不够" in question else word
            word = ("能" if owed else "没有可要的") if _CAN_ASK.search(question) else word
            word = ("要" if owed else "不用再补") if _OWED.search(question) else word
        yield from (f"{word}：{one}" if word else one for one in whole)
        yield from (f"见{line}" for line in answers if line.startswith("结论（定几年）"))
    years = tuple(f"{year} 年" for year in _YEAR_ASKED.findall(question))
    if years and not between and (_MAY.search(question) or _WHETHER.search(question)):
        yield from (
            f"见结论：{line}" for line in of_reward
            if any(year in line.partition("：")[0] for year in years) and line not in heads
        )  # fmt: skip
    by_agreement = [line for line in answers if line.startswith(_BETWEEN) and "按协议付" in line]
    if _PAYER.search(question) and by_agreement and _TO_UNIT.search(question):
        yield from dict.fromkeys("由收到这笔收入的一方按协议付〔理解〕" for _ in by_agreement)
    elif _PAYER.search(question):
        payers = dict.fromkeys(
            found[0] for line in of_reward if (found := _PAID_BY.search(line)) is not None
        )
        yield from payers
    if _HANDLED.search(question):
        yield from (
            f"没有做出重要贡献的不在奖励对象内，备注写“{clause}”"
            for clause in map(str.strip, re.split("[。；;？?\n]", alliance.note))
            if _NO_PART.search(clause) and not _HEARSAY.search(clause)
        )  # fmt: skip
    if _SHARE_OF.search(question):
        yield from (
            f"从{row.holder or '完成单位'}因这项成果形成的 {row.equity_percent:g}% 里提取，"
            "不从别的股东的份额里"
            for row in alliance.incomes if row.way == "作价投资" and row.equity_percent
        )  # fmt: skip


def _mainly(kept: str, words: str) -> str:
    """Whether what is kept goes mainly to research, where the sums told of its use add up to it.

    >>> told = "余下250万元中200万元装修，50万元科研"
    >>> _mainly("奖励以后留归某大学的：500 − 250 = 250 万元", told)
    '用于科研、转化的 50 万元，占 20%，不到一半：不合“主要用于”〔理解，占多少算“主要”条文没有写〕'
    """
    found = re.search(r"= (\d+(?:\.\d+)?) 万元", kept)
    if found is None:
        return ""
    whole, research, other = float(found[1]), 0.0, 0.0
    for clause in CLAUSE.split(words):
        each = [
            (amount, _FOR_RESEARCH.search(piece) is not None) for piece in PIECE.split(clause)
            for amount in {float(one) for one in _SUMS.findall(piece)} - {whole}
        ]  # fmt: skip
        if sum(amount for amount, _ in each) == whole and not all(mine for _, mine in each):
            research = sum(amount for amount, mine in each if mine)
            other = whole - research
            break
    if not other:
        return ""
    part = 100 * research / whole
    fits = "不到一半：不合" if part < 50 else "超过一半：合乎"
    if part == 50:
        fits = "正好一半：看不出合不合"
    return (
        f"用于科研、转化的 {research:g} 万元，占 {part:.3g}%，{fits}“主要用于”"
        "〔理解，占多少算“主要”条文没有写〕"
    )


def _of_figures(alliance: Alliance, answers: Sequence[str], question: str) -> Iterator[str]:
    """Whether a share, a term or a ratio is as the clause has it; what is kept after a reward."""
    if _KEPT.search(question) or _USED.search(question):
        kept = [line for line in answers if line.startswith("奖励以后留归")]
        yield from (
            one for line in kept if (one := _mainly(line, f"{alliance.question}{alliance.note}"))
        )
        yield from (f"见结论：{line}" for line in kept)
    terms = {row.use_years for row in alliance.incomes if row.way == "使用权"} - {None}
    asked = {int(years) for years in _TERM.findall(question)} if terms else set()
    yield from (use_right(years, f"使用权 {years} 年", "").basis for years in asked - terms)
    if asked - terms:
        return
    this = _THIS.search(question) and not _INSTEAD.search(question)
    if not (this or _FITS.search(question)):
        return
    rows = [line for line in answers if not line.startswith(("依据", "以上", *_OF_REWARD))]
    fitted = [
        (line.partition("：")[0], piece) for line in rows for piece in _pieces(line)
        if _FITTED.search(piece)
    ]  # fmt: skip
    figures = {one.replace(" ", "") for one in _FIGURE.findall(question)}
    same = [one for _, one in fitted if any(f in one.replace(" ", "") for f in figures)]
    several = len({head for head, _ in fitted if head.startswith("结论（")}) > 1
    whole = (f"见{h}：{one}" if several else f"见结论：{one}" for h, one in fitted)
    yield from dict.fromkeys((f"见结论：{one}" for one in same) if same else whole)


def _of_base(advice: Sequence[Advice], question: str, sentences: Sentences) -> Iterator[str]:
    """What a share comes to with and without an outlay that may not belong to its base."""
    if not (_COUNTED.search(question) and _OUTLAY.search(question)):
        return
    for one in [a for a in advice if a.wanted and a.most_wan is not None][:1]:
        base, limit = _BASE.search(one.working), re.search(r"上限 (\d+)", one.working)
        for outlay in map(float, _SUMS.findall(question)):
            if base is None or outlay >= float(base[1]):
                continue
            less = (float(base[1]) - outlay) * float(base[2]) / 100
            most = min(less, float(limit[1])) if limit else less
            top = f"，上限 {limit[1]}" if limit else ""
            yield (
                f"条文没有写 {outlay:g} 万元算不算：算进去的话不超过 {one.most_wan:g} 万元；"
                f"不算的话 ({base[1]} − {outlay:g}) × {base[2]}%{top}，不超过 {most:g} 万元；"
                f"已经做了的能不能申请也没有写→ {sentences.authority}"
            )


def _of_time(alliance: Alliance, answers: Sequence[str], question: str) -> Iterator[str]:
    """By when a reward is to be paid, where a record tells of a term that was agreed on."""
    if not (_WHEN.search(question) and any(line.startswith(_OF_REWARD) for line in answers)):
        return
    said = [c.strip() for c in PIECE.split(alliance.note) if _WITHIN.search(c)]
    days = {row.received for row in alliance.incomes}
    for clause in said[:1]:
        found = _WITHIN.search(clause)
        until = ""
        if len(days) == 1 and found and found[2] in "日天" and _DAY.fullmatch(day := min(days)):
            end = date.fromisoformat(day) + timedelta(int(found[1]))
            until = f"：{day} 到账，到 {end} 以前（到账当日不计〔理解〕）"
        yield f"按约定或规定的时限，备注写“{clause}”{until}；条文没有另写时限"


def _of_accounts(advice: Sequence[Advice], question: str) -> Iterator[str]:
    """Whether sums that are named count under a yearly cap, as the account of the year has it."""
    if not _COUNTED.search(question):
        return
    sums = [one.rstrip("0").rstrip(".") if "." in one else one for one in _SUMS.findall(question)]
    notes = dict.fromkeys(note for one in advice for note in one.room_notes)
    for amount in sums:
        found = [note for note in notes if re.search(rf"(?<![\d.]){amount}(?![\d.])", note)]
        for note in found:
            read = "（条文没有写计不计，这样算是理解）" if "不计入（不是" in note else ""
            yield f"年度上限：{note}{read}"


def _pieces(line: str) -> Sequence[str]:
    """What a conclusion says: of a named row piece by piece, else all of it but the clause."""
    head, _, said = line.partition("：")
    said = said.partition("（条文")[0]
    if not head.startswith("结论"):
        return (line,)
    if said.startswith("待核实"):
        return (said,)
    if "每种算法" in said:
        return (said.partition("；由")[0],)
    return _APART.split(said) if head != "结论" else (said,)


def _sum_of(
    heads: Sequence[str], of_reward: Sequence[str], question: str = ""
) -> Iterator[str]:  # fmt: skip
    """What is due and what is left of it, of one result; of several where that is told.

    Asked for all that is due, what is left alone is no answer: of several years the sum of those
    the rule is on stands in a line of its own.
    """
    if len(heads) > 1:
        for line in heads:
            sums = "；".join(_sum_of([line], of_reward)).removeprefix("见结论：")
            yield f"见{line.partition('：')[0]}：{sums}"
        return
    pieces = _APART.split(heads[0].partition("：")[2])
    if "每种算法" in heads[0]:
        sure = "，".join(one for one in pieces if one.startswith("按上面哪一种"))
        yield "，".join(filter(None, ("见结论，每种算法各有一个数", sure)))
        return
    found = [next((one for one in pieces if p.search(one)), "") for p in (_LEAST, _LEFT)]
    if not found[0] and _IN_ALL.search(question) and not _REST.search(question):
        of_years = [_APART.split(line.partition("：")[2])[0] for line in of_reward
                    if line.startswith("适用（")]  # fmt: skip
        open_ = any(line.startswith("待核实（") for line in of_reward)
        found[0] = "；".join(f"没有争议的{one}" if open_ else one for one in of_years[:1])
    more = [one for one in pieces if one.startswith(("待核实的都算", "多付的"))]
    if told := tuple(dict.fromkeys(filter(None, (*found, *more)))):
        yield f"见结论：{'；'.join(told)}"


def _of_contributor(
    alliance: Alliance, question: str, sentences: Sentences
) -> Iterator[str]:  # fmt: skip
    """Whether somebody shares in a reward, where a record says what was decided of his part.

    The rule is on those who contributed much; who does is for the unit, and its word is applied.
    """
    asked = _SHARES_IN.search(question)
    written = sentences.written(_CONTRIBUTED)
    if asked is None or not written:
        return
    whom = re.findall("[㐀-鿿]{1,4}$", re.sub(".*(?:也|他|她)$", "", question[: asked.start()]))
    for clause in re.split("[。；;？?\n]", f"{alliance.note}\n{alliance.question}"):
        found = _DECIDED.search(clause)
        if found is None or _HEARSAY.search(clause) or not (whom and whom[0][-2:] in clause):
            continue
        said, denied = found[0], _NOT_MUCH.search(found[0])
        if not re.search(f"{whom[0][-2:]}|[他她其]", said) or (not denied and _DENIED.search(said)):
            continue  # of another, or of what else
        share = "没有份" if denied else "有份，各人多少由单位规定或约定"
        yield f"{share}，见备注：“{said}”；{written}"
        return


def _of_named(answers: Sequence[str], question: str) -> Iterator[str]:
    """What a conclusion says whole: what each contract is taken for, how units divide."""
    for pattern, head in ((_STANDING, "结论（课题）"), (_DIVIDED, _BETWEEN)):
        if pattern.search(question):
            yield from (f"见{line}" for line in answers if line.startswith(head))


def _of_limits(pack: PolicyPack, alliance: Alliance, asked: _Question) -> Iterator[str]:
    """Whether what a clause is limited to is there, where a record says it or denies it."""
    if not _MAY.search(asked.text):
        return
    text = asked.text if len(asked.text) >= _BRIEF else alliance.question
    for topic in pack.topic:
        if not topic.needs or not re.search(topic.words, text):
            continue
        said = [c.strip() for c in PIECE.split(alliance.note) if re.search(topic.needs, c)]
        held = {_LACKING.search(c) is None for c in said}
        if len(held) != 1:
            continue  # nothing of it, or of several things both
        verdict = f"合乎{topic.clause}的前提" if held == {True} else f"不能，不在{topic.clause}之内"
        ask = f"→ {topic.ask}" if topic.ask else ""
        yield f"{verdict}：备注写“{said[0]}”"
        yield f"{topic.clause}（大意）：{topic.text}{ask}"


def _to_do(advice: Sequence[Advice]) -> Iterator[str]:
    """What is to be done first: what does not hold, or else what nobody knows yet."""
    for one in [a for a in advice if a.wanted and not a.answered][:1]:
        steps = [f"{words.partition('（')[0]}：{ask}" if ask else words.partition("（")[0]
                 for words, _, ask in (w.rpartition("→ ") if "→ " in w else (w, "", "")
                                       for w in (one.why_not or one.to_check))]  # fmt: skip
        yield f"要先做到：{'；'.join(steps)}"


def _of_plans(pack: PolicyPack, advice: Sequence[Advice], question: str) -> Iterator[str]:
    """Whether what is asked for may be had, and how much of it."""
    if _CERTAIN.search(question):
        yield from (
            f"不是一定：{one.name}，条文写“{one.chosen}”，由主管部门定"
            for one in advice if one.wanted and one.chosen and not one.answered
        )  # fmt: skip
        return
    if _TO_DO.search(question):
        yield from _to_do(advice)
    if _EARLY.search(question) and _MAY.search(question):
        early = [a for a in advice if a.wanted and not a.answered and _AFTERWARDS in a.name]
        for one in early[:1]:
            undone = [words for words in (*one.unmet, *one.to_check) if "还没有转化" in words
                      or "还没有开工" in words]  # fmt: skip
            why = f"（{undone[0].partition('（')[2].partition('；')[0]}）" if undone else ""
            yield f"不能先拿：{one.name}是后补助，做在先、给在后〔理解〕{why}"
    if not (_MAY.search(question) or _SUM.search(question)):
        return
    named = {p.id for p in pack.programme if p.raised and re.search(p.raised, question)}
    open_ = [one for one in advice if not one.answered]
    raised = [one for one in open_ if one.programme_id in named and one.receiver != "完成人"]
    wanted = [one for one in open_ if one.wanted]
    wanted = [one for one in raised if one.wanted] or wanted or raised
    if not wanted and _SUM.search(question):
        wanted = [one for one in open_ if "《" in one.about and one.amount and not one.idle]
    sums = [one.most_wan for one in wanted if one.most_wan and not one.why_not]
    if _TOGETHER.search(question) and 1 < len(sums) == len(wanted):
        added = " + ".join(f"{most:g}" for most in sums)
        yield f"{len(sums)} 项加起来不超过 {added} = {sum(sums):g} 万元（年度上限另看）"
    for one in wanted[:3]:
        about = f"（{one.about.partition('《')[0].strip()}）" if one.about else ""
        if one.why_not:
            gaps = "——" + "、".join(
                f"不满足“{gap}”" if words in one.unmet else gap
                for words, gap in list(zip(one.why_not, one.gaps, strict=False))[:2]
            )
        elif len(one.gaps) > _MANY:
            gaps = f"——还要核实 {len(one.gaps)} 项，见下"
        else:
            gaps = f"——要核实：{'、'.join(one.gaps)}" if one.gaps else ""
        gaps += f"；{one.asked}" if one.asked else ""
        amount = "" if one.why_not else one.amount or (one.open_amount and f"，{one.open_amount}")
        yield f"[{one.verdict}] {one.name}{about}{amount}{gaps}"
