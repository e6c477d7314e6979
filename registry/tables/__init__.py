"""Public rows of the register, which only entries insert, and a few private tables, which say so."""

from registry.tables.agencies import AgencyDecisionRow, AgencyFieldRow, AgencyRow
from registry.tables.bidders import RegistrantRow, RegistrationDecisionRow, RegistrationRow
from registry.tables.findings import FindingEndRow, FindingPartyRow, FindingRow, OrganisationTiesRow
from registry.tables.forms import (
    ApplicationRow,
    ForgottenFileRow,
    FormAcceptanceRow,
    FormCertificateRow,
    FormDraftRow,
    FormReturnRow,
    FormRow,
    PractitionerLeftRow,
    TieRow,
)
from registry.tables.opening_keys import OpeningKeyEndRow, OpeningKeyRow
from registry.tables.organisations import (
    AccountHolderRow,
    CapacityRow,
    KeyRevocationRow,
    KeyRow,
    OrganisationRow,
    RoleChangeRow,
)
from registry.tables.rulebook import AcknowledgedByRow, AcknowledgementRow, CommitmentRow, CreditFactRow, RuleRow
from registry.tables.supervision import IncidentDecisionRow, IncidentRow, IncidentStepRow

__all__ = [
    "AccountHolderRow",
    "AcknowledgedByRow",
    "AcknowledgementRow",
    "AgencyDecisionRow",
    "AgencyFieldRow",
    "AgencyRow",
    "ApplicationRow",
    "CapacityRow",
    "CommitmentRow",
    "CreditFactRow",
    "FindingEndRow",
    "FindingPartyRow",
    "FindingRow",
    "ForgottenFileRow",
    "FormAcceptanceRow",
    "FormCertificateRow",
    "FormDraftRow",
    "FormReturnRow",
    "FormRow",
    "IncidentDecisionRow",
    "IncidentRow",
    "IncidentStepRow",
    "KeyRevocationRow",
    "KeyRow",
    "OpeningKeyEndRow",
    "OpeningKeyRow",
    "OrganisationRow",
    "OrganisationTiesRow",
    "PractitionerLeftRow",
    "RegistrantRow",
    "RegistrationDecisionRow",
    "RegistrationRow",
    "RoleChangeRow",
    "RuleRow",
    "TieRow",
]
