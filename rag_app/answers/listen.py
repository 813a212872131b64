"""An LLM's words as they come: time-outs, tries before the first word, and an end that can be trusted.

Works with any llama-index LLM; the reading runs beside, so that a silent server cannot hold the caller.
"""

from __future__ import annotations

import gc
import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.llms import LLM

from rag_app.core.errors import AnswerError


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to the first word and between two, and how often to try before the first."""

    first: float = 90.0
    between: float = 30.0
    tries: int = 3
    pause: float = 0.5


class CutShortError(AnswerError):
    """The answer ended before it was whole; what came is to be kept."""


def listen(llm: LLM, prompt: str, patience: Patience) -> Iterator[str]:
    """The words of the answer. Closing the iterator lets go of the server.

    Raises CutShortError once words have come; before that what the server raised, or AnswerError
    when it stays silent or says nothing.
    """
    for attempt in range(1, patience.tries + 1):
        said = False
        words = _Words(llm, prompt)
        try:
            for piece in words.read(patience):
                said = said or bool(piece.strip())
                yield piece
            if said:
                return
            raise AnswerError("the model answered with nothing")
        except CutShortError:
            if not said:
                raise AnswerError("the model answered with nothing") from None
            raise
        except TimeoutError as error:
            if said:
                raise CutShortError(str(error)) from error
            raise AnswerError(str(error)) from error  # it is busy: asking again would only add to that
        except Exception as error:  # every integration raises errors of its own
            if said:
                raise CutShortError(f"{type(error).__name__}: {one_line(error)}") from error
            if attempt == patience.tries or not _passing(error):
                raise
        finally:
            words.close()
        time.sleep(patience.pause * attempt)


def one_line(error: BaseException) -> str:
    """The first line of an error's text, at most 160 characters."""
    return (str(error).splitlines() or [""])[0][:160]


def _passing(error: Exception) -> bool:
    """Whether asking again may help: not for a request that the server refuses."""
    status = getattr(error, "status_code", None)
    return not isinstance(error, AnswerError) and (
        not isinstance(status, int) or status >= 500 or status in (408, 429)
    )


class _Words:
    """One request, read by a thread of its own into a queue."""

    def __init__(self, llm: LLM, prompt: str) -> None:
        self._came: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._stop = threading.Event()
        threading.Thread(target=self._pull, args=(llm, prompt), daemon=True).start()

    def read(self, patience: Patience) -> Iterator[str]:
        """The pieces. Raises TimeoutError, CutShortError or what the server raised."""
        limit, what = patience.first, "no word"
        while True:
            try:
                kind, value = self._came.get(timeout=limit)
            except queue.Empty:
                raise TimeoutError(f"{what} for {limit:g} s") from None
            if kind == "end":
                if value:
                    raise CutShortError(value)
                return
            if kind == "error":
                raise value
            limit, what = patience.between, "silent"
            yield value

    def close(self) -> None:
        """Let the thread end at its next word, and with it the connection."""
        self._stop.set()

    def _pull(self, llm: LLM, prompt: str) -> None:
        reason: str | None = None
        told = False  # whether the server says how its answers end at all
        stream: Any = None
        response: Any = None
        choices: Any = None
        hung_up = False
        try:
            if llm.metadata.is_chat_model:
                stream = llm.stream_chat([ChatMessage(content=prompt)])
            else:
                stream = llm.stream_complete(prompt)
            for response in stream:
                if hung_up := self._stop.is_set():
                    return
                choices = getattr(response.raw, "choices", None)
                if choices:
                    told = True
                    reason = getattr(choices[0], "finish_reason", None) or reason
                if response.delta:
                    self._came.put(("word", response.delta))
            self._came.put(("end", _cut(told, reason)))
        except BaseException as error:  # handed to the reader
            self._came.put(("error", error))
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()
            if hung_up:
                stream = response = choices = None
                gc.collect()  # llama-index leaves the open response in a cycle: only this hangs up now


def _cut(told: bool, reason: str | None) -> str:
    if reason == "length":
        return "the model's limit of words was reached"
    return "the stream ended early" if told and reason is None else ""
