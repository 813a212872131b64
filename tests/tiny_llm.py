"""A real transformers model that always says the same sentence, and a real server around any such model.

The server speaks the OpenAI protocol: chat completions, streamed token by token, sampled greedily.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SAYS = "Turbine sales rose to $7,777 million [1] and[9]."
MOST = 120  # tokens of one answer, unless the client asks for fewer


def build_tiny_llm(folder: Path, chat: bool = False, says: str = SAYS) -> Path:
    """Save a one-layer Llama whose next token depends on the last alone: after a space comes `says`.

    Its layer adds nothing to the embedding, so that the output matrix is a table of successors. No token may
    stand in `says` twice. With `chat` it has a chat template, and says nothing of use without it.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    letters = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=512, special_tokens=["<s>", "</s>"], initial_alphabet=letters)
    tokenizer.train_from_iterator([says], trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )
    if chat:
        fast.chat_template = "{% for m in messages %}{{ m.content }}{% endfor %}~"
    fast.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=512,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=4096,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        tie_word_embeddings=False,
    )
    torch.manual_seed(0)
    model = LlamaForCausalLM(config)
    said = fast(says, add_special_tokens=False)["input_ids"]
    assert len(set(said)) == len(said), "a token stands there twice"
    last = fast.convert_tokens_to_ids("~" if chat else "Ġ")  # what a prompt ends with
    with torch.no_grad():
        model.model.embed_tokens.weight.copy_(torch.eye(len(fast), 512))
        model.model.layers[0].self_attn.o_proj.weight.zero_()
        model.model.layers[0].mlp.down_proj.weight.zero_()
        model.lm_head.weight.zero_()
        for token, following in zip([last, *said], [*said, 1], strict=True):
            model.lm_head.weight[following, token] = 1.0
    model.save_pretrained(folder)
    return folder


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        super().__init__(("127.0.0.1", 0), _Handler)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        self.model: Any = AutoModelForCausalLM.from_pretrained(folder)
        self.events: list[list[str]] = []  # of each answer, what was sent piece by piece
        self.busy = threading.Lock()

    def pieces(self, prompt: str, most: int) -> Generator[str]:
        """The answer as it is made; closing the iterator ends the making after one more token."""
        from transformers import StoppingCriteriaList, TextIteratorStreamer

        text = prompt
        if self.tokenizer.chat_template:
            chat = [{"role": "user", "content": prompt}]
            text = self.tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
        given = self.tokenizer(text, return_tensors="pt", return_token_type_ids=False)
        left = threading.Event()
        streamer = TextIteratorStreamer(
            self.tokenizer, skip_prompt=True, skip_special_tokens=True, timeout=300
        )
        how = {"max_new_tokens": most, "do_sample": False, "streamer": streamer}
        stop = StoppingCriteriaList([lambda *_, **__: left.is_set()])
        making = threading.Thread(
            target=self.model.generate, kwargs={**given, **how, "stopping_criteria": stop}, daemon=True
        )
        making.start()
        try:
            yield from (piece for piece in streamer if piece)
        finally:
            left.set()
            making.join()


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions" or not body.get("stream"):
            self.send_error(404, "only streamed chat completions are served here")
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        prompt = "\n".join(m["content"] for m in body["messages"])
        sent: list[str] = []
        self.server.events.append(sent)
        most = min(body.get("max_tokens") or MOST, MOST)
        with suppress(OSError), self.server.busy, closing(self.server.pieces(prompt, most)) as pieces:
            for piece in pieces:
                sent.append(piece)
                self._event({"role": "assistant", "content": piece}, None)
            self._event({}, "stop")
            self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, delta: dict[str, str], end: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": end}
        event = {
            "id": "x",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [choice],
        }
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, _Server]]:
    """The model in `folder` behind a server: what `--llm` is given, and the server."""
    with _Server(folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"openai-like:m@http://127.0.0.1:{server.server_address[1]}/v1", server
        server.shutdown()
