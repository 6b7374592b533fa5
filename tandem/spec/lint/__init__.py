"""Contracts held against OpenAPI and the house rules: `lint_service` for ours, `lint_file` for any other."""

from tandem.spec.lint.finding import Finding, Severity
from tandem.spec.lint.ruleset import Ruleset, read_rules
from tandem.spec.lint.run import contract_paths, lint_file, lint_service, sorted_once

__all__ = ["Finding", "Ruleset", "Severity", "contract_paths", "lint_file", "lint_service", "read_rules", "sorted_once"]
