"""Who is at the desk, and what came with a POST."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from api import dispatch
from api.accounts import User
from api.dependencies import Language, SignedIn, Site, SiteDep, intent
from api.dispatch import Intent
from api.i18n import Lang, translate
from api.routes.desk_forms import Upload
from audit.log import Log

_MEDIA_TYPE = re.compile("[a-z0-9][a-z0-9.+-]{0,40}/[a-z0-9][a-z0-9.+-]{0,80}")


@dataclass(frozen=True)
class Desk:
    """Who is at the desk, and what lies there: what a form is made from."""

    request: Request
    site: Site
    user: User
    lang: Lang

    @property
    def log(self) -> Log:
        return self.site.log

    @property
    def now(self) -> int:
        """Unix milliseconds."""
        return self.site.log.clock()

    def path(self, name: str) -> str:
        """A part of the address."""
        value = self.request.path_params[name]
        assert isinstance(value, str)
        return value

    def query(self, name: str) -> str:
        """A parameter of the address, or nothing."""
        return self.request.query_params.get(name, "")[:200]

    def say(self, text: str, **facts: object) -> str:
        """A text in the reader's language; with facts, a template over them."""
        said = translate(text, self.lang)
        return said.format(**facts) if facts else said

    def render(
        self, template: str, status: int = 200, *, facts: Mapping[str, object] | None = None, **more: object
    ) -> Response:
        return self.site.pages.render(self.request, f"desk/{template}", status, desk=self, **(facts or {}), **more)

    def roles(self, *wanted: str) -> list[str]:
        """Which of these roles the account holds. Raises RoleNotYours where it holds none."""
        held = [role for role in wanted if self.user.holds(role)]
        return held or [dispatch.acting_role(self.user, wanted)]

    def organisation(self, role: str) -> str | None:
        """For whom the account holds the role."""
        return next(iter(self.user.organisations(role)), None)


def desk(request: Request, site: SiteDep, user: SignedIn, lang: Language) -> Desk:
    return Desk(request, site, user, lang)


DeskDep = Annotated[Desk, Depends(desk)]


@dataclass(frozen=True)
class Posted:
    """What came with a POST. `step`: of the page that sent it."""

    step: str
    raw: Mapping[str, list[str]]
    files: Mapping[str, Upload]
    intent: Intent

    def text(self, name: str) -> str:
        return next(iter(self.raw.get(name, [])), "")


async def posted(request: Request, wanted: Annotated[Intent, Depends(intent)]) -> Posted:
    form: FormData = await request.form()
    raw: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                data = await value.read()
                files[name] = Upload(file_name(value.filename), media_type(value.content_type), data)
            await value.close()  # `intent` has read it before
        else:
            raw.setdefault(name, []).append(value)
    step = next(iter(raw.get("step", [])), "")
    return Posted(step, raw, files, wanted)


PostedDep = Annotated[Posted, Depends(posted)]


def file_name(name: str) -> str:
    """A file's name without folders and without what an entry cannot hold; its ending stays."""
    bare = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    kept = "".join(one for one in bare if unicodedata.category(one)[0] != "C").strip(" \u3000.")[-120:]
    return kept.strip(" \u3000") or "file"


def media_type(given: str | None) -> str:
    """What the sender says it is, if that has the form of a media type."""
    bare = (given or "").partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else "application/octet-stream"
