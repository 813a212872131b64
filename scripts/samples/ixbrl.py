"""Rendering helpers: entities, facts with contexts and units, and tables cut as EDGAR cuts them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .model import Model, rdiv

_EXPR = re.compile(r"^([a-z_][\w.]*)(<*)(?:@(\w+))?$")
_NUMERIC = re.compile(r"^\(?\$?[\d,]+(\.\d+)?%?\)?$|^—$|^n/m$")
_TOKEN = re.compile("\x02(\\d+)\x02")


def entities(text: str) -> str:
    """Plain text as HTML with typographic quotes and numeric entities."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r'(^|[\s(\[—])"', "\\1\u201c", text).replace('"', "\u201d").replace("'", "\u2019")
    return re.sub(r"[^\x00-\x7f]", lambda m: f"&#{ord(m.group())};", text)


def commas(ticks: int, dec: int) -> str:
    """An absolute value with thousands separators; ticks are 10**-dec units."""
    whole, part = divmod(abs(ticks), 10**dec)
    return f"{whole:,}.{part:0{dec}d}" if dec else f"{whole:,}"


@dataclass
class Style:
    """The typographical habits of one filer."""

    font: str = "font-family:'Times New Roman',sans-serif;font-size:10pt"
    cell: str = "font-size:9pt"
    shade: str = "#cceeff"
    page_break: str = '<hr style="page-break-after:always"/>'
    header: str = "toc"  # toc: a link at the top; name: the company and the report title
    footer: str = "page"  # page: the number alone; bar: Company | 2024 Form 10-K | 17
    item: str = "plain"  # plain, upper or table
    page_words: int = 400
    note: str = "Note {n}. {title}"


@dataclass
class Company:
    """Everything that stays the same between the filings of one company."""

    name: str
    ticker: str
    cik: str
    exchange: str
    exchange_code: str
    state: str
    ein: str
    street: str
    city: str
    state_code: str
    zip: str
    area: str
    phone: str
    par: str
    year_end: str
    scale: int
    dec: int
    model: Model
    concepts: dict[str, tuple[str, str]]
    members: dict[str, tuple[str, str]]
    dates: dict[str, tuple[str, str]]
    style: Style = field(default_factory=Style)
    sic: str = ""
    filer: str = "Accelerated Filer"

    @property
    def prefix(self) -> str:
        """The namespace prefix of the company's own concepts."""
        return self.ticker.lower()


@dataclass(frozen=True)
class Cell:
    """One displayed number: its text, its tagged form and the marks around it."""

    html: str
    negative: bool = False
    suffix: str = ""
    dollar: bool = False


class Facts:
    """Issues facts, contexts and units in document order."""

    def __init__(self, co: Company, alias: dict[str, str]) -> None:
        self.co = co
        self.alias = alias
        self.count = 0
        self.contexts: dict[tuple[str, str, str], str] = {}
        self.period("c")

    def next_id(self) -> str:
        """The id of the next fact."""
        self.count += 1
        return f"f-{self.count}"

    def period(self, alias: str) -> str:
        """The id of the duration context of a period alias."""
        start, end = self.co.dates[self.alias.get(alias, alias)]
        return self.context(start, end, "")

    def context(self, start: str, end: str, member: str) -> str:
        """The id of a context; an empty start makes an instant."""
        return self.contexts.setdefault((start, end, member), f"c-{len(self.contexts) + 1}")

    def text(self, name: str, shown: str, fmt: str = "", ctx: str = "c-1") -> str:
        """A tagged text fact."""
        extra = f' format="{fmt}"' if fmt else ""
        return (
            f'<ix:nonNumeric contextRef="{ctx}" name="{name}"{extra} id="{self.next_id()}">'
            f"{entities(shown)}</ix:nonNumeric>"
        )

    def resolve(self, expr: str, default: str) -> tuple[str, str] | None:
        """(key, period label) of 'key', 'key<' or 'key@alias'; None when it names no series."""
        found = _EXPR.match(expr)
        if not found or found.group(1) not in self.co.model:
            return None
        key, back, alias = found.groups()
        period = alias or default
        if alias in (None, "p") and self.kind(key) == "i" and default in ("c", "p"):
            period = {"c": "i", "p": "ip"}["p" if alias == "p" else default]
        label = self.alias.get(period, period)
        for _ in back:
            label = self.co.model.prev[label] or ""
        return key, label

    def kind(self, key: str) -> str:
        """d for a duration, i for an instant."""
        return self.concept(key)[1]

    def concept(self, key: str) -> tuple[str, str]:
        """The concept and kind of a key, of its base for 'base.member', else an extension."""
        known = self.co.concepts.get(key) or self.co.concepts.get(key.split(".")[0])
        if known:
            return known
        camel = "".join(part.title() for part in re.split(r"[_.]", key))
        return f"{self.co.prefix}:{camel}", "d"

    def number(self, key: str, label: str, *, dec: int, scale: int, ticks: int | None = None) -> str:
        """The ix:nonFraction of one value; `ticks` overrides the value by a rounded one."""
        value = self.co.model.get(key, label) if ticks is None else ticks
        name, kind = self.concept(key)
        start, end = self.co.dates[label]
        member = "" if key in self.co.concepts else key.partition(".")[2]
        ctx = self.context("" if kind == "i" else start, end, member)
        unit = unit_of(key)
        sign = ' sign="-"' if value < 0 else ""
        fmt, shown = ("ixt:num-dot-decimal", commas(value, dec)) if value else ("ixt:fixed-zero", "&#8212;")
        return (
            f'<ix:nonFraction unitRef="{unit}" contextRef="{ctx}" decimals="{dec - scale}" name="{name}" '
            f'format="{fmt}" scale="{scale}"{sign} id="{self.next_id()}">{shown}</ix:nonFraction>'
        )

    def cell(self, expr: str, default: str, *, negate: bool, tag: bool) -> Cell | str:
        """A table cell: a number of the model, a ratio or change in percent, or literal text."""
        model = self.co.model
        if expr.endswith("%"):
            ratio = self.percent(expr[:-1], default)
            if ratio is not None:
                return Cell(commas(ratio, 1) if ratio else "&#8212;", ratio < 0, "%")
        found = self.resolve(expr, default)
        if found is None:
            return expr
        key, label = found
        value = model.get(key, label)
        shown_negative = (value > 0) if negate else (value < 0)
        unit = unit_of(key)
        dec, scale = self.form(key)
        if tag:
            html = self.number(key, label, dec=dec, scale=scale)
        else:
            html = commas(value, dec) if value else "&#8212;"
        suffix = "%" if unit == "pure" and key.startswith("pct") else ""
        return Cell(html, shown_negative, suffix, unit in ("usd", "usdPerShare"))

    def form(self, key: str) -> tuple[int, int]:
        """(displayed decimals, scale) of a key in tables."""
        unit = unit_of(key)
        if unit == "usd":
            return self.co.dec, self.co.scale
        if unit == "usdPerShare":
            return 2, 0
        if unit == "shares":
            return 0, 3
        return (1, -2) if key.startswith("pct") else (0, 0)

    def percent(self, expr: str, default: str) -> int | None:
        """Tenths of a percent of 'a/b' (ratio), 'a@x' or 'a' (change on the prior period)."""
        model = self.co.model
        if "/" in expr:
            top, bottom = expr.split("/")
            _, mark, alias = bottom.partition("@")
            a = self.resolve(f"{top}@{alias}" if mark and "@" not in top else top, default)
            b = self.resolve(bottom, default)
            if a and b:
                return rdiv(model.get(*a) * 1000, model.get(*b))
            return None
        now = self.resolve(expr, default)
        if now is None:
            return None
        old = self.before(*now)
        base = model.get(now[0], old)
        return rdiv((model.get(*now) - base) * 1000, abs(base))

    def before(self, key: str, label: str) -> str:
        """The period a change is measured against."""
        for now, old in (("c", "p"), ("y", "yp"), ("p", "pp")):
            if self.alias.get(now) == label and old in self.alias:
                if self.kind(key) == "i":
                    return self.alias["ip"]
                return self.alias[old]
        if self.alias.get("i") == label:
            return self.alias["ip"]
        return self.co.model.prev[label] or ""

    def prose(self, key: str, label: str) -> str:
        """A value as prose writes it: millions or billions of dollars, the number tagged."""
        value = self.co.model.get(key, label)
        unit = unit_of(key)
        dec, scale = self.form(key)
        if unit == "usd":
            usd = value * 10 ** (scale - dec)
            if abs(usd) >= 10**9 and self.co.scale == 3:
                return "$" + self.number(key, label, dec=2, scale=9, ticks=rdiv(usd, 10**7)) + " billion"
            if dec == 0 and scale == 6:
                return "$" + self.number(key, label, dec=0, scale=6) + " million"
            return "$" + self.number(key, label, dec=1, scale=6, ticks=rdiv(usd, 10**5)) + " million"
        if unit == "shares":
            return self.number(key, label, dec=1, scale=6, ticks=rdiv(value, 100)) + " million"
        number = self.number(key, label, dec=dec, scale=scale)
        if unit == "usdPerShare":
            return "$" + number
        return number + ("%" if key.startswith("pct") else "")

    def header(self, hidden: str) -> str:
        """The hidden ix:header with every context and unit the document used."""
        out = ['<div style="display:none"><ix:header><ix:hidden>', hidden, "</ix:hidden>"]
        end = self.co.dates[self.alias["c"]][1].replace("-", "")
        out.append(
            '<ix:references xml:lang="en-US"><link:schemaRef xlink:type="simple" '
            f'xlink:href="{self.co.prefix}-{end}.xsd"/></ix:references><ix:resources>'
        )
        for (start, stop, member), cid in self.contexts.items():
            segment = ""
            if member:
                axis, name = self.co.members[member]
                segment = (
                    f'<xbrli:segment><xbrldi:explicitMember dimension="{axis}">{self.co.prefix}:{name}'
                    "</xbrldi:explicitMember></xbrli:segment>"
                )
            when = (
                f"<xbrli:startDate>{start}</xbrli:startDate><xbrli:endDate>{stop}</xbrli:endDate>"
                if start
                else f"<xbrli:instant>{stop}</xbrli:instant>"
            )
            out.append(
                f'<xbrli:context id="{cid}"><xbrli:entity><xbrli:identifier scheme="http://www.sec.gov/CIK">'
                f"{self.co.cik}</xbrli:identifier>{segment}</xbrli:entity><xbrli:period>{when}</xbrli:period>"
                "</xbrli:context>"
            )
        for uid, measure in (("usd", "iso4217:USD"), ("shares", "xbrli:shares"), ("pure", "xbrli:pure")):
            out.append(f'<xbrli:unit id="{uid}"><xbrli:measure>{measure}</xbrli:measure></xbrli:unit>')
        out.append(
            '<xbrli:unit id="usdPerShare"><xbrli:divide><xbrli:unitNumerator><xbrli:measure>iso4217:USD'
            "</xbrli:measure></xbrli:unitNumerator><xbrli:unitDenominator><xbrli:measure>xbrli:shares"
            "</xbrli:measure></xbrli:unitDenominator></xbrli:divide></xbrli:unit></ix:resources></ix:header></div>"
        )
        return "".join(out)


def unit_of(key: str) -> str:
    """The unit a key's spelling stands for."""
    base = key.split(".")[0]
    if base in ("eps", "epsd", "dps") or base.startswith("px_"):
        return "usdPerShare"
    if base in ("sh", "shd", "dil", "anti") or base.startswith(("sh_", "rsu_")):
        return "shares"
    return "pure" if base.startswith(("pct_", "n_")) else "usd"


def span(text: str, css: str) -> str:
    """An inline styled span."""
    return f'<span style="{css}">{text}</span>'


class TableWriter:
    """Writes one table with '$', the number and ')' or '%' in cells of their own."""

    def __init__(self, facts: Facts, style: Style) -> None:
        self.facts = facts
        self.style = style

    def write(
        self,
        groups: list[tuple[str, int]],
        labels: list[str],
        rows: list[str],
        cols: list[str],
        *,
        grid: bool,
        tag: bool,
        stub: str = "",
    ) -> str:
        """Groups: (top label, columns under it); rows: '[flags]label | cell | cell'."""
        style, n = self.style, len(labels)
        width = 100 - 14 * n if n < 6 else 30
        out = ['<div><table style="border-collapse:collapse;display:inline-table;width:100.000%"><tr>']
        out.append(
            f'<td style="width:1.0%"></td><td style="width:{width}.0%"></td><td style="width:0.1%"></td>'
        )
        out.append('<td style="width:0.1%"></td><td style="width:1.0%"></td><td style="width:0.5%"></td>' * n)
        out.append("</tr>")
        if any(top for top, _ in groups):
            out.append('<tr><td colspan="3" style="padding:0 1pt"></td>')
            for top, size in groups:
                out.append(self.head(top, 3 * size))
            out.append("</tr>")
        if any(labels):
            out.append(f"<tr>{self.head(stub, 3)}")
            out.extend(self.head(label, 3) for label in labels)
            out.append("</tr>")
        first = True
        for number, row in enumerate(rows):
            shade = f"background-color:{style.shade};" if number % 2 == 0 else ""
            flags, label, cells = split_row(row)
            indent = len(label) - len(label.lstrip())
            pad = f"2px 1pt 2px {1 + 6 * indent}pt"
            css = style.cell + (";font-weight:700" if "b" in flags else "")
            text = span(entities(label.strip()), css)
            out.append(f'<tr><td colspan="3" style="{shade}padding:{pad};vertical-align:bottom">{text}</td>')
            if not cells:
                out.append(f'<td colspan="{3 * n}" style="{shade}padding:0 1pt"></td></tr>')
                continue
            if grid:
                values = [self.facts.cell(c, "c", negate="n" in flags, tag=tag) for c in cells]
            else:
                values = [
                    self.facts.cell(cells[0], c, negate="n" in flags, tag=tag)
                    if c[0] not in "$%"
                    else self.change(cells[0], c)
                    for c in cols
                ]
            dollars = first or "$" in flags or "T" in flags
            for value in values:
                out.append(self.value(value, shade, flags, dollars))
            first = False
            out.append("</tr>")
        out.append("</table></div>")
        return "".join(out)

    def change(self, expr: str, col: str) -> Cell | str:
        """The dollar or percent change column of an untagged table."""
        if "/" in expr:
            return ""
        found = self.facts.resolve(expr, "y" if col.endswith("y") else "c")
        if found is None:
            return ""
        key, label = found
        model = self.facts.co.model
        if col.startswith("%"):
            if model.get(key, self.facts.before(key, label)) * model.get(key, label) <= 0:
                return "n/m"
            tenths = self.facts.percent(f"{key}@{label}", "c")
            return Cell(commas(tenths, 1) if tenths else "&#8212;", (tenths or 0) < 0, "%")
        diff = model.get(key, label) - model.get(key, self.facts.before(key, label))
        return Cell(commas(diff, self.facts.form(key)[0]) if diff else "&#8212;", diff < 0, "", True)

    def head(self, label: str, size: int) -> str:
        """One header cell."""
        if not label:
            return f'<td colspan="{size}" style="padding:0 1pt"></td>'
        css = self.style.cell.replace("9pt", "8pt") + ";font-weight:700"
        text = "<br/>".join(entities(part) for part in label.split("/ "))
        return (
            f'<td colspan="{size}" style="border-bottom:1pt solid #000;padding:2px 1pt;text-align:center">'
            f"{span(text, css)}</td>"
        )

    def value(self, value: Cell | str, shade: str, flags: str, dollars: bool) -> str:
        """The three cells of one value column."""
        border = "border-top:1pt solid #000;" if set("tT") & set(flags) else ""
        if "T" in flags:
            border += "border-bottom:3pt double #000;"
        css = self.style.cell + (";font-weight:700" if "b" in flags else "")
        base = f"{shade}{border}padding:2px 0"
        if isinstance(value, str):
            side = "right" if _NUMERIC.match(value) else "left"
            text = span(entities(value), css) if value else ""
            return f'<td colspan="3" style="{base};text-align:{side}">{text}</td>'
        number = ("(" if value.negative else "") + value.html
        after = (")" if value.negative else "") + value.suffix
        tail = f'<td style="{base}">{span(after, css) if after else ""}</td>'
        if dollars and value.dollar:
            lead = f'<td style="{base}">{span("$", css)}</td>'
            return f'{lead}<td style="{base};text-align:right">{span(number, css)}</td>{tail}'
        return f'<td colspan="2" style="{base};text-align:right">{span(number, css)}</td>{tail}'


def split_row(row: str) -> tuple[str, str, list[str]]:
    """(flags, label, cells) of a table row."""
    flags = ""
    if row.startswith("["):
        flags, row = row[1:].split("]", 1)
    label, *cells = row.split("|")
    return flags, label.rstrip(), [c.strip() for c in cells]


def fill(text: str, thunks: list[tuple[str, str]], facts: Facts) -> str:
    """Escapes text and puts the tagged facts its tokens stand for in their places."""
    return _TOKEN.sub(lambda m: facts.prose(*thunks[int(m.group(1))]), entities(text))
