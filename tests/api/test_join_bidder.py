"""A bidder registers itself: on the page and by the API, what is public of it, and that nobody bids unconfirmed."""

from fastapi import FastAPI

from audit.log import Log
from registry import commands, queries
from registry.queries import bidders
from tests.api.desk_applicant import browser
from tests.api.desk_clerk import faults_of
from tests.api.site import ON_SQLITE, catch_up
from tests.registry.builders import REGISTRAR, Register, a_code

pytestmark = ON_SQLITE

NAME, CODE = "演示新桥建设有限公司", a_code(77)
ASKED = {
    "sign_in_name": "xinqiao",
    "password": "long enough 99 xyz",
    "name": NAME,
    "code": CODE,
    "claim": "no",
    "contact_name": "张三",
    "contact_phone": "13900000000",
}


def test_a_bidder_registers_waits_and_is_confirmed(app: FastAPI, log: Log) -> None:
    register = Register(log)
    wrong = browser(app).post("/join/bidder", data=ASKED | {"code": CODE[:-1] + "%"})
    assert (wrong.status_code, faults_of(wrong)) == (422, ["registry.bad-code-form"])
    assert ASKED["password"] not in wrong.text
    bidder = browser(app)
    assert bidder.post("/join/bidder", data=ASKED).headers["location"] == "/desk/registration"
    catch_up(log)
    assert "不能投标" in bidder.get("/desk/registration").text
    assert bidder.get("/desk").headers["location"] == "/desk/registration"
    assert bidder.get("/join/bidder").headers["location"] == "/desk/registration"
    assert bidder.get("/desk/bids").status_code == 403
    stranger = browser(app)
    (public,) = stranger.get("/api/v1/bidders/registrations").json()
    assert (public["name"], public["code"], public["organisation"], public["ground"]) == (NAME, CODE, None, None)
    assert not any(one in stranger.get("/api/v1/bidders/registrations").text for one in ("张三", "1390000", "xinqiao"))

    with log.reading() as session:
        (waiting,) = bidders.registrations(session, waiting=True)
    register.do(REGISTRAR, commands.confirm_registration, waiting.registration)
    catch_up(log)
    assert bidder.get("/desk/bids").status_code == 200
    assert "已确认" in bidder.get("/desk/registration").text
    with log.reading() as session:
        organisation = queries.organisation_with_code(session, CODE)
    assert organisation is not None
    assert "登记机构公钥" in bidder.get(f"/desk/keys/{organisation.id}").text

    other = {name: value for name, value in ASKED.items() if name not in ("claim", "name")}
    taken = stranger.post("/api/v1/bidders", json=other | {"name": NAME, "sign_in_name": "other"})
    assert (taken.status_code, taken.json()["code"]) == (409, "registry.code-on-record")
    claimed = stranger.post("/api/v1/bidders", json=other | {"name": NAME, "sign_in_name": "other", "claim": True})
    assert claimed.status_code == 204
    catch_up(log)
    assert [one["claims"] for one in stranger.get("/api/v1/bidders/registrations").json()] == [organisation.id, None]
    assert "Register as a bidder" in stranger.get("/join/bidder", headers={"Accept-Language": "en"}).text
