"""Rankings and reports as files: for evaluation tools, for programs and for meetings."""

from matcher.report.run_file import FORMATS, write_run

__all__ = ["FORMATS", "write_run"]
