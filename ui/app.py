"""The Gradio application over one workspace: three tabs, served on this machine only unless asked.

Wiring and serving; the tabs draw, the packages work. gradio is imported when the application is
built, after its calls home are switched off.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag_app.core.config import Settings, Workspace
from rag_app.core.errors import RagAppError, UsageError
from rag_app.core.registry import load_active

if TYPE_CHECKING:
    import gradio as gr
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rag_app.arms import Arms

CSS = Path(__file__).with_name("app.css")
MAX_UPLOAD = "100mb"
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
POLICY = (  # gradio's own templates need inline and evaluated scripts; nothing may come from outside
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'"
)
OUTSIDE = re.compile(r"/file[=/]\s*https?:", re.IGNORECASE)
log = logging.getLogger(__name__)


class Guard:
    """ASGI middleware: refuses to fetch outside addresses for a visitor, and keeps the page on this host.

    `/gradio_api/file=https://…` would make the server fetch that address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if OUTSIDE.search(scope["path"]):
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", []),
                    (b"content-security-policy", POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        await self.app(scope, receive, with_headers)


def build_app(workspace: Workspace, settings: Settings, arms: Arms | None = None) -> gr.Blocks:
    """The application, not yet served. An arm that `arms` has not opened is opened when first asked."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is imported: it calls home otherwise
    import gradio as gr

    from rag_app.arms import Arms
    from ui.tabs import chat, filings, models, widgets
    from ui.tabs.context import Context, box

    context = Context(workspace, settings, arms or Arms(workspace, settings))
    with gr.Blocks(
        title="RAG App - SEC filings", analytics_enabled=False, delete_cache=(3600, 86400), fill_width=True
    ) as app:
        head = box("head")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Chat", id="chat") as chat_tab:
                panels = [chat.build(context)]
            with gr.Tab("Filings", id="filings") as filings_tab:
                panels.append(filings.build(context))
            with gr.Tab("Models", id="models") as models_tab:
                panels.append(models.build(context))
        inputs = [box for panel in panels for box in panel.inputs]
        outputs = [head, *(box for panel in panels for box in panel.outputs)]

        def redraw(*values: Any) -> list[Any]:
            try:
                view = context.view()
                drawn = [widgets.header(view)]
                at = 0
                for panel in panels:
                    end = at + len(panel.inputs)
                    drawn += panel.redraw(view, *values[at:end])
                    at = end
                return drawn
            except RagAppError as error:  # a damaged workspace is told, and the page stays
                return [widgets.header_error(str(error)), *[gr.skip()] * (len(outputs) - 1)]

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        app.load(redraw, inputs, outputs, **quiet)
        for tab in (chat_tab, filings_tab, models_tab):  # the command line may have changed something
            tab.select(redraw, inputs, outputs, **quiet)
        for event in [event for panel in panels for event in panel.changes]:
            event.then(redraw, inputs, outputs, **quiet)
    app.queue(default_concurrency_limit=8, max_size=64, api_open=False)
    return app


def launch(
    workspace: Workspace,
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 7860,
    on_ready: Callable[[str], None] | None = None,
    block: bool = True,
) -> gr.Blocks:
    """Serve the application; returns it, after Ctrl-C when `block` is set.

    `on_ready` gets the address once it answers. Raises UsageError for a port that is taken or a
    host that is not one of this machine's.
    """
    check_port(host, port)
    if not is_loopback(host):
        log.warning(
            "serving on %s: anyone who reaches this address can read the filings and start training; "
            "there is no log-in",
            host,
        )
    for name in ("NO_PROXY", "no_proxy"):  # gradio asks itself whether it is up; no proxy can answer that
        known = [part for part in os.environ.get(name, "").split(",") if part]
        os.environ[name] = ",".join(dict.fromkeys([*known, "127.0.0.1", "localhost", host]))
    app = build_app(workspace.create(), settings, opened_arms(workspace, settings))
    import gradio as gr
    from starlette.middleware import Middleware

    theme = gr.themes.Default(
        primary_hue="blue",
        neutral_hue="slate",
        font=FONTS,
        font_mono=MONO,
        radius_size="md",
        spacing_size="md",
    ).set(
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
    )
    app.launch(
        server_name=host,
        server_port=port,
        theme=theme,
        css_paths=CSS,
        quiet=True,
        inbrowser=False,
        share=False,
        show_error=False,
        prevent_thread_lock=True,
        allowed_paths=[],
        max_file_size=MAX_UPLOAD,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        app_kwargs={
            "middleware": [Middleware(Guard)],
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
    )
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound
    if on_ready:
        on_ready(f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}")
    if block:
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            app.close(verbose=False)
    return app


def opened_arms(workspace: Workspace, settings: Settings) -> Arms:
    """Every arm that is served, its model loaded: the first question should not wait for it.

    An arm that cannot be opened is logged; the page tells it when it is asked.
    """
    from rag_app.arms import Arms

    arms = Arms(workspace, settings)
    for name in load_active(workspace).builds:
        try:
            arms.get(name)
        except Exception as error:  # whatever is wrong with one arm, the application starts
            log.warning("the %s arm is not served: %s", name, error)
    return arms


def check_port(host: str, port: int) -> None:
    """Raises UsageError when nothing can listen on `host`:`port`."""
    if not 1 <= port <= 65535:
        raise UsageError(f"--port {port}: expected 1 to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise UsageError(
            f"--host {host}: no such address; expected 127.0.0.1 or an address of this machine"
        ) from None
    except PermissionError:
        raise UsageError(f"--port {port}: not allowed; pass a port from 1024 on") from None
    except OSError as error:
        if error.errno in (98, 48, 10048):  # address in use on Linux, macOS, Windows
            raise UsageError(f"port {port} is in use; pass --port N or stop the other server") from None
        raise UsageError(f"--host {host}: {error.strerror}; expected an address of this machine") from None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
