"""The year before the draws: how sixty agencies came on record, promised, were supervised, and what ran out meanwhile.

It is played as fast as it goes, since nobody can watch a year. Everything is done by the commands that the desks use:
an agency that joins by itself asks, is admitted, makes its key, hands in its forms, mends what is returned, and
promises; the others' forms come in one workbook, and their promises mostly on paper.
"""

import io
from dataclasses import replace

from api.accounts import open_account, prepared
from api.demo.agencies import (
    APPEALED,
    FORMER_SUSPENDED,
    LAPSED,
    LATE,
    MENDED,
    NEWCOMER,
    OBJECTED,
    OF_THE_TENDERER,
    POINTS,
    REMOVED,
    SUSPENDED,
    UNACKNOWLEDGED,
    UNPROMISED,
    UNRENEWED_PROMISE,
    Agency,
    agency,
    imported,
    old_list,
    owner_number,
    write_workbook,
)
from api.demo.city import BRIDGE, OPENING, ORGANISATIONS, PEOPLE, WATERWORKS, Person, moment
from api.demo.players import Players
from audit import keys
from audit.entry import SYSTEM
from registry import commands as registry
from registry import documents, nightly, queries
from registry.events import (
    Article,
    CommitmentOnPaper,
    CommitmentPublished,
    ConductAcknowledged,
    ConductPublished,
    CreditFactRecorded,
    Fault,
    FormReturned,
    FormulaPublished,
    FormVersion,
    Grade,
    KeyRecorded,
    OrganisationRecorded,
    PractitionerLeft,
)
from registry.importing import check_forms, import_agencies, record_forms
from registry.model import LegalPersonForm, OrganisationTies
from registry.model.supervision import Ruling, Story
from registry.queries import forms as known
from registry.queries import rulebook
from registry.sheets import UPLOAD
from registry.sheets.forms import agency_form, legal_person_form, practitioner_form

COMMITMENT = CommitmentPublished(
    version=1,
    title="明川市招标代理机构入场服务承诺书（演示）",
    text=[
        "我单位自愿进入明川市公共资源交易中心从事招标代理业务，所报登记表及附件真实、完整、有效。",
        "我单位依法独立执业，不与招标人、投标人串通，不出借资格，不转让委托。",
        "我单位在场内服从监察，遵守入场行为准则；违反承诺的，接受依法作出的处理。",
    ],
    term_months=12,
)
CONDUCT = [
    Article(article="A-1", text="按时到场，不迟到、不早退，不在评标时间接打电话。", points=3),
    Article(article="A-2", text="不泄露应当保密的资料和评标情况。", points=12),
    Article(article="B-1", text="招标文件不得以不合理条件限制、排斥潜在投标人。", points=6),
    Article(article="B-2", text="不得出借资格或者转让代理业务。", points=12),
]
RECORDS = Article(article="A-3", text="开标、评标期间全程录音录像，原始资料当日交存。", points=3)
"""Added by version 2 of the code."""
FORMULA = FormulaPublished(
    version=1,
    base=100,
    commission=5,
    commissions_at_most=4,
    point=5,
    objection=10,
    window_months=12,
    grades=[
        Grade(grade="A", at_least=100, balls=3),
        Grade(grade="B", at_least=80, balls=2),
        Grade(grade="C", at_least=0, balls=1),
    ],
)
GROUND = "《明川市招标代理机构入场监察规则》（演示）第九条"
REVIEW_GROUND = "《中华人民共和国行政复议法》第二十八条"
SCAN = b"%PDF-1.7 \xe6\xbc\x94\xe7\xa4\xba "
"""How the demo's scans begin: a PDF file's first bytes, and 演示."""


def play(players: Players) -> None:
    """From the opening of the register to the Friday before the draws."""
    with players.scene("一年前：单位、账户、密钥入册，公布三制，登记旧名录"):
        _open_city(players)
    with players.scene("登记这一年：自行入驻、批量导入、退回补正、承诺、确认准则、监察、复核（快放）"), players.hurry():
        _pioneers(players)
        _import(players)
        _supervise(players)
        _second_half(players)
        players.at("2023-09-22 17:30")
        nightly.review(players.log)


def suspend(players: Players) -> None:
    """Monday afternoon: an agency that was heard is suspended, while a draw's call runs."""
    until = moment("2023-12-25 00:00")
    _decide(players, SUSPENDED, "JC-2023-0005", Ruling("suspension", until=until), "明发改监〔2023〕11号")


def _open_city(players: Players) -> None:
    players.at(f"{OPENING} 08:30")
    with players.hurry():
        players.open_account(Person("admin", "admin", "admin", None))
        for one in ORGANISATIONS:
            event = OrganisationRecorded(organisation=one.id, name=one.name, code=None, capacities=[one.capacity])
            players.do(SYSTEM, registry.record_organisation, event)
        for person in PEOPLE:
            players.open_account(person)
        for one in ORGANISATIONS:
            key = players.new_key(one.id)
            players.do("registrar", registry.record_key, KeyRecorded(organisation=one.id, key=key))
        players.do("registrar", registry.publish_commitment, COMMITMENT)
        effective = players.clock.second + 60
        players.do(
            "supervisor", registry.publish_conduct, ConductPublished(version=1, effective=effective, articles=CONDUCT)
        )
        players.at(f"{OPENING} 10:00")
        players.do("registrar", import_agencies, old_list())
        _record_ties(players)


def _record_ties(players: Players) -> None:
    """Who stands behind two of the tenderers: the one of the waterworks controls an agency, too."""
    digest_key = _digest_key(players)
    ties = OrganisationTies(controller_number=owner_number(OF_THE_TENDERER))
    address = "明川市演示区水源路1号"
    players.do("registrar", registry.record_ties, WATERWORKS.tenderer, ties, address, key=digest_key)
    address = "明川市演示区河沿路2号"
    players.do("registrar", registry.record_ties, BRIDGE.tenderer, OrganisationTies(), address, key=digest_key)


# Agencies that come by themselves


def _pioneers(players: Players) -> None:
    players.at("2022-09-15 09:00")
    for number in (LAPSED, UNRENEWED_PROMISE):
        one = agency(number)
        _join(players, one)
        _hand_in(players, one)
        _accept(players, one)
        _sign(players, one)
        _acknowledge(players, one, 1)


def _second_half(players: Players) -> None:
    players.at("2023-06-13 09:00")
    _come(players, agency(LATE))
    players.at("2023-08-15 09:00")
    effective = moment("2023-09-01 00:00")
    articles = [*CONDUCT, RECORDS]
    players.do(
        "supervisor", registry.publish_conduct, ConductPublished(version=2, effective=effective, articles=articles)
    )
    players.at("2023-08-16 09:00")
    _come(players, agency(MENDED), returned=True)
    players.at("2023-08-22 09:00")
    for one in (*imported(), agency(LATE), agency(MENDED), agency(UNRENEWED_PROMISE)):
        if one.number != REMOVED:
            _acknowledge(players, one, 2)
    players.at("2023-08-30 09:00")
    _renew(players, agency(UNRENEWED_PROMISE))
    left = PractitionerLeft(
        code=agency(MENDED).code, practitioner=_people(players, agency(MENDED))[-1], day="2023-09-05"
    )
    players.at("2023-09-05 16:00")
    players.do(agency(MENDED).sign_in_name, registry.practitioner_left, left)
    players.at("2023-09-11 11:00")
    _record(players, SUSPENDED, "A-3", "评标当日录音录像缺失，未交存原始资料。")
    players.at("2023-09-13 09:00")
    _answer(players, SUSPENDED, "JC-2023-0005", "设备故障，已更换。")
    players.at("2023-09-18 09:00")
    newcomer = agency(NEWCOMER)
    _join(players, newcomer)
    _hand_in(players, newcomer)
    players.at("2023-09-20 10:00")
    _return(players, newcomer, 1, "经营场所面积与租赁合同不一致，请核对后重新提交")


def _come(players: Players, one: Agency, *, returned: bool = False) -> None:
    """The whole way from asking to acknowledging. returned: whether the registrar finds a fault first."""
    _join(players, one)
    _hand_in(players, one)
    if returned:
        _return(players, one, 1, "住所与营业执照不一致，请核对后重新提交")
        _submit_agency_form(players, one, reason="按退回意见更正住所")
    _accept(players, one)
    _sign(players, one)


def _join(players: Players, one: Agency, stored: str | None = None) -> None:
    """An account asks to act for its agency, and the registrar lets it. stored: a password that was prepared before."""
    name = one.sign_in_name
    if stored is None:
        players.passwords[name] = f"demo-{one.code}"
        _, stored = prepared(name, players.passwords[name])
    contact = one.agency["contact_name"], one.agency["contact_phone"]
    with players.log.act(SYSTEM) as act:
        account = open_account(act, name, stored)
        registry.ask_admission(act, account, one.code, one.name, *contact)
    players.accounts[name], players.roles[name] = account, "agent"
    players.do("registrar", registry.admit, account)


def _hand_in(players: Players, one: Agency) -> None:
    digest_key = _digest_key(players)
    _submit_agency_form(players, one)
    players.do(
        one.sign_in_name,
        registry.submit_legal_person_form,
        one.code,
        *legal_person_form(one.legal_person),
        key=digest_key,
    )
    for row in one.practitioners:
        form, private = practitioner_form(row)
        players.do(one.sign_in_name, registry.submit_practitioner_form, one.code, None, form, private, key=digest_key)


def _submit_agency_form(players: Players, one: Agency, reason: str | None = None) -> None:
    form, private = agency_form(one.agency)
    scan = SCAN + one.code.encode()
    licence = documents.store(players.log.blobs, scan, "营业执照.pdf", "application/pdf")
    players.do(
        one.sign_in_name,
        registry.submit_agency_form,
        one.code,
        replace(form, reason=reason),
        replace(private, licence=licence),
        key=_digest_key(players),
    )


def _renew(players: Players, one: Agency) -> None:
    """Hand in all of last year's forms again, and have them accepted."""
    digest_key, reason = _digest_key(players), "年度更新"
    _submit_agency_form(players, one, reason)
    form, legal_person = legal_person_form(one.legal_person)
    renewed = LegalPersonForm(form.term_from, form.term_until, reason)
    players.do(one.sign_in_name, registry.submit_legal_person_form, one.code, renewed, legal_person, key=digest_key)
    for whose, row in zip(_people(players, one), one.practitioners, strict=True):
        again, person = practitioner_form(row)
        players.do(
            one.sign_in_name,
            registry.submit_practitioner_form,
            one.code,
            whose,
            replace(again, reason=reason),
            person,
            key=digest_key,
        )
    _accept(players, one)


def _accept(players: Players, one: Agency) -> None:
    with players.log.reading() as session:
        waiting = [state for state in known.states(session, one.code).values() if state.decided == "waiting"]
    forms = [FormVersion(form=state.form, practitioner=state.practitioner, version=state.version) for state in waiting]
    players.do("registrar", registry.accept_forms, one.code, forms)


def _return(players: Players, one: Agency, version: int, reason: str) -> None:
    field = "address" if one.number == MENDED else "premises_area"
    event = FormReturned(
        code=one.code,
        form="agency",
        practitioner=None,
        version=version,
        faults=[Fault(field=field, reason=reason)],
    )
    players.do("registrar", registry.return_form, event)


def _people(players: Players, one: Agency) -> list[str]:
    """Ids of an agency's practitioners, in the order in which their forms came."""
    with players.log.reading() as session:
        states = [state for (form, _), state in known.states(session, one.code).items() if form == "practitioner"]
    return [state.practitioner or "" for state in sorted(states, key=lambda state: state.entry_id)]


# Promises and acknowledgements


def _sign(players: Players, one: Agency) -> None:
    """Promise with a key of its own, which it makes now."""
    organisation = _organisation(players, one)
    key = players.new_key(organisation)
    players.do(one.sign_in_name, registry.record_key, KeyRecorded(organisation=organisation, key=key))
    with players.log.reading() as session:
        event = registry.commitment_to_sign(session, one.code, organisation, players.clock.second)
    signed = players.signed(event, f"agency:{one.code}", organisation)
    players.do(one.sign_in_name, registry.sign_commitment, signed)


def _promise_on_paper(players: Players, one: Agency) -> None:
    with players.log.reading() as session:
        promised = registry.commitment_to_sign(session, one.code, _organisation(players, one), players.clock.second)
    event = CommitmentOnPaper(
        code=one.code, version=promised.version, text_sha256=promised.text_sha256, until=promised.until
    )
    scan = documents.store(players.log.blobs, SCAN + one.name.encode(), "承诺书.pdf", "application/pdf")
    players.do("registrar", registry.commitment_on_paper, event, scan)


def _acknowledge(players: Players, one: Agency, version: int) -> None:
    with players.log.reading() as session:
        people = sorted(rulebook.present_practitioners(session, one.code))
    event = ConductAcknowledged(code=one.code, version=version, practitioners=people)
    players.do(one.sign_in_name, registry.acknowledge_conduct, event)


def _organisation(players: Players, one: Agency) -> str:
    with players.log.reading() as session:
        found = queries.organisation_with_code(session, one.code)
    assert found is not None  # it was admitted
    return found.id


# Agencies whose forms the registrar takes over


def _import(players: Players) -> None:
    players.at("2022-11-08 09:00")
    file = io.BytesIO()
    write_workbook(file)
    checked = check_forms(players.log, [(file, "三表.xlsx")], UPLOAD)
    report = record_forms(players.log, players.actor("registrar"), checked, key=_digest_key(players))
    players.say(f"  导入 {report.added} 家机构的三表 {report.forms} 份")
    password = "demo-password-for-all"  # noqa: S105 - of the demo's agencies, for the demo alone
    _, stored = prepared(imported()[0].sign_in_name, password)  # once for all of them: it takes long on purpose
    players.at("2022-11-14 09:00")
    for one in imported():
        players.passwords[one.sign_in_name] = password
        _join(players, one, stored)
        if one.number % 5 == 0 and one.number != UNPROMISED:
            _sign(players, one)
        elif one.number != UNPROMISED:
            _promise_on_paper(players, one)
    players.at("2022-12-06 09:00")
    _come(players, agency(UNACKNOWLEDGED))
    _acknowledge(players, agency(UNACKNOWLEDGED), 1)


# Supervision


def _supervise(players: Players) -> None:
    """Four incidents in the order of their numbers, and an objection that was upheld."""
    players.at("2023-02-14 11:00")
    _record(players, FORMER_SUSPENDED, "B-1", "招标文件以特定业绩作为加分条件，排斥潜在投标人。")
    players.at("2023-02-16 09:00")
    _answer(players, FORMER_SUSPENDED, "JC-2023-0001", "系编制疏忽，已发布更正公告。")
    players.at("2023-03-01 09:00")
    until = moment("2023-06-30 00:00")
    _decide(players, FORMER_SUSPENDED, "JC-2023-0001", Ruling("suspension", until=until), "明发改监〔2023〕2号")
    players.at("2023-04-11 11:00")
    _record(players, APPEALED, "B-1", "评标办法与招标文件不一致，未经澄清即行开标。")
    players.at("2023-04-13 09:00")
    _answer(players, APPEALED, "JC-2023-0002", "开标前已口头说明，各投标人均无异议。")
    players.at("2023-04-25 09:00")
    until = moment("2023-10-25 00:00")
    _decide(players, APPEALED, "JC-2023-0002", Ruling("suspension", until=until), "明发改监〔2023〕5号")
    players.at("2023-05-10 09:00")
    players.do(
        agency(APPEALED).sign_in_name,
        registry.file_appeal,
        agency(APPEALED).code,
        "JC-2023-0002",
        "未造成后果，暂停半年过重，请求复核。",
    )
    players.at("2023-05-16 11:00")
    _record(players, REMOVED, "B-2", "三个项目的代理业务实际由他人承办。")
    players.at("2023-06-02 09:00")  # it had its five working days, and did not answer
    _decide(players, REMOVED, "JC-2023-0003", Ruling("removal"), "明发改监〔2023〕7号")
    players.at("2023-06-08 09:00")
    milder = Ruling("points", points=6, ends=moment("2024-06-01 00:00"))
    players.do(
        "reviewer",
        registry.decide_appeal,
        agency(APPEALED).code,
        "JC-2023-0002",
        milder,
        REVIEW_GROUND,
        "明发改复〔2023〕1号",
        "情节轻微，未造成后果，改为记分。",
    )
    players.at("2023-06-13 09:00")
    _record(players, POINTS, "A-1", "开标迟到三十分钟。")
    players.at("2023-06-15 09:00")
    _answer(players, POINTS, "JC-2023-0004", "当日道路管制，已向招标人说明。")
    players.at("2023-06-20 09:00")
    ruling = Ruling("points", points=3, ends=moment("2024-06-01 00:00"))
    _decide(players, POINTS, "JC-2023-0004", ruling, "明发改监〔2023〕8号")
    upheld = CreditFactRecorded(
        code=agency(OBJECTED).code,
        fact="objection_upheld",
        project_code="XM-2023-0068",
        reference="明发改复〔2023〕3号",
        day="2023-06-19",
    )
    players.do("supervisor", registry.record_objection_upheld, upheld)


def _record(players: Players, number: int, article: str, account: str) -> None:
    story = Story(place="交易中心二楼开标室", account=account, witnesses="值守人员两名、监控录像")
    scan = documents.store(players.log.blobs, SCAN + account.encode(), "现场记录.pdf", "application/pdf")
    happened = players.clock.second - 3600
    players.do("supervisor", registry.record_incident, agency(number).code, article, happened, story, evidence=[scan])


def _answer(players: Players, number: int, incident: str, answer: str) -> None:
    one = agency(number)
    players.do(one.sign_in_name, registry.answer_incident, one.code, incident, answer)


def _decide(players: Players, number: int, incident: str, ruling: Ruling, decision_number: str) -> None:
    reasons = "经调查核实，并听取该机构陈述申辩，作出本决定。"
    players.do(
        "supervisor",
        registry.decide_incident,
        agency(number).code,
        incident,
        ruling,
        GROUND,
        decision_number,
        reasons,
    )


def _digest_key(players: Players) -> bytes:
    return keys.load_digest_key(players.log.data / "keys")
