"""LLMs by their short names, against a local server that speaks the OpenAI protocol, and its failures."""

import json
import threading
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rag_app.answer import AskOptions, ask, stream
from rag_app.answers.listen import Patience
from rag_app.arms import Arm
from rag_app.core.errors import AnswerError, UsageError
from rag_app.core.types import Answer
from rag_app.llama import load_llm

pytest.importorskip("llama_index.llms.openai_like", reason="the extra llm is not installed")


class _Server(ThreadingHTTPServer):
    """Answers chat completions with `words`; `mode` makes it misbehave."""

    words = ("Sales", " rose", " on", " harbour", " orders", " [1].")
    mode = "well"
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[dict[str, object]] = []
        self.keys: list[str | None] = []
        self.release = threading.Event()  # ends what is slow
        self.left = threading.Event()  # the client went away


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append(body)
        self.server.keys.append(self.headers["Authorization"])
        if self.server.mode in ("500", "429") or (self.server.mode == "busy" and len(self.server.seen) < 3):
            self.send_error(429 if self.server.mode == "429" else 500, "out of memory")
            return
        if self.server.mode == "401":
            self.send_error(401, "who are you")
            return
        if self.server.mode == "silent":
            self.server.release.wait(20)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        if self.server.mode == "garbage":
            self.wfile.write(b"data: {not json\n\n")
            return
        try:
            self._talk()
        except OSError:
            self.server.left.set()

    def _talk(self) -> None:
        number = 0
        for number, word in enumerate(self.server.words):
            if self.server.mode == "cut" and number == 2:
                self.wfile.write(b'data: {"choices": [{"del')
                return
            if self.server.mode == "stalls" and number == 2:
                self.server.release.wait(20)
                return
            if self.server.mode == "late garbage" and number == 2:
                self.wfile.write(b"data: {not json\n\n")
                return
            self._event(word, None)
        while self.server.mode == "endless":
            self._event(" on", None)
            self.server.release.wait(0.005)
        if self.server.mode != "empty":
            self._event("", "length" if self.server.mode == "length" else "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, word: str, end: str | None) -> None:
        said = "" if self.server.mode == "empty" else word
        piece = {"index": 0, "delta": {"role": "assistant", "content": said}, "finish_reason": end}
        event = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [piece]}
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.release.set()
        running.shutdown()


def spec_of(server: _Server) -> str:
    return f"openai-like:m@http://127.0.0.1:{server.server_address[1]}/v1"


QUESTION = "Why did turbine sales rise?"


def test_an_openai_compatible_server_streams(
    arm: Arm,
    server: _Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RAG_APP_LLM_KEY", "a-secret")
    spec = spec_of(server)
    steps = list(stream(arm, QUESTION, AskOptions(llm=spec), load_llm(spec)))
    assert [s.text for s in steps[:3]] == ["Sales", "Sales rose", "Sales rose on"]
    assert steps[-1].text == "Sales rose on harbour orders [1]."
    assert [c.number for c in steps[-1].citations] == [1]
    asked = json.dumps(server.seen[0])
    assert "Turbine sales rose because harbour authorities ordered tidal arrays." in asked
    assert (server.seen[0]["stream"], server.seen[0]["temperature"]) == (True, 0.0)
    assert server.keys == ["Bearer a-secret"]


QUICK = Patience(first=0.5, between=0.5, tries=3, pause=0.0)


def asked(arm: Arm, server: _Server, mode: str) -> Answer:
    """The final answer of a server that misbehaves in `mode`."""
    server.mode = mode
    spec = spec_of(server)
    return ask(arm, QUESTION, AskOptions(llm=spec, patience=QUICK), load_llm(spec))


@pytest.mark.parametrize(
    ("mode", "tries", "reason"),
    [
        ("500", 3, "InternalServerError: "),
        ("429", 3, "RateLimitError: "),
        ("401", 1, "AuthenticationError: "),
        ("garbage", 3, "JSONDecodeError: "),
        ("empty", 1, "AnswerError: the model answered with nothing"),
        ("silent", 1, "AnswerError: no word for 0.5 s"),
    ],
)
def test_a_misbehaving_server_falls_back_to_quotes(
    arm: Arm, server: _Server, mode: str, tries: int, reason: str
) -> None:
    answer = asked(arm, server, mode)
    assert (answer.answerer, answer.abstained) == ("extractive", False)
    assert answer.text.startswith("Turbine sales rose because")
    assert answer.note.startswith(f"{spec_of(server)} failed ({reason}") and "\n" not in answer.note
    assert answer.note.endswith("; this is the extractive answer")
    assert len(server.seen) == tries


def test_a_busy_server_is_asked_again(arm: Arm, server: _Server) -> None:
    answer = asked(arm, server, "busy")
    assert (answer.text, answer.note, len(server.seen)) == ("Sales rose on harbour orders [1].", "", 3)


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("cut", "the stream ended early"),
        ("stalls", "silent for 0.5 s"),
        ("late garbage", "JSONDecodeError: "),
    ],
)
def test_what_came_of_a_stream_that_is_cut_is_kept(arm: Arm, server: _Server, mode: str, reason: str) -> None:
    server.words = ("Sales rose 42% [1]", " on", " harbour orders.")
    answer = asked(arm, server, mode)
    assert (answer.text, answer.answerer) == ("Sales rose 42% [unverified] [1] on", spec_of(server))
    assert [c.number for c in answer.citations] == [1]
    assert answer.note.startswith(f"the answer was cut short ({reason}")
    assert len(server.seen) == 1  # never asked again once words came


def test_an_answer_at_the_limit_of_words_says_so(arm: Arm, server: _Server) -> None:
    answer = asked(arm, server, "length")
    assert answer.text == "Sales rose on harbour orders [1]."
    assert answer.note == "the answer was cut short (the model's limit of words was reached)"


def test_closing_the_answer_hangs_up(arm: Arm, server: _Server) -> None:
    server.mode = "endless"
    steps = stream(arm, QUESTION, AskOptions(llm=spec_of(server)), load_llm(spec_of(server)))
    assert next(steps).text == "Sales"
    assert isinstance(steps, Generator)
    steps.close()
    assert server.left.wait(10)


def test_a_server_that_is_away(arm: Arm) -> None:
    spec = "openai-like:m@http://127.0.0.1:9/v1"
    answer = ask(arm, QUESTION, AskOptions(llm=spec, patience=QUICK), load_llm(spec))
    assert (answer.answerer, answer.unverified) == ("extractive", 0)
    assert answer.note == (
        f"{spec} failed (APIConnectionError: Connection error.); this is the extractive answer"
    )


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("magic:1", "--llm 'magic:1': expected extractive, ollama:NAME"),
        ("ollama", "--llm 'ollama': expected"),
        ("openai-like:m@ftp://x", "expected NAME@http://HOST:PORT/v1"),
        ("openai:gpt-4o-mini", "set OPENAI_API_KEY in the environment"),
    ],
)
def test_specs_that_cannot_work(spec: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UsageError, match=message):
        load_llm(spec)


def test_a_missing_transformers_model_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UsageError, match="--llm hf:/no/such/model: no such folder"):
        load_llm("hf:/no/such/model")
    with pytest.raises(AnswerError, match="cannot be loaded"):
        load_llm(f"hf:{Path(__file__).parent}")


def test_no_key_for_an_address_that_a_visitor_typed(
    arm: Arm, server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_APP_LLM_KEY", "a-secret")
    spec = spec_of(server)
    ask(arm, QUESTION, AskOptions(llm=spec), load_llm(spec, with_key=False))
    assert server.keys == ["Bearer none"]


def test_no_llm_is_extractive() -> None:
    assert load_llm("extractive") is None
    assert type(load_llm("ollama:llama3@http://127.0.0.1:9")).__name__ == "Ollama"
