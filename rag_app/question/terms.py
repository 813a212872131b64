"""What analysts call a figure → the words that filings print it with, and the statement it stands in.

"PPNE", "capex" and "quick ratio" are in no filing: the lines they are made of are. Knows no filing.
"""

from __future__ import annotations

import re
from functools import lru_cache

_BALANCE = "consolidated balance sheets"
_INCOME = "consolidated statements of income operations"
_CASH = "consolidated statements of cash flows"

# statement → (what is asked, a regular expression; what is printed there)
_TERMS: dict[str, tuple[tuple[str, str], ...]] = {
    _BALANCE: (
        (r"pp&?n?e(?: net)?|fixed assets", "property, plant and equipment, net"),
        (
            r"quick ratio|acid[- ]test(?: ratio)?",
            "cash and cash equivalents trade receivables inventories total current assets "
            "total current liabilities",
        ),
        (
            r"current ratio|working capital(?: ratio)?|liquidity ratios?",
            "total current assets total current liabilities",
        ),
        (
            r"net debt|leverage(?: ratio)?|debt[- ]to[- ]equity(?: ratio)?",
            "long-term debt short-term debt total equity",
        ),
        (r"asset turnover(?: ratio)?|return on assets|roa", "total assets net sales net income"),
        (
            r"return on (?:equity|capital|invested capital)|ro[ei]c?",
            "total shareholders' equity net income",
        ),
        (r"inventory turnover|days (?:of )?inventory|dio", "inventories cost of sales"),
        (r"days payables?(?: outstanding)?|dpo", "accounts payable cost of sales inventories"),
        (r"days sales outstanding|dso|receivables? turnover", "accounts receivable net sales"),
        (r"cash conversion cycle", "inventories accounts receivable accounts payable"),
        (r"book value|net worth", "total shareholders' equity"),
        (
            r"cash (?:pile|position|balance)|cash (?:&|and) (?:cash )?equivalents",
            "cash and cash equivalents",
        ),
        (r"payables|a/p", "accounts payable"),
        (r"receivables|a/r", "accounts receivable, net"),
    ),
    _CASH: (
        (
            r"cap(?:ital )?ex(?:penditures?|p)?|capital spending|capital intensity",
            "purchases of property, plant and equipment capital expenditures",
        ),
        (
            r"free cash flows?|fcf",
            "net cash provided by operating activities purchases of property, plant and equipment",
        ),
        (
            r"operating cash flows?|cash (?:flows? )?from operations|cfo",
            "net cash provided by operating activities",
        ),
        (
            r"(?:share|stock) ?(?:buy-?backs?|repurchases?)|buy-?backs?|bought back",
            "repurchases of common stock",
        ),
        (r"dividend payout(?: ratio)?|payout ratio", "cash dividends paid net income"),
        (r"d ?& ?a|depreciation and amorti[sz]ation", "depreciation and amortization"),
        (r"stock-based comp\w*|sbc", "share-based compensation expense"),
    ),
    _INCOME: (
        (r"ebitda", "operating income depreciation and amortization interest"),
        (r"ebit", "operating income earnings before interest and taxes"),
        (r"top[- ]line", "net sales revenue total"),
        (r"bottom[- ]line|net profits?|net earnings", "net income"),
        (r"gross (?:profit )?margins?|gross profit", "net sales cost of sales gross profit"),
        (r"operating (?:profit )?margins?|operating profit", "net sales operating income"),
        (
            r"(?:net )?profit margins?|net (?:income )?margins?|profitab\w+",
            "net sales net income",
        ),
        (r"cogs|cost of goods(?: sold)?", "cost of sales cost of goods sold"),
        (r"sg ?& ?a|overheads?", "selling, general and administrative expenses"),
        (r"r ?& ?d(?: (?:spend\w*|expenses?))?", "research and development expenses"),
        (r"eps|earnings per share", "net income per share basic diluted"),
        (
            r"(?:effective )?tax rate",
            "provision for income taxes income before taxes effective tax rate",
        ),
        (r"interest coverage(?: ratio)?", "operating income interest expense"),
    ),
    "": ((r"head ?count|workforce|how many (?:people|employees)", "employees full-time human capital"),),
}
_STATEMENTS = (
    (r"balance sheets?|statements? of financial (?:position|condition)", _BALANCE),
    (r"cash[- ]flows? statements?|statements? of cash flows?", _CASH),
    (
        r"income statements?|p ?& ?l|profit (?:and|&) loss|statements? of (?:income|operations|earnings)",
        _INCOME,
    ),
)
_FINDS = tuple(
    (re.compile(rf"(?<![\w&])(?:{asked})(?![\w&])", re.IGNORECASE), printed, where)
    for where, terms in _TERMS.items()
    for asked, printed in terms
)
_NAMES = tuple((re.compile(rf"\b(?:{asked})\b", re.IGNORECASE), where) for asked, where in _STATEMENTS)


@lru_cache(maxsize=256)
def printed_words(question: str) -> str:
    """What a filing would print of the figures in `question`, and the statements; "" for none."""
    found = [(printed, where) for pattern, printed, where in _FINDS if pattern.search(question)]
    named = [where for pattern, where in _NAMES if pattern.search(question)]
    said = (*(printed for printed, _ in found), *named, *(where for _, where in found))
    return " ".join(dict.fromkeys(part for part in said if part))
