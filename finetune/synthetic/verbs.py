"""The verbs that filings are written in: which form a word is, and the base form that "did" takes.

Only words that are hardly ever nouns are known here: a question is made where the verb is certain.
"""

from __future__ import annotations

from types import MappingProxyType

_REGULAR = """
accept accrue accumulate achieve acquire add address adjust administer adopt allocate allow amend
amortize announce apply appoint approve assemble assess assign assume authorize average calculate cancel
capitalize carry charge classify close collect combine compare compensate compete complete comply
comprise compute conclude conduct connect consider consolidate construct consume contain continue
contribute control convert cover create deduct defend define deliver denominate depend deploy depreciate
derive describe designate determine develop differ disclose discontinue discount distribute divest earn
eliminate employ enable encourage enforce engage enhance enter establish estimate evaluate examine
exceed exclude execute exercise expand expire extend facilitate file finance finalize focus follow form
fund furnish generate grant handle host identify implement improve include incorporate incur indemnify
influence inspect install insure integrate introduce invest issue join launch lease leverage license
list locate maintain manage manufacture mature measure mitigate modify monitor negotiate notify observe
obtain occupy offer operate organize outsource own participate pay perform permit possess prepare prepay
prevent price process procure produce prohibit promote protect provide publish purchase qualify range
rate realize recall receive reclassify recognize reconcile record recover recruit redeem reduce refer
register regulate reinvest reject release rely remain remeasure remit renew repay replace report
represent repurchase require reserve resolve restate restrict retain retire review revise satisfy
schedule seek select serve settle ship solicit source specialize sponsor state store strive submit
supply support suspend target terminate test train transfer translate transport treat update use utilize
value vest view violate vote waive warrant withdraw withhold believe expect anticipate intend consist
accelerate attract advertise appeal arrange aim benefit change design experience face forecast hope
increase market need project request result structure study trade want work analyze concentrate
cooperate incentivize migrate outline prioritize recommend repatriate raise declare decide owe sue place
commission repossess audit elect dispute accomplish account agree regard hire expend collaborate contest
embrace open order start sign charter end happen vary rise fall belong tend expose appear involve seize
lower cap guarantee pledge exchange reopen relocate award cite claim deny dismiss affirm reverse sublet
subcontract shift move turn reach cease delay resume
"""
_IRREGULAR = """
begin began begun|become became become|bear bore borne|bring brought brought|build built built|
buy bought bought|choose chose chosen|draw drew drawn|drive drove driven|find found found|
give gave given|grow grew grown|have had had|hold held held|keep kept kept|lead led led|
lend lent lent|lose lost lost|make made made|meet met met|seek sought sought|sell sold sold|
send sent sent|spend spent spent|take took taken|write wrote written|undertake undertook undertaken|
withdraw withdrew withdrawn|withhold withheld withheld|pay paid paid|hedge hedged hedged|
plan planned planned|run ran run|come came come|say said said|rise rose risen|fall fell fallen|
cap capped capped|stop stopped stopped|drop dropped dropped|sublet sublet sublet|set set set|
understand understood understood|win won won|commit committed committed|refer referred referred|
incur incurred incurred|permit permitted permitted|submit submitted submitted|
remit remitted remitted|occur occurred occurred|ship shipped shipped|
transfer transferred transferred|control controlled controlled|cancel canceled canceled|do did done|
arise arose arisen|write-off wrote-off written-off
"""
_NOUNS_TOO = frozenset(
    "accounts averages charges controls covers discounts estimates exercises files finances focuses "
    "forms funds grants holds hosts issues leases licenses lists makes measures offers plans prices "
    "processes purchases ranges rates recalls records releases reports repurchases reserves reviews "
    "schedules ships sources states stores supplies supports targets tests trains transfers uses "
    "updates values views votes warrants sponsors hedges waives leads interests returns transports "
    "contracts aims benefits changes designs experiences faces forecasts hopes increases markets "
    "needs projects requests results structures studies trades wants works raises orders places ends "
    "starts turns moves shifts claims awards delays exchanges signs appeals caps guarantees pledges "
    "runs falls rises drops stops hires".split()
)
"""Third-person forms that are nouns as often: no verb is seen in them."""

INTRANSITIVE = frozenset(
    "mature expire compete participate rely depend remain arise occur continue strive come happen "
    "vary belong tend appear rise fall agree account collaborate".split()
)


def third_of(base: str) -> str:
    """ "carry" → "carries"."""
    if base == "have":
        return "has"
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


def _past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    return base + "ed"


def _tables() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    past: dict[str, str] = {}
    participle: dict[str, str] = {}
    for entry in _IRREGULAR.replace("\n", "").split("|"):
        base, was, been = entry.split()
        past[was] = base
        participle[been] = base
    irregular = set(past.values())
    for base in _REGULAR.split():
        if base not in irregular:
            past[_past(base)] = base
            participle[_past(base)] = base
    third = {third_of(base): base for base in past.values()}
    return past, participle, third


_PAST, _PARTICIPLE, _THIRD = _tables()
PAST = MappingProxyType(_PAST)
"""Past form → base."""
PARTICIPLE = MappingProxyType(_PARTICIPLE)
"""Past participle → base."""
THIRD = MappingProxyType({form: base for form, base in _THIRD.items() if form not in _NOUNS_TOO})
"""Third-person form → base, where the form is hardly ever a noun."""
ANY_THIRD = MappingProxyType(_THIRD)
"""All third-person forms, for subjects that leave no doubt that a verb follows."""
BASE = frozenset(_PAST.values())
PLURAL = frozenset(
    "come expire include consist remain vary depend require provide contain begin become rely allow "
    "enable represent operate compete mature bear make sell buy pay receive earn take keep own belong "
    "tend differ involve apply arise occur own use serve have appear affect expose".split()
)
"""Base forms that are verbs after a plural noun."""
AUX = frozenset(
    "is are was were has have had will would may might can could should must shall does do did".split()
)
BE = frozenset("is are was were".split())
