"""Every scanner. Another one is written beside these and named here."""

from __future__ import annotations

from tandem.gate.safety.code import BANDIT, SECRETS
from tandem.gate.safety.images import CHECKOV, HADOLINT
from tandem.gate.safety.licences import Licences
from tandem.gate.safety.packages import PIP_AUDIT
from tandem.gate.safety.pipeline import ZIZMOR
from tandem.gate.safety.scanner import Scanner

SCANNERS: tuple[Scanner, ...] = (BANDIT, SECRETS, PIP_AUDIT, Licences(), HADOLINT, CHECKOV, ZIZMOR)
