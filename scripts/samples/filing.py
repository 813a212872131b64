"""Lays a filing out: item texts to blocks, blocks to pages, cover, contents and running headers."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from .ixbrl import Company, Facts, TableWriter, entities, fill, span

_NS = (
    'xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" '
    'xmlns:ixt="http://www.xbrl.org/inlineXBRL/transformation/2020-02-12" '
    'xmlns:ixt-sec="http://www.sec.gov/inlineXBRL/transformation/2015-08-31" '
    'xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:xbrldi="http://xbrl.org/2006/xbrldi" '
    'xmlns:link="http://www.xbrl.org/2003/linkbase" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:iso4217="http://www.xbrl.org/2003/iso4217" xmlns:dei="http://xbrl.sec.gov/dei/2024" '
    'xmlns:us-gaap="http://fasb.org/us-gaap/2024" xmlns:srt="http://fasb.org/srt/2024"'
)


@dataclass
class Filing:
    """One report: its period, its column heads and its item texts."""

    co: Company
    form: str
    fy: int
    focus: str
    alias: dict[str, str]
    heads: dict[str, tuple[str, str]]
    parts: list[tuple[str, list[tuple[str, str, str]]]]
    variant: int
    cover_date: str
    shares: int
    public_float: int = 0
    fy_word: str = ""

    @property
    def file(self) -> str:
        """The file name."""
        tail = f"fy{self.fy}" + ("" if self.focus == "FY" else self.focus.lower())
        return f"{self.co.ticker.lower()}-{self.form.lower().replace('-', '')}-{tail}.htm"

    @property
    def label(self) -> str:
        """How running footers name the report."""
        when = f"{self.fy_word}{self.fy}" if self.focus == "FY" else f"{self.focus} {self.fy_word}{self.fy}"
        return f"{when} Form {self.form}"


@dataclass
class Block:
    """One paragraph, heading or table, with the words it takes on a page."""

    kind: str
    text: str
    words: int
    rows: list[str] | None = None
    note: str = ""
    anchor: int = 0
    fresh: bool = False
    page: int = 0


def long_date(iso: str) -> str:
    """'December 31, 2024' with a no-break space after the month."""
    day = dt.date.fromisoformat(iso)
    return f"{day:%B}\u00a0{day.day}, {day.year}"


class Builder:
    """Renders one filing."""

    def __init__(self, filing: Filing) -> None:
        self.f = filing
        self.co = filing.co
        self.style = filing.co.style
        self.facts = Facts(filing.co, filing.alias)
        self.tables = TableWriter(self.facts, self.style)
        self.thunks: list[tuple[str, str]] = []
        self.stem = "i" + hashlib.md5(filing.file.encode(), usedforsecurity=False).hexdigest()
        self.notes: dict[str, tuple[int, str, str]] = {}
        self.blocks: list[Block] = []
        self.toc: list[tuple[str, str, int]] = []

    # content -> blocks

    def choose(self, text: str) -> str:
        """Resolves <<first year|second year>> and the '@23 ' / '@24 ' paragraph marks."""
        text = re.sub(r"<<(.*?)\|(.*?)>>", lambda m: m.group(1 + self.f.variant), text, flags=re.S)
        mine, other = ("@24 ", "@23 ") if self.f.variant else ("@23 ", "@24 ")
        paras = [p for p in re.split(r"\n\s*\n", text.strip("\n")) if not p.lstrip().startswith(other)]
        return "\n\n".join(p.lstrip()[4:] if p.lstrip().startswith(mine) else p for p in paras)

    def place(self, match: re.Match[str]) -> str:
        """One {placeholder}: a date, a note number, a change in words or a tagged value."""
        expr = match.group(1)
        facts, model = self.facts, self.co.model
        if found := re.fullmatch(r"fy([+-]\d)?", expr):
            return str(self.f.fy + int(found.group(1) or 0))
        if found := re.fullmatch(r"end(?:@(\w+))?", expr):
            alias = found.group(1) or "i"
            return long_date(self.co.dates[self.f.alias.get(alias, alias)][1])
        if expr.startswith("note:"):
            return str(self.notes[expr[5:]][0])
        if expr[-1] in "%^":
            tenths = facts.percent(expr[:-1], "c")
            if tenths is None:
                raise KeyError(expr)
            shown = f"{abs(tenths) // 10}.{abs(tenths) % 10}%"
            if expr[-1] == "^":
                return f"{'increased' if tenths >= 0 else 'decreased'} {shown}"
            return shown
        plus = expr.endswith("+")
        resolved = facts.resolve(expr.rstrip("+"), "c")
        if resolved is None:
            raise KeyError(expr)
        if plus:
            key, label = resolved
            ticks = abs(model.get(key, label) - model.get(key, facts.before(key, label)))
            usd = ticks * 10 ** (self.co.scale - self.co.dec)
            if self.co.scale == 6 and self.co.dec == 0:
                return f"${ticks:,} million"
            tenths = (usd + 50_000) // 100_000
            return f"${tenths // 10:,}.{tenths % 10} million"
        self.thunks.append(resolved)
        return f"\x02{len(self.thunks) - 1}\x02"

    def parse(self, text: str) -> None:
        """Adds the blocks of one item text."""
        note = ""
        for para in re.split(r"\n\s*\n", self.choose(text)):
            if not para.strip():
                continue
            lines = para.strip("\n").split("\n")
            first = lines[0].strip()
            if first.startswith("%N "):
                note = first[3:].split(";")[0].strip()
                n, title, _ = self.notes[note]
                self.add("h2", self.style.note.format(n=n, title=title), note)
                continue
            if first == "%END":
                note = ""
                continue
            if first.startswith(("%T", "%G")):
                rows = [re.sub(r"\{([^{}]+)\}", self.place, row) for row in lines[1:]]
                words = sum(len(r.replace("|", " | ").split()) for r in rows) * 3 // 2
                self.blocks.append(Block("table", first, words, rows, note))
                continue
            joined = re.sub(r"\{([^{}]+)\}", self.place, " ".join(line.strip() for line in lines))
            for mark, kind in (
                ("#! ", "h1!"),
                ("# ", "h1"),
                ("## ", "h2"),
                ("### ", "h3"),
                ("* ", "li"),
                ("c: ", "center"),
                ("i: ", "italic"),
                ("s: ", "sign"),
            ):
                if joined.startswith(mark):
                    self.add(kind, joined[len(mark) :], note)
                    break
            else:
                self.add("p", joined, note)

    def add(self, kind: str, text: str, note: str = "", anchor: int = 0) -> None:
        """Appends a text block."""
        self.blocks.append(
            Block(kind.rstrip("!"), text, len(text.split()), None, note, anchor, kind.endswith("!"))
        )

    def collect(self) -> None:
        """Numbers the notes, then parses every item."""
        for _, items in self.f.parts:
            for _, _, text in items:
                for found in re.finditer(r"^%N (\w+); *(.+?); *(\S+)$", self.choose(text), re.M):
                    self.notes[found.group(1)] = (len(self.notes) + 1, found.group(2), found.group(3))
        anchor = 4
        for part, items in self.f.parts:
            self.add("part!", part)
            self.toc.append((part, "", 0))
            for num, title, text in items:
                anchor += 3
                if num:
                    self.add("item", f"Item {num}.|{title}", anchor=anchor)
                else:
                    self.add("h1", title, anchor=anchor)
                self.toc.append((f"Item {num}." if num else "", title, anchor))
                self.parse(text)

    def paginate(self) -> int:
        """Gives every block its page; returns the last page number."""
        page, used = 3, 0
        for i, block in enumerate(self.blocks):
            follow = 0
            if block.kind in ("h1", "h2", "h3", "item", "part", "center"):
                for later in self.blocks[i + 1 : i + 5]:
                    follow += min(later.words, 60)
                    if later.kind in ("p", "li", "table"):
                        break
            full = used and used + min(block.words, 120) + follow > self.style.page_words
            if i and ((block.fresh and used > 40) or full):
                page, used = page + 1, 0
            block.page = page
            used += block.words
        return page

    # blocks -> HTML

    def para(self, block: Block) -> str:
        """The HTML of a text block."""
        text = fill(block.text, self.thunks, self.facts)
        font = self.style.font
        bold = font + ";font-weight:700"
        anchor = f'<div id="{self.stem}_{block.anchor}"></div>' if block.anchor else ""
        if block.kind in ("part", "h1", "center"):
            css = font if block.kind == "center" else bold
            return f'{anchor}<div style="margin-top:9pt;text-align:center">{span(text, css)}</div>'
        if block.kind == "item":
            num, title = text.split("|", 1)
            if self.style.item == "table":
                return (
                    f'{anchor}<div><table style="border-collapse:collapse;width:100.000%"><tr>'
                    f'<td style="width:9.0%;padding:2px 1pt">{span(num, bold)}</td>'
                    f'<td style="width:91.0%;padding:2px 1pt">{span(title, bold)}</td></tr></table></div>'
                )
            if self.style.item == "upper":
                line = f"{num.upper()} {title.upper()}".replace("&#X", "&#x")
                return f'{anchor}<div style="margin-top:12pt">{span(line, bold)}</div>'
            line = f"{num}&#160;&#160;&#160;&#160;{title}"
            return f'{anchor}<div style="margin-top:12pt;text-align:justify">{span(line, bold)}</div>'
        if block.kind == "li":
            return (
                f'<div style="margin-top:3pt;padding-left:36pt;text-indent:-18pt">{span("&#8226;", font)}'
                f"{span(text, font + ';padding-left:14pt')}</div>"
            )
        css = {"h2": bold, "h3": bold + ";font-style:italic", "italic": font + ";font-style:italic"}.get(
            block.kind, font
        )
        return f'<div style="margin-top:8pt;text-align:justify">{span(text, css)}</div>'

    def table(self, block: Block) -> str:
        """The HTML of a table block."""
        head, *options = [o.strip() for o in block.text[2:].split(";")]
        tag = "notag" not in options
        concept = next((o[3:] for o in options if o.startswith("tb=")), "")
        rows = block.rows or []
        if block.text.startswith("%G"):
            labels = [re.sub(r"\{([^{}]+)\}", self.place, h.strip()) for h in head.split("|")]
            top = next(
                (re.sub(r"\{([^{}]+)\}", self.place, o[4:]) for o in options if o.startswith("top=")), ""
            )
            wide = max(row.split("]")[-1].count("|") for row in rows)
            stub = labels.pop(0) if len(labels) > wide else ""
            html = self.tables.write([(top, len(labels))], labels, rows, [], grid=True, tag=tag, stub=stub)
        else:
            cols = head.split()
            groups: list[tuple[str, int]] = []
            labels = []
            for col in cols:
                top, label = self.f.heads.get(col) or ("", {"$": "$ Change", "%": "% Change"}[col[0]])
                labels.append(label)
                if groups and groups[-1][0] == top:
                    groups[-1] = (top, groups[-1][1] + 1)
                else:
                    groups.append((top, 1))
            html = self.tables.write(groups, labels, rows, cols, grid=False, tag=tag)
        if concept:
            html = (
                f'<ix:nonNumeric contextRef="c-1" name="us-gaap:{concept}" id="{self.facts.next_id()}" '
                f'escape="true">{html}</ix:nonNumeric>'
            )
        return html

    def header(self, page: int) -> str:
        """The running header of a page."""
        link = f'<a href="#{self.stem}_4" style="font-size:8pt">Table of Contents</a>'
        if self.style.header == "toc":
            return (
                f'<div style="min-height:42.75pt;width:100%"><div>{span(link, "font-size:8pt")}</div></div>'
            )
        title = f"{self.co.name} &#8212; {self.f.label}" if self.style.header == "name" else "&#160;"
        return f'<div style="min-height:36pt;text-align:right">{span(title, "font-size:8pt")}</div>'

    def footer(self, page: int) -> str:
        """The running footer with the page number."""
        text = (
            f"{entities(self.co.name)} | {self.f.label} | {page}" if self.style.footer == "bar" else str(page)
        )
        return (
            '<div style="height:42.75pt;position:relative;width:100%"><div style="bottom:0;position:absolute;'
            f'width:100%;text-align:center">{span(text, "font-size:8pt;font-weight:400")}</div></div>'
            f"{self.style.page_break}"
        )

    def body(self) -> str:
        """All pages after the contents page."""
        last = self.paginate()
        left: dict[tuple[str, int], int] = {}
        for b in self.blocks:
            if b.note:
                left[(b.note, b.page)] = 1
        out: list[str] = []
        opened: set[str] = set()
        page = 0
        run: list[str] = []
        current = ""

        def close() -> None:
            nonlocal run, current
            if current:
                more = any(n == current and p > page for n, p in left)
                cid = f"{self.stem}_n{self.notes[current][0]}_"
                onward = f' continuedAt="{cid}{page + 1}"' if more else ""
                if current in opened:
                    out.append(f'<ix:continuation id="{cid}{page}"{onward}>{"".join(run)}</ix:continuation>')
                else:
                    opened.add(current)
                    out.append(
                        f'<ix:nonNumeric contextRef="c-1" name="us-gaap:{self.notes[current][2]}" '
                        f'id="{self.facts.next_id()}"{onward} escape="true">{"".join(run)}</ix:nonNumeric>'
                    )
                run, current = [], ""

        for block in self.blocks:
            if block.page != page:
                close()
                if page:
                    out.append(self.footer(page))
                page = block.page
                out.append(self.header(page))
            if block.note != current:
                close()
                current = block.note
            html = self.table(block) if block.kind == "table" else self.para(block)
            (run if current else out).append(html)
        close()
        out.append(self.footer(last).replace(self.style.page_break, ""))
        return "".join(out)

    def contents(self) -> str:
        """The table of contents."""
        pages = {b.anchor: b.page for b in self.blocks if b.anchor}
        cell = self.style.cell
        rows = [
            f'<tr><td colspan="6"></td><td colspan="3" style="text-align:right">{span("Page", cell)}</td></tr>'
        ]
        for num, title, anchor in self.toc:
            if not anchor:
                text = span(entities(num), cell + ";font-weight:700")
                rows.append(f'<tr><td colspan="9" style="padding:2px 1pt;text-align:center">{text}</td></tr>')
                continue
            link = f'<a href="#{self.stem}_{anchor}" style="{cell};text-decoration:none">'
            rows.append(
                f'<tr><td colspan="3" style="padding:2px 1pt">{span(f"{link}{num}</a>", cell)}</td>'
                f'<td colspan="3" style="padding:2px 1pt">{span(f"{link}{entities(title)}</a>", cell)}</td>'
                f'<td colspan="3" style="text-align:right">{span(f"{link}{pages[anchor]}</a>", cell)}</td></tr>'
            )
        head = span("TABLE OF CONTENTS", self.style.font + ";font-weight:700")
        return (
            f'<div id="{self.stem}_4"></div><div style="text-align:center">{head}</div><div>'
            f'<table style="border-collapse:collapse;width:100.000%">{"".join(rows)}</table></div>{self.footer(2)}'
        )

    def cover(self) -> str:
        """The cover page with its dei facts."""
        co, f, t = self.co, self.f, self.facts.text
        font = self.style.font
        annual = f.form == "10-K"
        out: list[str] = []

        def line(html: str, bold: bool = False, align: str = "center") -> None:
            css = font + (";font-weight:700" if bold else "")
            out.append(f'<div style="margin-top:3pt;text-align:{align}">{span(html, css)}</div>')

        line("UNITED STATES", True)
        line("SECURITIES AND EXCHANGE COMMISSION", True)
        line("Washington, D.C. 20549", True)
        line(
            "FICTIONAL COMPANY, SAMPLE DATA &#8212; this document describes an invented issuer, was never filed "
            "with any authority, and must not be relied on for any purpose.",
            True,
        )
        line("FORM " + t("dei:DocumentType", f.form), True)
        line("(Mark One)", align="left")
        period = t(
            "dei:DocumentPeriodEndDate",
            long_date(co.dates[f.alias["i"]][1]),
            "ixt:date-monthname-day-year-en",
        )
        for name, on, what, when in (
            (
                "dei:DocumentAnnualReport" if annual else "dei:DocumentQuarterlyReport",
                True,
                "ANNUAL" if annual else "QUARTERLY",
                ("For the fiscal year ended " if annual else "For the quarterly period ended ") + period,
            ),
            (
                "dei:DocumentTransitionReport",
                False,
                "TRANSITION",
                "For the transition period from ____ to ____",
            ),
        ):
            box = t(name, "\u2612" if on else "\u2610", "ixt-sec:boolballotbox")
            line(
                f"{box}&#160;&#160;{what} REPORT PURSUANT TO SECTION 13 OR 15(d) OF THE SECURITIES EXCHANGE ACT "
                "OF 1934",
                True,
            )
            line(when)
        line("Commission File Number: " + t("dei:EntityFileNumber", f"001-99{co.cik[-3:]}"))
        line(t("dei:EntityRegistrantName", co.name), True)
        line("(Exact name of registrant as specified in its charter)")
        line(
            t("dei:EntityIncorporationStateCountryCode", co.state, "ixt-sec:stateprovnameen")
            + "&#160;&#160;&#160;&#160;"
            + t("dei:EntityTaxIdentificationNumber", co.ein)
        )
        line("(State or other jurisdiction of incorporation) (I.R.S. Employer Identification No.)")
        line(t("dei:EntityAddressAddressLine1", co.street))
        line(
            t("dei:EntityAddressCityOrTown", co.city)
            + ", "
            + t("dei:EntityAddressStateOrProvince", co.state_code, "ixt-sec:stateprovnameen")
            + " "
            + t("dei:EntityAddressPostalZipCode", co.zip)
        )
        line("(" + t("dei:CityAreaCode", co.area) + ") " + t("dei:LocalPhoneNumber", co.phone))
        line("Securities registered pursuant to Section 12(b) of the Act:", align="left")
        heads = "".join(
            f'<td colspan="3" style="text-align:center">{span(h, font + ";font-weight:700")}</td>'
            for h in ("Title of each class", "Trading symbol(s)", "Name of each exchange")
        )
        cells = "".join(
            f'<td colspan="3" style="text-align:center">{span(h, font)}</td>'
            for h in (
                t("dei:Security12bTitle", co.par),
                t("dei:TradingSymbol", co.ticker),
                t("dei:SecurityExchangeName", co.exchange, "ixt-sec:exchnameen"),
            )
        )
        out.append(f'<div><table style="width:100.000%"><tr>{heads}</tr><tr>{cells}</tr></table></div>')
        if annual:
            line("Securities registered pursuant to Section 12(g) of the Act: None", align="left")
        line(
            "Indicate by check mark whether the registrant (1) has filed all reports required to be filed by "
            "Section 13 or 15(d) of the Securities Exchange Act of 1934 during the preceding 12 months and (2) has "
            "been subject to such filing requirements for the past 90 days. "
            + t("dei:EntityCurrentReportingStatus", "Yes", "ixt-sec:yesnoballotbox")
            + " &#9746; No &#9744;",
            align="left",
        )
        line(
            t("dei:EntityFilerCategory", co.filer, "ixt-sec:entityfilercategoryen")
            + " &#9746;&#160;&#160;Shell company: "
            + t("dei:EntityShellCompany", "No", "ixt:fixed-false")
            + " &#9746;",
            align="left",
        )
        facts = self.facts
        if annual:
            mid = co.dates[f.alias["mid"]][1]
            ctx = facts.context("", mid, "")
            amount = (
                f'<ix:nonFraction unitRef="usd" contextRef="{ctx}" decimals="-5" name="dei:EntityPublicFloat" '
                f'format="ixt:num-dot-decimal" scale="6" id="{facts.next_id()}">{f.public_float / 10:,.1f}'
                "</ix:nonFraction>"
            )
            line(
                "The aggregate market value of the voting stock held by non-affiliates of the registrant as of "
                f"{entities(long_date(mid))} was approximately ${amount} million.",
                align="left",
            )
        ctx = facts.context("", f.cover_date, "")
        line(
            f'As of {entities(long_date(f.cover_date))}, there were <ix:nonFraction unitRef="shares" '
            f'contextRef="{ctx}" decimals="0" name="dei:EntityCommonStockSharesOutstanding" '
            f'format="ixt:num-dot-decimal" scale="0" id="{facts.next_id()}">{f.shares:,}</ix:nonFraction> shares of '
            "the registrant&#8217;s common stock outstanding.",
            align="left",
        )
        if annual:
            line("DOCUMENTS INCORPORATED BY REFERENCE", True)
            line(
                "Portions of the registrant&#8217;s definitive proxy statement for its next annual meeting of "
                "stockholders are incorporated by reference into Part III.",
                align="left",
            )
        return "".join(out) + self.footer(1).replace(">1<", ">&#160;<")

    def render(self) -> str:
        """The whole document."""
        self.collect()
        self.paginate()
        t = self.facts.text
        hidden = "".join(
            (
                t("dei:EntityCentralIndexKey", self.co.cik),
                t("dei:DocumentFiscalYearFocus", str(self.f.fy)),
                t("dei:DocumentFiscalPeriodFocus", self.f.focus),
                t("dei:AmendmentFlag", "false", "ixt:fixed-false"),
                t("dei:CurrentFiscalYearEndDate", self.co.year_end),
            )
        )
        cover = self.cover()
        contents = self.contents()
        body = self.body()
        end = self.co.dates[self.f.alias["c"]][1].replace("-", "")
        own = f'xmlns:{self.co.prefix}="http://sample.invalid/{self.co.prefix}/{end}"'
        return (
            (
                "<?xml version='1.0' encoding='ASCII'?>\n"
                "<!-- Fictional company, sample data. Generated document; not a filing. -->\n"
                f'<html {_NS} {own} xml:lang="en-US"><head><meta http-equiv="Content-Type" content="text/html"/>\n'
                f"<title>{self.co.prefix}-{end}</title></head><body>{self.facts.header(hidden)}\n"
                f"{cover}\n{contents}\n{body}</body></html>\n"
            )
            .replace("</div><div", "</div>\n<div")
            .replace("</tr><tr>", "</tr>\n<tr>")
        )


def render(filing: Filing) -> str:
    """The HTML of a filing, in ASCII."""
    html = Builder(filing).render()
    if "\x02" in html:
        raise ValueError(f"{filing.file}: a placeholder was left in a table cell")
    return html
