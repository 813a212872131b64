"""Equal texts found equal: rows without words left out, duplicates merged, one spelling a text.

Two texts are equal here when they differ in case, white space, the form of quotes and dashes, or
(questions) final punctuation only; names of companies and filings, in case only. The published protocol
counts rows by position and is never cleaned. Knows no split.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from finetune.data.pairs import Gap, Pair, PairSet

_ALIKE = str.maketrans("‘’‚“”„‐‑‒–—−", "'''\"\"\"------", "\u00ad\u200b\u200c\u200d\ufeff")


@dataclass(frozen=True, slots=True)
class CleanReport:
    """What cleaning found in `rows` rows and left: `pairs`.

    empty: without a question or context. wordless: one of them without a letter or digit.
    duplicate_rows: same question and context, company and filing as an earlier row. merged_questions
    and merged_contexts: how many fewer different ones there are than rows left. respelled_questions
    and respelled_contexts: how many of these merges needed more than comparing letter by letter.
    """

    rows: int
    empty: int = 0
    wordless: int = 0
    duplicate_rows: int = 0
    merged_questions: int = 0
    merged_contexts: int = 0
    respelled_questions: int = 0
    respelled_contexts: int = 0
    pairs: int = 0

    def as_dict(self) -> dict[str, int]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Pairs in which equal texts are the same string; `rows[i]` is the place of `pairs[i]` before."""

    pairs: tuple[Pair, ...]
    rows: tuple[int, ...]
    report: CleanReport


def normalise(text: str) -> str:
    """A text as it is compared: NFKC, any case, single spaces, plain quotes and dashes."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_ALIKE).casefold().split())


def normalise_question(text: str) -> str:
    """`normalise`, without the punctuation at the end."""
    return normalise(text).rstrip(" ?.!:;") or normalise(text)


def clean(pairs: PairSet | Sequence[Pair]) -> Cleaned:
    """Leave out wordless and duplicate rows; give equal texts the spelling of their first row.

    Rows of different companies or filings stay apart, so that whole companies can be held out; their
    names get one spelling too (`named`).
    """
    raw, gaps = (pairs.pairs, pairs.gaps) if isinstance(pairs, PairSet) else (tuple(pairs), ())
    given = named(raw)
    questions: dict[str, str] = {}
    contexts: dict[str, str] = {}
    seen: set[tuple[str, str, str | None, str | None]] = set()
    kept: list[Pair] = []
    rows: list[int] = []
    wordless = 0
    for row, pair in enumerate(given):
        if not (_has_words(pair.question) and _has_words(pair.context)):
            wordless += 1
            continue
        question, context = normalise_question(pair.question), normalise(pair.context)
        key = (question, context, pair.ticker, pair.filing)
        if key in seen:
            continue
        seen.add(key)
        spelled = questions.setdefault(question, pair.question), contexts.setdefault(context, pair.context)
        kept.append(replace(pair, question=spelled[0], context=spelled[1]))
        rows.append(row)
    left = [given[row] for row in rows]
    report = CleanReport(
        rows=len(given) + len(gaps),
        empty=len(gaps),
        wordless=wordless,
        duplicate_rows=len(given) - wordless - len(kept),
        merged_questions=len(kept) - len(questions),
        merged_contexts=len(kept) - len(contexts),
        respelled_questions=len({p.question for p in left}) - len(questions),
        respelled_contexts=len({p.context for p in left}) - len(contexts),
        pairs=len(kept),
    )
    return Cleaned(tuple(kept), tuple(rows), report)


def named(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """`pairs` with one spelling a company and a filing, whatever the case and the spaces around it.

    A row without a company has its filing's, where the other rows of that filing name one only.
    """
    given = tuple(pairs)
    tickers: dict[str, str] = {}
    filings: dict[str, str] = {}
    owners: dict[str, set[str]] = {}
    out = []
    for pair in given:
        ticker, filing = _spelled(tickers, pair.ticker), _spelled(filings, pair.filing)
        out.append(replace(pair, ticker=ticker, filing=filing))
        if ticker and filing:
            owners.setdefault(filing, set()).add(ticker)
    only = {filing: next(iter(found)) for filing, found in owners.items() if len(found) == 1}
    return tuple(p if p.ticker else replace(p, ticker=only.get(p.filing or "")) for p in out)


def _spelled(seen: dict[str, str], name: str | None) -> str | None:
    plain = (name or "").strip()
    return seen.setdefault(plain.casefold(), plain) or None


def unique_contexts(rows: Iterable[Pair | Gap], pairs: Iterable[Pair]) -> tuple[str, ...]:
    """The different contexts of `rows` that hold words, in their order, spelled as in `pairs`."""
    spelling = {normalise(pair.context): pair.context for pair in pairs}
    for row in rows:
        if _has_words(row.context):
            spelling.setdefault(normalise(row.context), row.context)
    found = dict.fromkeys(normalise(row.context) for row in rows)
    return tuple(spelling[key] for key in found if key in spelling)


def _has_words(text: str) -> bool:
    return re.search(r"[^\W_]", text) is not None
