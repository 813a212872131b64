"""A small invented 10-K with inline XBRL: income of two years, a part of its sales, a balance."""

from __future__ import annotations

CONTEXTS = {
    "d24": ("2023-10-01", "2024-09-28", ""),
    "d23": ("2022-09-25", "2023-09-30", ""),
    "i24": (None, "2024-09-28", ""),
    "p24": ("2023-10-01", "2024-09-28", "zqa:RopesMember"),
}


def _context(name: str, start: str | None, end: str, member: str) -> str:
    period = f"<xbrli:startDate>{start}</xbrli:startDate><xbrli:endDate>{end}</xbrli:endDate>"
    if start is None:
        period = f"<xbrli:instant>{end}</xbrli:instant>"
    about = "<xbrli:identifier scheme='x'>0009990001</xbrli:identifier>"
    explicit = f"<xbrldi:explicitMember dimension='srt:ProductOrServiceAxis'>{member}</xbrldi:explicitMember>"
    part = f"<xbrli:segment>{explicit}</xbrli:segment>" if member else ""
    return (
        f"<xbrli:context id='{name}'><xbrli:entity>{about}{part}</xbrli:entity>"
        f"<xbrli:period>{period}</xbrli:period></xbrli:context>"
    )


def _tag(concept: str, context: str, shown: str, unit: str = "usd", scale: int = 6) -> str:
    return (
        f"<ix:nonFraction name='{concept}' contextRef='{context}' unitRef='{unit}' scale='{scale}' "
        f"decimals='-{scale}'>{shown}</ix:nonFraction>"
    )


def filing(company: str = "Zqorvane Ropes Inc.", label: str = "Net income") -> str:
    """A small 10-K with inline XBRL: an income statement of two years, a segment and a balance."""
    contexts = "".join(_context(name, *values) for name, values in CONTEXTS.items())
    units = "".join(
        f"<xbrli:unit id='{name}'><xbrli:measure>{measure}</xbrli:measure></xbrli:unit>"
        for name, measure in (("usd", "iso4217:USD"), ("shares", "xbrli:shares"))
    )
    facts = {
        "EntityRegistrantName": company,
        "TradingSymbol": "ZQVR",
        "DocumentType": "10-K",
        "DocumentFiscalYearFocus": "2024",
        "DocumentFiscalPeriodFocus": "FY",
        "DocumentPeriodEndDate": "2024-09-28",
        "EntityCentralIndexKey": "0009990001",
    }
    hidden = "".join(
        f"<ix:nonNumeric name='dei:{name}' contextRef='d24'>{value}</ix:nonNumeric>"
        for name, value in facts.items()
    )
    rows = [
        ("Net sales", "us-gaap:Revenues", "391,035", "383,285"),
        (label, "us-gaap:NetIncomeLoss", "93,736", "96,995"),
    ]
    body = "".join(
        f"<tr><td>{name}</td><td>{_tag(concept, 'd24', now)}</td><td>{_tag(concept, 'd23', before)}</td></tr>"
        for name, concept, now, before in rows
    )
    return (
        "<html xmlns:ix='http://www.xbrl.org/2013/inlineXBRL'><body>"
        f"<div style='display:none'><ix:header><ix:hidden>{hidden}</ix:hidden>"
        f"<ix:resources>{contexts}{units}</ix:resources></ix:header></div>"
        "<p><b>Item 8. Financial Statements</b></p><p>CONSOLIDATED STATEMENTS OF OPERATIONS</p>"
        "<p>(In millions)</p>"
        "<table><tr><td></td><td>September 28, 2024</td><td>September 30, 2023</td></tr>"
        f"{body}</table>"
        f"<p>Ropes brought in ${_tag('us-gaap:Revenues', 'p24', '12,345')} million in the year 2024.</p>"
        "<p>CONSOLIDATED BALANCE SHEETS</p><p>(In millions)</p>"
        "<table><tr><td></td><td>September 28, 2024</td></tr>"
        f"<tr><td>Total assets</td><td>{_tag('us-gaap:Assets', 'i24', '364,980')}</td></tr></table>"
        "</body></html>"
    )
