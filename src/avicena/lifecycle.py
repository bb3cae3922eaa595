"""The story: freeze, train, review, deploy, answer. Load nouns, call one room, keep what came back."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from avicena import serve
from avicena.core.actor import Actor
from avicena.core.answer import Answer
from avicena.core.case import Upload
from avicena.core.errors import AvicenaError
from avicena.formats.intake import intake
from avicena.site import Site


def answer(site: Site, name: str, raw: Mapping[str, Any], actor: Actor) -> Answer:
    """Answer one clinical question and keep the whole of it.

    `raw` holds an Upload for each picture. Raises ContractViolation (wrong input), NotFound (no such application),
    NotDeployed (no reviewed model), NotAllowed (the actor lacks the role), Unavailable (nothing was kept).
    """
    with site.act(actor, "ask", name) as act:
        app = site.application(name)
        case, pictures = intake(app.contract, raw)
        live = site.live(name)
        route = serve.choose(live.unit, case)
        prediction = serve.predict(app, case, pictures, live.model, live.version)
        decision = serve.decide(app, prediction)
        found = Answer(site.new_id(), act.at, actor, name, case, route, prediction, decision)
        for upload in raw.values():
            if isinstance(upload, Upload):
                site.blobs.put(upload.data)
        act.keep("answer", found.id, found)
    return found


def read(site: Site, id: str, actor: Actor) -> Answer:
    """An answer as it was given; that it was read again is audited too. Raises NotFound, NotAllowed, Unavailable."""
    with site.act(actor, "read", subject=f"answer/{id}"):
        return site.get(Answer, "answer", id)


def refuse(site: Site, name: str, actor: Actor, error: AvicenaError) -> None:
    """Leave the audit line of a question that a door could not even read; nothing else of it is kept.

    Raises NotAllowed (the actor may not ask anyway; that is audited instead), Unavailable (the audit was not written).
    """
    with suppress(type(error)), site.act(actor, "ask", name):
        raise error
