"""A foreign publisher's package, fictional, with the faults that real ones have."""

from typing import Any

from tests.registry.builders import a_code


def a_package() -> dict[str, Any]:
    buyer = {"id": "B-1", "name": "演示市水务局"}
    supplier = {"id": "S-1", "name": "演示建设1号有限公司"}
    parties = [
        {
            **buyer,
            "roles": ["buyer"],
            "identifier": {"scheme": "CN-USCC", "id": a_code(80)},
            "contactPoint": {"name": "张三", "telephone": "13800000000"},
        },
        {**supplier, "roles": ["supplier"], "identifier": {"scheme": "CN-USCC", "id": a_code(1)}},
    ]
    head = {"ocid": "ocds-zz9999-水/2025 07", "initiationType": "tender", "parties": parties, "buyer": buyer}
    tender = {
        "id": "T-7",
        "title": "演示市  泵站\u200b改造",
        "description": "改造泵站三座\n更换水泵",
        "status": "active",
        "procurementMethod": "open",
        "procurementMethodDetails": "竞争性磋商",
        "mainProcurementCategory": "services",
        "value": {"amount": 1234567.89, "currency": "CNY"},
        "tenderPeriod": {"startDate": "2025-12-01T09:00:00+08:00", "endDate": "2025-12-20T09:00:00+08:00"},
        "eligibilityCriteria": "具有相应资质",
        "lots": [{"id": "L1", "title": "一标段", "value": {"amount": 1234567.89, "currency": "CNY"}}],
        "deliveryTerms": "",
    }
    award = {
        "id": "A-1",
        "status": "active",
        "suppliers": [supplier],
        "value": {"amount": 1200000, "currency": "CNY"},
        "relatedLots": ["L1", {"lotId": "L1"}],
    }
    contract = {
        "id": "C-1",
        "awardID": "A-1",
        "status": "signed",
        "dateSigned": "2026-01-15",
        "value": {"amount": "1200000", "currency": "USD"},
    }
    return {
        "uri": "https://elsewhere.example/package.json",
        "version": "1.1",
        "publishedDate": "2026-01-20T00:00:00Z",
        "publisher": {"name": "Elsewhere"},
        "releases": [
            {**head, "id": "r3", "date": "2026-01-20T00:00:00Z", "tag": ["contract"], "contracts": [contract]},
            {**head, "id": "r1", "date": "2025-12-01T01:00:00Z", "tag": ["tender"], "tender": tender},
            {
                **head,
                "id": "r2",
                "date": "2026-01-10T01:00:00Z",
                "tag": ["award"],
                "awards": [award],
                "planning": [{"budget": {"amount": {"amount": 0.0, "currency": "AMD"}}}],
            },
            {"ocid": "ocds-zz9999-9", "id": "q", "date": "2026-01-10", "tag": ["tender"], "buyer": {"id": "nobody"}},
        ],
    }
