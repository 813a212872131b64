"""The `rag-app` command: parse, call the library, print. Holds no logic of its own.

Exit codes: 0 done, 1 failed, 2 misused. With --json, standard output is one JSON document.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from rag_app.core.errors import RagAppError

COMMANDS = {
    "ingest": "filings",
    "fetch": "filings",
    "remove": "filings",
    "chunks": "filings",
    "status": "filings",
    "index": "indexes",
    "builds": "indexes",
    "dims": "dims",
    "retrieve": "search",
    "ask": "search",
    "facts": "facts",
    "compare": "search",
    "pairs": "pairs",
    "finetune": "training",
    "evaluate": "training",
    "models": "models",
    "vectors": "vectors",
    "serve": "serving",
    "demo": "serving",
}


class LazyGroup(click.Group):
    """Imports a command's module only when it is named, so that --help is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order a user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None when there is no such one."""
        if cmd_name not in COMMANDS:
            return None
        module: Any = importlib.import_module(f"ui.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rag-app")
def cli() -> None:
    """Chat with SEC filings, fine-tune the embedding model on them, compare base and tuned."""


def main(argv: list[str] | None = None) -> None:
    """Run the command line (default: `sys.argv`); deliberate errors print one line, no traceback."""
    # before any library reads them: no calls home, no hub telemetry, no tokenizer fork warnings
    for name, value in {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_WAIT_POLICY": "PASSIVE",  # spinning threads made a step seven times slower on a busy machine
    }.items():
        os.environ.setdefault(name, value)
    try:
        cli.main(argv, prog_name="rag-app", standalone_mode=False)
    except RagAppError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was finished is kept; run the same command to go on.", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if os.environ.get("RAG_APP_DEBUG"):
            raise
        reason = (str(error).splitlines() or [""])[0][:300]
        click.echo(
            f"Error: {type(error).__name__}: {reason} (a bug, or a library's error; "
            "RAG_APP_DEBUG=1 shows where)",
            err=True,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
