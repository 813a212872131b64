"""Words as questions and labels are compared: small, without endings, one term for what has several names.

Questions, printed labels and concept names all come this way. Knows no fact and no question.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"\d+\.\d+%|[a-z]+&[a-z]+(?:&[a-z]+)?|(?:[a-z]\.){2,}|[a-z0-9]+(?:'[a-z]+)?|%")
_CONCEPT = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_POINT = re.compile(r"\b(\d+) point (\d+) percent\b")
_GLUED = re.compile(r"\b(\w+ing)and\b")
_ASIDE = re.compile(r"\([^()]*\)")
_KEPT = frozenset("cogs basis gross plus less this us business process loss access gas plus".split())
WEAK = frozenset("total net consolidated aggregate amount value balance company all overall per".split())
"""Words a label may have and a question may leave out, or the other way round."""
FRAME = frozenset(
    "what how much many did do does have had has who which whose can could would will you i we me my"
    " tell give show "
    "find list provide look get need want know please report reported reporting record recorded"
    " post posted "
    "disclose disclosed tag tagged print printed appear shown company corporation firm it he they there"
    " figure number "
    "level size dollar usd million billion thousand mn bn according filing form statement document 10 k"
    " q annual "
    "quarterly quarter year fiscal fy period during end ending ended date make made bring brought"
    " generate generated "
    "earn earned spend spent pay paid owe owed hold held own owned carry carried book booked use used"
    " come came stand "
    "stood amount reach reached hit total receive received take took produce produced if so this these"
    " those than "
    "compare compared comparing versus vs between both each also just only about exactly fell due"
    " falling located "
    "were wa doe over stated revealed given charged position cover say said be been being sheet "
    "face line item most recent latest far up out".split()
)
"""Words of a question that name no figure, and that a label may have as well."""
_SKIPPED = frozenset(
    "a an the of for to by on at in from with and or its their our as that which due be s is are was".split()
)

_SAME = (
    # the words of a figure's name (after endings are gone) → one term; the first that fits wins
    ("earning before interest tax depreciation amortization", "ebitda"),
    ("free cash flow|fcf", "freecashflow"),
    (
        "net cash(?! (flow|provided|used|generated|operating|investing|financing|paid|acquire|received)\\b)",
        "netcash",
    ),
    ("net debt", "netdebt"),
    ("(total|all) (outstanding )?(debt|borrowing)", "totaldebt"),
    ("total cash", "totalcash"),
    ("grant date", "grantdate"),
    ("restricted stock unit|restricted share unit|rsus?|stock unit", "rsu"),
    ("performance stock unit|psus?", "psu"),
    (
        "(share|stock|equity) based (payment|paid|compensation|comp)( expense)?|(stock|share) (compensation"
        "|comp)( expense)?"
        "|sbc( expense)?|allocated share based compensation expense",
        "stockcomp",
    ),
    (
        "(?:(?:net )?(?:income|earning|loss|profit))(?: loss)? per (diluted|basic) (?:common )?share",
        r"\1 eps",
    ),
    (
        "earning per (common )?share|(net )?(income|earning|loss|profit)( loss)? per (common )?share"
        "|profit per share|eps",
        "eps",
    ),
    ("property plant equipment|property equipment|pp&e|ppe|fixed asset|plant equipment", "ppe"),
    ("research development|r&d|rnd|r d", "rnd"),
    ("(selling|sale) general administrative|sg&a|sga", "sga"),
    ("marketing general administrative|mg&a|mga", "mga"),
    ("(sale|selling) marketing|s&m", "marketingsales"),
    ("general administrative|g&a", "generaladmin"),
    ("depreciation (depletion )?amortization( accretion)?|d&a", "dna"),
    ("account payable|trade payable|trade account payable|payable trade", "tradepayable"),
    ("account receivable|trade receivable|trade account receivable|customer receivable", "tradereceivable"),
    (
        "profit after tax|bottom line( profit| income| loss| result)*|net (income|earning|profit|loss)("
        " loss)?|ni",
        "netincome",
    ),
    (
        "(operating|operational) (income|profit|earning|result|loss)( loss)?"
        "|(income|earning|profit|loss)( loss)? operation|ebit",
        "operatingincome",
    ),
    ("state(?= (local|income|tax))", "statelocal"),
    (
        "pre ?tax (income|profit|earning|loss|result)( loss| income| profit)?|(income|earning|profit|earn"
        "|earned)( loss)? before( provision)?("
        " income)? tax"
        "|profit before tax",
        "pretaxincome",
    ),
    (
        "(provision|benefit)( benefit| provision)* (income )?tax|income tax (expense|provision|charge"
        "|cost|benefit)"
        "|tax (expense|provision|charge)",
        "incometax",
    ),
    ("(?<=incometax )foreign (income|earning)", "foreign"),
    (
        "effective( income)? tax rate|etr|effective rate(?! (commercial|debt|note|term|borrowing"
        "|loan|lease))",
        "etr",
    ),
    (
        "cost (revenue|sale|good sale|product sale|good service sale|net revenue)|cogs|cost good",
        "costofsales",
    ),
    ("(operating|operational) (expense|cost|expenditure|spending)|opex", "opex"),
    ("gross (profit|income)", "grossprofit"),
    ("capital (expenditure|spending|outlay|investment)|capex", "capex"),
    (
        "(net )?cash( flow)? (provided|generated|used)( provided| used| generated)* operating activity"
        "|(net )?operating cash flow|(net )?cash flow( operating activity| operation)|cash operating"
        " activity|ocf|cfo"
        "|cash (did )?operation generate|cash (provided|generated) operation|cash operation"
        "|cash flow operating",
        "cashfromoperations",
    ),
    (
        "(net )?cash( flow)?( provided| generated| used)* investing( activity)?|investing cash flow|cash"
        " flow investing",
        "cashfrominvesting",
    ),
    (
        "(net )?cash( flow)?( provided| generated| used)* financing( activity)?|financing cash flow|cash"
        " flow financing",
        "cashfromfinancing",
    ),
    ("(net )?(sale|revenue|turnover)|top line( revenue)?|rev|net revenue", "revenue"),
    ("stockholder|shareholder|shareowner", "holder"),
    ("holder equity|holder deficit|holder fund|book value", "equity"),
    (
        "non current|noncurrent|long term|long run|long dated|after one year|beyond one year"
        "|excluding (current portion|current maturity|amount within one year)",
        "noncurrent",
    ),
    ("short term|near term|within( one| 12| twelve)? (year|month)|current portion", "current"),
    ("non ?vested|unvested", "unvested"),
    ("deferred tax asset|deferred income tax asset|dtas?", "dta"),
    ("deferred tax liability|deferred income tax liability|dtls?", "dtl"),
    ("accumulated other comprehensive (income|loss|gain)( loss)?|aoci", "aoci"),
    ("other comprehensive (income|loss|gain)( loss)?|oci", "oci"),
    ("foreign currency|foreign exchange|fx|currency exchange|exchange rate", "fx"),
    ("right use|rou", "rou"),
    ("after tax|net (income )?tax|post tax", "aftertax"),
    ("fair market value", "fair value"),
    (
        "repurchase|buyback|buy back|buying back|bought back|repurchased|purchase company stock"
        "|share purchase back|purchase back|share purchase",
        "repurchase",
    ),
    ("common stock|common share", "stock"),
    ("weighted average|average weighted|average", "weighted"),
    ("non (?:u\\.s\\.|us|united state)|outside us|outside united state|abroad|overseas", "foreign"),
    ("united state|u s a?|us|usa|u\\.s\\.|domestic", "us"),
    ("dividend dividend equivalent|cash dividend|dividend equivalent", "dividend"),
    ("inventory|stock of good", "inventory"),
    ("headcount|employee|workforce|staff", "employee"),
    ("doubtful account|credit loss allowance|allowance credit loss", "allowance credit loss"),
    ("ads?|advertising|advertisement", "advertising"),
)
_ENDINGS = {
    "european": "europe", "chinese": "china", "japanese": "japan", "american": "america",
    "israeli": "israel", "canadian": "canada", "mexican": "mexico", "irish": "ireland", "german": "germany",
    "taiwanese": "taiwan", "indian": "india", "british": "uk", "repurchased": "repurchase",
    "acquisition": "acquire", "acquired": "acquire", "purchased": "purchase", "issued": "issue",
    "issuance": "issue",
    "repaid": "repay",
    "repayment": "repay", "amortisation": "amortization", "labour": "labor", "programme": "program",
    "buy": "purchase", "bought": "purchase", "buying": "purchase", "sell": "sale", "sold": "sale",
    "hedging": "hedge", "hedges": "hedge", "issuing": "issue", "raising": "raise", "raised": "raise",
    "tech": "technology", "capitalize": "capitalized", "selling": "sale", "awarded": "grant", "retired":
    "retire", "retiring": "retire", "granted": "grant", "vested": "vest", "forfeited": "forfeit",
    "authorised": "authorized",
    "buybacks": "buyback", "pay": "paid", "declare": "declared", "taxe": "tax", "weighed": "weighted",
}  # fmt: skip
_RULES = tuple((re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"), term) for pattern, term in _SAME)


def words_of(text: str) -> list[str]:
    """The words of `text`, small and without endings; "R&D" and "%" are words."""
    lowered = text.lower().replace("’", "'").replace("‑", "-")
    return [_bare(word) for word in _WORD.findall(lowered)]


@lru_cache(maxsize=200_000)
def terms_of(text: str) -> tuple[str, ...]:
    """What `text` names, term by term in its order: "Selling, general and administrative" is ("sga",)."""
    return terms_of_words(tuple(words_of(text)))


@lru_cache(maxsize=20_000)
def terms_of_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """`terms_of` words that were taken apart already."""
    line = " ".join(w for w in words if w not in _SKIPPED)
    for pattern, term in _RULES:
        line = pattern.sub(term, line)
    return tuple(line.split())


@lru_cache(maxsize=50_000)
def label_terms(label: str) -> tuple[str, ...]:
    """The terms of a printed label, without notes and the other sign in brackets: "Net income (loss)"."""
    text = _ASIDE.sub(" ", label.lower()).replace("/", " ")
    text = re.sub(r"^(?:less|add|plus|of which|including)\b:?|,? ?see note.*$|\bnote \d+.*$", " ", text)
    return terms_of(text)


def concept_words(name: str) -> str:
    """All words of a tag's local name: "us-gaap:IncomeTaxExpenseBenefit" → "income tax expense benefit"."""
    text = " ".join(word.lower() for word in _CONCEPT.findall(name.rpartition(":")[2]))
    return _GLUED.sub(r"\1 and", _POINT.sub(r"\1.\2%", text))


@lru_cache(maxsize=50_000)
def name_words(name: str) -> str:
    """A tag's local name as words: "us-gaap:IncomeTaxExpenseBenefit" → "income tax expense"."""
    text = concept_words(name)
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    return " ".join(text.split())


_PLAIN = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r" (?:member|domain|axis|segment member)$", ""),
        (r"^increase decrease in ", "change in "),
        (r"\bincome loss\b", "income"),
        (r"\bprofit loss\b", "net income"),
        (r"\bgains? loss(?:es)?\b", "gain"),
        (r"\bexpense benefit\b", "expense"),
        (r"\bincome expense\b", "income"),
        (r"\bprovided by used in\b", "provided by"),
        (r"^payments for proceeds from ", "payments for "),
        (r"^proceeds from (?:payments for|repayments of) ", "proceeds from "),
        (r"\bshare based compensation arrangement by share based payment award\b", ""),
        (r"\bequity instruments other than options\b", ""),
        (r"\bin period\b", ""),
        (r"\b(?:including|excluding) assessed tax\b|\bfrom contract with customer\b", ""),
        (r" (?:attributable to parent|at carrying value|continuing operations|percent)$", ""),
        (r"\bof (?:revenue|sales|goods) and services\b", "of sales"),
    )
)


def _bare(word: str) -> str:
    """Without a plural or possessive ending."""
    word = word.replace("'", "").replace(".", "") if word != "u.s." else "us"
    word = _ENDINGS.get(word, word)
    if len(word) > 3 and word not in _KEPT:
        if word.endswith("ies"):
            word = word[:-3] + "y"
        elif word.endswith(("sses", "xes", "ches", "shes")):
            word = word[:-2]
        elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
            word = word[:-1]
    return _ENDINGS.get(word, word)
