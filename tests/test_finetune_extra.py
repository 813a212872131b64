"""Pairs that only train: joined to a tested set, kept out of its tests, and named with a plus."""

from __future__ import annotations

from pathlib import Path

import pytest

from finetune.data.extra import join, unmatched, with_extra, without_held_out
from finetune.data.pairs import Pair, pair_set, save_pairs
from finetune.data.split import split_pairs
from finetune.pipeline import FinetuneConfig, _plan
from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import UsageError
from ui.synthetic import count_of, sources_of
from ui.workflows import open_pairs

COMPANIES = [f"Z{letter}" for letter in "ABCDEFGHIJ"]


def pair(number: int, ticker: str, text: str = "") -> Pair:
    return Pair(
        f"What is number {number} of {ticker}?",
        text or f"Text {number} of {ticker}.",
        ticker,
        f"{ticker}.htm",
    )


def human() -> list[Pair]:
    return [pair(n, ticker) for ticker in COMPANIES for n in range(6)]


def test_the_first_set_is_tested_and_the_others_only_train() -> None:
    first, second, third = (pair_set(name, [pair(n, "ZA")]) for n, name in enumerate("abc"))
    assert join(first) is first
    both = join(first, second, third)
    assert (both.name, both.pairs, both.extra) == ("a+b+c", first.pairs, (*second.pairs, *third.pairs))
    assert len({first.sha256, both.sha256, join(first, second).sha256}) == 3
    assert split_pairs(join(pair_set("h", human()), second)) == split_pairs(pair_set("h", human()))


def test_nothing_of_a_test_is_trained_on() -> None:
    split = split_pairs(pair_set("h", human()), "honest", 42)
    held = split.held_out[0]
    context = split.corpus[min(split.relevant[0])]
    kept = pair(1, "NEW")
    extra = [
        kept,
        pair(2, "NEW", context.upper()),  # a held-out passage, printed otherwise
        Pair(split.queries[0].rstrip("?"), "Another text.", "NEW"),  # a held-out question
        Pair("What else is there?", "A third text.", held),  # a held-out company
    ]
    assert without_held_out(extra, split) == (kept,)


LONG = "annual-report-of-the-company-" + "x" * 80


def filed(filing: str | None, ticker: str | None, number: int = 0) -> Pair:
    return Pair(
        f"What is {number} in {ticker} {filing}?", f"It is {number} in {ticker} {filing}.", ticker, filing
    )


@pytest.mark.parametrize(
    ("tested", "added"),
    [
        ((None, "amzn-0"), (None, "AMZN-0.htm")),
        ((None, "amzn-0.HTM"), ("AMZN", "amzn-0")),
        ((None, f"{LONG}.pdf"), (None, f"{LONG}.pdf")),  # a name is compared whole
        ((None, "one-0, amzn-0.pdf"), (None, "amzn-0")),
        ((None, "amzn*"), (None, "amzn-0.htm")),
        ((None, "amzn-0.htm"), (None, "AMZN-?")),
        (("AMZN", "a.htm"), ("amzn ", None)),
        (("AMZN", "a.htm"), ("AMZN", "b.htm")),
        (("AMZN", "amzn-0.htm"), (None, "amzn-0")),  # the added row names its filing alone
    ],
)
def test_a_held_out_company_is_known_however_it_is_written(
    tested: tuple[str | None, str | None], added: tuple[str | None, str | None]
) -> None:
    ticker, filing = tested
    human = [filed(filing, ticker, n) for n in range(30)] + [
        filed("other.htm", "OTHER", n) for n in range(30)
    ]
    seed = next(s for s in range(20) if split_pairs(human, "honest", s).test[0].filing == filing)
    split = split_pairs(human, "honest", seed)
    own, same, kept = (
        filed("other", "other", 77),
        filed(added[1], added[0], 77),
        filed("new.htm", "NEW", 77),
    )
    assert without_held_out([same, own, kept], split) == (own, kept)
    assert unmatched([same, own, kept], split) == ()
    assert unmatched([own, kept], split) == split.held_out == ((ticker or filing),)
    assert unmatched([], split) == ()


def test_a_filing_of_one_name_at_two_companies_is_two_filings() -> None:
    human = [filed("2023_10K", f"T{n % 10}", n) for n in range(60)]
    for protocol in ("honest", "filing"):
        split = split_pairs(human, protocol, 42)  # type: ignore[arg-type]
        held = split.test[0].ticker
        other = "T1" if held != "T1" else "T2"
        extra = [filed("2023_10k", held, 77), filed("2023_10K", other, 77), filed("2022_10K", held, 77)]
        kept = extra[1:2] if protocol == "honest" else extra[1:]
        assert without_held_out(extra, split) == tuple(kept)


def test_an_added_row_without_its_company_has_that_of_its_filing() -> None:
    split = split_pairs(pair_set("h", human()), "honest", 42)
    held = split.held_out[0]
    extra = [filed("new.htm", held.lower(), 1), filed("NEW.htm", None, 2), filed("else.htm", None, 3)]
    assert without_held_out(extra, split) == (extra[2],)


def test_a_split_says_what_was_added_and_whom_it_does_not_know() -> None:
    split = split_pairs(pair_set("h", human()), "honest", 42)
    new, by_name = pair(1, "NEW"), pair(2, f"{split.held_out[0]} Corporation")
    both = with_extra(split, [new, by_name, pair(3, "NEW", split.corpus[min(split.relevant[0])])])
    assert both.train == (*split.train, new, by_name)  # a name for a ticker cannot be seen
    assert (both.added, both.unmatched) == (2, split.held_out)
    assert with_extra(split, ()) is split
    assert with_extra(split_pairs(human(), "seed"), [new]).unmatched == ()  # holds out rows


def test_added_pairs_are_trained_on_after_the_split() -> None:
    config = FinetuneConfig()
    alone = _plan(pair_set("h", human()), config, None)
    held = alone.split.held_out[0] if alone.split else ""
    new = [pair(n, "NEW") for n in range(5)]
    added = pair_set("s", [*new, pair(9, held, "Its other text.")])
    both = _plan(join(pair_set("h", human()), added), config, None)
    assert both.pairs == (*alone.pairs, *new)
    assert both.tests[0].queries == alone.tests[0].queries
    assert both.validation == alone.validation
    assert both.split is not None and alone.split is not None
    assert both.split.train == (*alone.split.train, *new)


def test_sources_joined_with_a_plus(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, c = (pair_set("x", [pair(n, "ZA")]) for n in range(3))
    monkeypatch.chdir(tmp_path)
    save_pairs(Path("a.jsonl"), a)
    save_pairs(Path("b.jsonl"), b)
    save_pairs(Path("a+b.jsonl"), c)
    both = open_pairs(workspace, Settings(), "a.jsonl+ b.jsonl")
    assert (both.name, both.pairs, both.extra) == ("a.jsonl+b.jsonl", a.pairs, b.pairs)
    assert open_pairs(workspace, Settings(), "a+b.jsonl").pairs == c.pairs  # a file may have one in its name
    assert sources_of("a.jsonl+synthetic:9") == ["a.jsonl", "synthetic:9"]
    with pytest.raises(UsageError, match="a name is missing beside"):
        open_pairs(workspace, Settings(), "a.jsonl+")


def test_how_many_synthetic_pairs_are_asked_for() -> None:
    assert [count_of(s) for s in ("synthetic", "synthetic:2000", "a.csv", "hub:x:train")] == [
        0,
        2000,
        None,
        None,
    ]
    for wrong in ("synthetic:", "synthetic:0", "synthetic:many", "synthetic:-3"):
        with pytest.raises(UsageError, match="expected synthetic:N"):
            count_of(wrong)
