"""What is refused about relations between bidders."""

from audit.errors import Refusal


class NoSuchRelation(Refusal):
    code = "trading.no-such-relation"
    zh = "标段 {lot} 没有待认定的第 {relation} 项关联关系"
    en = "lot {lot} has no relation number {relation} that waits to be judged"


class RelationsUnsettled(Refusal):
    code = "trading.relations-unsettled"
    zh = "标段 {lot} 第 {relation} 项关联关系尚未认定，或者认定后有关投标尚未否决，不能完成评审"
    en = "relation {relation} of lot {lot} is not judged, or a bid that it rejects still stands"
