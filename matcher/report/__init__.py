"""Rankings and reports as files: for evaluation tools, for programs and for meetings."""

from matcher.plan_settings import PlanSettings
from matcher.report.build import ReportInputs, build_planning, build_report
from matcher.report.faces import REPORT_FORMATS, output_files, write_report
from matcher.report.model import Report
from matcher.report.run_file import FORMATS, write_run
from matcher.report.settings import ReportSettings

__all__ = [
    "FORMATS",
    "REPORT_FORMATS",
    "PlanSettings",
    "Report",
    "ReportInputs",
    "ReportSettings",
    "build_planning",
    "build_report",
    "output_files",
    "write_report",
    "write_run",
]
