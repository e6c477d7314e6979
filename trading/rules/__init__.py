"""What may be registered, published and recorded. Pure: no clock, no database."""

import trading.rules.awarding
import trading.rules.committees
import trading.rules.contracting
import trading.rules.disputes
import trading.rules.money
import trading.rules.publishing
import trading.rules.qualifying
import trading.rules.quoting
import trading.rules.receiving
import trading.rules.relating  # noqa: F401 - each marks its rules
from trading.rules.case import CHECKS, FOLLOWS, MARKS, Case, check_rules, following
from trading.rules.registering import (
    MAX_LOTS,
    MAX_MEDIA,
    MAX_ROUND,
    changed_fields,
    check_content,
    check_notice,
    check_notice_id,
    check_project,
    check_project_code,
    content_of,
)

__all__ = [
    "CHECKS",
    "FOLLOWS",
    "MARKS",
    "MAX_LOTS",
    "MAX_MEDIA",
    "MAX_ROUND",
    "Case",
    "changed_fields",
    "check_content",
    "check_notice",
    "check_notice_id",
    "check_project",
    "check_project_code",
    "check_rules",
    "content_of",
    "following",
]
