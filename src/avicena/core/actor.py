"""Who does something, and what each role may do."""

from dataclasses import dataclass

from avicena.core.errors import NotAllowed

ALLOWED: dict[str, str] = {
    "ask": "clinician",
    "read": "clinician",
    "import": "engineer",
    "train": "engineer",
    "question": "engineer",
    "judge": "clinician",
    "settle": "clinician",
    "look": "clinician",
    "correct": "engineer",
    "check": "engineer",
    "explore": "engineer",
    "override": "reviewer",
    "score": "engineer",
    "install": "engineer",
    "build-knowledge": "engineer",
    "inspect": "reviewer",
    "study": "engineer",
    "review": "reviewer",
    "deploy": "operator",
    "replay": "auditor",
    "verify": "auditor",
}
"""Each act of the house and the role that may do it."""

ROLES = tuple(sorted(set(ALLOWED.values())))


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a service, by the name its identity provider gave it."""

    id: str
    roles: tuple[str, ...]

    def check(self, act: str) -> None:
        """Raises NotAllowed (the actor has not the role that this act wants)."""
        role = ALLOWED.get(act)
        if role is None or role not in self.roles:
            raise NotAllowed(f"'{act}' needs the role {role or '(none has it)'}; ask your administrator for it")
