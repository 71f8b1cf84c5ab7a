"""The command line: a thin face; every command has a Python twin named in its docstring."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from typing import Annotated

import typer

from matcher.atomic import reason_of
from matcher.cli import (
    alliances,
    diagnosis,
    duplicates,
    evaluating,
    handouts,
    importing,
    judging,
    libraries,
    matching,
    messages,
    models,
    policies,
    programmes,
    quality,
    ranker,
    records,
    reporting,
    serving,
    starting,
    terms,
    training,
)
from matcher.cli.console import for_program, say
from matcher.cli.help import speak_chinese
from matcher.cli.usage import is_usage_error, usage_message
from matcher.errors import InputError, MatcherError

INTERRUPTED = 130
_COMPLETING = "_MATCHER_COMPLETE"
_INTERNAL = 70
_INTERRUPTION = "已中断：没有写出不完整的文件，可以重新运行。"

speak_chinese()
app = typer.Typer(
    name="matcher",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models.app, name="models")
app.add_typer(ranker.app, name="ranker")
app.add_typer(judging.app, name="judge")
app.add_typer(policies.app, name="policy")
app.add_typer(alliances.app, name="alliances")
alliances.app.command("sheet")(evaluating.sheet)
alliances.app.command("mark")(evaluating.mark)
alliances.app.command("evaluate")(evaluating.evaluation)
alliances.app.command("year")(evaluating.year_of)
app.add_typer(libraries.app, name="library")
app.add_typer(serving.accounts, name="accounts")
app.add_typer(messages.messages, name="messages")
app.command("quickstart")(starting.quickstart)
app.command("completion")(starting.completion)
app.command("import")(importing.import_files)
app.command("template")(importing.template)
app.command("history")(importing.history)
app.command("diagnose")(diagnosis.diagnose)
app.command("duplicates")(duplicates.duplicates)
app.command("merge")(duplicates.merge)
app.command("teams")(matching.teams)
app.command("challenges")(matching.challenges)
app.command("terms")(terms.terms)
app.command("match")(matching.match)
app.command("brief")(handouts.brief)
app.command("report")(reporting.report)
app.command("assign")(reporting.assign)
app.command("consortium")(reporting.consortium)
app.command("serve")(serving.serve)
app.command("backup")(serving.backup)
app.command("restore")(serving.restore)
app.command("programmes")(programmes.programmes)
app.command("show")(records.show)
app.command("status")(records.status)
app.command("index")(records.index)
app.command("delete")(records.delete)
app.command("evaluate")(quality.evaluate)
app.command("compare")(quality.compare)
app.command("audit")(quality.audit)
app.command("train")(training.train)
app.command("calibrate")(training.calibrate)


def _tell_version(asked: bool) -> None:
    if asked:
        from matcher.cluster.blocks import software_version

        say(f"matcher {software_version()}")
        raise typer.Exit


@app.callback()
def matcher(
    version: Annotated[
        bool,
        typer.Option("--version", help="显示版本。", callback=_tell_version, is_eager=True),
    ] = False,
) -> None:
    """揭榜挂帅：为技术需求找到能解决它的科研团队，并给出依据。

    Find the teams that can solve a posted technology challenge, with the proof.
    """


def main() -> None:
    """Run the command line; users see messages, never tracebacks.

    Exit status: 0 done; 1 refused with a message; 2 wrong usage; 3 done in part, the rest listed;
    70 a defect of ours; 130 interrupted.
    """
    _open_streams()
    for_program(False)
    if _COMPLETING in os.environ:  # asked by a shell while somebody types
        from typer._completion_classes import completion_init

        completion_init()
    try:
        _check_environment()
        status = app(prog_name="matcher", standalone_mode=False)
        sys.stdout.flush()  # here, where a reader that has left can still be told from a defect
    except MatcherError as error:
        sys.exit(_complain(f"错误：{error}", 1))
    except typer.Exit as leaving:
        sys.exit(leaving.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(_complain(_INTERRUPTION, INTERRUPTED))
    except BrokenPipeError:
        # The reader of a pipe (head, less) has left; that is no error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        sys.exit(_refused(error))
    except Exception as error:
        sys.exit(_unexpected(error))
    if status == INTERRUPTED:  # the command line library has met Ctrl-C first
        _complain(_INTERRUPTION, INTERRUPTED)
    sys.exit(status if isinstance(status, int) else 0)


def _check_environment() -> None:
    """What libraries would stumble over, far from where it was set."""
    os.environ["MPLBACKEND"] = "agg"  # pictures go into files; there may be no other
    # Read when numpy is loaded. Threads of OpenBLAS wait busily for more to do, by default about as
    # long as it takes to read fifty rows; 2**20 ticks are a thousandth of a second.
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "20")
    moment = os.environ.get("SOURCE_DATE_EPOCH", "0")
    if not (moment.isascii() and moment.isdecimal()):
        raise InputError(
            "环境变量 SOURCE_DATE_EPOCH 不对", given=moment[:80],
            expected="整数（1970 年以来的秒数）", remedy="改正，或 unset SOURCE_DATE_EPOCH",
        )  # fmt: skip


def _open_streams() -> None:
    """Streams that were closed lead nowhere; what one cannot write, it writes as its code."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _unwritten(error: OSError) -> int:
    """The disk behind a redirected output is full; what is still held for it is given up."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _complain(f"错误：写不出结果（{error.strerror}）\n  处理：清理磁盘，或改写到别处", 1)


def _refused(error: OSError) -> int:
    """What the system does not let us do, and where; a file that is not there is a defect."""
    if error.errno == errno.ENOSPC:
        return _unwritten(error)
    if error.filename is None or error.errno == errno.ENOENT or os.environ.get("MATCHER_DEBUG"):
        return _unexpected(error)
    reason, remedy = reason_of(error)
    return _complain(f"错误：{reason}\n  实际：{error.filename}\n  处理：{remedy}", 1)


def _unexpected(error: Exception) -> int:
    if is_usage_error(error):
        return _complain(usage_message(error), 2)
    if os.environ.get("MATCHER_DEBUG"):
        raise error
    if isinstance(error, MemoryError):
        return _complain("错误：内存不足\n  处理：减少一次处理的行数，或关闭其他程序", 1)
    return _complain(
        f"程序内部错误：{type(error).__name__}: {error}\n"
        "  处理：设置环境变量 MATCHER_DEBUG=1 重试，并把输出报告给维护者",
        _INTERNAL,
    )


def _complain(message: str, status: int) -> int:
    print(message, file=sys.stderr)  # noqa: T201
    return status
