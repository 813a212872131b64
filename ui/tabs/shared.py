"""What the filings' tagged data says to a question of the chat: one arm's answer, or above both arms.

Both arms would look up the same figure: shown once, it blurs no comparison.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from rag_app.answer import AskOptions
from rag_app.core.errors import RagAppError
from rag_app.core.types import Filters
from rag_app.facts.told import tell
from ui import render
from ui.figures import candidates
from ui.tabs.context import Context

TITLE = "Tagged data"
SHARED = "looked up, not searched: both arms share it"


def with_facts(
    context: Context, names: Sequence[str], question: str, by_hand: Filters, options: AskOptions
) -> tuple[AskOptions, render.Column | None, str]:
    """The options for the arms; of two arms, what is shown above them; and notices (HTML).

    A single arm asks the tagged data itself. What is wrong with it is told, and the passages answer.
    """
    try:
        facts = context.facts()
    except RagAppError as error:
        return options, None, render.notice("note", f"Without the filings' tagged data: {error}")
    if len(names) == 1:
        return replace(options, facts=facts, by_hand=by_hand or None), None, ""
    started = time.perf_counter()
    try:
        arm = context.arms.get(names[0])
    except Exception:  # a library's error too; it is told where the arm is asked
        return options, None, ""
    told = tell(facts, question, by_hand or None, arm.index.facets.filings)
    if told.answer is None:
        notes = candidates(told.figures) if told.figures else ""
        return options, None, notes + (render.notice("note", told.note) if told.note else "")
    seconds = time.perf_counter() - started
    return options, render.Column(TITLE, SHARED, told.answer, seconds), ""
