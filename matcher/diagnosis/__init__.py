"""Need diagnosis (需求诊断): what a need lacks, leaves vague or contradicts, and what to ask."""

from matcher.diagnosis.diagnosing import diagnose, diagnose_all
from matcher.diagnosis.finding import (
    Completeness,
    CompletenessPart,
    Diagnosis,
    Element,
    Finding,
    FindingCode,
    FindingKind,
)
from matcher.diagnosis.table import write_diagnoses

__all__ = [
    "Completeness",
    "CompletenessPart",
    "Diagnosis",
    "Element",
    "Finding",
    "FindingCode",
    "FindingKind",
    "diagnose",
    "diagnose_all",
    "write_diagnoses",
]
