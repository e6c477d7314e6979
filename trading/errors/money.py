"""Sums that are larger or smaller than the law allows."""

from audit.errors import Refusal


class BondTooHigh(Refusal):
    code = "trading.bond-too-high"
    zh = "投标保证金不得超过 {limit_fen} 分（{law}）"
    en = "the bid bond may be {limit_fen} fen at most ({law})"


class DepositTooLow(Refusal):
    code = "trading.deposit-too-low"
    zh = "竞买保证金不得低于 {limit_fen} 分（{law}）"
    en = "the deposit must be {limit_fen} fen at least ({law})"


class AskingTooLow(Refusal):
    code = "trading.asking-too-low"
    zh = "转让底价不得低于 {limit_fen} 分（{law}）"
    en = "the asking price must be {limit_fen} fen at least ({law})"


class SecurityTooHigh(Refusal):
    code = "trading.security-too-high"
    zh = "履约保证金、质量保证金合计不得超过 {limit_fen} 分（{law}）"
    en = "the performance bond, or the retention, may be {limit_fen} fen at most ({law})"


class SecurityHeld(Refusal):
    """A retention is kept while the performance bond is not given back, before the works are done."""

    code = "trading.security-held"
    zh = "合同 {contract} 的履约保证金尚未退还，履行完毕前不得同时预留质量保证金（建质〔2017〕138号第六条）"
    en = "contract {contract} has a performance bond: nothing is retained until it is performed (Jianzhi [2017] 138)"


class InterestUntold(Refusal):
    code = "trading.interest-untold"
    zh = "标段 {lot} 的投标保证金以资金形式缴纳，退还时须载明银行同期存款利息（招标投标法实施条例第五十七条）"
    en = "bid bonds of lot {lot} came in money: say what interest goes back with them (Regulation, art. 57)"


class InterestUnexplained(Refusal):
    code = "trading.interest-unexplained"
    zh = "利息为零的，须说明原因"
    en = "no interest was paid: say why"


class NoSecurity(Refusal):
    code = "trading.no-security"
    zh = "合同 {contract} 没有尚未退还的此类保证金"
    en = "contract {contract} has no such security that is still held"
