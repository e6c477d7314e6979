"""What one does at a desk, where the log afterwards says what was done: in Chinese mostly one and the same."""

from api.i18n import Lang
from api.wording import Words, kind_title

BOND = Words("登记投标保证金", "Record a bid bond")
DOING: dict[str, str] = {
    "trading.applicants_judged": "Judge the applications",
    "trading.application_refused": "Refuse an applicant",
    "trading.award_decided": "Decide the award",
    "trading.award_notified": "Notify the winner",
    "trading.award_revoked": "Revoke the award",
    "trading.bid_rejected": "Reject a bid",
    "trading.bid_sealed": "Hand in a bid",
    "trading.bidders_invited": "Invite bidders",
    "trading.bidding_opened": "Open the bidding",
    "trading.bond_returned": "Return bid bonds",
    "trading.candidates_publicised": "Publicise the candidates",
    "trading.challenge_filed": "File a challenge",
    "trading.challenge_replied": "Answer a challenge",
    "trading.clarification_issued": "Clarify or change",
    "trading.committee_drawn": "Record the committee drawn",
    "trading.committee_formed": "Form the committee",
    "trading.committee_named": "Name the evaluators",
    "trading.complaint_accepted": "Accept a complaint",
    "trading.complaint_decided": "Decide a complaint",
    "trading.complaint_filed": "File a complaint",
    "trading.complaint_refused": "Refuse a complaint",
    "trading.contract_amended": "Amend the contract",
    "trading.contract_ended": "End the contract",
    "trading.contract_filed": "File the contract",
    "trading.contract_signed": "Record the contract",
    "trading.deadline_moved": "Move the deadline",
    "trading.document_issued": "Issue documents",
    "trading.evaluation_completed": "Complete the evaluation",
    "trading.lot_failed": "Declare the lot failed",
    "trading.lot_terminated": "Terminate the lot",
    "trading.objection_filed": "File an objection",
    "trading.objection_replied": "Answer an objection",
    "trading.offer_made": "Make an offer",
    "trading.opening_objected": "Object to the opening",
    "trading.opening_planned": "Plan the opening",
    "trading.opening_replied": "Answer an objection to the opening",
    "trading.paddle_given": "Give paddles",
    "trading.performance_reported": "Report performance",
    "trading.prequalification_applied": "Apply to take part",
    "trading.prequalification_decided": "Decide on qualification",
    "trading.process_resumed": "Resume",
    "trading.process_suspended": "Suspend",
    "trading.question_asked": "Ask a question",
    "trading.quote_share_given": "Give shares of quotes' keys",
    "trading.quotes_asked": "Ask for quotes",
    "trading.relation_judged": "Judge a tie",
    "trading.report_submitted": "Record the written report",
    "trading.security_recorded": "Record a security",
    "trading.security_returned": "Return a security",
    "trading.share_given": "Give key shares",
    "trading.agent_engaged": "Record the agency's contract",
}
"""Kind to what to do, in English."""


def act_title(kind: str, lang: Lang) -> str:
    """What is written on the button, and above its form."""
    if kind == "trading.bond_recorded":
        return BOND.say(lang)
    return DOING.get(kind, kind_title(kind, lang)) if lang == "en" else kind_title(kind, lang)
